"""The figures of a supervisor's page: what is counted of real conversations, how it is drawn and taken away."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot import alarms, handoff
from bot.console.figures import COUNTS
from bot.console.plots import columns, lines
from bot.store import counter_hours, desk_figures, funnel
from bot.store.chosen import Chosen
from bot.store.desk_figures import Span, Times
from dialogs.handing import SURVEY
from tests.bot.console.desk import at_work, hire
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, handed_over, now, rows, run, taken, words, worker_takes
from tests.bot.handoff_house import at_work as on_duty
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.web_form import TO_THE_CONSENT, begin, fill

TODAY = date(2023, 4, 5)
CHOSEN = Chosen(TODAY - timedelta(days=2), TODAY)


def hours(counter: Counter, *, channel: str = "", today: date = TODAY) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    chosen, ahead = replace(CHOSEN, channel=channel), counter.parts.ahead
    for each in counter_hours.look(counter.parts.db, chosen, today=today, ahead=ahead):
        if each.day is None:
            continue
        found[each.channel, each.kind] = found.get((each.channel, each.kind), 0) + each.number
    return found


@pytest.fixture
def supervisor(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hanako", "supervisor"))


@pytest.fixture
def helped(counter: Counter) -> Counter:
    """One on LINE whom staff answered after 6 minutes and had done with after 30; one on the web who left."""
    ichiro = on_duty(counter, "ichiro")
    handoff.reply(counter.parts, taken(counter, ichiro), ichiro, words())
    run(counter, "UPDATE outgoing SET state = 'sent'")
    handoff.let_go(counter.parts, now(counter), ichiro, how=SURVEY)
    worker_takes(counter)
    counter.line("よかった")
    run(
        counter,
        "UPDATE handoffs SET came_at = now(), answered_at = now() + interval '6 minutes', "
        "ended_at = now() + interval '30 minutes'",
    )
    fill(begin(Browser(counter)), *TO_THE_CONSENT[:3])
    return counter


def test_replies_and_resolutions_are_measured_from_when_somebody_asked(helped: Counter) -> None:
    found = desk_figures.times(helped.parts.db, CHOSEN)
    assert {TODAY, None} == set(found)
    assert Times(1, Span(1, 360, 360), Span(1, 1800, 1800)) == found[TODAY] == found[None]


def test_who_goes_back_to_the_bot_by_themselves_was_not_helped_by_staff(counter: Counter) -> None:
    handed_over(counter)
    counter.line("ボットに戻る")
    assert Times(1, Span(0, None, None), Span(0, None, None)) == desk_figures.times(counter.parts.db, CHOSEN)[TODAY]


def test_times_are_those_of_the_chosen_channel_and_team(helped: Counter) -> None:
    assert {None} == set(desk_figures.times(helped.parts.db, replace(CHOSEN, channel="sms")))
    assert {None} == set(desk_figures.times(helped.parts.db, replace(CHOSEN, team="10")))
    assert TODAY in desk_figures.times(helped.parts.db, replace(CHOSEN, channel="line", team="09"))


def test_half_of_them_and_nine_in_ten_wait_no_longer_than_is_told(counter: Counter) -> None:
    handed_over(counter)
    run(
        counter,
        "ALTER TABLE handoffs DROP CONSTRAINT handoffs_pkey; DROP INDEX handoff_live;"
        "INSERT INTO handoffs (id, conversation, campaign, channel, reason, began_at, came_at, answered_at) "
        "SELECT id, conversation, campaign, channel, reason, began_at, now(), now() + n * interval '1 minute' "
        "FROM handoffs, generate_series(0, 10) n",
    )
    assert Span(11, 300, 540) == desk_figures.times(counter.parts.db, CHOSEN)[TODAY].reply


def test_over_a_long_period_a_week_is_one_stretch() -> None:
    year = Chosen(date(2022, 4, 5), date(2023, 4, 4))
    assert (7, date(2022, 4, 5), 53) == (year.step, year.days[0], len(year.days))
    assert (1, 3) == (CHOSEN.step, len(CHOSEN.days))


def test_what_people_say_is_counted_and_what_staff_do_is_not(helped: Counter) -> None:
    said = len((*HALF_WAY, *TO_STAFF, "よかった"))
    assert (said, 1) == (hours(helped)["line", "said"], hours(helped)["line", "survey:good"])


def test_the_bots_own_conversations_are_those_it_ends_without_staff(helped: Counter) -> None:
    helped.line("こんにちは", "other")
    fill(begin(Browser(helped)), {"choice": "other"})
    found = hours(helped)
    assert (2, 1, None) == tuple(found.get(("web", kind)) for kind in ("began", "alone", "with_staff"))
    assert (1, None, 1) == tuple(found.get(("line", kind)) for kind in ("began", "alone", "with_staff"))


def test_a_past_day_is_kept_and_counts_the_same(helped: Counter) -> None:
    tomorrow, live = TODAY + timedelta(days=1), hours(helped)
    assert 1 == funnel.roll(helped.parts.db, today=tomorrow, ahead=helped.parts.ahead)
    assert live == hours(helped, today=tomorrow)
    run(helped, "UPDATE counter_hours SET n = 70 WHERE kind = 'survey:good'")
    assert 70 == hours(helped, today=tomorrow)["line", "survey:good"]
    run(helped, "UPDATE funnel_rolled SET rolled_at = now() - interval '1 hour'")
    funnel.roll(helped.parts.db, today=tomorrow, ahead=helped.parts.ahead)
    assert live == hours(helped, today=tomorrow)


def test_the_page_draws_each_figure_and_its_table_has_the_same(helped: Counter, supervisor: Browser) -> None:
    text = supervisor.get("/console/figures").text
    for title in ("最初の返信までの時間（分）", "時間帯ごとの数", "ボットだけで済んだ会話", "担当者の対応への答え"):
        assert f">{title}</title>" in text
    assert 'aria-labelledby="reply-title reply-desc"' in text
    assert "待っている人はいません" in text


def test_who_waits_now_is_told_whatever_period_is_chosen(counter: Counter, supervisor: Browser) -> None:
    handed_over(counter)
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '75 minutes'")
    for query in ("", "?from=2023-01-01&to=2023-01-02"):
        assert re.search(r"1人が待っています。.*1時間15分", supervisor.get(f"/console/figures{query}").text)


def test_every_figure_is_taken_away_as_a_file(helped: Counter, supervisor: Browser) -> None:
    taken_away = {}
    for table in COUNTS:
        file = supervisor.client.get(f"/console/figures.csv?table={table}")
        assert f'attachment; filename="figures-{table}.csv"' == file.headers["Content-Disposition"]
        assert "text/csv" in file.headers["Content-Type"]
        taken_away[table] = list(csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))
    assert [{"日": "2023-04-05", "件数": "1", "中央値": "6.0", "9割がこの時間まで": "6.0"}] == taken_away["reply"]
    assert {"よかった": "1", "ふつう": "0", "いまひとつ": "0"}.items() <= taken_away["survey"][-1].items()
    assert ("2023-04-05", "0.0 %") == (taken_away["bot"][-1]["日"], taken_away["bot"][-1]["ボットだけの割合"])
    assert 404 == supervisor.client.get("/console/figures.csv?table=nothing").status_code


def test_a_verdict_stands_in_the_conversation_that_it_is_about(helped: Counter, supervisor: Browser) -> None:
    ((talk,),) = rows(helped, "SELECT conversation FROM handoffs")
    assert "担当者の対応への答え：よかった" in supervisor.get(f"/console/conversations/{talk}").text


def test_with_nothing_to_show_each_figure_says_so(counter: Counter, supervisor: Browser) -> None:
    text = supervisor.get("/console/figures").text
    assert len(COUNTS) == text.count("この期間の数字はまだありません")


@pytest.mark.parametrize("query", ["from=x", "from=2023-04-09&to=2023-04-01", "channel=x&team=99", "from=0001-01-01"])
def test_an_address_that_makes_no_sense_shows_what_is_usual(helped: Counter, supervisor: Browser, query: str) -> None:
    assert 200 == supervisor.get(f"/console/figures?{query}").page.status_code


@pytest.mark.parametrize("role", ["agent", "finance"])
def test_only_who_leads_sees_the_figures(counter: Counter, role: str) -> None:
    browser = at_work(counter, hire(counter.parts, "taro", role))
    for path in ("/console/figures", "/console/figures.csv?table=reply"):
        assert 403 == browser.client.get(path).status_code


def test_a_line_is_broken_where_there_is_no_value() -> None:
    plot = lines([("a", {"median": 4}), ("b", {}), ("c", {"median": 0}), ("d", {"median": 2})], ("median",))
    assert ["M", "M", "L"] == re.findall("[ML]", plot.lines[0].path)
    assert ["a", "c", "d"] == [dot.label for dot in plot.lines[0].dots]


def test_a_column_is_as_high_as_its_number() -> None:
    plot = columns([("a", {"line": 3, "sms": 1}), ("b", {})], ("line", "sms"))
    assert ([0, 1, 2, 3, 4], []) == ([number for number, _ in plot.ticks], plot.columns[1].pieces)
    line, sms = plot.columns[0].pieces
    assert (plot.base, round(line.height)) == (line.y + line.height, round(3 * sms.height))


def test_what_became_of_messages_is_counted_by_the_day_on_which_they_were_written(helped: Counter) -> None:
    # The fifth of April is the day of a try's clock: by the real one they are of today.
    found = hours(helped)
    assert rows(helped, "SELECT count(*)::int FROM outgoing WHERE channel = 'line' AND state = 'sent'") == [
        (found["line", "message:sent"],)
    ]


def test_the_queue_is_shown_by_the_hour_for_a_few_days_and_by_the_day_for_more(
    counter: Counter, supervisor: Browser
) -> None:
    run(
        counter,
        "INSERT INTO queue_hours VALUES ('2023-04-05T09:00:00+09:00', 'line', '09', 2, 600),"
        " ('2023-04-05T09:00:00+09:00', 'sms', '', 1, 1200), ('2023-04-05T10:00:00+09:00', 'line', '09', 1, 60)",
    )
    assert [["2023-04-05 09:00", "3", "20.0"], ["2023-04-05 10:00", "1", "1.0"]] == table(
        supervisor, "queue", "&from=2023-04-05&to=2023-04-05"
    )
    assert [["2023-04-05", "3", "20.0"]] == table(supervisor, "queue", "&from=2023-03-20&to=2023-04-05")
    assert [["2023-04-05", "2", "10.0"]] == table(supervisor, "queue", "&from=2023-03-20&team=09")


def test_whoever_looks_after_the_counter_keeps_the_most_of_each_hour(counter: Counter) -> None:
    handed_over(counter)
    for minutes in (5, 20, 10):
        run(counter, f"UPDATE handoffs SET queued_at = now() - interval '{minutes} minutes'")  # noqa: S608 - a number
        run(counter, "UPDATE watch SET looked_at = '-infinity'")
        alarms.look(counter.parts)
    assert [("line", "09", 1, 1200)] == rows(counter, "SELECT channel, prefecture, waiting, longest FROM queue_hours")


def test_open_cases_are_counted_by_the_days_they_have_waited(counter: Counter, supervisor: Browser) -> None:
    run(
        counter,
        "INSERT INTO cases (id, case_no, kind, person, subject, campaign, campaign_version, channel, acted_at,"
        " changed_at, erase_at, state) SELECT gen_random_uuid(), 'C' || d, 'B1', '\\x01', d::text::bytea,"
        " 'tochigi-2023-02', 1, 'line', timestamptz '2023-04-05 10:00+09' - d * interval '1 day', now(), now(),"
        " CASE d WHEN 9 THEN 'closed' ELSE 'opened' END FROM unnest(ARRAY[0, 1, 3, 9, 40]) d",
    )
    assert ["2", "1", "0", "0", "1"] == [row[1] for row in table(supervisor, "cases")]


def table(browser: Browser, name: str, query: str = "") -> list[list[str]]:
    file = browser.client.get(f"/console/figures.csv?table={name}{query}").get_data(as_text=True)
    return list(csv.reader(io.StringIO(file.lstrip("\ufeff"))))[1:]
