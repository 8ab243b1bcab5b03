"""Two agents at their screens and a traveller: the queue, one talk, and what the second agent sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import handoff
from bot.delivery import tell_staff
from bot.received import fetch_next
from bot.store.conversations import mark_of
from tests.bot.console.desk import hire, member
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, now, rows, run, worker_takes
from tests.bot.pictures import coupon_photo
from tests.bot.web.counter import Counter
from tests.browser.staff_screen import JA, SMALL_TABLET, go, heading, looks_right, seat

pytestmark = pytest.mark.browser
# In the place of the machine's own, which a test has no ears for.
LOUDSPEAKER = """
rung = 0;
AudioContext = class {
  currentTime = 0; destination = {};
  resume() {}
  createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to }; }
  createOscillator() { return { connect: (to) => to, start() { rung += 1; }, stop() {} }; }
};
"""


@pytest.fixture
def ichiro(browser: Browser, counter: Counter, address: str) -> Iterator[Page]:
    yield from _seated(browser, counter, address, "ichiro", "担当 一郎")


@pytest.fixture
def jiro(browser: Browser, counter: Counter, address: str) -> Iterator[Page]:
    yield from _seated(browser, counter, address, "jiro", "担当 二郎")


def _seated(browser: Browser, counter: Counter, address: str, login: str, name: str) -> Iterator[Page]:
    page = seat(browser, counter, address, hire(counter.parts, login, name=name))
    page.goto(f"{address}/console/queue")
    yield page
    page.context.close()


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=JA.say(key), exact=True).first.click()


def test_two_agents_and_a_traveller(counter: Counter, address: str, ichiro: Page, jiro: Page) -> None:
    jiro.route("**/desk.js", lambda route: route.abort())  # who looks at an old page, and without our script
    looks_right(ichiro, "d1-empty")
    counter.line(*HALF_WAY, *TO_STAFF)
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '75 minutes'")
    for page in (ichiro, jiro):
        page.goto(f"{address}/console/queue")
    looks_right(ichiro, "d2-queue")
    press(ichiro, "conversation.take")
    heading(ichiro, JA.say("conversation.named", channel="LINE", mark=mark_of(conversation(counter))))
    looks_right(ichiro, "d3-taken")
    press(jiro, "conversation.take")
    expect(jiro.get_by_role("alert")).to_contain_text("開いているあいだに変わっています")
    looks_right(jiro, "d4-too-late")
    _answer(counter, ichiro)
    press(ichiro, "conversation.return")
    assert any("お支払いで困ったこと" in text for text in worker_takes(counter))
    ichiro.reload()
    expect(ichiro.get_by_text(JA.say("conversation.with_bot"))).to_be_visible()
    looks_right(ichiro, "d6-back")


def test_a_sound_that_was_turned_on_rings_for_new_words_on_every_page_of_the_desk(
    counter: Counter, address: str, ichiro: Page
) -> None:
    ichiro.add_init_script(LOUDSPEAKER)
    ichiro.reload()
    sound = ichiro.get_by_role("button", name=JA.say("queue.sound"))
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    assert 1 == ichiro.evaluate("rung")
    counter.line(*HALF_WAY, *TO_STAFF)
    expect(ichiro.get_by_role("button", name=JA.say("conversation.take"))).to_be_visible()
    assert 2 == ichiro.evaluate("rung")
    press(ichiro, "conversation.take")
    expect(sound).to_have_attribute("aria-pressed", "true")
    ichiro.locator("#reply").fill("お待たせしました。")
    press(ichiro, "conversation.send")
    run(counter, "UPDATE outgoing SET state = 'sent'")
    expect(ichiro).to_have_title(re.compile(r"^LINE \w{6} の会話｜窓口コンソール"))
    counter.line("もしもし")
    expect(ichiro).to_have_title(re.compile(r"^\(1\) LINE \w{6} の会話｜窓口コンソール"))
    assert 1 == ichiro.evaluate("rung")
    sound.click()
    ichiro.reload()
    expect(sound).to_have_attribute("aria-pressed", "false")


def test_a_photo_that_came_is_seen_small_and_whole(
    counter: Counter, address: str, ichiro: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = {"photo": coupon_photo("TG12345678"), "slip": b"%PDF-1.7 a slip"}
    monkeypatch.setattr(counter.parts.channels["line"], "content", lambda message_id, **_: came[message_id])
    counter.line(*HALF_WAY, *TO_STAFF)
    counter.shows({"type": "image", "id": "photo"})
    counter.shows({"type": "file", "id": "slip"})
    while fetch_next(counter.parts):
        pass
    counter.shows({"type": "video", "id": "later"})
    ichiro.goto(f"{address}/console/queue")
    press(ichiro, "conversation.take")
    small = ichiro.get_by_role("link", name=JA.say("conversation.file.see")).get_by_role("img")
    expect(small).to_have_js_property("complete", True)
    assert small.evaluate("each => each.naturalWidth") > 0
    looks_right(ichiro, "d8-photo", SMALL_TABLET)
    go(ichiro, ichiro.get_by_role("link", name=JA.say("conversation.file.see")))
    assert ichiro.locator("img").evaluate("each => each.naturalWidth") > 320


def _answer(counter: Counter, page: Page) -> None:
    page.locator("#reply").fill("こんにちは。")
    page.get_by_label(JA.say("conversation.canned")).select_option("greeting")
    page.get_by_role("button", name=JA.say("conversation.put_in"), exact=True).click()
    expect(page.locator("#reply")).to_have_value(re.compile(r"^こんにちは。\nお待たせしました"))
    press(page, "conversation.send")
    expect(page.locator(".said.staff .words")).to_contain_text("お待たせしました")
    page.locator("#note").fill("2/24の件。折り返しの約束はなし。")
    press(page, "conversation.keep_note")
    run(counter, "UPDATE outgoing SET state = 'sent'")
    counter.line("きのうの続きです。<b>よろしく</b>")
    page.goto(f"{page.url.partition('/console')[0]}/console/conversations/{conversation(counter)}")
    expect(page.get_by_text("<b>よろしく</b>")).to_be_visible()
    looks_right(page, "d5-answered")


def test_what_happens_is_seen_without_a_reload(counter: Counter, address: str, ichiro: Page, jiro: Page) -> None:
    expect(ichiro.get_by_text(JA.say("queue.empty_title"))).to_be_visible()
    counter.line(*HALF_WAY, *TO_STAFF)
    expect(ichiro.get_by_role("button", name=JA.say("conversation.take"))).to_be_visible()
    expect(ichiro).to_have_title("(1) 順番待ち｜窓口コンソール")
    ichiro.reload()
    expect(ichiro).to_have_title("(1) 順番待ち｜窓口コンソール")
    press(ichiro, "conversation.take")
    jiro.goto(ichiro.url)
    expect(ichiro.locator("#present")).to_contain_text("担当 二郎")
    ichiro.locator("#reply").fill("書きかけ")
    counter.line("もしもし")
    expect(ichiro.get_by_text("もしもし")).to_be_visible()
    expect(ichiro.locator("#reply")).to_have_value("書きかけ")
    expect(ichiro.locator("#count")).to_have_text("4 / 5000")
    counter.line("ボットに戻る")
    expect(ichiro.locator("#stale")).to_be_visible()
    expect(ichiro.locator("#reply")).to_have_value("書きかけ")
    looks_right(ichiro, "d7-stale")


def test_a_refused_form_and_long_writing_leave_the_page_alive(counter: Counter, address: str, ichiro: Page) -> None:
    counter.line(*HALF_WAY, *TO_STAFF)
    press(ichiro, "conversation.take")
    ichiro.locator("#reply").fill("あ" * 5001)
    expect(ichiro.locator("#count.error")).to_have_text("5001 / 5000")
    press(ichiro, "conversation.send")
    expect(ichiro.get_by_role("alert").first).to_have_text(JA.say("conversation.fault.badwords"))
    run(counter, "UPDATE handoffs SET lease_until = now() + interval '90 seconds'")
    ichiro.locator("#reply").fill("あ" * 5000)
    counter.line("もしもし")
    expect(ichiro.get_by_text("もしもし")).to_be_visible()
    expect(ichiro.get_by_text(JA.say("conversation.lapses", minutes=10))).to_be_visible()
    handoff.release(counter.parts, now(counter), member(counter.parts, "ichiro"))
    press(ichiro, "conversation.send")
    expect(ichiro.locator("#unsent")).to_have_value("あ" * 5000)


def test_what_became_of_a_reply_is_seen_without_a_reload_with_what_can_be_done(
    counter: Counter, address: str, ichiro: Page
) -> None:
    counter.line(*HALF_WAY, *TO_STAFF)
    press(ichiro, "conversation.take")
    ichiro.locator("#reply").fill("お待たせしました。 https://example.jp/where をご覧ください。")
    press(ichiro, "conversation.send")
    said = ichiro.locator(".said.staff")
    expect(said).to_contain_text("https://example.jp/where")
    run(counter, "UPDATE outgoing SET state = 'planned', error = 'line_monthly_limit' WHERE purpose = 'staff'")
    tell_staff(counter.parts, [rows(counter, "SELECT id FROM outgoing WHERE purpose = 'staff'")[0][0]])
    expect(said).to_contain_text("今月の送信数の上限")
    expect(said).to_contain_text("もう一度送らないでください")
    looks_right(ichiro, "d9-not-sent")
