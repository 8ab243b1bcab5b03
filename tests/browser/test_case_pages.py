"""What staff decide about a trouble of the outage, in a real browser: the case with all that belongs to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.console.desk import hire
from tests.bot.disputes_house import quarrel
from tests.bot.held_house import told_of
from tests.bot.web.counter import NUMBER, Counter
from tests.browser.staff_screen import JA, go, looks_right, seat

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.7 what the terminal printed"


def test_the_shops_record_is_typed_in_and_attached(browser: Browser, counter: Counter, address: str) -> None:
    case_no = told_of(counter.parts, NUMBER)
    page = seat(browser, counter, address, hire(counter.parts, "aoi", "supervisor", name="責任 葵"))
    page.goto(f"{address}/console/cases/{case_no}")
    go(page, page.get_by_role("button", name=JA.say("case.do.checking")))
    page.get_by_text(JA.say("case.record_add")).click()
    looks_right(page, "k1-case-adding")
    go(page, page.get_by_role("button", name=JA.say("case.record_keep")))
    expect(page.get_by_role("alert")).to_contain_text(JA.say("case.fault.nothingthere"))
    looks_right(page, "k2-case-slip")
    page.get_by_label(JA.say("case.record.day")).fill("2023-02-24")
    page.get_by_label(JA.say("case.record.time")).fill("18:31")
    page.get_by_label(JA.say("case.record.amount")).fill("1500")
    page.get_by_label(JA.say("case.record.terminal")).fill("T-00778899")
    page.get_by_label(JA.say("case.record.words")).fill("18:31と18:32に1,500円の売上が2件。")
    page.locator("#record_file").set_input_files({"name": "控え.pdf", "mimeType": "application/pdf", "buffer": PDF})
    go(page, page.get_by_role("button", name=JA.say("case.record_keep")))
    expect(page.get_by_text("2023-02-24 18:31")).to_be_visible()
    looks_right(page, "k3-case-record")
    with page.expect_download() as saved:
        page.get_by_role("link", name=JA.say("case.record_open", form="PDF", kb=1)).click()
    assert PDF == saved.value.path().read_bytes()
    page.reload()
    expect(page.get_by_text(JA.say("case.did.record_seen"))).to_be_visible()
    go(page, page.get_by_role("link", name=JA.say("case.on_paper")))
    looks_right(page, "k8-case-paper")
    go(page, page.get_by_role("button", name=JA.say("case.paper_reveal")))
    expect(page.get_by_text("T-00778899")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (page.locator(".rail"), page.get_by_text(JA.say("case.paper_how"))):
        expect(hidden).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()


def test_a_dispute_is_proposed_by_one_and_decided_by_another(browser: Browser, counter: Counter, address: str) -> None:
    dispute = quarrel(counter.parts)
    agent = seat(browser, counter, address, hire(counter.parts, "ichiro", name="担当 一郎"))
    agent.goto(f"{address}/console/disputes")
    looks_right(agent, "k4-disputes")
    go(agent, agent.locator("tbody a"))
    looks_right(agent, "k5-dispute")
    go(agent, agent.get_by_role("button", name=JA.say("dispute.answer.challenger")))
    supervisor = seat(browser, counter, address, hire(counter.parts, "hana", "supervisor", name="責任 花子"))
    supervisor.goto(f"{address}/console/disputes/{dispute}")
    looks_right(supervisor, "k6-dispute-proposed")
    go(supervisor, supervisor.get_by_role("button", name=JA.say("dispute.decide")))
    expect(supervisor.get_by_text(JA.say("dispute.did.passed"))).to_be_visible()
    looks_right(supervisor, "k7-dispute-decided")
    for page in (agent, supervisor):
        page.context.close()


def test_many_cases_are_brought_on_together(browser: Browser, counter: Counter, address: str) -> None:
    for serial in range(3):
        told_of(counter.parts, f"TG{serial:08}", "B2" if serial else "OTHER")
    page = seat(browser, counter, address, hire(counter.parts, "hana", "supervisor", name="責任 花子"))
    page.goto(f"{address}/console/cases")
    looks_right(page, "k10-cases-choose")
    page.get_by_role("checkbox").first.check()
    page.get_by_label(JA.say("bulk.step")).select_option("checking")
    go(page, page.get_by_role("button", name=JA.say("bulk.preview_all")))
    looks_right(page, "k11-preview")
    go(page, page.get_by_role("button", name=JA.say("bulk.confirm", n=3)))
    expect(page.get_by_role("status")).to_contain_text(JA.say("bulk.done", n=3, not_done=0))
    looks_right(page, "k12-together")
    page.context.close()
