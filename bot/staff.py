"""Who may work behind the counter: added, let in anew, sent away. Each act is in the audit.

StaffError
├── BadMember       a login, name, role or prefecture that cannot be taken; says why
├── Taken           somebody has that login or that name
└── NoSuchMember    nobody has that login
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import UniqueViolation
from uuid_utils.compat import uuid7

from bot.letterbox import token_hash
from bot.parts import Parts
from bot.staff_names import one_form
from bot.store import audit, staff, staff_sessions
from bot.store.db import Connection, transaction
from bot.store.staff import ROLES, Member, NewMember
from dialogs.reading import Unreadable
from dialogs.reading.prefectures import read_prefecture

SET_UP_HOURS = 72
LONGEST_NAME = 40
MOST_AT_ONCE = 99
SSO_NAME = re.compile(r"[^\s@]{1,64}(@[^\s@]{1,189})?")
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


class StaffError(Exception):
    """Something about staff cannot be done; says why in a sentence."""


class BadMember(StaffError):
    """What was typed makes no member."""


class Taken(StaffError):
    """Login and name are each one person's."""


class NoSuchMember(StaffError):
    """Nobody has that login."""


@dataclass(frozen=True)
class Wanted:
    """A member to be added, as it was typed. No prefectures: all of them."""

    name: str
    login: str
    role: str
    prefectures: Sequence[str] = ()
    language: str = "ja"


def add(parts: Parts, wanted: Wanted, *, by: str) -> str:
    """A new member; gives the path of the link by which they choose a password. Raises BadMember, Taken."""
    row = NewMember(
        id=uuid7(),
        login=_login(wanted.login),
        name=_name(wanted.name),
        role=_role(wanted.role),
        prefectures=[_prefecture(each) for each in wanted.prefectures],
        language=wanted.language,
        created_at=parts.clock.now(),
        created_by=by,
    )
    with transaction(parts.db) as connection:
        if not staff.insert(connection, row):
            what = "login" if staff.is_login_taken(connection, row.login, row.name) else "name"
            raise Taken(f"Somebody has that {what} already. Each is one person's, for it stands in the audit.")
        note(parts, connection, "added", row.id, by=by, login=row.login, role=row.role)
        return _let_set_up(connection, row.id)


def reset_password(parts: Parts, login: str, *, by: str) -> str:
    """Gives the path of a new link to choose a password by; sessions end. Raises NoSuchMember."""
    member = _find(parts, login)
    with transaction(parts.db) as connection:
        staff_sessions.end_all(connection, member.id, by=by)
        note(parts, connection, "password_reset", member.id, by=by)
        return _let_set_up(connection, member.id)


def reset_totp(parts: Parts, login: str, *, by: str) -> None:
    """For a lost phone: the next sign-in enrols anew; sessions end. Raises NoSuchMember."""
    member = _find(parts, login)
    with transaction(parts.db) as connection:
        staff_sessions.end_all(connection, member.id, by=by)
        staff.forget_totp(connection, member.id)
        note(parts, connection, "totp_reset", member.id, by=by)


def end_sessions(parts: Parts, login: str, *, by: str) -> int:
    """Sign somebody out everywhere, at once; gives of how many places. Raises NoSuchMember."""
    member = _find(parts, login)
    with transaction(parts.db) as connection:
        ended = staff_sessions.end_all(connection, member.id, by=by)
        note(parts, connection, "sessions_ended", member.id, by=by, sessions=ended)
    return ended


def set_active(parts: Parts, login: str, *, active: bool, by: str) -> None:
    """Send somebody away, at once, or let them come back. Raises NoSuchMember."""
    member = _find(parts, login)
    with transaction(parts.db) as connection:
        staff.set_active(connection, member.id, active=active)
        if not active:
            staff_sessions.end_all(connection, member.id, by=by)
        note(parts, connection, "activated" if active else "deactivated", member.id, by=by)


def set_capacity(parts: Parts, login: str, capacity: int, *, by: str) -> None:
    """How many conversations somebody may have at once. Raises NoSuchMember, BadMember."""
    if not 0 <= capacity <= MOST_AT_ONCE:
        raise BadMember(f"Somebody has 0 to {MOST_AT_ONCE} conversations at once.")
    member = _find(parts, login)
    with transaction(parts.db) as connection:
        staff.set_capacity(connection, member.id, capacity)
        note(parts, connection, "capacity", member.id, by=by, before=member.capacity, after=capacity)


def name_for_sso(parts: Parts, login: str, typed: str, *, by: str) -> None:
    """By which address or account's id somebody comes from the office's own sign-in, "" for not at all; sessions end.

    Raises NoSuchMember, BadMember, Taken.
    """
    name, member = read_login(typed), _find(parts, login)
    if name and not SSO_NAME.fullmatch(name):
        raise BadMember("An address, or an account's id, without spaces and of at most 254 characters.")
    try:
        with transaction(parts.db) as connection:
            staff.name_for_sso(connection, member.id, name)
            staff_sessions.end_all(connection, member.id, by=by)
            note(parts, connection, "sso_named", member.id, by=by, name=name)
    except UniqueViolation:
        raise Taken("Somebody else comes by that name already.") from None


def note(
    parts: Parts, connection: Connection, action: str, member: UUID | str, *, by: str, **details: str | int
) -> None:
    """Note an act about a member."""
    at = parts.clock.now()
    audit.add(connection, actor=by, action=f"staff.{action}", subject=str(member), at=at, details=details)


def read_login(typed: str) -> str:
    """A login as it is kept: small letters of half width."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def _let_set_up(connection: Connection, member: UUID) -> str:
    token = secrets.token_urlsafe(24)
    staff.let_set_up(connection, member, token_hash(token), hours=SET_UP_HOURS)
    return f"/console/set-up/{token}"


def _find(parts: Parts, login: str) -> Member:
    member = staff.by_login(parts.db, read_login(login))
    if member is None:
        raise NoSuchMember("Nobody has that login; `bot staff list` shows them all.")
    return member


def _login(typed: str) -> str:
    login = read_login(typed)
    if not LOGIN.fullmatch(login):
        raise BadMember("A login has 2 to 64 letters, digits and . _ @ -, and begins with a letter or digit.")
    return login


def _name(typed: str) -> str:
    name = one_form(typed)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadMember(f"A name has 1 to {LONGEST_NAME} characters.")
    return name


def _role(typed: str) -> str:
    if typed not in ROLES:
        raise BadMember(f"A role is one of {', '.join(ROLES)}.")
    return typed


def _prefecture(typed: str) -> str:
    try:
        return read_prefecture(typed)
    except Unreadable:
        raise BadMember(f"{typed} is no prefecture of Japan.") from None
