"""Disputes of a coupon in the console: both sides masked beside each other, decided by two persons."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from bot.app import create_app
from dialogs.rules.claim import DeliveryTarget
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.disputes_house import HANAKO, TARO, filed, paid, quarrel, rows, run, stands
from tests.bot.held_house import worker
from tests.bot.refunds_house import ask
from tests.bot.web.counter import Browser, Counter

DISPUTES = "/console/disputes"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def dispute(counter: Counter) -> UUID:
    return quarrel(counter.parts)


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


@pytest.fixture
def hana(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hana", "supervisor", name="責任 花子"))


def proposed(browser: Browser, dispute: UUID, answer: str) -> Browser:
    return browser.get(f"{DISPUTES}/{dispute}").post(f"{DISPUTES}/{dispute}/proposal", answer=answer)


def decided(browser: Browser, dispute: UUID, answer: str) -> Browser:
    return browser.get(f"{DISPUTES}/{dispute}").post(f"{DISPUTES}/{dispute}/decision", answer=answer)


def test_a_dispute_goes_from_the_list_to_the_decision_by_two(
    counter: Counter, dispute: UUID, ichiro: Browser, hana: Browser
) -> None:
    assert f"{DISPUTES}/{dispute}" in ichiro.get(DISPUTES).text
    proposed(ichiro, dispute, "challenger")
    assert ("あとの申請のクーポンとする" in ichiro.text, "責任者が決めます" in ichiro.text) == (True, True)
    decided(hana, dispute, "challenger")
    worker(counter.parts)
    assert [(HANAKO, 1000), (TARO, 1000)] == paid(counter.parts)
    assert "担当 一郎が案を出し、責任 花子が決めました" in hana.get(f"{DISPUTES}/{dispute}").text
    assert [("担当 一郎", "dispute.proposed"), ("責任 花子", "dispute.passed")] == [
        act for act in actions(counter.parts) if act[1].startswith("dispute.")
    ]


def test_both_sides_are_masked_until_somebody_asks_and_who_knows_the_day_is_told(
    counter: Counter, dispute: UUID, ichiro: Browser
) -> None:
    run(counter.parts, "UPDATE claim_coupons SET trip_date = '2023-02-20' WHERE NOT live")
    ichiro.get(f"{DISPUTES}/{dispute}")
    assert [] == [own for own in ("栃木 花子", "A00001", "09011112222", "090-1111-2222") if own in ichiro.text]
    assert (1, 1) == (ichiro.text.count("旅行日と合う"), ichiro.text.count("旅行日と合わない"))
    ichiro.post("/console/unmask", subject=f"application:{HANAKO}", field="name", to=f"{DISPUTES}/{dispute}")
    assert 1 == ichiro.text.count("栃木 花子")
    ichiro.post("/console/unmask", subject=f"dispute:{dispute}", field="told", to=f"{DISPUTES}/{dispute}")
    assert ("A00001" in ichiro.text, "伏せた内容を表示した" in ichiro.text) == (True, True)


def test_a_side_that_asked_for_a_transfer_says_so_and_how_that_stands(counter: Counter, ichiro: Browser) -> None:
    import_coupons(counter.parts.db, coupon("A00001"))
    assert ask(counter.parts, filed(counter.parts, 1, "A00001", target=DeliveryTarget("mail", "hanako@example.jp")))
    worker(counter.parts)
    filed(counter.parts, 2, "A00001", applicant="taro")
    worker(counter.parts)
    ((dispute,),) = rows(counter.parts, "SELECT id FROM disputes")
    ichiro.get(f"{DISPUTES}/{dispute}")
    assert 1 == ichiro.text.count("返金の申請")
    assert f'<a href="/console/refunds/{HANAKO}">受付</a>' in ichiro.text


def test_who_proposed_it_is_told_that_another_has_to_decide(counter: Counter, dispute: UUID, hana: Browser) -> None:
    proposed(hana, dispute, "holder")
    assert ("別の責任者が決めます" in hana.text, f"{dispute}/decision" in hana.text) == (True, False)
    decided(hana, dispute, "holder")
    assert (409, True) == (hana.page.status_code, "案を出した人は、決められません" in hana.text)


def test_a_proposal_that_has_changed_meanwhile_is_not_decided(
    counter: Counter, dispute: UUID, ichiro: Browser, hana: Browser
) -> None:
    proposed(ichiro, dispute, "holder")
    hana.get(f"{DISPUTES}/{dispute}")
    ichiro.post(f"{DISPUTES}/{dispute}/refusal")
    proposed(ichiro, dispute, "challenger")
    hana.post(f"{DISPUTES}/{dispute}/decision", answer="holder")
    assert (409, True) == (hana.page.status_code, "案が変わっていないか" in hana.text)


def test_what_was_paid_already_is_told_and_nothing_changes(
    counter: Counter, dispute: UUID, ichiro: Browser, hana: Browser
) -> None:
    run(counter.parts, "UPDATE outgoing SET state = 'sent' WHERE purpose = 'reward_url'")
    proposed(ichiro, dispute, "challenger")
    decided(hana, dispute, "challenger")
    assert (409, True) == (hana.page.status_code, "二重に払わないため" in hana.text)
    assert [(HANAKO, 2000)] == paid(counter.parts)


@pytest.mark.parametrize("act", ["proposal", "decision"])
def test_an_answer_that_is_none_is_refused(dispute: UUID, hana: Browser, act: str) -> None:
    hana.get(f"{DISPUTES}/{dispute}").post(f"{DISPUTES}/{dispute}/{act}", answer="rubbish")
    assert 400 == hana.page.status_code


def test_an_agent_decides_nothing_and_finance_sees_no_dispute(counter: Counter, dispute: UUID, ichiro: Browser) -> None:
    proposed(ichiro, dispute, "holder")
    assert 403 == decided(ichiro, dispute, "holder").page.status_code
    keiri = at_work(counter, hire(counter.parts, "keiri", "finance"))
    assert [403, 403] == [keiri.get(path).page.status_code for path in (DISPUTES, f"{DISPUTES}/{dispute}")]


def test_the_list_is_filtered_by_state_and_says_when_it_is_empty(dispute: UUID, ichiro: Browser) -> None:
    assert str(dispute) in ichiro.get(f"{DISPUTES}?state=open").text
    assert "同じクーポンの申請はありません" in ichiro.get(f"{DISPUTES}?state=kept").text


def test_where_another_backend_decides_the_page_says_so_and_asks_it_again(
    counter: Counter, dispute: UUID, ichiro: Browser
) -> None:
    run(counter.parts, "DELETE FROM disputes")
    settings = counter.parts.settings.model_copy(update={"claims_backend": "http"})
    ichiro.client = create_app(replace(counter.parts, settings=settings)).test_client()
    ichiro.client.set_cookie("staff", "token-of-ichiro-False")
    ichiro.get(DISPUTES)
    assert ("外の申請管理が決めます" in ichiro.text, TARO in ichiro.text) == (True, True)
    ichiro.post(f"{DISPUTES}/asked", receipt_no=TARO)
    assert "pending" == stands(counter.parts)[1][1]
    assert ("担当 一郎", "dispute.asked") in actions(counter.parts)
    assert 409 == ichiro.get("/console").post(f"{DISPUTES}/asked", receipt_no=TARO).page.status_code


def test_a_script_in_a_name_is_harmless(counter: Counter, dispute: UUID, ichiro: Browser) -> None:
    filed(counter.parts, 3, "A00001", applicant="jiro", name=SCRIPT)
    worker(counter.parts)
    ((newest,),) = rows(counter.parts, "SELECT id FROM disputes ORDER BY opened_at DESC LIMIT 1")
    for path in (DISPUTES, f"{DISPUTES}/{newest}"):
        assert SCRIPT not in ichiro.get(path).text
    jiro = rows(counter.parts, "SELECT receipt_no FROM submissions ORDER BY id DESC LIMIT 1")[0][0]
    ichiro.post("/console/unmask", subject=f"application:{jiro}", field="name", to=f"{DISPUTES}/{newest}")
    assert (False, True) == (SCRIPT in ichiro.text, "&lt;script&gt;" in ichiro.text)


def test_an_erased_claim_says_so(counter: Counter, dispute: UUID, ichiro: Browser) -> None:
    run(counter.parts, "UPDATE claims SET body = NULL")
    assert 2 == ichiro.get(f"{DISPUTES}/{dispute}").text.count("個人情報は、期限が来て消されました")
