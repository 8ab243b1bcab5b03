"""Mailings at the console: looked at, begun and stopped by supervisors, each act confirmed and in the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from bot.console.plots import MOST_COLUMNS, column_width, over_time
from bot.deliveries import running
from bot.deliveries.reminding import remind
from bot.store import mailings
from bot.store.db import autocommit, transaction
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.mailing_house import people, planned, rows
from tests.bot.web.counter import Browser, Counter

BOSS = "責任 花子 boss"
HELD = "UPDATE deliveries SET state = 'accepted', attempts = 1 WHERE id IN (SELECT id FROM deliveries LIMIT 1)"
FAILED = """
INSERT INTO delivery_events (delivery, attempt, kind, code, provider)
SELECT id, 1, 'undelivered', '30005', 'twilio' FROM deliveries
"""


@pytest.fixture
def boss(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "boss", "supervisor"))


@pytest.fixture
def april(counter: Counter, tmp_path: Path) -> str:
    """A mailing to three people; the path of its page."""
    planned(counter.parts, tmp_path, *people(3))
    return f"/console/deliveries/{mailing(counter)}"


def mailing(counter: Counter) -> UUID:
    found = mailings.by_name(counter.parts.db, "april")
    assert found
    return found.id


def state(counter: Counter) -> str:
    return running.found(counter.parts, "april").state


def test_without_any_mailing_the_list_says_how_one_is_made(boss: Browser) -> None:
    boss.get("/console/deliveries")
    assert "一斉送信はまだありません" in boss.text
    assert "bot deliveries plan" in boss.text


def test_the_list_and_the_page_count_people_by_state(counter: Counter, boss: Browser, april: str) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute(HELD)
    boss.get("/console/deliveries")
    assert "april" in boss.text
    boss.get(april)
    assert "まだ送っていません" not in boss.text
    assert "66.7 %" in boss.text
    boss.get(f"{april}/figures.csv?table=states")
    assert "これから,2\r\n" in boss.text
    boss.get(f"{april}/figures.csv?table=time")
    assert 2 == len(boss.text.strip().splitlines())
    assert 404 == boss.get(f"{april}/figures.csv?table=other").page.status_code


def test_what_providers_said_is_counted_by_its_code(counter: Counter, boss: Browser, april: str) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute(FAILED)
    assert "<code>30005</code>" in boss.get(april).text
    assert "30005,twilio,3" in boss.get(f"{april}/figures.csv?table=codes").text


def test_every_time_on_the_pages_of_a_mailing_is_the_offices(counter: Counter, boss: Browser, april: str) -> None:
    counter.move("2023-04-05T12:30:00+09:00")
    with transaction(counter.parts.db) as connection:
        mailings.move(connection, mailing(counter), "running")
        connection.execute(HELD)
        mailings.move(connection, mailing(counter), "cancelled")
    assert "2023年4月5日(水) 12:" in boss.get("/console/deliveries").text
    assert 3 == boss.get(april).text.count("2023年4月5日(水) 12:")
    assert "04-05 12:" in boss.text
    assert "04-05 12:" in boss.get(f"{april}/figures.csv?table=time").text


def test_what_runs_outside_the_hours_says_when_it_goes_on(counter: Counter, boss: Browser, april: str) -> None:
    counter.move("2023-04-05T20:30:00+09:00")
    waits = "いまは送る時間帯の外です。2023年4月6日(木) 10:00 から、続きを送ります。"
    assert waits not in boss.get(april).text
    assert waits in boss.post(f"{april}/start", form=boss.get(f"{april}/start").text).text
    counter.move("2023-04-06T10:00:00+09:00")
    assert waits not in boss.get(april).text
    counter.move("2023-05-31T20:30:00+09:00")
    assert "送る時間帯の外" not in boss.get(april).text


@pytest.mark.parametrize(("number", "share", "few"), [(3, 0.01, 1), (101, 0.01, 2), (100, 0.07, 7)])
def test_a_pilot_is_the_share_that_was_named_and_never_nobody(
    counter: Counter, tmp_path: Path, number: int, share: float, few: int
) -> None:
    planned(counter.parts, tmp_path, *people(number))
    assert few == running.pilot(counter.parts, "april", share=share, by="佐藤")
    assert few == mailings.pilot_waits(counter.parts.db, mailing(counter))


def test_a_reminder_that_came_too_late_says_why_in_the_readers_language(
    counter: Counter, boss: Browser, april: str
) -> None:
    with transaction(counter.parts.db) as connection:
        name = f"{counter.parts.campaign.id}-reminder-7"
        version = (counter.parts.campaign.id, counter.parts.campaign.version)
        mailings.add(connection, missed := uuid7(), name, campaign=version, purpose="reminder_7")
    counter.move("2023-05-29T10:00:00+09:00")
    remind(counter.parts)
    assert (
        "次のお知らせの日が来たので、これは送らないことになりました。" in boss.get(f"/console/deliveries/{missed}").text
    )
    assert "a later reminder" not in boss.text


def test_mail_that_is_held_is_told_with_how_many_wait(counter: Counter, boss: Browser, april: str) -> None:
    running.hold(counter.parts, "april", "docomo", by="佐藤")
    assert "docomo 宛のメールを止めています。0人が待っています" in boss.get(april).text


@pytest.mark.parametrize("role", ["agent", "finance"])
def test_others_than_supervisors_see_no_mailing(counter: Counter, april: str, role: str) -> None:
    browser = at_work(counter, hire(counter.parts, role, role))
    for path in ("/console/deliveries", april, f"{april}/preview", f"{april}/start", f"{april}/figures.csv?table=time"):
        assert 403 == browser.get(path).page.status_code


def test_the_preview_shows_the_words_to_real_people_with_their_contacts_masked(boss: Browser, april: str) -> None:
    boss.get(f"{april}/preview")
    assert "090-****-00" in boss.text
    assert "10000001" not in boss.text
    assert "これから送る相手：3人" in boss.text
    assert "AB3D9EXYZ0TK" in boss.text  # the code of nobody
    assert "末尾000" in boss.text


def test_a_look_at_an_act_does_nothing_and_the_act_itself_is_in_the_audit(
    counter: Counter, boss: Browser, april: str
) -> None:
    assert "「april」を全員に送りますか" in boss.get(f"{april}/start").text
    assert "planned" == state(counter)
    assert "送り始めます" in boss.post(f"{april}/start").text
    assert "running" == state(counter)
    for act, then in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        boss.get(f"{april}/{act}").post(f"{april}/{act}")
        assert then == state(counter)
    done = ["mailing.running", "mailing.paused", "mailing.running", "mailing.cancelled"]
    assert [(BOSS, act) for act in done] == actions(counter.parts)[-4:]


def test_who_is_left_of_a_cancelled_mailing_is_given_up_by_a_worker(
    counter: Counter, boss: Browser, april: str
) -> None:
    boss.get(f"{april}/cancel").post(f"{april}/cancel")
    assert {"planned": 3} == mailings.counts(counter.parts.db, mailing(counter))
    assert (3, 0) == (running.give_up_called_off(counter.parts), running.give_up_called_off(counter.parts))
    assert {"cancelled": 3} == mailings.counts(counter.parts.db, mailing(counter))


def test_an_act_without_the_token_of_its_form_changes_nothing(counter: Counter, boss: Browser, april: str) -> None:
    boss.get(f"{april}/start")
    assert 400 == boss.client.post(f"{april}/start", data={"csrf": "made up"}).status_code
    assert "planned" == state(counter)


def test_what_cannot_be_done_is_told_with_its_reason(counter: Counter, boss: Browser, april: str) -> None:
    boss.get(f"{april}/start")
    form = boss.text
    with transaction(counter.parts.db) as connection:
        mailings.move(connection, mailing(counter), "cancelled")
    boss.post(f"{april}/start", form=form)
    assert (409, True) == (boss.page.status_code, "今の状態では、この操作はできません" in boss.text)
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE mailings SET state = 'planned'")
    for day, why in (
        ("2023-04-01T09:00:00+09:00", "まだ始められません"),
        ("2023-06-01T00:00:00+09:00", "もう送れません"),
    ):
        counter.move(day)
        assert why in boss.post(f"{april}/start", form=form).text
    assert "planned" == state(counter)
    assert 404 == boss.get(f"{april}/burn").page.status_code
    assert 404 == boss.get("/console/deliveries/01890000-0000-7000-8000-000000000000").page.status_code


@pytest.mark.parametrize("share", ["0", "51", "many", "", "nan", "1e400"])
def test_a_senseless_share_is_told_at_its_field(counter: Counter, boss: Browser, april: str, share: str) -> None:
    boss.get(f"{april}/pilot").post(f"{april}/pilot", answer=share)
    assert (400, True) == (boss.page.status_code, "0より大きく50までの数" in boss.error)
    assert "planned" == state(counter)


def test_a_share_goes_first(counter: Counter, boss: Browser, april: str) -> None:
    boss.get(f"{april}/pilot").post(f"{april}/pilot", answer="５０％")
    assert "piloting" == state(counter)


def test_a_test_goes_to_oneself_with_a_code_of_nobody(counter: Counter, boss: Browser, april: str) -> None:
    boss.get(f"{april}/test").post(f"{april}/test", answer="090-9999-8888、boss@example.jp")
    texts = [said[0]["text"] for said in counter.sent("mailing_test")]
    assert 2 == len(texts)
    assert all("AB3D9EXYZ0TK" in text for text in texts)
    assert (BOSS, "mailing.tested") == actions(counter.parts)[-1]
    assert [] == rows(counter.parts, "SELECT FROM audit WHERE details::text LIKE '%%9999%%' OR subject LIKE '%%9999%%'")


@pytest.mark.parametrize("typed", ["", "nobody", "a@example.jp," * 6])
def test_a_test_to_nobody_is_told_at_its_field(counter: Counter, boss: Browser, april: str, typed: str) -> None:
    boss.get(f"{april}/test").post(f"{april}/test", answer=typed)
    assert "携帯電話番号かメールアドレス" in boss.error
    assert [] == counter.sent("mailing_test")


def test_a_drawing_has_a_column_for_each_stretch_and_never_too_many() -> None:
    first = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)
    for span in (timedelta(0), timedelta(minutes=95), timedelta(hours=9), timedelta(days=60)):
        width = column_width(first, first + span)
        assert span.total_seconds() / width < MOST_COLUMNS
    figures = {first: {"sending": 5}, first + timedelta(minutes=3): {"sending": 1}}
    plot = over_time(figures, ("sending",), width=60)
    assert [1, 0, 0, 1] == [len(column.pieces) for column in plot.columns]
    assert (0, 8) == (plot.ticks[0][0], plot.ticks[-1][0])
    assert plot.columns[0].pieces[0].height > plot.columns[3].pieces[0].height


@pytest.mark.parametrize("path", ["/console/nowhere", "/console/deliveries/no-id", "/console/a/b/c"])
def test_what_is_nowhere_is_told_in_the_consoles_own_frame(counter: Counter, boss: Browser, path: str) -> None:
    boss.get(path)
    assert (404, "見つかりません", True) == (boss.page.status_code, boss.heading, 'class="rail"' in boss.text)
    stranger = Browser(counter)
    assert "/console/sign-in" in stranger.client.get(path).headers["Location"]
