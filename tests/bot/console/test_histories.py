"""A person's history: found by any of their numbers, masked, and all that was sent and came back in its order."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from bot.deliveries import running
from bot.store import outgoing
from bot.store.db import autocommit
from bot.store.outgoing import ReceiptRow
from dialogs.rules.claim import show_receipt_no
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.mailing_house import people, planned, rows
from tests.bot.test_mailing_applicants import HANAKO, accepted, move_to
from tests.bot.web.counter import Browser, Counter

SENT = """
WITH begun AS (
    UPDATE deliveries SET state = 'accepted', attempts = 1 RETURNING id
), tried AS (
    INSERT INTO delivery_attempts (delivery, number, way, provider, units) SELECT id, 1, 'sms', 'twilio', 2 FROM begun
)
INSERT INTO delivery_events (delivery, attempt, kind, code, provider) SELECT id, 1, 'undelivered', '30005', 'twilio'
FROM begun
"""


@pytest.fixture
def agent(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def look(browser: Browser, sought: str) -> Browser:
    return browser.get("/console/history").post("/console/history", sought=sought)


@pytest.mark.parametrize("sought", ["090-1000-0001", "０９０１００００００１", "p10000001@example.jp", "tg 1000-0001"])
def test_an_app_user_is_found_by_number_address_and_coupon(
    counter: Counter, agent: Browser, tmp_path: Path, sought: str
) -> None:
    planned(counter.parts, tmp_path, *people(2))
    counter.move("2023-04-05T12:30:00+09:00")
    with autocommit(counter.parts.db) as connection:
        connection.execute(SENT)
    look(agent, sought)
    assert "の送信の記録" in agent.heading
    assert "april" in agent.text
    assert "04-05 12:" in agent.text  # by the office's clock, which is tried out here
    assert agent.text.index("送った： SMS") < agent.text.index("届かなかった")
    assert "<code>30005</code>" in agent.text
    for personal in ("10000001", "1000-0001", "p10000001"):
        assert personal not in agent.text + agent.page.request.full_path


def test_an_applicant_is_found_by_receipt_number_and_target_also_without_any_mailing(
    counter: Counter, agent: Browser
) -> None:
    row = accepted(counter.parts)
    for sought in (show_receipt_no(row.receipt_no), HANAKO, "090-1111-2222"):
        look(agent, sought)
        assert show_receipt_no(row.receipt_no) in agent.heading
        assert "一人ずつ" in agent.text
        assert "まだ何も送っていません" in agent.text


def test_what_a_provider_says_stands_among_the_attempts_by_the_clock_of_the_office(
    counter: Counter, agent: Browser
) -> None:
    row = accepted(counter.parts)
    counter.move("2023-04-05T12:32:00+09:00")
    ((message,),) = rows(counter.parts, "SELECT id FROM outgoing WHERE purpose = 'reward_url'")
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = 'sending', attempts = 1, first_attempt_at = now()")
        connection.execute("UPDATE entitlements SET state = 'notified'")
        outgoing.receive(connection, delivered(message, counter.parts.clock.now()), state="delivered")
    look(agent, show_receipt_no(row.receipt_no))
    assert agent.text.index("送った： SMS") < agent.text.index("<td>twilio</td>")
    assert 2 == agent.text.count('<th scope="row">04-05 12:3')
    page = agent.get(f"/console/applications/{row.receipt_no}").text
    assert (True, True) == ("<td>2023年4月5日(水) 12:3" in page, "<dd>URLを送った – 届きました" in page)


def delivered(message: UUID, at: datetime) -> ReceiptRow:
    return ReceiptRow(message, "twilio", "SM1:delivered", message, 1, "SM1", "delivered", None, at)


def test_the_contact_is_masked_until_the_button_is_pressed_and_that_is_in_the_audit(
    counter: Counter, agent: Browser
) -> None:
    accepted(counter.parts)
    look(agent, HANAKO)
    assert "090-1111-2222" not in agent.text
    [(right,)] = rows(counter.parts, "SELECT id FROM entitlements")
    here = f"/console/history/{right}"
    agent.post("/console/unmask", subject=f"right:{right}", field="target", to=here)
    assert "090-1111-2222" in agent.get(here).text
    assert ("担当 一郎", "staff.unmasked") == actions(counter.parts)[-1]


def test_what_went_to_a_contact_that_was_given_up_is_told_beside_what_went_to_the_new_one(
    counter: Counter, agent: Browser
) -> None:
    row = accepted(counter.parts)
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = 'delivered', settled_at = now()")
    move_to(counter.parts, row, "+819033334444")
    look(agent, "090-3333-4444")
    planned_for = agent.text.partition('id="planned"')[2].partition('id="happened"')[0]
    assert (1, 1) == (planned_for.count("<td>届いた"), planned_for.count("<td>これから"))


def test_several_people_behind_one_number_are_listed(counter: Counter, agent: Browser) -> None:
    first, second = accepted(counter.parts, 1), accepted(counter.parts, 2)
    look(agent, HANAKO)
    for row in (first, second):
        assert show_receipt_no(row.receipt_no) in agent.text
    assert "090-1111-2222" not in agent.text.replace('value="090-1111-2222"', "")


@pytest.mark.parametrize("sought", ["", "1234-5678-97", "花子", "'; DROP TABLE", "x" * 500])
def test_who_is_not_found_is_told_at_the_field(agent: Browser, sought: str) -> None:
    look(agent, sought)
    assert ("番号かアドレスを入力" if not sought else "見つかりません") in agent.error


def test_finance_sees_no_history(counter: Counter, tmp_path: Path) -> None:
    planned(counter.parts, tmp_path, *people(1))
    [(right,)] = rows(counter.parts, "SELECT id FROM entitlements")
    browser = at_work(counter, hire(counter.parts, "finance", "finance"))
    assert [403, 403] == [
        browser.get(path).page.status_code for path in ("/console/history", f"/console/history/{right}")
    ]
    assert "planned" == running.found(counter.parts, "april").state
