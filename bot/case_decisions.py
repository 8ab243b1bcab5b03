"""What staff do with a case: take it up, find out whether it was so, then say what is given back (rules.md §1.2, 1.4).

opened <──> checking ──> found ──> restored | to_points ──> closed        (dialogs.rules.cases.NEXT is the whole table)
                │─────> not_found | answered ──> closed | checking

The two steps are two persons': who finds it so does not say how much is given back. What waits for the case goes on
with the decision, in the same transaction; its person is told where they talk with us.

DecisionError
├── NoSuchCase        no case by that number
├── NotNow            its state does not allow that; says which state it is in
├── SameEyes          who found it so cannot say as well what is given back
├── NotRestorable     a trouble of another kind gives nothing back, or the sum is none
└── NotHeld           no application by that number is held
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.applicant_news import news_for
from bot.cases import open_details
from bot.letterbox import to_chat
from bot.parts import Parts
from bot.staff_names import staff_name
from bot.store import audit, cases, claims, conversations, coupons, holds, outgoing, refunds, who_applied
from bot.store.cases import Case
from bot.store.conversations import Conversation
from bot.store.db import Connection, autocommit, transaction
from bot.store.outgoing import NewOutgoing
from bot.store.who_applied import Applicant
from dialogs.letters import case_news
from dialogs.message import Outbound
from dialogs.reaction import PRIVATE_DOORS
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import told_end
from dialogs.rules.cases import HELD_KINDS, CaseState, show_case_no
from dialogs.rules.claim import show_receipt_no
from dialogs.standing_cases import CaseStanding

MOST_YEN = 1_000_000  # beyond this it is a slip of the hand: no coupon was worth as much
TOLD = (CaseState.NOT_FOUND, CaseState.ANSWERED)
BY_HAND = "case.by_hand"
TOLD_BY = "case_decided"

Beside = Callable[[Connection], None]  # writes something of the caller's in the transaction of a step

log = structlog.get_logger(__name__)


class DecisionError(Exception):
    """Something about a case cannot be done; says why in a sentence, without personal data."""


class NoSuchCase(DecisionError):
    """No case by that number."""


class NotNow(DecisionError):
    """The state of the case does not allow it."""


class SameEyes(DecisionError):
    """Found and given back by one name."""


class NotRestorable(DecisionError):
    """There is nothing that this case could give back."""


class NotHeld(DecisionError):
    """No application by that number waits for a case."""


def _nothing(_: Connection) -> None:
    """No caller has anything to write with the step."""


def move(parts: Parts, case_no: str, to: CaseState, *, by: str, beside: Beside = _nothing) -> Case:
    """On to a state in which no money moves: checking, opened, found, not_found, answered, closed.

    The case as it stands then. beside: what is written with it. Raises NoSuchCase, NotNow, NotRestorable, NoName.
    """
    with transaction(parts.db) as connection:
        case = _held(connection, case_no)
        if to is CaseState.FOUND and case.kind not in HELD_KINDS:
            raise NotRestorable(f"{_named(case)} is of the kind {case.kind}, which gives nothing back: answer it.")
        moved = _move(parts, connection, case, to, by=staff_name(by))
        if to in TOLD:
            _tell(parts, connection, moved)
        beside(connection)
    return _done(parts, moved)


def give_back(parts: Parts, case_no: str, amount: int, *, by: str, beside: Beside = _nothing) -> Case:
    """The second step: that many yen, into the coupon as long as it can be used, later as points (A②).

    By another person than who found it so. beside: what is written with it.
    Raises NoSuchCase, NotNow, SameEyes, NotRestorable, NoName.
    """
    name = staff_name(by)
    with transaction(parts.db) as connection:
        case = _held(connection, case_no)
        if not 1 <= amount <= MOST_YEN:
            raise NotRestorable(f"1 to {MOST_YEN:,} yen can be given back, not {amount:,}.")
        if (case.found_by or "").casefold() == name.casefold():
            raise SameEyes(f"{_named(case)} was found by {case.found_by}; another person has to give it back.")
        usable_end = parts.campaigns.seen_by(case).dates.usable_end
        to = CaseState.RESTORED if parts.clock.now() < usable_end else CaseState.TO_POINTS
        moved = _move(parts, connection, case, to, by=name, amount=amount)
        comes = _comes(parts, connection, moved, amount) if to is CaseState.TO_POINTS else ""
        if to is CaseState.RESTORED and (details := open_details(parts, case)):
            coupon, last_day = (details.prefecture, details.number), told_end(usable_end).date()
            coupons.put_back(connection, *coupon, amount=amount, extended_to=last_day)
        if comes == "by_hand":
            audit.add(connection, actor=name, action=BY_HAND, subject=case.case_no, at=moved.changed_at)
        _tell(parts, connection, moved, comes=comes)
        beside(connection)
    return _done(parts, moved)


def is_by_hand(parts: Parts, case: Case) -> bool:
    """Whether nothing here brings what a case gave back last: staff have to give it back themselves."""
    with autocommit(parts.db) as connection:
        return audit.has(connection, BY_HAND, case.case_no, at=case.changed_at)


def is_reached(parts: Parts, case: Case) -> bool:
    """Whether its person is told of a decision by us: in their chat, or at a contact that they have proven."""
    with autocommit(parts.db) as connection:
        return bool(_chat_of(connection, case) or _applied_from(connection, case))


def release(parts: Parts, receipt_no: str, *, by: str) -> None:
    """Let an application go on although a case about its coupon is open: it is paid without what the case may bring.

    Raises NotHeld, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        submission = holds.release(connection, receipt_no, at=now)
        if submission is None:
            raise NotHeld(f"No application {show_receipt_no(receipt_no)} is held.")
        states = {"before": "held", "after": "pending"}
        audit.add(connection, actor=name, action="claim.released", subject=receipt_no, at=now, details=states)
    parts.bell.ring("submissions")
    log.info("claim.released", submission=str(submission))


def _held(connection: Connection, case_no: str) -> Case:
    case = cases.hold(connection, case_no)
    if case is None:
        raise NoSuchCase(f"No case has the number {show_case_no(case_no)}.")
    return case


def _move(
    parts: Parts, connection: Connection, case: Case, to: CaseState, *, by: str, amount: int | None = None
) -> Case:
    """The state, the audit and what waits for it; raises NotNow."""
    now = parts.clock.now()
    holds.lock(connection, [case.subject])
    if not cases.move(connection, case.case_no, to, by=by, at=now, amount=amount):
        raise NotNow(f"{_named(case)} cannot become {to}: it is {case.state}.")
    details: dict[str, str | int] = {"before": case.state, "after": f"{to}", **({"yen": amount} if amount else {})}
    audit.add(connection, actor=by, action=f"case.{to}", subject=case.case_no, at=now, details=details)
    holds.follow(connection, case.subject, at=now)
    return replace(case, state=f"{to}", changed_at=now, restored=amount if amount else case.restored)


def _comes(parts: Parts, connection: Connection, case: Case, amount: int) -> str:
    """Add it to the coupon, and say how it reaches its person: "" as points, "refund" with that, or "by_hand" alone."""
    known = _add_to_coupon(parts, connection, case, amount)
    found = holds.of_case(connection, case.case_no)
    if not known or any(state == "accepted" for _, state in found):
        return "by_hand"  # what is accepted now was not held: its URL is out, or it stands in a file for the bank
    return "refund" if any(refunds.live(connection, number) for number, _ in found) else ""


def _add_to_coupon(parts: Parts, connection: Connection, case: Case, amount: int) -> bool:
    """Our own coupons know it from now on, and a claim that was decided without it is decided anew.

    False where none of them is to bring it. Another backend was told by its own people before.
    """
    details = open_details(parts, case)
    if not details:
        return False
    coupon = details.prefecture, details.number
    known = coupons.give_back(connection, *coupon, amount=amount)
    if known:
        claims.decide_anew(connection, *coupon)
    if coupons.on_a_list(connection, *coupon):
        return coupons.raise_listed(connection, *coupon, amount=amount)
    return known or parts.settings.claims_backend != "builtin"


def _tell(parts: Parts, connection: Connection, case: Case, *, comes: str = "") -> None:
    campaign, at = parts.campaigns.seen_by(case), case.changed_at
    standing = CaseStanding(case.case_no, case.kind, case.state, campaign, comes)

    def letter(language: str, channel: str) -> Outbound:
        return case_news(standing, case.restored, language, at=at, channel=channel)

    message: NewOutgoing | None = None
    if chat := _chat_of(connection, case):
        message = to_chat(parts.vault, chat, [letter(chat.language, chat.channel)], purpose=TOLD_BY)
    elif applicant := _applied_from(connection, case):
        message = news_for(parts, connection, applicant, letter, purpose=TOLD_BY)
    if message:
        outgoing.insert(connection, replace(message, not_before=sending_time(campaign, at)))


def _chat_of(connection: Connection, case: Case) -> Conversation | None:
    """Where its person talks with us, if they can be told something there."""
    chat = conversations.read(connection, case.conversation) if case.conversation else None
    return None if chat is None or chat.channel in PRIVATE_DOORS or chat.blocked or not chat.address else chat


def _applied_from(connection: Connection, case: Case) -> Applicant | None:
    """Who told it on a page is told at the contact of what was applied for there, if anything was."""
    return who_applied.in_conversation(connection, case.conversation) if case.conversation else None


def _done(parts: Parts, case: Case) -> Case:
    for queue in ("submissions", "outgoing"):
        parts.bell.ring(queue)
    log.info("case.moved", case=str(case.id), state=case.state)
    return case


def _named(case: Case) -> str:
    return f"Case {show_case_no(case.case_no)}"
