"""What staff do with a mailing: begin with a few, go on with all, stop it, give it up. Each act stands in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.deliveries.letters import Writer, enclosed
from bot.deliveries.preview import EXAMPLE
from bot.deliveries.ways import GROUPS
from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import audit, mail_groups, mailings, outgoing
from bot.store.db import Connection, transaction
from bot.store.mailings import Mailing
from dialogs.rules.calendar import sending_time


class CannotRun(Exception):
    """The mailing cannot be moved so; says why, and in `reason` and `facts` for pages that say it in their own words.

    reason: not_yet, over, moved, or "" where only a command can meet it.
    """

    def __init__(self, says: str, reason: str = "", **facts: object) -> None:
        super().__init__(says)
        self.reason, self.facts = reason, facts


def found(parts: Parts, name: str) -> Mailing:
    """The mailing of that name; raises CannotRun."""
    mailing = mailings.by_name(parts.db, name)
    if mailing is None:
        raise CannotRun(f"There is no mailing of that name: {name}. All of them: bot deliveries list")
    return mailing


def pilot(parts: Parts, name: str, *, share: float, by: str) -> int:
    """Let a share of it go out first, spread evenly; gives how many. Raises CannotRun."""
    mailing = found(parts, name)
    _check_day(parts, mailing)
    with transaction(parts.db) as connection:
        few = mailings.make_pilot(connection, mailing.id, share)
        _move(parts, connection, mailing, "piloting", by=by)
    return few


def start(parts: Parts, name: str, *, by: str) -> None:
    """Let all of it go out; raises CannotRun."""
    mailing = found(parts, name)
    _check_day(parts, mailing)
    with transaction(parts.db) as connection:
        _move(parts, connection, mailing, "running", by=by)


def pause(parts: Parts, name: str, *, by: str) -> None:
    """Nothing new goes on the wire from now on; raises CannotRun."""
    with transaction(parts.db) as connection:
        _move(parts, connection, found(parts, name), "paused", by=by)


def resume(parts: Parts, name: str, *, by: str) -> None:
    """Go on where it was paused; raises CannotRun."""
    mailing = found(parts, name)
    if mailing.state != "paused":
        raise CannotRun(f"{name} is not paused; it is {mailing.state}.", "moved")
    with transaction(parts.db) as connection:
        _move(parts, connection, mailing, mailing.paused_from, by=by)


def hold(parts: Parts, name: str, group: str, *, by: str) -> None:
    """No mail of it to that group of domains from now on; raises CannotRun."""
    mailing = _of_group(parts, name, group)
    with transaction(parts.db) as connection:
        if not mail_groups.hold(connection, mailing.id, group, reason=f"by {by}"):
            raise CannotRun(f"{name}: mail to {group} is held already.")
        audit.add(connection, actor=by, action="mailing.held", subject=f"{name}:{group}", at=parts.clock.now())


def release(parts: Parts, name: str, group: str, *, by: str) -> None:
    """Mail to that group of domains goes on; raises CannotRun."""
    mailing = _of_group(parts, name, group)
    with transaction(parts.db) as connection:
        if not mail_groups.release(connection, mailing.id, group):
            raise CannotRun(f"{name}: mail to {group} is not held.")
        audit.add(connection, actor=by, action="mailing.released", subject=f"{name}:{group}", at=parts.clock.now())


def _of_group(parts: Parts, name: str, group: str) -> Mailing:
    if group not in GROUPS:
        raise CannotRun(f"There is no group of mail domains of that name: {group}. There are {', '.join(GROUPS)}.")
    return found(parts, name)


def cancel(parts: Parts, name: str, *, by: str) -> int:
    """Give up whatever has not gone out; gives how many it were. Raises CannotRun."""
    mailing = call_off(parts, name, by=by)
    return give_up(parts, mailing)


def call_off(parts: Parts, name: str, *, by: str) -> Mailing:
    """Nothing of it goes out from now on; its rows are given up by a worker. Raises CannotRun."""
    mailing = found(parts, name)
    with transaction(parts.db) as connection:
        _move(parts, connection, mailing, "cancelled", by=by)
    return mailing


def give_up_called_off(parts: Parts) -> int:
    """Give up the rows of all mailings that were called off; gives how many. Raises psycopg.Error."""
    return sum(give_up(parts, mailing) for mailing in mailings.called_off(parts.db))


def goes_on_at(parts: Parts, mailing: Mailing, *, planned: int) -> datetime | None:
    """When it goes on, where only the hour keeps what is planned of it; None where that may go now, or not at all."""
    if not planned or mailing.state not in mailings.AT_WORK or mailing.campaign not in parts.campaigns:
        return None
    campaign, now = parts.campaigns.seen_by(mailing), parts.clock.now()
    at = sending_time(campaign, now)
    return at if now < at < campaign.dates.receive_end else None


def send_tests(parts: Parts, name: str, targets: Sequence[tuple[str, str]], *, by: str = "") -> None:
    """The words of a mailing, with a code of nobody, to numbers and addresses of one's own. Raises CannotRun."""
    mailing, writer = found(parts, name), Writer(parts)
    own = enclosed(parts, EXAMPLE, None, "1234")
    with transaction(parts.db) as connection:
        for kind, user in targets:
            said = writer.mould(mailing, kind, language="ja", applied=False).spoken(own)
            outgoing.insert(connection, message_to(parts.vault, kind, user, said, purpose="mailing_test"))
        if by:
            audit.add(connection, actor=by, action="mailing.tested", subject=name, at=parts.clock.now())
    parts.bell.ring("outgoing")


def give_up(parts: Parts, mailing: Mailing) -> int:
    """Cancel the rows of a cancelled mailing, some thousands at a time; a second time does the rest."""
    gone = 0
    while some := mailings.cancel(parts.db, mailing.id):
        gone += some
    return gone


def _check_day(parts: Parts, mailing: Mailing) -> None:
    """Nothing goes out before the day from which URLs are sent (notice 2, 送付時期), or after the last one."""
    dates, now = parts.campaigns[mailing.campaign].dates, parts.clock.now()
    if now < dates.app_send_from:
        day = f"{dates.app_send_from:%Y-%m-%d %H:%M}"
        raise CannotRun(f"{mailing.name} cannot begin yet: URLs are sent from {day} on.", "not_yet", day=day)
    if now >= dates.receive_end:
        day = f"{dates.receive_end:%Y-%m-%d}"
        raise CannotRun(f"{mailing.name} comes too late: rewards could be chosen until {day}.", "over", day=day)


def _move(parts: Parts, connection: Connection, mailing: Mailing, to: str, *, by: str) -> None:
    if not mailings.move(connection, mailing.id, to):
        raise CannotRun(f"{mailing.name} is {mailing.state}: it cannot become {to}.", "moved")
    audit.add(connection, actor=by, action=f"mailing.{to}", subject=mailing.name, at=parts.clock.now())
