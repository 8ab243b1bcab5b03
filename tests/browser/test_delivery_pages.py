"""The console's pages of mailings in a real browser: looked at, begun, and a person's history, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.store import mailings
from bot.store.db import autocommit
from tests.bot.console.desk import hire
from tests.bot.mailing_house import a_list, people, planned
from tests.bot.test_mailing_applicants import accepted
from tests.bot.test_mailing_applicants import planned as planned_too
from tests.bot.web.counter import Counter
from tests.browser.staff_screen import JA, PHONE, go, heading, looks_right, seat

pytestmark = pytest.mark.browser

# Two hours of sending, as they would have been written: what was sent and what came back of it in each minute.
SENT = """
WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM deliveries WHERE mailing = %(mailing)s
), moved AS (
    UPDATE deliveries d SET attempts = 1, attempted_at = now(), state = CASE
        WHEN n %% 10 = 0 THEN 'undelivered' WHEN n %% 7 = 0 THEN 'accepted' WHEN n %% 5 = 0 THEN 'planned'
        ELSE 'delivered' END, due_at = CASE WHEN n %% 10 <> 0 AND (n %% 7 = 0 OR n %% 5 = 0) THEN now() END
    FROM numbered s WHERE s.id = d.id RETURNING d.id
), tried AS (
    INSERT INTO delivery_attempts (delivery, number, way, provider, units) SELECT id, 1, 'sms', 'twilio', 2 FROM moved
), heard AS (
    INSERT INTO delivery_events (delivery, attempt, kind, code, provider)
    SELECT id, 1, 'undelivered', CASE WHEN n %% 20 = 0 THEN '30003' ELSE '30005' END, 'twilio'
    FROM numbered WHERE n %% 10 = 0
)
INSERT INTO mailing_minutes (mailing, minute, state, shard, n)
SELECT %(mailing)s, date_trunc('minute', now()) - m * interval '1 minute', s.state, 99, s.n + m %% 7
FROM generate_series(1, 110) m,
    (VALUES ('sending', 120), ('accepted', 118), ('delivered', 100), ('undelivered', 9), ('unknown', 2)) s (state, n)
"""


SMALL_TABLET: ViewportSize = {"width": 768, "height": 1024}


def english(page: Page) -> None:
    go(page, page.get_by_role("button", name="English"))


def test_a_list_is_sent_in_looked_at_and_planned(
    browser: Browser, counter: Counter, address: str, tmp_path: Path
) -> None:
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console/deliveries")
    go(page, page.get_by_role("link", name=JA.say("deliveries.plan.title")))
    looks_right(page, "p1-form", PHONE, SMALL_TABLET)
    page.get_by_label(JA.say("deliveries.column.name")).fill("april")
    go(page, page.get_by_role("button", name=JA.say("deliveries.plan.look")))
    expect(page.locator("#file")).to_be_focused()
    looks_right(page, "p2-slip", PHONE, SMALL_TABLET)
    bad = ("09,TG30000001,2023-02-23,1000,03-1234-5678,,active,,", "09,TG30000002,2023-02-31,,,,active,,")
    left_out = "09,TG30000003,2023-02-23,0,090-3000-0003,,active,,"
    page.locator("#file").set_input_files(a_list(tmp_path, *people(40), *bad, left_out))
    go(page, page.get_by_role("button", name=JA.say("deliveries.plan.look")))
    heading(page, JA.say("deliveries.plan.looked", name="april"))
    looks_right(page, "p3-looked", PHONE, SMALL_TABLET)
    page.get_by_label(JA.say("deliveries.plan.without_bad_rows", bad="2")).check()
    go(page, page.get_by_role("button", name=JA.say("deliveries.plan.do", people="40")))
    heading(page, "april")
    expect(page.get_by_role("status")).to_have_text(JA.say("deliveries.done.plan"))
    looks_right(page, "p4-planned", PHONE)


def test_on_a_phone_a_list_is_moved_sideways_and_does_not_break_into_letters(
    browser: Browser, counter: Counter, address: str, tmp_path: Path
) -> None:
    planned(counter.parts, tmp_path, *people(1200))
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/console/deliveries")
    expect(page.get_by_role("cell", name="1,200").first).to_be_visible()
    narrow = """least => [...document.querySelectorAll('.scrolls tbody :is(th, td):not(.number)')]
        .filter(each => each.getBoundingClientRect().width < least).map(each => each.textContent)"""
    assert [] == page.evaluate(narrow, 80)
    broken = """() => [...document.querySelectorAll('.scrolls td.number')].filter(each => {
        const words = document.createRange(); words.selectNodeContents(each); return words.getClientRects().length > 1;
    }).map(each => each.textContent)"""
    assert [] == page.evaluate(broken)
    looks_right(page, "m0-list", PHONE)


def test_the_pages_of_a_mailing_look_right_and_lead_from_the_preview_to_the_start(
    browser: Browser, counter: Counter, address: str, tmp_path: Path
) -> None:
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console/deliveries")
    looks_right(page, "m1-none")
    planned(counter.parts, tmp_path, *people(60))
    accepted(counter.parts)
    planned_too(counter.parts, "applicants")
    page.reload()
    looks_right(page, "m2-list")
    go(page, page.get_by_role("link", name="april"))
    looks_right(page, "m3-not-begun")
    go(page, page.get_by_role("link", name=JA.say("deliveries.preview")))
    heading(page, JA.say("deliveries.preview"))
    looks_right(page, "m4-preview")
    page.go_back()
    go(page, page.get_by_role("link", name=JA.say("deliveries.act.pilot")))
    page.locator("#answer").fill("many")
    go(page, page.get_by_role("button", name=JA.say("deliveries.act.pilot")))
    expect(page.locator("#answer")).to_be_focused()
    looks_right(page, "m5-slip")
    go(page, page.get_by_role("link", name=JA.say("deliveries.not_now")))
    go(page, page.get_by_role("link", name=JA.say("deliveries.act.start")))
    looks_right(page, "m6-start")
    go(page, page.get_by_role("button", name=JA.say("deliveries.act.start")))
    expect(page.get_by_role("status")).to_have_text(JA.say("deliveries.done.start"))
    english(page)
    looks_right(page, "m7-begun-english")
    page.context.close()


def test_a_mailing_under_way_is_drawn_and_its_numbers_stand_beside(
    browser: Browser, counter: Counter, address: str, tmp_path: Path
) -> None:
    planned(counter.parts, tmp_path, *people(200))
    april = mailings.by_name(counter.parts.db, "april")
    assert april
    with autocommit(counter.parts.db) as connection:
        connection.execute(SENT, {"mailing": april.id})
        reason = "filtered: carriers dropped 9 of the last 300 messages for what they say"
        connection.execute("UPDATE mailings SET state = 'paused', begun_at = now(), reason = %s", (reason,))
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console/deliveries/{april.id}")
    expect(page.locator(".plot svg")).to_have_count(2)
    page.locator("summary").click()
    looks_right(page, "m8-under-way")
    english(page)
    looks_right(page, "m9-under-way-english")
    page.context.close()


def test_a_persons_history_is_found_and_looks_right(
    browser: Browser, counter: Counter, address: str, tmp_path: Path
) -> None:
    planned(counter.parts, tmp_path, *people(20))
    april = mailings.by_name(counter.parts.db, "april")
    assert april
    with autocommit(counter.parts.db) as connection:
        connection.execute(SENT, {"mailing": april.id})
    for serial in (1, 2):
        accepted(counter.parts, serial)
    page = seat(browser, counter, address, hire(counter.parts, "ichiro"))
    page.goto(f"{address}/console/history")
    looks_right(page, "h1-history")
    page.locator("#sought").fill("123")
    go(page, page.get_by_role("button", name=JA.say("history.find")))
    looks_right(page, "h2-missing")
    page.locator("#sought").fill("090-1111-2222")
    go(page, page.get_by_role("button", name=JA.say("history.find")))
    looks_right(page, "h3-several")
    page.locator("#sought").fill("090-1000-0010")
    go(page, page.get_by_role("button", name=JA.say("history.find")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("送信の記録")
    looks_right(page, "h4-one")
    go(page, page.locator(".masked button"))
    expect(page.get_by_text("090-1000-0010")).to_be_visible()
    english(page)
    looks_right(page, "h5-one-english")
    page.goto(f"{address}/console/no/such/page")
    looks_right(page, "h6-nowhere")
    page.context.close()
