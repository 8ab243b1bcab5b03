"""The supervisor's figures and alarms in a real browser: on a laptop, a tablet and a phone, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from bot import alarms
from tests.bot.console.desk import hire
from tests.bot.handoff_house import handed_over, run
from tests.bot.web.counter import Counter
from tests.browser.staff_screen import JA, PHONE, go, looks_right, seat

pytestmark = pytest.mark.browser

# A month of what stands kept: every figure has days with much, with little and with nothing.
A_MONTH = """
INSERT INTO counter_hours
SELECT date '2023-03-07' + d, h, channel, kind, 1 + (d * 7 + h * 3 + length(channel)) % 23
FROM generate_series(0, 28, 1) d, generate_series(9, 21) h,
    unnest(ARRAY['line', 'sms', 'web']) channel,
    unnest(ARRAY['said', 'began', 'alone', 'with_staff', 'survey:good', 'survey:poor',
        'message:delivered', 'message:sent', 'message:refused', 'message:unknown']) kind
WHERE d % 9 <> 4;
INSERT INTO funnel_rolled SELECT date '2023-03-07' + d FROM generate_series(0, 28) d;
INSERT INTO handoffs
    (id, conversation, campaign, channel, reason, state, began_at, came_at, answered_at, ended_at, ended_by)
SELECT gen_random_uuid(), conversation, campaign, channel, reason, 'closed', began_at - n * interval '7 hours', now(),
    now() + n % 13 * interval '2 minutes', now() + n % 31 * interval '5 minutes', 'x'
FROM handoffs, generate_series(1, 60) n;
INSERT INTO queue_hours
SELECT timestamptz '2023-03-07 09:00+09' + h * interval '5 hours', 'line', '09', 3, h * 97 % 2400
FROM generate_series(0, 130) h;
INSERT INTO cases
    (id, case_no, kind, person, subject, campaign, campaign_version, channel, acted_at, changed_at, erase_at)
SELECT gen_random_uuid(), 'C' || n, CASE n % 3 WHEN 0 THEN 'B1' WHEN 1 THEN 'B2' ELSE 'OTHER' END, '\\x01',
    n::text::bytea, 'tochigi-2023-02', 1, 'line', timestamptz '2023-04-05 10:00+09' - n * interval '9 hours',
    now(), now()
FROM generate_series(1, 60) n;
WITH mailing AS (
    INSERT INTO mailings (id, name, campaign, campaign_version, purpose)
    VALUES (gen_random_uuid(), 'april', 'tochigi-2023-02', 1, 'reward_url') RETURNING id
)
INSERT INTO mailing_minutes SELECT id, date_trunc('minute', now()) - d * interval '1 day', state, 0, 40 * d
FROM mailing, generate_series(0, 5) d, unnest(ARRAY['delivered', 'undelivered']) state
"""
FIGURES = 10


def test_the_figures_are_drawn_and_look_right_in_both_languages(
    browser: Browser, counter: Counter, address: str
) -> None:
    handed_over(counter)
    run(counter, A_MONTH)
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console/figures")
    expect(page.locator(".plot svg")).to_have_count(FIGURES)
    looks_right(page, "g1-figures", PHONE)
    for summary in page.locator("details summary").all():
        summary.click()
    looks_right(page, "g2-figures-tables")
    go(page, page.get_by_role("button", name="English"))
    looks_right(page, "g3-figures-english", PHONE)
    page.locator("#channel").select_option("phone")
    go(page, page.get_by_role("button", name="Show"))
    expect(page.get_by_text("There are no figures for this period yet")).to_have_count(
        FIGURES - 1
    )  # mailings know no channel
    go(page, page.get_by_role("link", name="7 days"))
    assert "channel=phone" in page.url
    looks_right(page, "g4-figures-empty", PHONE)
    page.context.close()


def test_without_a_script_a_table_is_opened_and_taken_away(browser: Browser, counter: Counter, address: str) -> None:
    handed_over(counter)
    run(counter, A_MONTH)
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console/figures?from=2023-03-07&to=2023-04-05")
    with page.expect_download() as download:
        page.get_by_role("link", name=f"{JA.say('figures.csv')} {JA.say('figures.bot.title')}").click()
    assert "figures-bot.csv" == download.value.suggested_filename
    page.context.close()


def test_an_alarm_is_seen_taken_care_of_and_its_rule_set(browser: Browser, counter: Counter, address: str) -> None:
    handed_over(counter)
    counter.move("2023-04-05T17:00:00+09:00")
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '90 minutes'")
    alarms.look(counter.parts)
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console")
    expect(page.locator(".alarms")).to_contain_text("順番待ちが90分になりました")
    looks_right(page, "h1-home-with-alarm", PHONE)
    go(page, page.get_by_role("link", name=JA.say("alarms.to_page")))
    looks_right(page, "h2-alarms", PHONE)
    go(page, page.get_by_role("button", name=JA.say("alarms.see")))
    expect(page.get_by_role("cell", name="責任 花子 hanako")).to_be_visible()
    page.locator("#queue_age-threshold").fill("0")
    go(page, page.get_by_role("button", name=f"{JA.say('alarms.save')} {JA.say('alarms.kind.queue_age')}"))
    expect(page.locator("#error")).to_contain_text("1から1,440までの数字")
    looks_right(page, "h3-alarms-wrong")
    page.locator("#queue_age-threshold").fill("120")
    go(page, page.get_by_role("button", name=f"{JA.say('alarms.save')} {JA.say('alarms.kind.queue_age')}"))
    expect(page.get_by_role("status")).to_contain_text("保存しました")
    go(page, page.get_by_role("button", name="English"))
    looks_right(page, "h4-alarms-english", PHONE)
    page.context.close()
