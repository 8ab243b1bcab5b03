"""Proving that one works here: a password, then a code of an authenticator app (or a recovery code), and a session.

Both steps are counted together, by login and by address, so that neither can be guessed.

(password) ──> half ──> open ──> ended        bot/store/staff_sessions.py; each with a token of its own
"""

from __future__ import annotations

import base64
import secrets
import time
import unicodedata
from datetime import timedelta
from uuid import UUID

import argon2
import pyotp
from argon2.exceptions import VerificationError

from bot.letterbox import token_hash
from bot.parts import Parts
from bot.staff import note, read_login
from bot.store import audit, meter, staff, staff_sessions
from bot.store.db import Connection, transaction
from bot.store.staff import Member
from bot.store.staff_sessions import Visit

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
LEAST_OF_ONES_OWN = 8  # characters that are not the login
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits, so that a fast keyed hash gives nothing away
STEP_SECONDS = 30
STEPS_OFF = (0, -1, 1)  # a phone's clock may be half a minute off

TRIED_OUT_BY = "bot try"  # who adds the members that are there to be tried out

PASSWORD, TOTP = "staff.password", "staff.totp"
HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's least; 20 ms, 19 MB a try
NOBODYS = HASHER.hash(secrets.token_hex())  # so that an unknown login takes as long to refuse as a known one


class Tries:
    """How often somebody may still try: a login, and an address (a hash). Only failures count in the end."""

    def __init__(self, parts: Parts, login: str, *, origin: str) -> None:
        self._parts = parts
        self.subject = f"login:{parts.vault.fingerprint('staff login', login).hex()[:32]}"
        self.origin = origin

    def take(self) -> bool:
        """Count one; whether it was still allowed. While Redis is away the failures on record are counted."""
        return all(
            meter.take(self._parts.redis, limit, who, instead=self._on_record)
            for limit, who in ((meter.SIGN_INS, self.subject), (meter.SIGN_INS_FROM, self.origin))
        )

    def succeeded(self) -> None:
        for limit, who in ((meter.SIGN_INS, self.subject), (meter.SIGN_INS_FROM, self.origin)):
            meter.give_back(self._parts.redis, limit, who)

    def failed(self, step: str) -> None:
        """Note a failure, without anything of what was typed."""
        with transaction(self._parts.db) as connection:
            note(self._parts, connection, "refused", self.subject, by="-", step=step, origin=self.origin)

    def _on_record(self) -> bool:
        (seconds, most), *_ = meter.SIGN_INS.limits
        (_, most_from), *_ = meter.SIGN_INS_FROM.limits
        since = self._parts.clock.now() - timedelta(seconds=seconds)
        by_login, by_origin = audit.count_refused(self._parts.db, self.subject, origin=self.origin, since=since)
        return by_login < most and by_origin < most_from


def check_password(parts: Parts, tries: Tries, login: str, typed: str) -> tuple[str, Member] | None:
    """The token of a half session and whose; None when login and password do not belong together.

    tries was taken before.
    """
    member = staff.by_login(parts.db, read_login(login))
    known = member is not None and member.active and member.password is not None
    kept = parts.vault.open(member.password, PASSWORD).decode() if known and member and member.password else NOBODYS
    if not _verifies(kept, typed) or member is None or not known:
        tries.failed("password")
        return None
    tries.succeeded()
    with transaction(parts.db) as connection:
        return begin(connection, member.id, half=True), member


def choose_password(parts: Parts, token: str, password: str) -> str | None:
    """Use a set-up link up; gives the token of a half session, None when the link is no good (any more)."""
    hashed = token_hash(token)
    member = staff.by_set_up(parts.db, hashed)
    if member is None:
        return None
    kept = parts.vault.seal(HASHER.hash(_normal(password)).encode(), PASSWORD)
    with transaction(parts.db) as connection:
        if not staff.set_up(connection, hashed, kept):
            return None
        staff_sessions.end_all(connection, member.id, by="new password")
        note(parts, connection, "password_set", member.id, by=member.name)
        return begin(connection, member.id, half=True)


def password_fault(password: str, login: str) -> str:
    """Why a password cannot be taken ("short", "long", "login"), or ""."""
    plain = _normal(password)
    if len(plain) < SHORTEST_PASSWORD:
        return "short"
    if len(plain) > LONGEST_PASSWORD:
        return "long"
    beside_the_login = plain.lower().replace(login, "")
    return "login" if len(beside_the_login) < LEAST_OF_ONES_OWN else ""


def offered_secret(parts: Parts, member: Member) -> str | None:
    """The secret to type into the app, the same until it is enrolled; from then on nobody is shown it."""
    with transaction(parts.db) as connection:
        sealed = staff.offer_totp(connection, member.id, parts.vault.seal(pyotp.random_base32().encode(), TOTP))
    return parts.vault.open(sealed, TOTP).decode() if sealed else None


def enrol(parts: Parts, tries: Tries, visit: Visit, typed: str) -> tuple[str, list[str]] | None:
    """Prove the offered secret: the token of an open session and the recovery codes; None when the code is wrong."""
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    with transaction(parts.db) as connection:
        if _takes_code(parts, connection, visit.member, typed):
            hashes = [_code_hash(parts, visit.member.id, code) for code in codes]
            if staff.enrol(connection, visit.member.id, hashes):
                note(parts, connection, "enrolled", visit.member.id, by=visit.member.name)
                token = _open(parts, connection, visit, with_="totp")
                tries.succeeded()
                return token, codes
    tries.failed("code")
    return None


def check_code(parts: Parts, tries: Tries, visit: Visit, typed: str) -> str | None:
    """The token of an open session; None when the code is wrong or was used before, or no app is enrolled yet."""
    if visit.member.enrolled_at is None:
        # A secret that is only offered proves nothing: whoever has the password is shown it.
        return None
    with transaction(parts.db) as connection:
        with_ = _second_factor(parts, connection, visit.member, typed)
        if with_:
            token = _open(parts, connection, visit, with_=with_)
            tries.succeeded()
            return token
    tries.failed("code")
    return None


def sign_out(parts: Parts, visit: Visit) -> None:
    with transaction(parts.db) as connection:
        if staff_sessions.end(connection, visit.id, by=visit.member.name):
            note(parts, connection, "signed_out", visit.member.id, by=visit.member.name)


def code_now(parts: Parts, member: Member) -> str:
    """What an authenticator app shows for that member now; the next code, if that one was used already."""
    if member.totp is None:
        return ""
    step = max(int(time.time()) // STEP_SECONDS, member.totp_step + 1)
    return pyotp.HOTP(parts.vault.open(member.totp, TOTP).decode()).at(step)


def _second_factor(parts: Parts, connection: Connection, member: Member, typed: str) -> str:
    """Which one it was ("totp", "recovery"), or ""; it is used up."""
    if _takes_code(parts, connection, member, typed):
        return "totp"
    return "recovery" if staff.use_code(connection, member.id, _code_hash(parts, member.id, typed)) else ""


def _takes_code(parts: Parts, connection: Connection, member: Member, typed: str) -> bool:
    if member.totp is None:
        return False
    shown, secret = "".join(_normal(typed).split()), parts.vault.open(member.totp, TOTP).decode()
    now = int(time.time()) // STEP_SECONDS
    steps = [now + off for off in STEPS_OFF if secrets.compare_digest(_at(secret, now + off), shown.encode())]
    return bool(steps) and staff.use_step(connection, member.id, steps[0])


def _at(secret: str, step: int) -> bytes:
    return pyotp.HOTP(secret).at(step).encode()


def _open(parts: Parts, connection: Connection, visit: Visit, *, with_: str) -> str:
    """A session of its own, so that the token of the half one is worth nothing afterwards."""
    staff_sessions.end(connection, visit.id, by="signed in")
    note(parts, connection, "signed_in", visit.member.id, by=visit.member.name, second_factor=with_)
    return begin(connection, visit.member.id, half=False)


def begin(connection: Connection, member: UUID, *, half: bool) -> str:
    """The token of a new session."""
    token = secrets.token_urlsafe(32)
    staff_sessions.begin(connection, member, token_hash(token), half=half)
    return token


def _verifies(kept: str, typed: str) -> bool:
    try:
        return HASHER.verify(kept, _normal(typed)[: LONGEST_PASSWORD + 1])
    except VerificationError:
        return False


def _code_hash(parts: Parts, member: UUID, typed: str) -> bytes:
    plain = "".join(_normal(typed).lower().replace("-", "").split())
    return parts.vault.fingerprint("recovery code", member.hex, plain)


def _normal(typed: str) -> str:
    """The same whatever keyboard wrote it."""
    return unicodedata.normalize("NFKC", typed)
