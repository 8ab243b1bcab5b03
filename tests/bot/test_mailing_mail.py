"""Mail of a mailing: what comes back is known as one's own and leads to the next way; reminders can be stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from bot.app import create_app
from bot.deliveries.bounces import take_bounce
from bot.deliveries.providers import return_path
from bot.local.deliveries_commands import bounce
from bot.parts import Parts
from bot.store import suppressions
from bot.store.db import autocommit
from tests.bot.mailing_house import opened, planned, rows

MAIL_ONLY = "09,4401-0012,2023-02-23,1500,,hanako@docomo.ne.jp,active,,"
BOTH = "09,4401-0020,2023-02-23,1500,090-1234-5678,taro@example.jp,active,,"
DSN = """\
From: MAILER-DAEMON@relay.example.jp
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.jp

Final-Recipient: rfc822; someone@docomo.ne.jp
Action: {action}
Status: {status}

--b--
"""
ON_THE_WAY = """
UPDATE deliveries SET state = %s, attempts = 1, step = array_position(ways, 'mail') - 1,
    due_at = CASE WHEN %s = 'accepted' THEN now() END
RETURNING id
"""


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with opened(database_url, redis_url, BOUNCE_ADDRESS="bounces@counter.example.jp") as found:
        yield found


def mailed(parts: Parts, folder: Path, row: str, state: str = "accepted") -> str:
    """A delivery whose mail is out; gives the reference of its attempt."""
    planned(parts, folder, row)
    [(delivery,)] = rows(parts, ON_THE_WAY, state, state)
    return f"{delivery.hex}.1"


def returned(parts: Parts, to: str, action: str = "failed", status: str = "5.1.1") -> bool:
    return take_bounce(parts, DSN.format(to=to, action=action, status=status).encode())


def state(parts: Parts) -> tuple[str, str]:
    [found] = rows(parts, "SELECT state, reason FROM deliveries")
    return found


@pytest.mark.parametrize("was", ["accepted", "presumed"])
def test_a_mail_that_came_back_leads_to_the_next_way_and_after_the_last_to_staff(
    parts: Parts, tmp_path: Path, was: str
) -> None:
    reference = mailed(parts, tmp_path, MAIL_ONLY, was)
    assert returned(parts, return_path(parts, reference).upper())
    assert ("undelivered", "5.1.1") == state(parts)


def test_after_mail_comes_the_text_without_a_url(parts: Parts, tmp_path: Path) -> None:
    assert returned(parts, return_path(parts, mailed(parts, tmp_path, BOTH)))
    assert [("planned", "sms_plain")] == rows(parts, "SELECT state, ways[step + 1] FROM deliveries")


def test_a_mail_that_is_only_late_goes_on_being_waited_for(parts: Parts, tmp_path: Path) -> None:
    assert returned(parts, return_path(parts, mailed(parts, tmp_path, MAIL_ONLY)), action="delayed", status="4.4.7")
    assert "accepted" == state(parts)[0]
    assert [("bounce", "4.4.7")] == rows(parts, "SELECT kind, code FROM delivery_events")


def test_the_same_bounce_twice_moves_nothing_twice(parts: Parts, tmp_path: Path) -> None:
    address = return_path(parts, mailed(parts, tmp_path, BOTH))
    assert [True, True] == [returned(parts, address) for _ in range(2)]
    assert [("planned", "sms_plain", 1)] == rows(
        parts, "SELECT state, ways[step + 1], (SELECT count(*)::int FROM delivery_events) FROM deliveries"
    )


def test_nobody_can_make_a_bounce_up(parts: Parts, tmp_path: Path) -> None:
    reference = mailed(parts, tmp_path, MAIL_ONLY)
    assert not returned(parts, f"bounces+{reference}.aaaaaaaa@counter.example.jp")
    assert not returned(parts, "bounces@counter.example.jp")
    assert not take_bounce(parts, b"\xff\x00 rubbish")
    assert "accepted" == state(parts)[0]


def test_the_pipe_says_in_a_word_what_it_cannot_read(parts: Parts, tmp_path: Path) -> None:
    address = return_path(parts, mailed(parts, tmp_path, MAIL_ONLY))
    mail = DSN.format(to=address, action="failed", status="\x005.1.1").encode()
    ended = CliRunner().invoke(bounce, obj=lambda: parts.settings, input=mail)
    assert (0, "none of ours: it cannot be read (DataError)\n") == (ended.exit_code, ended.output)
    assert "accepted" == state(parts)[0]


def test_the_pipe_has_the_mail_piped_in_again_while_the_database_is_away(parts: Parts, tmp_path: Path) -> None:
    mail = DSN.format(to=return_path(parts, mailed(parts, tmp_path, MAIL_ONLY)), action="failed", status="5.1.1")
    dead = SecretStr("postgresql://nobody:hush@127.0.0.1:1/none")
    away = parts.settings.model_copy(update={"database_url": dead})
    ended = CliRunner().invoke(bounce, obj=lambda: away, input=mail.encode())
    assert 75 == ended.exit_code
    assert "not kept" in ended.output
    assert "hush" not in ended.output
    assert "accepted" == state(parts)[0]


def test_one_click_stops_reminders_and_nothing_else_and_looking_stops_nothing(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, BOTH)
    [(sealed,)] = rows(parts, "SELECT token FROM entitlements")
    url = f"/u/{parts.vault.open(sealed, 'entitlements.token').decode()}"
    person, web = parts.vault.fingerprint("mail", "taro@example.jp"), create_app(parts).test_client()
    with autocommit(parts.db) as connection:
        for _ in range(3):
            assert 200 == web.get(url).status_code
        assert set() == suppressions.standing(connection, "mail", [person], reminders=True)
        assert 200 == web.post(url, data={"List-Unsubscribe": "One-Click"}).status_code
        assert {person} == suppressions.standing(connection, "mail", [person], reminders=True)
        assert set() == suppressions.standing(connection, "mail", [person])


def test_a_code_that_is_typed_opens_its_url_however_it_is_written(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, BOTH)
    [(sealed,)] = rows(parts, "SELECT token FROM entitlements")
    token, web = parts.vault.open(sealed, "entitlements.token").decode(), create_app(parts).test_client()
    form = web.get("/code").text
    csrf = form.split('name="csrf" value="')[1].split('"')[0]
    typed = f" {token[:4]}-{token[4:8]}-{token[8:]} ".lower()
    led = web.post("/code", data={"csrf": csrf, "code": typed})
    assert 303 == led.status_code
    assert 200 == web.get(led.location).status_code
    wrong = web.post("/code", data={"csrf": csrf, "code": "0000-0000-0000"}, follow_redirects=True)
    assert (404, "/code") == (wrong.status_code, wrong.request.path)
