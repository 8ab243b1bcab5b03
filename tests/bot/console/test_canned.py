"""Ready sentences: written by supervisors, checked as they are saved, and offered where they fit."""

from __future__ import annotations

import re
from html import unescape

import pytest

from bot import canned
from bot.canned import BUILT_IN, LONGEST_TEXT, OF_CAMPAIGN, PLACEHOLDERS
from bot.staff_words import staff_words
from dialogs.facts import campaign_facts
from tests.bot.console.desk import at_work, hire
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, rows, run
from tests.bot.web.counter import Browser, Counter

PAGE = "/console/canned"
OWN = {"key": "hours", "title": "営業時間", "text-ja": "電話は {opens} から {closes} までです。"}


@pytest.fixture
def lead(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hanako", "supervisor", name="責任 花子"))


def send(browser: Browser, path: str, **fields: object) -> Browser:
    """The form of the page that was looked at last, with these fields."""
    hidden = dict(re.findall(r'type="hidden" name="(csrf|version)" value="([^"]*)"', browser.text))
    return browser.see(browser.client.post(path, data={**hidden, **fields}, follow_redirects=True))


def told(browser: Browser) -> str:
    found = re.search(r'class="error" id="error-[\w-]+">(.*?)</p>', browser.text)
    return unescape(found[1]) if found else ""


def offers(counter: Counter, browser: Browser) -> dict[str, str]:
    """What the page of the conversation offers, by key."""
    text = browser.get(f"/console/conversations/{conversation(counter)}").text
    options = re.findall(r'<option value="(\w+)"[^>]*>([^<]*：[^<]*)</option>', text)
    return {key: unescape(label) for key, label in options}


def taken(counter: Counter, *before: str) -> Browser:
    """An agent who has a conversation."""
    counter.line(*(before or HALF_WAY), *TO_STAFF)
    browser = at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))
    path = f"/console/conversations/{conversation(counter)}"
    fields = dict(re.findall(r'type="hidden" name="(csrf|handoff|version)" value="([^"]*)"', browser.get(path).text))
    browser.client.post(f"{path}/move", data={**fields, "do": "take"})
    return browser


def put_in(counter: Counter, browser: Browser, key: str) -> Browser:
    """Press the button beside the ready sentences, without a script."""
    return send(browser, f"/console/conversations/{conversation(counter)}/reply", do="put_in", canned=key)


def test_what_comes_with_the_counter_is_there_from_the_start(counter: Counter, lead: Browser) -> None:
    text = lead.get(PAGE).text
    assert [] == [key for key in BUILT_IN if f"{PAGE}/{key}" not in text]
    assert [*BUILT_IN] == list(offers(counter, taken(counter)))


def test_a_sentence_of_ones_own_is_offered_with_its_facts_filled_in(counter: Counter, lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **OWN)
    assert (f"{PAGE}/hours", True) == (lead.page.request.path, "電話は 10:00 から 18:00 までです。" in lead.text)
    browser = taken(counter)
    assert "営業時間：電話は 10:00 から 18:00 までです。" == offers(counter, browser)["hours"]
    put_in(counter, browser, "hours")
    assert re.search(r'<textarea id="reply"[^>]*>電話は 10:00 から 18:00 までです。', browser.text)


def test_who_saves_what_stands_in_the_audit_with_before_and_after(counter: Counter, lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **OWN)
    send(lead, f"{PAGE}/hours", do="save", **{**OWN, "title": "受付時間"})
    changed = rows(
        counter,
        "SELECT actor, details->'before'->>'title', details->'after'->>'title' FROM audit"
        " WHERE action = 'canned.saved' ORDER BY id",
    )
    assert [("責任 花子", None, "営業時間"), ("責任 花子", "営業時間", "受付時間")] == changed


def test_one_that_comes_with_the_counter_is_changed_hidden_and_put_back(counter: Counter, lead: Browser) -> None:
    browser = taken(counter)
    first = offers(counter, browser)["thanks"]
    send(lead.get(f"{PAGE}/thanks"), f"{PAGE}/thanks", do="save", title="お礼", **{"text-ja": "では、また。"})
    assert "お礼：では、また。" == offers(counter, browser)["thanks"]
    send(lead, f"{PAGE}/thanks", do="hide")
    assert "thanks" not in offers(counter, browser)
    send(lead.get(f"{PAGE}/thanks"), f"{PAGE}/thanks", do="show")
    send(lead.get(f"{PAGE}/thanks"), f"{PAGE}/thanks", do="remove")
    assert first == offers(counter, browser)["thanks"]


def test_it_is_offered_only_where_it_is_for(counter: Counter, lead: Browser) -> None:
    browser = taken(counter)
    for key, scope in {
        "sms": {"channel": "sms"},
        "line": {"channel": "line"},
        "iwate": {"prefectures": "岩手"},
        "tochigi": {"prefectures": "岩手 栃木県"},
    }.items():
        send(lead.get(PAGE), PAGE, **{**OWN, "key": key, **scope})
    assert {"line", "tochigi"} == set(offers(counter, browser)) - set(BUILT_IN)


def test_a_number_is_filled_in_where_there_is_one_and_else_it_is_not_offered(counter: Counter, lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **{**OWN, "text-ja": "受付番号 {receipt_no} を見ています。"})
    browser = taken(counter)
    assert "hours" not in offers(counter, browser)
    run(
        counter,
        "INSERT INTO submissions (id, receipt_no, conversation, person, channel, campaign, campaign_version, acted_at,"  # noqa: S608
        f" claim, erase_at) SELECT gen_random_uuid(), '1234567897', id, person, channel, campaign, 1, now(), '', now()"
        f" FROM conversations WHERE id = '{conversation(counter)}'",
    )
    assert "受付番号 1234-5678-97 を見ています。" in offers(counter, browser)["hours"]


def test_who_speaks_another_language_gets_it_in_theirs_and_else_in_japanese(counter: Counter, lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **{**OWN, "text-en": "Calls from {opens} to {closes}."})
    browser = taken(counter, "English", *HALF_WAY[1:])
    assert "営業時間：Calls from 10:00 to 18:00." == offers(counter, browser)["hours"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"key": "Über"}, "英小文字で始まる"),
        ({"key": "thanks"}, "もうあります"),
        ({"title": "  "}, "1文字から40文字"),
        ({"text-ja": " "}, "日本語の文を入力"),
        ({"text-ja": "あ" * (LONGEST_TEXT + 1)}, "長すぎます"),
        ({"text-ja": "{phnoe} へ"}, "{phnoe} は入れられません"),
        ({"text-en": "Dear {name}"}, "{name} は入れられません"),
        ({"text-ja": "{phone!r}"}, "{phone} は入れられません"),
        ({"text-ja": "{phone.__class__}"}, "入れられません"),
        ({"text-ja": "{0}"}, "{0} は入れられません"),
        ({"text-ja": "{}"}, "{} は入れられません"),
        ({"text-ja": "半分の { です"}, "片方がありません"),
        ({"prefectures": "栃木 火星"}, "火星 という都道府県はありません"),
    ],
)
def test_what_cannot_be_said_is_told_at_its_field_and_nothing_is_lost(
    counter: Counter, lead: Browser, fields: dict[str, str], sentence: str
) -> None:
    typed = {**OWN, "text-en": "kept as it was typed", **fields}
    send(lead.get(PAGE), PAGE, **typed)
    assert (409, True) == (lead.page.status_code, sentence in told(lead)), told(lead)
    kept = [value for name, value in typed.items() if name.startswith("text") and value.strip()]
    assert [] == [value for value in kept if value not in unescape(lead.text)]
    assert [] == rows(counter, "SELECT 1 FROM canned_replies")


def test_braces_that_are_meant_are_written_twice(counter: Counter, lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **{**OWN, "text-ja": "{{そのまま}}"})
    assert "営業時間：{そのまま}" == offers(counter, taken(counter))["hours"]


def test_the_parts_of_an_sms_are_shown(lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **{**OWN, "text-ja": "あ" * 71})
    assert "SMS 2通分" in lead.text


def test_two_supervisors_at_once_do_not_write_over_each_other(counter: Counter, lead: Browser) -> None:
    send(lead.get(PAGE), PAGE, **OWN)
    other = at_work(counter, hire(counter.parts, "aoi", "admin", name="管理 葵"))
    other.get(f"{PAGE}/hours")
    send(lead, f"{PAGE}/hours", do="save", **{**OWN, "title": "先に"})
    for do in ("save", "hide", "remove"):
        send(other, f"{PAGE}/hours", do=do, **{**OWN, "title": "後から", "version": "1"})
        assert (409, True) == (other.page.status_code, "ほかの人が変えました" in other.text), do
    assert [("先に",)] == rows(counter, "SELECT title FROM canned_replies")


def test_a_script_in_it_is_text_everywhere(counter: Counter, lead: Browser) -> None:
    evil = "<script>alert(1)</script>"
    send(lead.get(PAGE), PAGE, **{**OWN, "title": evil[:40], "text-ja": evil})
    browser = taken(counter)
    for text in (lead.text, lead.get(PAGE).text, put_in(counter, browser, "hours").text):
        assert ("<script>alert" in text, "&lt;script&gt;alert" in text) == (False, True)


@pytest.mark.parametrize("path", [f"{PAGE}/nothing", f"{PAGE}/thanks"])
def test_a_wrong_address_and_a_wrong_act_are_told(lead: Browser, path: str) -> None:
    lead.get(PAGE)
    assert send(lead, path, do="explode").page.status_code in (400, 404)


def test_every_placeholder_can_be_filled_and_is_explained(counter: Counter) -> None:
    assert set(OF_CAMPAIGN) <= campaign_facts(counter.parts.campaign).keys()
    for language in ("ja", "en"):
        spoken = staff_words(language)
        named = [f"canned.placeholder.{each}" for each in PLACEHOLDERS] + [f"canned.built_in.{key}" for key in BUILT_IN]
        assert [] == [key for key in named if key not in spoken.sentences]


def test_every_sentence_of_the_counters_own_is_one_that_could_be_saved(counter: Counter) -> None:
    for row in canned.every(counter.parts):
        canned.save(counter.parts, canned.Typed(row.key, "名前", row.texts), by="test")
