"""What staff do with a mailing: begin with a few, go on with all, stop it, give it up. Each act stands in the audit."""

from __future__ import annotations

from bot.deliveries.ways import MAIL_GROUPS, OTHER_GROUP
from bot.parts import Parts
from bot.store import audit, mail_groups, mailings
from bot.store.db import Connection, transaction
from bot.store.mailings import Mailing

GROUPS = (*MAIL_GROUPS, OTHER_GROUP)


class CannotRun(Exception):
    """The mailing cannot be moved so; says why."""


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
        raise CannotRun(f"{name} is not paused; it is {mailing.state}.")
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
    mailing = found(parts, name)
    with transaction(parts.db) as connection:
        _move(parts, connection, mailing, "cancelled", by=by)
    return give_up(parts, mailing)


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
        raise CannotRun(f"{mailing.name} cannot begin yet: URLs are sent from {dates.app_send_from:%Y-%m-%d %H:%M} on.")
    if now >= dates.receive_end:
        raise CannotRun(f"{mailing.name} comes too late: rewards could be chosen until {dates.receive_end:%Y-%m-%d}.")


def _move(parts: Parts, connection: Connection, mailing: Mailing, to: str, *, by: str) -> None:
    if not mailings.move(connection, mailing.id, to):
        raise CannotRun(f"{mailing.name} is {mailing.state}: it cannot become {to}.")
    audit.add(connection, actor=by, action=f"mailing.{to}", subject=mailing.name, at=parts.clock.now())
