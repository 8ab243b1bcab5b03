"""What a script may ask the host to find out, by name; each gives a plain JSON object and the messages it plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import structlog

from bot import cases, contacts, finding, reminders, returned_transfers
from bot.app_urls import app_url_again
from bot.asked import applied_for, ends_a_coupon, is_in_claim, movable, movable_one, url_again, withdrawable
from bot.asker import Asker, Found, count_miss, may_guess
from bot.one_time_codes import check_code, code_message, new_ticket, send_code
from bot.parts import Parts
from bot.photos import codes_on
from bot.reminders import Whom
from bot.store import app_urls
from bot.store.alarm_figures import Looked
from bot.store.app_urls import CouponOf
from bot.store.contact_changes import ChangeCalledOff
from bot.store.known_claims import Known
from bot.store.outgoing import NewOutgoing
from bot.store.reminders import CallOff
from bot.store.submissions import Withdrawal
from dialogs.reading import Unreadable
from dialogs.reading.bank import read_bank_code, read_branch_code
from dialogs.reading.coded import numbers_in_codes
from dialogs.rules.claim import CouponFact, CouponRef, DeliveryTarget, NoMatch, Unavailable
from dialogs.rules.eligibility import Case, Event, Path, decide
from dialogs.steps import Lookup
from integrations import banks
from integrations.channel import GivesContent, NoContent

log = structlog.get_logger(__name__)


def look_up(parts: Parts, lookup: Lookup, asker: Asker) -> Found:
    """Find it out; never raises for what is merely absent or down."""
    return LOOKUPS[lookup.name](parts, lookup.args, asker)


def _coupon(parts: Parts, args: Any, asker: Asker) -> Found:
    """One identical answer for unknown, other date and taken; nobody may try for ever (rules.md §6)."""
    if not may_guess(parts, asker):
        return Found({"found": "unavailable"})
    ref = CouponRef(args["prefecture"], args["number"], date.fromisoformat(args["trip_date"]))
    if mine := applied_for(parts, asker.whose, ref, at=asker.at):
        return Found(mine)
    fact = parts.claims.find_coupon(ref)
    match fact:
        case NoMatch():
            count_miss(parts, asker)
            return Found({"found": "no_match"}, (Looked("no_match"),))
        case Unavailable():
            log.warning("lookup.unavailable", reason=fact.reason)
            return Found({"found": "unavailable"})
        case CouponFact():
            event = Event(args["event"]) if "event" in args else None
            case = Case(at=asker.at, prefecture=ref.prefecture, in_scope=True, coupon=fact, event=event)
            path = decide(case, asker.campaign).path or Path.A_APPLY
            return Found({"found": "match", "path": path}, (Looked("match"),))


def _photo(parts: Parts, args: Any, asker: Asker) -> Found:
    """The one inquiry number on a picture. Only that number goes on from here: not the picture, not its codes."""
    channel, form = parts.channels.get(args["channel"]), asker.campaign.inquiry_number
    if not isinstance(channel, GivesContent) or not form.code_patterns:
        return Found({"number": "", "why": "not_here"})
    try:
        codes = codes_on(channel.content(args["message"]))
    except NoContent as missing:
        return Found({"number": "", "why": "later" if missing.why == "later" else "unread"})
    numbers = numbers_in_codes(codes, code_patterns=form.code_patterns, pattern=form.pattern)
    if len(numbers) != 1:
        return Found({"number": "", "why": "several" if numbers else "unread"})
    return Found({"number": numbers[0]})


def _banks(parts: Parts, args: Any, asker: Asker) -> Found:
    return _places(banks.search_banks(args["said"], most=banks.MOST_FOUND + 1), args["said"], read_code=read_bank_code)


def _branches(parts: Parts, args: Any, asker: Asker) -> Found:
    return _places(
        banks.search_branches(args["bank"], args["said"], most=banks.MOST_FOUND + 1),
        args["said"],
        read_code=read_branch_code,
    )


def _places(found: Sequence[banks.Bank | banks.Branch], said: str, *, read_code: Callable[[str], str]) -> Found:
    """Banks or branches by code and name; a code of no table (merged away, new) has no name and may still be right."""
    if not found:
        with suppress(Unreadable):
            return Found({"found": [{"code": read_code(said), "name": ""}]})
    shown = [{"code": place.code, "name": place.name} for place in found[: banks.MOST_FOUND]]
    return Found({"found": shown, "more": len(found) > len(shown)})


def _withdrawable(parts: Parts, _: Any, asker: Asker) -> Found:
    """paper: by SMS the end of a coupon's number is asked for as well, for a telephone number changes hands."""
    return Found({**withdrawable(parts, asker.whose), "paper": asker.channel == "sms"})


def _withdraw(parts: Parts, args: Any, asker: Asker) -> Found:
    """Taken back with the turn; when the URL has gone out meanwhile, the turn is played again and says so."""
    number = args["receipt_no"]
    if number not in withdrawable(parts, asker.whose)["receipt_nos"]:
        return Found({"withdrawn": "sent"})
    return Found({"withdrawn": "asked"}, (Withdrawal(number, asker.person, asker.at),))


def _resend(parts: Parts, args: Any, asker: Asker) -> Found:
    who, campaign, to = asker.whose, asker.campaign, args.get("to", "")
    result, message = url_again(parts, who, campaign, at=asker.at, language=asker.language, to=to)
    return Found(result, (message,) if message else ())


def _resend_app(parts: Parts, args: Any, asker: Asker) -> Found:
    """One identical answer for a coupon that is unknown, of another day, or of nobody to whom a URL goes."""
    if not may_guess(parts, asker):
        return Found({"url": "no_more"})
    campaign, number, day = asker.campaign, args["number"], date.fromisoformat(args["trip_date"])
    coupon = CouponOf(campaign.id, [each.code for each in campaign.prefectures], number, day)
    found = app_urls.of_coupon(parts.db, coupon)
    if found is None:
        count_miss(parts, asker)
        return Found({"url": "no_match"})
    if asker.at >= campaign.dates.receive_end:
        return Found({"url": "over"})
    return Found(*app_url_again(parts, found, campaign, language=asker.language, to=args.get("to", "")))


def _movable(parts: Parts, _: Any, asker: Asker) -> Found:
    return Found(movable(parts, asker.whose, asker.campaign, asker.at))


def _own_coupon(parts: Parts, args: Any, asker: Asker) -> Found:
    """Whether somebody knows a coupon of their own application."""
    coupon = args["number"], date.fromisoformat(args["trip_date"])
    return _guessed(parts, asker, lambda: is_in_claim(parts, asker.whose, args["receipt_no"], *coupon))


def _own_paper(parts: Parts, args: Any, asker: Asker) -> Found:
    """Whether somebody knows the end of a coupon of their own application."""
    return _guessed(parts, asker, lambda: ends_a_coupon(parts, asker.whose, args["receipt_no"], args["digits"]))


def _own_refund(parts: Parts, args: Any, asker: Asker) -> Found:
    """Whether somebody knows a coupon of their own refund."""
    coupon = args["number"], date.fromisoformat(args["trip_date"])
    knows = returned_transfers.has_coupon
    return _guessed(parts, asker, lambda: knows(parts, asker.whose, args["receipt_no"], *coupon))


def _guessed(parts: Parts, asker: Asker, knows: Callable[[], bool]) -> Found:
    """right, wrong, or too_often: nobody may guess for ever."""
    if not may_guess(parts, asker):
        return Found({"coupon": "too_often"})
    if knows():
        return Found({"coupon": "right"})
    count_miss(parts, asker)
    return Found({"coupon": "wrong"})


def _change_contact(parts: Parts, args: Any, asker: Asker) -> Found:
    """Asked for with the turn; when staff, or another turn, came first, it is played again and says so."""
    target, number = DeliveryTarget(args["kind"], args["value"]), args["receipt_no"]
    mine = movable_one(parts, asker.whose, number)
    if mine is None or mine.asked:
        return Found({"change": "waits"})
    change, message = contacts.asked_for(parts, mine, target, asker.campaign, at=asker.at, language=asker.language)
    if message is None:
        return Found({"change": "same"})
    return Found({"change": "asked"}, (replace(change, conversation=asker.conversation), message))


def _call_off_change(parts: Parts, args: Any, asker: Asker) -> Found:
    number = args["receipt_no"]
    mine = movable_one(parts, asker.whose, number)
    if mine is None or not mine.asked:
        return Found({"change": "decided"})
    return Found({"change": "called_off"}, (ChangeCalledOff(number, asker.person, asker.at),))


def _correctable(parts: Parts, _: Any, asker: Asker) -> Found:
    return Found(returned_transfers.correctable(parts, asker.whose))


def _holder(parts: Parts, args: Any, asker: Asker) -> Found:
    return Found({"name_kana": returned_transfers.name_kana(parts, asker.whose, args["receipt_no"])})


def _correct_account(parts: Parts, args: Any, asker: Asker) -> Found:
    """Corrected with the turn; where a file came first, it is played again and says so."""
    rows = returned_transfers.corrected(parts, asker.whose, args, at=asker.at, language=asker.language)
    return Found({"account": "corrected" if rows else "paying"}, rows)


def _case_standing(parts: Parts, args: Any, asker: Asker) -> Found:
    return Found(cases.standing(parts, asker.person, args))


def _open_case(parts: Parts, args: Any, asker: Asker) -> Found:
    """Opened, or mended, with the turn; when another turn or staff came first, it is played again and says so."""
    result, case = cases.take(parts, asker, args, before=asker.before)
    return Found(result, (case,) if case else ())


def _may_remind(parts: Parts, _: Any, asker: Asker) -> Found:
    """Whether the counter can write first: where somebody chats, and not on a page."""
    return Found({"may": asker.channel in parts.channels})


def _remind(parts: Parts, args: Any, asker: Asker) -> Found:
    """Plan what is still ahead of a kind; what was planned, or why nothing is."""
    if asker.conversation is None or asker.channel not in parts.channels:
        return Found({"reminder": "no_way"})
    planned = reminders.planned(Whom(asker.person, asker.conversation), asker.campaign, args["kind"], at=asker.at)
    return Found({"reminder": args["kind"] if planned else "too_late"}, tuple(planned))


def _forget_reminders(parts: Parts, _: Any, asker: Asker) -> Found:
    return Found({}, (CallOff(asker.conversation, "declined", asker.at),) if asker.conversation else ())


def _claims_here(parts: Parts, _: Any, asker: Asker) -> Found:
    return Found({"waiting": finding.how_many_here(parts, asker.whose)})


def _show_here(parts: Parts, args: Any, asker: Asker) -> Found:
    """By the last digits of a paper, for who writes from the application's own number; nobody may guess for ever."""
    if not may_guess(parts, asker):
        return Found({"claim": "too_often"})
    shown = finding.shown_here(parts, asker.whose, args["digits"], at=asker.at)
    if not shown:
        count_miss(parts, asker)
    return Found({"claim": "right" if shown else "wrong"}, shown)


def _send_code_to_claim(parts: Parts, args: Any, asker: Asker) -> Found:
    """To where the URL of an application goes. Whether there is one by that number, and where to, changes no answer."""
    if not may_guess(parts, asker):
        return Found({"sent": False, "why": "too_many"})
    ticket = new_ticket(asker)
    target = finding.target_of(parts, args["receipt_no"])
    message = code_message(parts, target, ticket, asker) if target else None
    return Found({"sent": True, "ticket": ticket}, (message,) if isinstance(message, NewOutgoing) else ())


def _check_code_of_claim(parts: Parts, args: Any, asker: Asker) -> Found:
    target = finding.target_of(parts, args["receipt_no"])
    given = {"ticket": args["ticket"], "said": args["said"], "value": target.value if target else ""}
    code = check_code(parts, given, asker).result["code"] if target else "wrong"
    if code == "wrong":
        count_miss(parts, asker)
    return Found({"code": code})


def _know_claim(parts: Parts, args: Any, asker: Asker) -> Found:
    """After the code was right: from now on it is found by this door as well."""
    known = finding.id_of(parts, args["receipt_no"])
    return Found({}, (Known(asker.person, known, asker.at),) if known else ())


LOOKUPS: dict[str, Callable[[Parts, Any, Asker], Found]] = {
    "coupon": _coupon,
    "send_code": send_code,
    "check_code": check_code,
    "withdrawable": _withdrawable,
    "withdraw": _withdraw,
    "resend": _resend,
    "resend_app": _resend_app,
    "claims_here": _claims_here,
    "show_here": _show_here,
    "send_code_to_claim": _send_code_to_claim,
    "check_code_of_claim": _check_code_of_claim,
    "know_claim": _know_claim,
    "movable": _movable,
    "own_coupon": _own_coupon,
    "own_paper": _own_paper,
    "change_contact": _change_contact,
    "call_off_change": _call_off_change,
    "correctable": _correctable,
    "own_refund": _own_refund,
    "holder": _holder,
    "correct_account": _correct_account,
    "case_standing": _case_standing,
    "open_case": _open_case,
    "banks": _banks,
    "branches": _branches,
    "photo": _photo,
    "may_remind": _may_remind,
    "remind": _remind,
    "forget_reminders": _forget_reminders,
}
