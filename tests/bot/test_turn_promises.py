"""Events twice and out of order, and a death between any two steps: no answer, claim or message is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.local.engines import Engines
from bot.lookups import LOOKUPS
from bot.own_words import own_inbound
from bot.parts import Parts
from bot.recalling import state_of
from bot.store.conversations import Conversation
from bot.store.db import autocommit
from dialogs.conversation import hear, learn
from dialogs.engine import Desk
from dialogs.message import Inbound
from dialogs.reaction import Pending, Setting, State
from dialogs.scripts import SCRIPTS
from tests.bot.chaos import JOBS, PLACES, recover
from tests.bot.stubborn import Counter, Person, Round, open_counter

ASIDE = ("たすけて", "状況", "よくわかりません")
NOTHING = Round("", (0,), ())

places = st.sampled_from(PLACES)
rounds = st.builds(
    Round,
    aside=st.sampled_from(("", "", "", *ASIDE)),
    order=st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple),
    deaths=st.lists(places, max_size=3).map(tuple),
)


@pytest.fixture(scope="module")
def module_database(engines: Engines, migrated_template: str) -> Iterator[str]:
    """A migrated database for all examples, each of which is another person in it."""
    name = f"promises_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template} STRATEGY wal_log".encode())
        yield urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="module")
def counter(engines: Engines, module_database: str) -> Iterator[Counter]:
    with open_counter(module_database, engines.redis_url) as opened:
        yield opened


def as_it_should_be(parts: Parts, conversation: Conversation) -> State:
    """The conversation that its events make when each is heard once, in the order in which they were taken."""
    final = state_of(parts, conversation)
    state = replace(final, record={}, pending=Pending(), turn=0, outcome="", owner="bot")
    with autocommit(parts.db) as connection:
        events = connection.execute(TAKEN, {"conversation": conversation.id}).fetchall()
    for turn, (channel, payload) in enumerate(events):
        said = own_or_line(parts, channel, payload)
        setting = Setting(SCRIPTS["apply"][1], Desk(parts.campaign, said.address.channel))
        reaction = hear(replace(state, turn=turn), said, setting)
        while reaction.lookup:
            reaction = learn(reaction, final.record[reaction.lookup.record_key]["v"], setting)
        state = reaction.state
    return replace(state, turn=len(events))


def own_or_line(parts: Parts, channel: str, payload: bytes) -> Inbound:
    plain = parts.vault.open(payload, "inbound.payload")
    return own_inbound(plain) if channel == "web" else parts.channels[channel].read(plain)


TAKEN = """
SELECT i.channel, i.payload FROM turns t JOIN inbound i ON i.id = t.inbound
WHERE t.conversation = %(conversation)s ORDER BY t.turn
"""


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_case_with_deaths_between_any_two_steps_ends_in_one_claim_and_one_url(
    counter: Counter, data: st.DataObject
) -> None:
    person = Person(counter)
    conversation = person.goes_on_until_submitted(lambda: data.draw(rounds))
    # No answer lost or doubled: the same events, each heard once, make the same conversation.
    assert as_it_should_be(counter.parts, conversation) == state_of(counter.parts, conversation)
    assert counter.rows("SELECT count(*) FROM turns WHERE conversation = %s", conversation.id) == counter.rows(
        "SELECT count(*) FROM inbound WHERE person = %s", person.person
    )
    # No message lost or doubled: what is on the telephone is what was to be said.
    assert [("sent",)] == counter.rows(
        "SELECT DISTINCT state FROM outgoing WHERE person = %s AND channel = 'line'", person.person
    )
    to_say = counter.rows("SELECT body FROM outgoing WHERE person = %s AND channel = 'line'", person.person)
    planned = [message for (body,) in to_say for message in counter.parts.vault.open_json(body, "body")]
    assert len(planned) == len(person.line.texts)
    texts = counter.emulator.sms.inbox(person.number)
    assert [1, 1] == [sum(part in text["body"] for text in texts) for part in ("認証番号", "/r/")]
    # One claim, one right to points.
    assert [("accepted", "accepted", 1000)] == counter.rows(
        "SELECT s.state, c.state, e.amount FROM submissions s JOIN claims c USING (receipt_no)"
        " JOIN entitlements e ON e.submission = s.id WHERE s.conversation = %s",
        conversation.id,
    )


@pytest.mark.parametrize("place", PLACES)
def test_a_death_at_this_very_place_loses_and_doubles_nothing(counter: Counter, place: str) -> None:
    person = Person(counter)
    counter.gremlin.struck.clear()
    conversation = person.goes_on_until_submitted(lambda: Round("", (0,), (place,)))
    assert as_it_should_be(counter.parts, conversation) == state_of(counter.parts, conversation)
    assert place in counter.gremlin.struck
    assert 1 == len([text for text in counter.emulator.sms.inbox(person.number) if "/r/" in text["body"]])
    assert [(1,)] == counter.rows(
        "SELECT count(*) FROM submissions JOIN claims USING (receipt_no) WHERE conversation = %s", conversation.id
    )


def test_an_event_that_cannot_be_read_is_told_once_to_its_sender_and_holds_up_nobody_else(counter: Counter) -> None:
    person, other = Person(counter), Person(counter)
    for each in (person, other):
        each.acts(NOTHING)
    with autocommit(counter.parts.db) as connection:
        connection.execute(UNREADABLE, {"id": uuid4(), "person": person.person})
    other.acts(NOTHING)
    person.acts(NOTHING)
    assert [("failed",)] == counter.rows("SELECT state FROM inbound WHERE event_id = 'unreadable'")
    assert [("prefecture", "bot"), ("kind", "queue")] == [stands(other), stands(person)]
    assert 1 == len([text for text in person.line.texts if NOT_PROCESSED in text])


def test_an_event_that_fails_five_times_is_told_once_and_its_conversation_waits_for_staff(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(counter)
    while person.conversation is None or person.conversation.pending["key"] != "coupon[1].trip_date":
        person.acts(NOTHING)

    def fails(*_: object) -> None:
        raise RuntimeError("a fault of our own")

    monkeypatch.setitem(LOOKUPS, "coupon", fails)
    for _ in range(2):
        person.acts(NOTHING)
    assert ("coupon[1].trip_date", "queue") == stands(person)
    assert 1 == len([text for text in person.line.texts if NOT_PROCESSED in text])
    assert [("failed", "failed: RuntimeError"), ("done", None)] == counter.rows(
        "SELECT i.state, t.outcome FROM turns t JOIN inbound i ON i.id = t.inbound WHERE i.person = %s"
        " ORDER BY t.turn DESC LIMIT 2 OFFSET 1",
        person.person,
    )
    monkeypatch.undo()
    person.line.says("ボットに戻る")
    person.in_chat(NOTHING, 1)
    recover(counter.work)
    assert ("coupon[1].trip_date", "bot") == stands(person)


def stands(person: Person) -> tuple[str, str]:
    """What waits for somebody, and whose the conversation is."""
    conversation = person.conversation
    assert conversation
    return conversation.pending["key"], conversation.owner


NOT_PROCESSED = "こちらで処理できませんでした"


def test_a_message_or_an_application_that_cannot_be_opened_holds_up_nobody(counter: Counter) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute(UNOPENABLE_MESSAGE, {"id": uuid4()})
        connection.execute(UNOPENABLE_APPLICATION, {"id": uuid4()})
    person = Person(counter)
    person.acts(NOTHING, until_quiet=False)
    for job in JOBS:
        job(counter.work)
    assert 2 == len(person.line.texts)
    assert [("refused", "unopenable")] == counter.rows("SELECT state, error FROM outgoing WHERE purpose = 'garbage'")
    found = counter.rows("SELECT state, tries > 0, due_at > now() FROM submissions WHERE receipt_no = '0000000000'")
    assert [("filed", True, True)] == found
    with autocommit(counter.parts.db) as connection:
        connection.execute("DELETE FROM submissions WHERE receipt_no = '0000000000'")


UNREADABLE = """
INSERT INTO inbound (id, channel, event_id, person, occurred_at, received_at, payload)
VALUES (%(id)s, 'line', 'unreadable', %(person)s, '2023-04-05T00:00Z', now(), 'garbage')
"""
UNOPENABLE_MESSAGE = """
INSERT INTO outgoing (id, purpose, channel, person, address, body)
VALUES (%(id)s, 'garbage', 'line', 'nobody', 'garbage', 'garbage')
"""
UNOPENABLE_APPLICATION = """
INSERT INTO submissions (id, receipt_no, channel, person, campaign, campaign_version, acted_at, claim, erase_at)
VALUES (%(id)s, '0000000000', 'line', 'nobody', 'tochigi-2023-02', 2, now(), 'garbage', now() + interval '1 year')
"""
