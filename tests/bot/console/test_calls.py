"""The operator's door: the travellers' form filled in by staff, for somebody on the telephone."""

from __future__ import annotations

import re

import pytest

from bot import staff
from bot.store.db import autocommit
from tests.bot.console.desk import at_work, hire
from tests.bot.web.counter import NUMBER, Browser, Counter
from tests.bot.web.web_form import TO_THE_CONSENT

CALLS = "/console/calls"


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def begin(browser: Browser) -> str:
    """A new call; gives the path of its form."""
    return browser.get(CALLS).post(CALLS).page.request.path


def fill(browser: Browser, path: str, *pages: dict[str, str]) -> Browser:
    for fields in pages:
        browser.post(path, **fields)
    return browser


def whole_call(counter: Counter, browser: Browser) -> str:
    """From the new call to the receipt number; the caller has a landline, and the URL goes to a mobile."""
    path = begin(browser)
    fill(browser, path, *TO_THE_CONSENT, {"choice": "agree"}, {"answer": "栃木 花子"}, {"answer": "028-623-3210"})
    fill(browser, path, {"answer": "090-1234-5678"})
    fill(browser, path, {"answer": counter.code()}, {"choice": "submit"})
    found = re.search(r'class="big">([\d-]+)<', browser.text)
    assert found, browser.heading
    return found[1]


def actions_of(counter: Counter, path: str) -> list[tuple[str, str]]:
    """What the audit has of a call: (what, who)."""
    subject = f"call:{path.rpartition('/')[2]}"
    with autocommit(counter.parts.db) as connection:
        query = "SELECT action, actor FROM audit WHERE subject = %s ORDER BY id"
        return connection.execute(query, (subject,)).fetchall()


def column(counter: Counter, sql: str) -> list[object]:
    with autocommit(counter.parts.db) as connection:
        return [row[0] for row in connection.execute(sql.encode()).fetchall()]


def test_a_call_ends_in_an_application_with_the_members_name_behind_it(counter: Counter, ichiro: Browser) -> None:
    number = whole_call(counter, ichiro).replace("-", "")
    with autocommit(counter.parts.db) as connection:
        row = connection.execute("SELECT receipt_no, channel, filed_by FROM submissions").fetchone()
        done = connection.execute(
            "SELECT action, actor, subject, details FROM audit WHERE action LIKE 'call.%' ORDER BY id"
        ).fetchall()
    assert (number, "phone", "担当 一郎") == row
    assert ["call.begun", "call.consent", "call.filed"] == [action for action, *_ in done]
    assert {"担当 一郎"} == {actor for _, actor, *_ in done}
    assert ({"question": "consent", "answer": "agree"}, f"application:{number}") == (done[1][3], done[2][2])


def test_the_code_goes_to_the_callers_own_target(counter: Counter, ichiro: Browser) -> None:
    whole_call(counter, ichiro)
    with autocommit(counter.parts.db) as connection:
        rows = connection.execute("SELECT channel, address FROM outgoing WHERE purpose = 'code'").fetchall()
    assert [("sms", ["sms", "+819012345678"])] == [
        (channel, counter.parts.vault.open_json(address, "address")) for channel, address in rows
    ]


def test_the_whole_consent_is_there_to_be_read_aloud(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    assert "質問を読み上げて" in ichiro.text
    fill(ichiro, path, *TO_THE_CONSENT)
    assert ("個人情報の使いみち", True) == (ichiro.heading, "次の文を最後まで読み上げてください。" in ichiro.text)
    assert "この補償の確認、ポイントのご案内、お問い合わせへのお返事だけに使います" in ichiro.text


def test_a_caller_who_does_not_agree_leaves_nothing_but_that(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, *TO_THE_CONSENT, {"choice": "disagree"})
    assert [] == column(counter, "SELECT id FROM submissions")
    assert ["disagree"] == column(counter, "SELECT details ->> 'answer' FROM audit WHERE action = 'call.consent'")


def test_back_and_change_work_as_they_do_for_travellers(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, *TO_THE_CONSENT[:3])
    ichiro.post(path, back="1")
    assert ("有効期限", "24") == (ichiro.heading, ichiro.field("day"))
    ichiro.get(f"{path}?q=kind")
    assert 'value="paper" checked' in ichiro.text


def test_a_call_that_was_cut_off_goes_on_from_the_list(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, *TO_THE_CONSENT, {"choice": "agree"}, {"answer": "栃木 花子"})
    ichiro.get(CALLS)
    assert (True, False) == ("途中の電話" in ichiro.text, "栃木 花子" in ichiro.text)
    assert "ご連絡先" == ichiro.get(path).heading


def test_the_callers_name_is_shown_to_who_asks_for_it(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, *TO_THE_CONSENT, {"choice": "agree"}, {"answer": "栃木 花子"})
    call = path.rpartition("/")[2]
    ichiro.get(CALLS).post("/console/unmask", subject=f"call:{call}", field="name", to=CALLS)
    assert (CALLS, True) == (ichiro.page.request.path, "栃木 花子" in ichiro.text)


def test_members_have_calls_of_their_own_and_several_at_once(counter: Counter, ichiro: Browser) -> None:
    jiro = at_work(counter, hire(counter.parts, "jiro"))
    first, second, other = begin(ichiro), begin(ichiro), begin(jiro)
    assert 3 == len({first, second, other})
    fill(ichiro.get(first), first, {"choice": "paper"})
    assert "都道府県" == ichiro.get(first).heading
    assert "クーポンの種類" == ichiro.get(second).heading
    assert 404 == jiro.get(first).page.status_code
    assert 404 == jiro.get(CALLS).post(first, choice="paper").page.status_code
    assert 1 == jiro.get(CALLS).text.count(f'href="{CALLS}/')


def test_a_button_pressed_twice_begins_one_call(counter: Counter, ichiro: Browser) -> None:
    page = ichiro.get(CALLS).text
    assert ichiro.post(CALLS, form=page).page.request.path == ichiro.post(CALLS, form=page).page.request.path
    assert [1] == column(counter, "SELECT count(*) FROM calls")


def test_no_browser_fills_in_the_members_own_name_or_number(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, *TO_THE_CONSENT, {"choice": "agree"})
    assert ("お名前", {"off"}) == (ichiro.heading, set(re.findall(r'autocomplete="([\w-]+)"', ichiro.text)))


def test_wrong_numbers_are_counted_by_member_whatever_the_call(counter: Counter, ichiro: Browser) -> None:
    begin(ichiro)
    for number in range(2):
        path = begin(ichiro)
        fill(ichiro, path, *TO_THE_CONSENT[:7], {"answer": f"{NUMBER[:-1]}{number}"}, *TO_THE_CONSENT[8:9])
    counted = {counter.parts.redis.get(key) for key in counter.parts.redis.keys("meter:miss_from:*")}
    assert {"2"} == counted


def test_what_a_caller_says_is_text_and_no_script(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, *TO_THE_CONSENT, {"choice": "agree"}, {"answer": "<script>alert(1)</script>"})
    assert "<script>alert" not in ichiro.text


def test_a_call_that_is_for_a_colleague_says_so_and_can_be_gone_on_with(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    fill(ichiro, path, {"choice": "paper"}, {"answer": "担当者"}, {"choice": "yes"})
    assert "順番待ちに入りました" in ichiro.text
    assert "都道府県" == ichiro.post(path, bot="1").heading


def test_the_form_speaks_the_callers_language_and_the_frame_the_members(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    ichiro.post(path, language="en")
    assert ("Kind of coupon", True) == (ichiro.heading, "質問を読み上げて" in ichiro.text)


def test_a_call_is_passed_on_with_its_answers_and_is_the_colleagues_alone(counter: Counter, ichiro: Browser) -> None:
    jiro = at_work(counter, hire(counter.parts, "jiro", name="担当 二郎"))
    path = begin(ichiro)
    fill(ichiro, path, {"choice": "paper"})
    ichiro.get(CALLS).post(f"{path}/give", to="jiro")
    assert (CALLS, False) == (ichiro.page.request.path, path in ichiro.text)
    assert 404 == ichiro.get(path).page.status_code
    assert (True, "都道府県") == (path in jiro.get(CALLS).text, jiro.get(path).heading)
    fill(jiro, path, {"choice": "09"})
    assert ("call.given", "担当 一郎") in actions_of(counter, path)


@pytest.mark.parametrize("to", ["", "nobody", "keiri", "gone"])
def test_a_call_is_passed_on_only_to_somebody_who_answers_calls(counter: Counter, ichiro: Browser, to: str) -> None:
    hire(counter.parts, "keiri", "finance")
    hire(counter.parts, "gone")
    staff.set_active(counter.parts, "gone", active=False, by="test")
    path = begin(ichiro)
    ichiro.get(CALLS)
    assert 409 == ichiro.post(f"{path}/give", to=to).page.status_code
    assert path in ichiro.get(CALLS).text


def test_a_call_of_somebody_else_is_passed_on_by_nobody_but_them(counter: Counter, ichiro: Browser) -> None:
    path = begin(ichiro)
    jiro = at_work(counter, hire(counter.parts, "jiro"))
    begin(jiro)
    assert 404 == jiro.get(CALLS).post(f"{path}/give", to="jiro").page.status_code
    assert path in ichiro.get(CALLS).text
