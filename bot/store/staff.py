"""Who works behind the counter: name, role, and what they prove themselves with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

ROLES = ("agent", "supervisor", "finance", "admin")

COLUMNS: LiteralString = (
    "id, login, name, role, prefectures, language, password, totp, totp_step, enrolled_at, active, created_by, capacity"
)
INSERT = """
INSERT INTO staff (id, login, name, role, prefectures, language, created_at, created_by)
VALUES (%(id)s, %(login)s, %(name)s, %(role)s, %(prefectures)s, %(language)s, %(created_at)s, %(created_by)s)
ON CONFLICT DO NOTHING
"""
BY_LOGIN = f"SELECT {COLUMNS} FROM staff WHERE login = %(login)s"  # noqa: S608 - this module's own words
BY_SET_UP = f"""
SELECT {COLUMNS} FROM staff WHERE set_up_hash = %(token_hash)s AND set_up_until > now() AND active
"""  # noqa: S608 - as above
SEEN = """
SELECT login, name, role, prefectures, active, password IS NOT NULL, enrolled_at IS NOT NULL,
    (SELECT count(*) FROM staff_sessions s WHERE s.staff = staff.id AND s.state = 'open'),
    (SELECT max(last_seen_at) FROM staff_sessions s WHERE s.staff = staff.id AND s.state <> 'half'),
    capacity, sso_name, sso_subject IS NOT NULL
FROM staff ORDER BY login
"""
BY_SUBJECT = f"SELECT {COLUMNS} FROM staff WHERE sso_subject = %(subject)s"  # noqa: S608 - as above
BY_SSO_NAME = f"""
SELECT {COLUMNS} FROM staff WHERE sso_name = ANY(%(names)s) AND sso_name <> '' AND sso_subject IS NULL AND active
"""  # noqa: S608 - as above
LINK = "UPDATE staff SET sso_subject = %(subject)s WHERE id = %(id)s AND sso_subject IS NULL AND active"
NAME_FOR_SSO = "UPDATE staff SET sso_name = %(name)s, sso_subject = NULL WHERE id = %(id)s"
TAKEN = "SELECT login = %(login)s FROM staff WHERE login = %(login)s OR lower(name) = lower(%(name)s) LIMIT 1"
LET_SET_UP = """
UPDATE staff SET set_up_hash = %(token_hash)s, set_up_until = now() + %(hours)s * interval '1 hour' WHERE id = %(id)s
"""
SET_UP = """
UPDATE staff SET password = %(password)s, set_up_hash = NULL, set_up_until = NULL
WHERE set_up_hash = %(token_hash)s AND set_up_until > now() AND active RETURNING id
"""
OFFER_TOTP = """
UPDATE staff SET totp = coalesce(totp, %(totp)s) WHERE id = %(id)s AND enrolled_at IS NULL RETURNING totp
"""
ENROL = "UPDATE staff SET enrolled_at = now() WHERE id = %(id)s AND enrolled_at IS NULL"
USE_STEP = "UPDATE staff SET totp_step = %(step)s WHERE id = %(id)s AND totp_step < %(step)s"
FORGET_TOTP = "UPDATE staff SET totp = NULL, totp_step = 0, enrolled_at = NULL WHERE id = %(id)s"
FORGET_CODES = "DELETE FROM staff_recovery_codes WHERE staff = %(id)s"
ADD_CODE = "INSERT INTO staff_recovery_codes (code_hash, staff) VALUES (%(code_hash)s, %(id)s)"
USE_CODE = """
UPDATE staff_recovery_codes SET used_at = now() WHERE staff = %(id)s AND code_hash = %(code_hash)s AND used_at IS NULL
"""
SET_ACTIVE = """
UPDATE staff SET active = %(active)s, set_up_hash = NULL, set_up_until = NULL WHERE id = %(id)s
"""
SET_CAPACITY = "UPDATE staff SET capacity = %(capacity)s WHERE id = %(id)s"
NAMES = "SELECT name FROM staff WHERE id = ANY(%(ids)s) ORDER BY name"
CALLED = "SELECT id::text, name FROM staff"
SPEAK = "UPDATE staff SET language = %(language)s WHERE id = %(id)s"


@dataclass(frozen=True, slots=True)
class Member:
    """One who works here; password (an argon2 hash) and totp (a secret) are sealed. No prefectures: all of them.

    totp_step: the half minute whose code was used last; capacity: how many conversations they may have at once.
    """

    id: UUID
    login: str
    name: str
    role: str
    prefectures: list[str]
    language: str
    password: bytes | None
    totp: bytes | None
    totp_step: int
    enrolled_at: datetime | None
    active: bool
    created_by: str
    capacity: int


MEMBER_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Member))


@dataclass(frozen=True, slots=True)
class NewMember:
    """A row to be added; nobody can sign in with it until a password is set."""

    id: UUID
    login: str
    name: str
    role: str
    prefectures: list[str]
    language: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of the list of staff."""

    login: str
    name: str
    role: str
    prefectures: list[str]
    active: bool
    has_password: bool
    enrolled: bool
    sessions: int
    last_seen_at: datetime | None
    capacity: int
    sso_name: str
    sso_linked: bool


def insert(connection: Connection, row: NewMember) -> bool:
    """False when the login or the name is taken."""
    values = {name: getattr(row, name) for name in NewMember.__slots__}
    return connection.execute(INSERT, values).rowcount == 1


def is_login_taken(connection: Connection, login: str, name: str) -> bool:
    """Of a row that was not added: whether it is the login that somebody has, else it is the name."""
    row = connection.execute(TAKEN, {"login": login, "name": name}).fetchone()
    return bool(row and row[0])


def by_login(pool: Pool, login: str) -> Member | None:
    with autocommit(pool) as connection:
        row = connection.execute(BY_LOGIN, {"login": login}).fetchone()
    return Member(*row) if row else None


def by_set_up(pool: Pool, token_hash: bytes) -> Member | None:
    """Whose set-up link it is, if it is still good; changes nothing."""
    with autocommit(pool) as connection:
        row = connection.execute(BY_SET_UP, {"token_hash": token_hash}).fetchone()
    return Member(*row) if row else None


def by_subject(pool: Pool, subject: bytes) -> Member | None:
    """Whose account at the provider it is, as a hash; may be somebody who works here no more."""
    with autocommit(pool) as connection:
        row = connection.execute(BY_SUBJECT, {"subject": subject}).fetchone()
    return Member(*row) if row else None


def by_sso_name(pool: Pool, names: Iterable[str]) -> Member | None:
    """Who is to come by one of these names and has never come so far; None too where two are meant."""
    with autocommit(pool) as connection:
        rows = connection.execute(BY_SSO_NAME, {"names": list(names)}).fetchall()
    return Member(*rows[0]) if len(rows) == 1 else None


def link(connection: Connection, member: UUID, subject: bytes) -> bool:
    """From now on they are known by that account; False when they are linked already, or another member is to it."""
    return connection.execute(LINK, {"id": member, "subject": subject}).rowcount == 1


def name_for_sso(connection: Connection, member: UUID, name: str) -> None:
    """By which name they come the first time ("": not at all); the account of before opens nothing any more."""
    connection.execute(NAME_FOR_SSO, {"id": member, "name": name})


def seen(pool: Pool) -> list[Seen]:
    """Everybody, with how many sessions are open and when they were last here."""
    with autocommit(pool) as connection:
        return [Seen(*row) for row in connection.execute(SEEN).fetchall()]


def set_capacity(connection: Connection, member: UUID, capacity: int) -> None:
    """How many conversations they may have at once; what they have already stays with them."""
    connection.execute(SET_CAPACITY, {"id": member, "capacity": capacity})


def names(pool: Pool, members: Iterable[UUID]) -> list[str]:
    """Their names, in order."""
    with autocommit(pool) as connection:
        return [row[0] for row in connection.execute(NAMES, {"ids": list(members)}).fetchall()]


def called(pool: Pool) -> dict[str, str]:
    """Everybody's name by their id, as the audit writes it."""
    with autocommit(pool) as connection:
        return dict(connection.execute(CALLED).fetchall())


def let_set_up(connection: Connection, member: UUID, token_hash: bytes, *, hours: int) -> None:
    """A link to choose a password by; the one of before works no more."""
    connection.execute(LET_SET_UP, {"id": member, "token_hash": token_hash, "hours": hours})


def set_up(connection: Connection, token_hash: bytes, password: bytes) -> bool:
    """Use the link up; False when it is no good (any more)."""
    return connection.execute(SET_UP, {"token_hash": token_hash, "password": password}).rowcount == 1


def offer_totp(connection: Connection, member: UUID, totp: bytes) -> bytes | None:
    """The secret to be enrolled with: this one, or the one that was offered before; None when one counts already."""
    row = connection.execute(OFFER_TOTP, {"id": member, "totp": totp}).fetchone()
    return bytes(row[0]) if row else None


def enrol(connection: Connection, member: UUID, code_hashes: Iterable[bytes]) -> bool:
    """The offered secret counts from now on, and so do these recovery codes; False when one counted already."""
    if connection.execute(ENROL, {"id": member}).rowcount == 0:
        return False
    for code_hash in code_hashes:
        connection.execute(ADD_CODE, {"id": member, "code_hash": code_hash})
    return True


def use_step(connection: Connection, member: UUID, step: int) -> bool:
    """Take the code of that half minute; False when it, or a later one, was taken before."""
    return connection.execute(USE_STEP, {"id": member, "step": step}).rowcount == 1


def use_code(connection: Connection, member: UUID, code_hash: bytes) -> bool:
    """Take a recovery code; False when it is none of theirs or was taken before."""
    return connection.execute(USE_CODE, {"id": member, "code_hash": code_hash}).rowcount == 1


def forget_totp(connection: Connection, member: UUID) -> None:
    """They enrol anew at their next sign-in."""
    connection.execute(FORGET_TOTP, {"id": member})
    connection.execute(FORGET_CODES, {"id": member})


def set_active(connection: Connection, member: UUID, *, active: bool) -> None:
    """Whether they may come in; a set-up link is called in either way."""
    connection.execute(SET_ACTIVE, {"id": member, "active": active})


def speak(connection: Connection, member: UUID, language: str) -> None:
    """The language in which the console talks with them."""
    connection.execute(SPEAK, {"id": member, "language": language})
