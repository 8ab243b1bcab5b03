"""The cases of the outage in the console: seen masked, moved along their states, decided by two persons."""

from __future__ import annotations

import pytest

from bot.store.db import transaction
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, rows, run
from tests.bot.held_house import told_of
from tests.bot.web.counter import NUMBER, Browser, Counter

CASES = "/console/cases"


@pytest.fixture
def case_no(counter: Counter) -> str:
    return told_of(counter.parts, NUMBER)


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


@pytest.fixture
def hana(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hana", "supervisor", name="責任 花子"))


def moves(browser: Browser, case_no: str, *states: str) -> Browser:
    for state in states:
        browser.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/move", to=state)
    return browser


def state(counter: Counter) -> str:
    return str(rows(counter, "SELECT state FROM cases")[0][0])


def test_a_case_goes_from_the_list_to_the_sum_that_is_given_back_by_two(
    counter: Counter, case_no: str, ichiro: Browser, hana: Browser
) -> None:
    assert f"{CASES}/{case_no}" in ichiro.get(CASES).text
    moves(ichiro, case_no, "checking", "found")
    assert ("確認できた" in ichiro.text, "責任者が決めます" in ichiro.text) == (True, True)
    hana.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/give-back", yen="1,500円")
    assert ("to_points", True) == (state(counter), "ポイントにする" in hana.text)
    assert "職員の手で" not in hana.text
    assert [("担当 一郎", "case.checking"), ("担当 一郎", "case.found"), ("責任 花子", "case.to_points")] == [
        act for act in actions(counter.parts) if act[1].startswith("case.")
    ]


def test_a_restored_coupon_shows_its_last_day_on_the_page_of_the_case(
    counter: Counter, case_no: str, ichiro: Browser, hana: Browser
) -> None:
    moves(ichiro, case_no, "checking", "found")
    assert "クーポンを使える最後の日" not in hana.get(f"{CASES}/{case_no}").text
    counter.move("2023-03-31T23:00+09:00")
    hana.post(f"{CASES}/{case_no}/give-back", yen="1500")
    assert "<dt>クーポンを使える最後の日</dt><dd>2023-03-31</dd>" in hana.text


def test_the_button_says_whether_points_or_the_balance_come_back(
    counter: Counter, case_no: str, ichiro: Browser, hana: Browser
) -> None:
    moves(ichiro, case_no, "checking", "found")
    counter.move("2023-03-31T23:00+09:00")
    assert '<button class="primary wide">残額を戻す</button>' in hana.get(f"{CASES}/{case_no}").text
    assert "クーポンに戻ります（2023年3月31日(金) 23:59までに使える分）" in hana.text
    counter.move("2023-04-01T00:00+09:00")
    assert '<button class="primary wide">ポイントで返す</button>' in hana.get(f"{CASES}/{case_no}").text
    assert "A②" not in hana.text


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("B1", ["何で払ったか", "金額（円）"]),
        ("B2", ["回数", "金額（円）"]),
        ("OTHER", ["お客様の言葉"]),
    ],
)
def test_what_nobody_was_asked_is_not_called_unknown(
    counter: Counter, ichiro: Browser, kind: str, asked: list[str]
) -> None:
    number = told_of(counter.parts, NUMBER, kind)
    every = ("何で払ったか", "回数", "金額（円）", "お客様の言葉")
    for page in (f"{CASES}/{number}", f"{CASES}/{number}/paper"):
        ichiro.get(page)
        assert asked == [item for item in every if f"<dt>{item}</dt><dd>わからない</dd>" in ichiro.text]
        assert asked == [item for item in every if f"<dt>{item}</dt>" in ichiro.text]


def test_a_case_is_in_english_for_who_reads_english(counter: Counter, case_no: str, ichiro: Browser) -> None:
    ichiro.get(f"{CASES}/{case_no}").post("/console/language", language="en")
    assert "<dd>Tochigi</dd>" in ichiro.get(f"{CASES}/{case_no}").text


def test_the_picture_says_what_comes_from_the_person_and_not_from_staff(
    counter: Counter, case_no: str, ichiro: Browser
) -> None:
    ichiro.get(f"{CASES}/{case_no}")
    said = ("次は「確認中」に進めます。", "「取り下げ」には、職員ではなく、お客様の手続きで変わります。")
    assert [True, True] == [sentence in ichiro.text for sentence in said]


def test_what_nothing_here_brings_is_told_to_staff(
    counter: Counter, case_no: str, ichiro: Browser, hana: Browser
) -> None:
    run(counter, "DELETE FROM coupons")
    moves(ichiro, case_no, "checking", "found")
    hana.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/give-back", yen="1500")
    assert "職員の手でお返しください" in hana.text
    assert ("責任 花子", "case.by_hand") in actions(counter.parts)


def test_who_found_it_is_told_that_another_has_to_decide(counter: Counter, case_no: str, hana: Browser) -> None:
    moves(hana, case_no, "checking", "found")
    hana.post(f"{CASES}/{case_no}/give-back", yen="1500")
    assert (409, "found", True) == (hana.page.status_code, state(counter), "別の責任者に頼んでください" in hana.text)


@pytest.mark.parametrize(("yen", "sentence"), [("たくさん", "金額を数字で"), ("0", "1円以上"), ("2000000", "1円以上")])
def test_a_sum_that_is_none_is_asked_again(
    counter: Counter, case_no: str, ichiro: Browser, hana: Browser, yen: str, sentence: str
) -> None:
    moves(ichiro, case_no, "checking", "found")
    hana.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/give-back", yen=yen)
    assert (True, "found") == (sentence in hana.text, state(counter))


@pytest.mark.parametrize(("to", "status"), [("restored", 400), ("withdrawn", 400), ("rubbish", 400), ("closed", 409)])
def test_no_form_moves_it_off_its_drawn_ways(
    counter: Counter, case_no: str, ichiro: Browser, to: str, status: int
) -> None:
    ichiro.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/move", to=to)
    assert (status, "opened") == (ichiro.page.status_code, state(counter))


def test_what_was_told_is_masked_until_somebody_asks(counter: Counter, case_no: str, ichiro: Browser) -> None:
    path = f"{CASES}/{case_no}"
    assert (False, True) == (NUMBER in ichiro.get(path).text, NUMBER[-4:] in ichiro.text)
    ichiro.post("/console/unmask", subject=f"case:{case_no}", field="told", to=path)
    assert NUMBER in ichiro.text
    assert ("担当 一郎", "staff.unmasked") in actions(counter.parts)


def test_an_erased_case_says_so(counter: Counter, case_no: str, ichiro: Browser) -> None:
    run(counter, "UPDATE cases SET details = NULL")
    assert "個人情報は、期限が来て消されました" in ichiro.get(f"{CASES}/{case_no}").text


def test_an_agent_gives_nothing_back_and_finance_sees_no_case(counter: Counter, case_no: str, ichiro: Browser) -> None:
    moves(ichiro, case_no, "checking", "found")
    ichiro.post(f"{CASES}/{case_no}/give-back", yen="1500")
    assert (403, "found") == (ichiro.page.status_code, state(counter))
    keiri = at_work(counter, hire(counter.parts, "keiri", "finance"))
    assert [403, 403] == [keiri.get(path).page.status_code for path in (CASES, f"{CASES}/{case_no}")]


def test_a_forged_form_decides_nothing(counter: Counter, case_no: str, ichiro: Browser) -> None:
    ichiro.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/move", to="checking", csrf="0" * 64)
    assert (400, "opened") == (ichiro.page.status_code, state(counter))


def test_the_list_is_filtered_by_state_and_says_when_it_is_empty(
    counter: Counter, case_no: str, ichiro: Browser
) -> None:
    assert case_no in ichiro.get(f"{CASES}?state=opened").text
    assert "相談はありません" in ichiro.get(f"{CASES}?state=closed").text


def test_a_case_leads_to_the_talk_with_its_person(counter: Counter, case_no: str, ichiro: Browser) -> None:
    counter.line(*HALF_WAY, *TO_STAFF)
    with transaction(counter.parts.db) as connection:
        connection.execute("UPDATE cases SET conversation = (SELECT id FROM conversations LIMIT 1)")
    assert "/console/conversations/" in ichiro.get(f"{CASES}/{case_no}").text
