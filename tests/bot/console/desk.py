"""What the tests of the console share: members of staff, and their browsers."""

from __future__ import annotations

import re
import time
from html import unescape

import pyotp
from flask.testing import FlaskClient

from bot import sign_in, staff
from bot.letterbox import token_hash
from bot.parts import Parts
from bot.sign_in import TOTP, Tries
from bot.staff import Wanted
from bot.store import staff as kept
from bot.store import staff_sessions
from bot.store.db import autocommit, transaction
from bot.store.staff import Member
from bot.store.staff_sessions import Visit
from tests.bot.web.counter import Browser, Counter

PASSWORD = "correct horse battery"
NAMES = {"agent": "担当 一郎", "supervisor": "責任 花子", "finance": "経理 三郎", "admin": "管理 葵"}


def set_up_token(parts: Parts, login: str, role: str = "agent", *, name: str = "") -> str:
    """A member just added; gives the token of their set-up link."""
    return staff.add(parts, Wanted(name or f"{NAMES[role]} {login}", login, role), by="test").rpartition("/")[2]


def hire(parts: Parts, login: str, role: str = "agent", *, name: str = "") -> Member:
    """A member with a password and an app."""
    half = sign_in.choose_password(parts, set_up_token(parts, login, role, name=name), PASSWORD)
    assert half
    sign_in.offered_secret(parts, visit_of(parts, half).member)
    visit = visit_of(parts, half)
    tries = Tries(parts, login, origin="")
    tries.take()
    assert sign_in.enrol(parts, tries, visit, sign_in.code_now(parts, visit.member))
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE staff SET totp_step = 0 WHERE login = %s", (login,))
        connection.execute("DELETE FROM staff_sessions WHERE staff = %s", (visit.member.id,))
    return member(parts, login)


def member(parts: Parts, login: str) -> Member:
    found = kept.by_login(parts.db, login)
    assert found
    return found


def visit_of(parts: Parts, token: str) -> Visit:
    found = staff_sessions.look(parts.db, token_hash(token))
    assert found
    return found


def code_of(parts: Parts, login: str, *, steps: int = 0) -> str:
    """What the member's app shows now, or some half minutes away."""
    sealed = member(parts, login).totp
    assert sealed
    totp = pyotp.TOTP(parts.vault.open(sealed, TOTP).decode())
    return totp.at(int(time.time()) + 30 * steps)


def session_for(parts: Parts, who: Member, *, half: bool = False) -> str:
    """The token of a session that began just now."""
    token = f"token-of-{who.login}-{half}"
    with transaction(parts.db) as connection:
        connection.execute("DELETE FROM staff_sessions WHERE token_hash = %s", (token_hash(token),))
        staff_sessions.begin(connection, who.id, token_hash(token), half=half)
    return token


def sit_down(client: FlaskClient, token: str) -> FlaskClient:
    """Give a browser the cookie of a session."""
    client.set_cookie("staff", token)
    return client


def at_work(counter: Counter, who: Member) -> Browser:
    """The browser of a member who is signed in."""
    browser = Browser(counter)
    sit_down(browser.client, session_for(counter.parts, who))
    return browser


def actions(parts: Parts) -> list[tuple[str, str]]:
    """(who, what) of the audit, oldest first."""
    with autocommit(parts.db) as connection:
        return connection.execute("SELECT actor, action FROM audit ORDER BY id").fetchall()


def fault(browser: Browser) -> str:
    """The error text at a field."""
    found = re.search(r'class="error" id="error">(.*?)</p>', browser.text, re.DOTALL)
    return unescape(found[1]) if found else ""
