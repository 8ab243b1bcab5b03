"""Transfers that the bank sent back: noted by staff, told to their person, who corrects the account.

returned ──> applied, with another account: checked anew, and paid with the next file

The account may be corrected as long as the refund stands in no file, also before anything came back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import structlog

from bot import refunds
from bot.applicant_news import chat_of
from bot.filing import open_claim
from bot.letterbox import message_to, to_chat
from bot.parts import Parts
from bot.refund_details import account_hash, open_details, seal_details, transfer_of
from bot.staff_names import staff_name
from bot.store import outgoing, who_applied
from bot.store import refunds as kept
from bot.store.db import Connection, transaction
from bot.store.known_claims import Whose
from bot.store.outgoing import NewOutgoing
from bot.store.refunds import Corrected, Mine, Refund
from bot.store.who_applied import Applicant
from dialogs.letters import account_corrected, transfer_returned
from dialogs.reading.bank import AccountType, BankAccount
from dialogs.rules.calendar import sending_time
from dialogs.rules.refund import ReturnReason
from integrations.zengin import check_transfer

log = structlog.get_logger(__name__)


def take_back(parts: Parts, receipt_no: str, *, reason: ReturnReason, by: str) -> None:
    """The bank sent the money back: its person is told why, and how to correct the account.

    Raises NoSuchRefund, NotNow, NoName.
    """
    name = staff_name(by)
    with transaction(parts.db) as connection:
        refund = refunds.take_back(parts, connection, receipt_no, reason=reason, by=name)
        _tell(parts, connection, refund, reason)
    parts.bell.ring("outgoing")
    log.info("refund.returned", refund=str(refund.id))


def correctable(parts: Parts, whose: Whose) -> dict[str, Any]:
    """The receipt numbers whose account may be another one; why, where there are none: "none" ever, or "paying"."""
    mine = kept.of_person(parts.db, whose)
    return {"receipt_nos": [each.receipt_no for each in mine if each.open], "why": "paying" if mine else "none"}


def has_coupon(parts: Parts, whose: Whose, receipt_no: str, number: str, trip_date: date) -> bool:
    """Whether that person's refund is of this coupon, by number and day."""
    mine = _mine(parts, whose, receipt_no)
    coupons = open_claim(parts, mine.claim).coupons if mine else ()
    return (number, trip_date) in [(coupon.number, coupon.trip_date) for coupon in coupons]


def name_kana(parts: Parts, whose: Whose, receipt_no: str) -> str:
    """The reading of the name that was applied with, which the holder's is compared with; "" if it is no more."""
    mine = _mine(parts, whose, receipt_no)
    return open_details(parts.vault, mine.details).name_kana if mine else ""


def corrected(
    parts: Parts, whose: Whose, given: Mapping[str, Any], *, at: datetime, language: str
) -> tuple[()] | tuple[Corrected, NewOutgoing]:
    """The row with the account that was given (as the lookup correct_account has it), and the word of it to the proven
    contact, which protects who did not ask for it; () where it is too late."""
    mine = _mine(parts, whose, given["receipt_no"])
    if mine is None:
        return ()
    account = BankAccount(
        given["bank"], given["branch"], AccountType(given["type"]), given["number"], given["check_again"]
    )
    details = replace(
        open_details(parts.vault, mine.details),
        account=account,
        bank_name=given["bank_name"],
        branch_name=given["branch_name"],
        holder=given["holder"],
    )
    check_transfer(transfer_of(details, amount=1, receipt_no=mine.receipt_no))
    row = Corrected(mine.receipt_no, seal_details(parts.vault, details), account_hash(parts.vault, details), at)
    return row, _warning(parts, mine, at=at, language=language)


def _warning(parts: Parts, mine: Mine, *, at: datetime, language: str) -> NewOutgoing:
    target, campaign = open_claim(parts, mine.claim).target, parts.campaigns.seen_by(mine)
    letter = account_corrected(target.kind, mine.receipt_no, campaign, language)
    message = message_to(parts.vault, target.kind, target.value, letter, purpose="refund_corrected")
    return replace(message, not_before=sending_time(campaign, at))


def _mine(parts: Parts, whose: Whose, receipt_no: str) -> Mine | None:
    open_ = (each for each in kept.of_person(parts.db, whose) if each.open)
    return next((each for each in open_ if each.receipt_no == receipt_no), None)


def _tell(parts: Parts, connection: Connection, refund: Refund, reason: ReturnReason) -> None:
    message = _message(parts, connection, who_applied.of_application(connection, refund.submission), reason)
    if message:
        due = sending_time(parts.campaigns.seen_by(refund), parts.clock.now())
        outgoing.insert(connection, replace(message, not_before=due))


def _message(parts: Parts, connection: Connection, applicant: Applicant, reason: ReturnReason) -> NewOutgoing | None:
    """As applicant_news has it, in words of its own for each way; None once their data are erased."""
    campaign, number = parts.campaigns.seen_by(applicant), applicant.receipt_no
    (chat, language), url = chat_of(connection, applicant), parts.public_url("/status")
    if chat:
        kind = "sms" if chat.channel == "sms" else "push"
        letter = transfer_returned(kind, reason, number, campaign, language=language, url=url)
        return to_chat(parts.vault, chat, [letter], purpose="refund_returned")
    if applicant.claim is None:
        return None
    target = open_claim(parts, applicant.claim).target
    letter = transfer_returned(target.kind, reason, number, campaign, language=language, url=url)
    return message_to(parts.vault, target.kind, target.value, letter, purpose="refund_returned")
