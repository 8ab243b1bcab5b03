"""From a list of balances and contacts to a mailing: one right, one URL and one delivery a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.deliveries import applicants
from bot.deliveries.applicants import NOBODY, Applied
from bot.deliveries.cells import form_of
from bot.deliveries.ways import chain, mail_group
from bot.letterbox import short_token, token_hash
from bot.list_files import Cells, Listed, Problem, Reading, good_rows
from bot.parts import Parts
from bot.store import audit, coupons, mailings, on_line, plans
from bot.store.db import Connection, transaction
from bot.store.holds import subject_of
from bot.store.mailing_figures import Kind, Real
from bot.store.on_line import Reached, Talking
from bot.store.plans import Finding, Row, Share, Target

PURPOSE = "reward_url"


class CannotPlan(Exception):
    """A mailing cannot be made so; says why."""


class Busy(CannotPlan):
    """Another list is being brought in, which may take minutes."""


class _OnlyLooked(Exception):
    """Nothing may be kept of it."""


@dataclass(frozen=True)
class Source:
    """Where the people of a mailing come from: a list, the accepted claims whose URL has not gone out yet, or both.

    by: whose name stands in the audit for it; "" for a command's, which alone waits for its turn: a page would hold one
    of the threads that LINE's webhooks are answered by.
    """

    listed: Listed | None = None
    accepted_claims: bool = False
    by: str = ""


@dataclass(frozen=True)
class Told:
    """What to tell meanwhile: bad rows as they are found, bytes read of all bytes, people brought in of all people."""

    problem: Any = lambda _: None
    read: Any = lambda done, total: None
    brought_in: Any = lambda done, total: None


@dataclass
class Found:
    """What a list holds, and what came of it; sample has one person of it for each kind of words.

    left_out: rows of people or coupons to whom nothing is due (no balance, account given up), and the findings of
    bot.store.plans. applied: applicants beside it. planned stays None where nothing was written.
    """

    rows: int = 0
    bad_rows: int = 0
    problems: tuple[Problem, ...] = ()
    left_out: dict[str, Finding] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    with_several: int = 0
    sample: list[tuple[Kind, Real]] = field(default_factory=list)
    applied: Applied = NOBODY
    planned: int | None = None

    @property
    def people(self) -> int:
        return sum(share.people for share in self.shares) + self.applied.count


def look_through(parts: Parts, source: Source, told: Told) -> Found:
    """Go through it as planning would, against the record as it is; nothing is kept, and nobody waits for it meanwhile.

    Raises OSError, psycopg.Error.
    """
    found = Found()
    with transaction(parts.db) as connection:
        _stage(parts, connection, source, told, found)
        if source.accepted_claims:
            found.applied = applicants.look(parts, connection, parts.campaign.id)
    return found


def problems(parts: Parts, listed: Listed) -> list[Problem]:
    """All that is wrong with a list, however much it is; nothing else is looked at. Raises OSError."""
    found: list[Problem] = []
    for _ in good_rows(listed, form_of(parts.campaign), Reading(found.append)):
        pass
    return found


def plan(parts: Parts, source: Source, name: str, told: Told, *, without_bad_rows: bool) -> Found:
    """Make the mailing, all of it in one transaction; with a bad row nothing, unless those are to be left out.

    Raises CannotPlan when the name is taken, or a coupon was meanwhile; Busy where a page would have to wait;
    OSError, psycopg.Error.
    """
    found = Found()
    try:
        with transaction(parts.db) as connection:
            if not plans.alone(connection, wait=not source.by):
                raise Busy("Another list is being brought in. Plan this one when that is done.")
            _stage(parts, connection, source, told, found)
            if found.bad_rows and not without_bad_rows:
                raise _OnlyLooked
            mailing = _added(parts, connection, name)
            if source.accepted_claims:
                found.applied = applicants.plan(parts, connection, parts.campaign.id, mailing)
            if not found.people:
                raise _OnlyLooked
            if source.listed:
                _bring_in(parts, connection, mailing, lambda done: told.brought_in(done, found.people))
            found.planned = found.people
            if source.by:
                details, at = {"people": found.people, "rows": found.rows}, parts.clock.now()
                audit.add(connection, actor=source.by, action="mailing.planned", subject=name, at=at, details=details)
    except _OnlyLooked:
        pass
    return found


def _added(parts: Parts, connection: Connection, name: str) -> UUID:
    mailing, campaign = uuid7(), parts.campaign
    if not mailings.add(connection, mailing, name, campaign=(campaign.id, campaign.version), purpose=PURPOSE):
        raise CannotPlan(
            f"There is a mailing of that name already: {name}. Look at it with: bot deliveries show {name}"
        )
    return mailing


def _bring_in(parts: Parts, connection: Connection, mailing: UUID, brought_in: Callable[[int], None]) -> None:
    target = Target(mailing, parts.campaign.id, parts.campaign.version, parts.clock.now())
    for done in plans.bring_in(connection, target):
        brought_in(done)
    if taken := plans.applied_meanwhile(connection):
        raise CannotPlan(f"Coupons of the list were applied for meanwhile: {taken}. Plan it again; they are left out.")


def _stage(parts: Parts, connection: Connection, source: Source, told: Told, found: Found) -> None:
    if source.listed is None:
        return
    listed = source.listed
    reading = Reading(told.problem, told.read)
    nothing_due: dict[str, list[int]] = {"no_balance": [], "account_given_up": [], "no_way": []}
    counted = dict.fromkeys(nothing_due, 0)
    given_back = coupons.given_back(connection)

    def staged() -> Iterator[Row]:
        for line, cells in good_rows(listed, form_of(parts.campaign), reading):
            row, why = _row(parts, line, cells, given_back)
            if row:
                yield row
            else:
                counted[why] += 1
                if len(nothing_due[why]) < plans.SHOWN:
                    nothing_due[why].append(line)

    plans.stage(connection, staged())
    found.left_out = {
        **{why: Finding(counted[why], lines) for why, lines in nothing_due.items()},
        **plans.sift(connection, parts.campaign.id),
    }
    if "line" in parts.channels and "line" in parts.settings.delivery_ways:
        _reach_on_line(parts, connection)
    found.rows, found.bad_rows, found.problems = reading.rows, reading.bad_rows, tuple(reading.problems)
    found.shares, found.with_several = plans.shares(connection), plans.with_several(connection)
    found.sample = plans.sample(connection)


def _reach_on_line(parts: Parts, connection: Connection) -> None:
    """LINE too for whoever has proven there that a number or an address of the list is theirs."""
    for some in on_line.on_line(connection, parts.clock.now()):
        on_line.reach(connection, [_reached(parts, each) for each in some])


def _reached(parts: Parts, talking: Talking) -> Reached:
    contacts = parts.vault.open_json(talking.contacts, "deliveries.contacts")
    contacts.setdefault("line", parts.vault.open_json(talking.address, "address")[1])
    ways = chain(contacts, parts.settings.delivery_ways, configured=parts.channels)
    return Reached(talking.n, parts.vault.seal_json(contacts, "deliveries.contacts"), ways)


def _row(parts: Parts, line_no: int, cells: Cells, given_back: Mapping[tuple[str, str], int]) -> tuple[Row | None, str]:
    """The row of a coupon with what was given back on it, or why nothing is due for it."""
    prefecture, number, trip_date, balance, phone, mail, account, member, language, line = cells
    amount = balance + given_back.get((prefecture, number), 0)
    if not amount:
        return None, "no_balance"  # rules.md §1.2 row 12
    if account == "withdrawn":
        return None, "account_given_up"  # they apply by themselves (row 9)
    contacts: Mapping[str, str] = {
        key: value for key, value in (("sms", phone), ("mail", mail), ("line", line)) if value
    }
    ways = chain(contacts, parts.settings.delivery_ways, configured=parts.channels)
    if not ways:
        return None, "no_way"
    vault, token = parts.vault, short_token()
    hashes = {key: vault.fingerprint(key, value) for key, value in contacts.items()}
    row = Row(
        line=line_no,
        person=vault.fingerprint("member", member) if member else next(iter(hashes.values())),
        entitlement=uuid7(),
        delivery=uuid7(),
        prefecture=prefecture,
        number=number,
        trip_date=trip_date,
        amount=amount,
        token_hash=token_hash(token),
        token=vault.seal(token.encode(), "entitlements.token"),
        contacts=vault.seal_json(contacts, "deliveries.contacts"),
        target=vault.seal_json(next(iter(contacts.items())), "entitlements.target"),
        sms_person=hashes.get("sms"),
        mail_person=hashes.get("mail"),
        ways=ways,
        mail_group=mail_group(mail) if mail else "",
        language=language or "ja",
        subject=subject_of(vault, prefecture, number),
    )
    return row, ""
