"""The staff of a try: one for each role, who come the way that everybody comes, but for an app in their hands."""

from __future__ import annotations

from bot import sign_in, staff
from bot.letterbox import token_hash
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.sign_in import TRIED_OUT_BY, Tries
from bot.staff import Wanted
from bot.store import staff as kept
from bot.store import staff_sessions
from bot.store.staff_sessions import Visit

STAFF = (
    Wanted("担当 一郎", "agent", "agent"),
    Wanted("担当 桜", "agent2", "agent"),
    Wanted("責任 花子", "supervisor", "supervisor"),
    Wanted("経理 三郎", "finance", "finance"),
    Wanted("管理 葵", "admin", "admin"),
)


def bring_staff(settings: Settings) -> str:
    """At the very first start: add them. Gives the password of them all, the same at every start."""
    with open_parts(settings, threads=1) as parts:
        password = parts.vault.fingerprint("staff of a try").hex()[: sign_in.SHORTEST_PASSWORD]
        if not kept.seen(parts.db):
            for wanted in STAFF:
                _bring(parts, wanted, password)
    return password


def _bring(parts: Parts, wanted: Wanted, password: str) -> None:
    link = staff.add(parts, wanted, by=TRIED_OUT_BY)
    token = sign_in.choose_password(parts, link.rpartition("/")[2], password)
    assert token  # noqa: S101 - the link has just been made
    sign_in.offered_secret(parts, _visit(parts, token).member)
    visit = _visit(parts, token)
    tries = Tries(parts, wanted.login, origin="")
    tries.take()
    enrolled = sign_in.enrol(parts, tries, visit, sign_in.code_now(parts, visit.member))
    assert enrolled  # noqa: S101 - that is the code of now
    # Ends the session of the enrolment too; the emulator plays the office's own sign-in.
    staff.name_for_sso(parts, wanted.login, f"{wanted.login}@office.example.jp", by=TRIED_OUT_BY)


def _visit(parts: Parts, token: str) -> Visit:
    visit = staff_sessions.look(parts.db, token_hash(token))
    assert visit  # noqa: S101 - it has just begun
    return visit
