"""Who waits for staff too long: their team is told by webhook and mail, once for each time that they wait."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot import handoff, watching, webhooks_out
from bot.staff_words import staff_words
from integrations.emulator.config import DEFAULT_WEBHOOK_SECRET, EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.bot.handoff_house import at_work, conversation, handed_over, now, rows, run
from tests.bot.web.counter import Counter, opened_counter

CALLS = "SELECT kind, body, state, attempts FROM webhook_calls WHERE kind = 'handoff.waiting' ORDER BY id"
MAILS = "SELECT count(*) FROM outgoing WHERE purpose = 'team'"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as found:
        yield found


@pytest.fixture
def counter(database_url: str, redis_url: str, emulator: Emulator) -> Iterator[Counter]:
    told = {
        "WEBHOOK_URL": emulator.webhook_url,
        "WEBHOOK_SECRETS": DEFAULT_WEBHOOK_SECRET,
        "TEAM_MAIL": "all=lead@counter.example.jp,09=one@counter.example.jp,09=two@counter.example.jp",
        "HANDOFF_WAIT_MINUTES": "20",
    }
    with opened_counter(database_url, redis_url, **told) as opened:
        opened.move("2023-04-05T17:00:00+09:00")  # who waits has waited within opening hours
        yield opened


def later(counter: Counter, minutes: int) -> None:
    passed = f"interval '{minutes} minutes'"
    run(counter, f"UPDATE handoffs SET queued_at = queued_at - {passed}, told_at = told_at - {passed}")  # noqa: S608 - a number
    look(counter)


def look(counter: Counter) -> None:
    run(counter, "UPDATE watch SET looked_at = '-infinity'")
    watching.look(counter.parts)


def post(counter: Counter) -> list[tuple[str, int]]:
    """Send all that is due now; what is tried again later waits."""
    while webhooks_out.post_due(counter.parts, counter.parts.db):
        pass
    return [(state, attempts) for _, _, state, attempts in rows(counter, CALLS)]


def test_who_waits_too_long_is_told_once_with_ids_and_links_alone(counter: Counter) -> None:
    seen = handed_over(counter)
    later(counter, 19)
    assert [] == rows(counter, CALLS)
    later(counter, 2)
    look(counter)
    ((kind, body, _, _),) = rows(counter, CALLS)
    data = json.loads(body)["data"]
    assert ("handoff.waiting", str(seen.id), 20) == (kind, data["handoff"], data["minutes"])
    assert {"handoff", "conversation", "channel", "prefecture", "reason", "waiting_since", "minutes", "url"} == set(
        data
    )
    assert data["url"].endswith(f"/console/conversations/{conversation(counter)}")


def test_who_asks_in_the_evening_is_told_of_once_the_hours_that_they_were_told_have_begun(counter: Counter) -> None:
    handed_over(counter)
    counter.move("2023-04-05T18:00:00+09:00")
    later(counter, 10)
    counter.move("2023-04-06T10:09:00+09:00")
    later(counter, 16 * 60 + 9)
    assert [] == rows(counter, CALLS)
    counter.move("2023-04-06T10:11:00+09:00")
    later(counter, 2)
    assert 1 == len(rows(counter, CALLS))


def test_the_team_of_the_prefecture_gets_one_mail_at_each_of_its_addresses(counter: Counter) -> None:
    handed_over(counter)
    later(counter, 21)
    look(counter)
    letters = [letter for (letter,) in counter.sent("team")]
    assert 2 == len(letters)
    assert staff_words("ja").say("team_mail.waiting_subject", count=1, minutes=20) == letters[0]["subject"]
    assert f"/console/conversations/{conversation(counter)}" in letters[0]["text"]


def test_who_has_no_team_of_their_own_is_told_to_everybodys(counter: Counter) -> None:
    handed_over(counter, "こんにちは", "paper")
    later(counter, 21)
    assert 1 == rows(counter, MAILS)[0][0]


def test_who_is_put_back_and_waits_again_is_told_again(counter: Counter) -> None:
    ichiro = at_work(counter, "ichiro")
    handed_over(counter)
    later(counter, 21)
    handoff.take(counter.parts, now(counter), ichiro)
    later(counter, 21)
    assert 1 == len(rows(counter, CALLS))
    handoff.release(counter.parts, now(counter), ichiro)
    look(counter)
    assert 1 == len(rows(counter, CALLS))
    later(counter, 21)
    assert (2, 4) == (len(rows(counter, CALLS)), rows(counter, MAILS)[0][0])


def test_nothing_is_told_where_it_is_not_known_to_be_written(counter: Counter) -> None:
    handed_over(counter)
    run(counter, "UPDATE watch SET looked_at = now()")
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '1 hour'")
    watching.look(counter.parts)
    assert [] == rows(counter, CALLS)


def test_one_process_at_a_time_looks(counter: Counter) -> None:
    handed_over(counter)
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '1 hour'; UPDATE watch SET looked_at = '-infinity'")
    with counter.parts.db.connection() as other, other.transaction():
        other.execute("SELECT FROM watch FOR UPDATE")
        watching.look(counter.parts)
        assert [] == rows(counter, CALLS)
    watching.look(counter.parts)
    assert 1 == len(rows(counter, CALLS))


def test_what_is_not_taken_is_told_again_later_under_the_same_id(counter: Counter, emulator: Emulator) -> None:
    emulator.faults.set({"office": [{"do": "drop_after", "times": 2}]})
    handed_over(counter)
    later(counter, 21)
    assert [("planned", 1)] == post(counter)
    for state, attempts in (("planned", 2), ("delivered", 3)):
        run(counter, "UPDATE webhook_calls SET due_at = now()")
        assert [(state, attempts)] == post(counter)
    assert [3] == [told.times for told in emulator.office.all()]


def test_after_a_day_a_receiver_that_never_takes_it_is_given_up(counter: Counter, emulator: Emulator) -> None:
    emulator.faults.set({"office": [{"do": "status", "status": 500}]})
    handed_over(counter)
    later(counter, 21)
    run(counter, f"UPDATE webhook_calls SET attempts = {webhooks_out.MOST_ATTEMPTS - 1}")  # noqa: S608 - a number
    assert [("given_up", webhooks_out.MOST_ATTEMPTS)] == post(counter)
    assert [("given_up", webhooks_out.MOST_ATTEMPTS)] == post(counter)


def test_a_pause_grows_and_is_never_longer_than_an_hour(counter: Counter, emulator: Emulator) -> None:
    emulator.faults.set({"office": [{"do": "status", "status": 500}]})
    handed_over(counter)
    later(counter, 21)
    waits = []
    for before in (0, 1, 2, 20):
        run(counter, f"UPDATE webhook_calls SET attempts = {before}, due_at = now()")  # noqa: S608 - a number
        post(counter)
        waits.append(round(rows(counter, "SELECT extract(epoch FROM due_at - now()) FROM webhook_calls")[0][0]))
    assert [5, 10, 20, 3600] == waits


def test_what_a_dead_worker_was_telling_is_told_again(counter: Counter, emulator: Emulator) -> None:
    handed_over(counter)
    later(counter, 21)
    run(counter, "UPDATE webhook_calls SET state = 'sending', attempts = 1, due_at = now() + interval '1 minute'")
    assert [("sending", 1)] == post(counter)
    run(counter, "UPDATE webhook_calls SET due_at = now()")
    assert [("delivered", 2)] == post(counter)
    assert 1 == len(emulator.office.all())
