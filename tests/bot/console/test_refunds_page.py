"""Refunds in the console: seen masked, found right by finance, sent back by the bank; each in the audit."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from bot import disputes, refund_files, refunds
from bot.store.db import transaction
from dialogs.rules.claim import DeliveryTarget, show_receipt_no
from dialogs.rules.disputes import Answer
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.disputes_house import AGENT, HANAKO, filed
from tests.bot.handoff_house import rows, run
from tests.bot.held_house import worker
from tests.bot.refunds_house import DETAILS, accept, application, ask, checked, correct, sender
from tests.bot.web.counter import Browser, Counter

REFUNDS = "/console/refunds"
NUMBER = "0123456"


@pytest.fixture
def receipt_no(counter: Counter) -> str:
    row = application(counter.parts, 1)
    accept(counter.parts, row)
    assert ask(counter.parts, row)
    return row.receipt_no


@pytest.fixture
def keiri(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "keiri", "finance", name="経理 三郎"))


def act(browser: Browser, receipt_no: str, name: str, **fields: str) -> Browser:
    path = f"{REFUNDS}/{receipt_no}"
    return browser.get(path).post(f"{path}/{name}", **fields)


def state(counter: Counter) -> tuple[str, str]:
    return rows(counter, "SELECT state, reason FROM refunds")[0]


def test_a_refund_is_found_in_the_list_and_found_right(counter: Counter, keiri: Browser, receipt_no: str) -> None:
    assert f"{REFUNDS}/{receipt_no}" in keiri.get(REFUNDS).text
    act(keiri, receipt_no, "check")
    assert (("checked", ""), True) == (state(counter), "1,200" in keiri.text)
    assert ("経理 三郎", "refund.checked") in actions(counter.parts)


def test_an_account_that_its_person_corrects_meanwhile_is_looked_at_first(
    counter: Counter, keiri: Browser, receipt_no: str
) -> None:
    keiri.get(f"{REFUNDS}/{receipt_no}")
    assert correct(counter.parts, receipt_no, holder="ﾄﾁｷﾞ ﾀﾛｳ")
    keiri.post(f"{REFUNDS}/{receipt_no}/check")
    assert (409, "applied", True) == (keiri.page.status_code, state(counter)[0], "口座を直しました" in keiri.text)
    keiri.post(f"{REFUNDS}/{receipt_no}/check")
    assert "checked" == state(counter)[0]


def test_an_application_that_is_not_accepted_is_not_paid(counter: Counter, keiri: Browser) -> None:
    row = application(counter.parts, 2)
    assert ask(counter.parts, row)
    act(keiri, row.receipt_no, "check")
    assert (409, "applied", True) == (keiri.page.status_code, state(counter)[0], "まだ認められていない" in keiri.text)


def test_finance_is_told_of_a_dispute_about_the_coupon_and_waits_while_it_is_being_decided(
    counter: Counter, keiri: Browser
) -> None:
    import_coupons(counter.parts.db, coupon("A00001"))
    for serial, applicant in ((1, "hanako"), (2, "taro")):
        target = DeliveryTarget("mail", f"{applicant}@example.jp")
        assert ask(counter.parts, filed(counter.parts, serial, "A00001", applicant=applicant, target=target))
        worker(counter.parts)
    ((dispute,),) = rows(counter, "SELECT id FROM disputes")
    path = f"{REFUNDS}/{HANAKO}"
    assert ("まだ決まっていません" in keiri.get(path).text, f"{path}/check" in keiri.text) == (True, True)
    hana = at_work(counter, hire(counter.parts, "hana", "supervisor", name="責任 花子"))
    assert f"/console/disputes/{dispute}" in hana.get(path).text
    disputes.propose(counter.parts, dispute, Answer.HOLDER, by=AGENT)
    keiri.post(f"{path}/check")
    told = "決まってから、確認ずみにしてください"
    assert (409, True, False) == (keiri.page.status_code, told in keiri.text, f"{path}/check" in keiri.text)
    disputes.decide(counter.parts, dispute, Answer.HOLDER, by="責任 花子")
    act(keiri, HANAKO, "check")
    assert [("checked",)] == rows(counter, "SELECT state FROM refunds WHERE state <> 'cancelled'")


def test_finance_is_told_of_what_goes_into_no_file_because_of_a_dispute(counter: Counter, keiri: Browser) -> None:
    import_coupons(counter.parts.db, coupon("A00001"))
    target = DeliveryTarget("mail", "hanako@example.jp")
    assert ask(counter.parts, filed(counter.parts, 1, "A00001", target=target))
    worker(counter.parts)
    act(keiri, HANAKO, "check")
    (file,) = refund_files.make_files(counter.parts, sender(), by="経理 三郎")
    filed(counter.parts, 2, "A00001", applicant="taro")
    worker(counter.parts)
    ((dispute,),) = rows(counter, "SELECT id FROM disputes")
    disputes.propose(counter.parts, dispute, Answer.HOLDER, by=AGENT)
    path, shown = f"/console/refund-files/{file.number}", show_receipt_no(HANAKO)
    assert "このファイルの中に" in keiri.get(path).text
    other = at_work(counter, hire(counter.parts, "shiro", "finance", name="経理 四郎"))
    other.get(path).post(f"{path}/release", sure="yes")
    assert (409, 1, False) == (other.page.status_code, other.text.count("待てないときは"), "sure" in other.text)
    assert "承認できません" in keiri.get(f"{REFUNDS}/{HANAKO}").text
    keiri.get(path).post(f"{path}/drop")
    listed = keiri.get("/console/refund-files").text
    assert (True, True) == ("ファイルに入らない返金" in listed, shown in listed)
    assert "決まるまで、振込ファイルには入りません" in keiri.get(f"{REFUNDS}/{HANAKO}").text


def test_finance_is_warned_of_an_account_that_several_people_ask_for(counter: Counter, keiri: Browser) -> None:
    parts, warning = counter.parts, "同じ口座への返金を、ほかの方も"
    hanako, own, taro, other = (application(parts, serial) for serial in (1, 2, 3, 4))
    for row in (taro, other):
        run(counter, f"UPDATE submissions SET person = 'taro' WHERE receipt_no = '{row.receipt_no}'")  # noqa: S608 - ours
    for row in (hanako, own, taro):
        accept(parts, row)
        assert ask(parts, row)
    assert ask(parts, other, account=replace(DETAILS.account, number="7654321"))
    assert [True, True, True, False] == [
        warning in keiri.get(f"{REFUNDS}/{row.receipt_no}").text for row in (hanako, own, taro, other)
    ]
    named = [show_receipt_no(row.receipt_no) in keiri.get(f"{REFUNDS}/{taro.receipt_no}").text for row in (hanako, own)]
    assert [True, True] == named
    act(keiri, taro.receipt_no, "check")
    (file,) = refund_files.make_files(parts, sender(), by="経理 三郎")
    assert "ほかの方も同じ口座で" in keiri.get(f"/console/refund-files/{file.number}").text
    for row in (hanako, own):
        assert correct(parts, row.receipt_no, account=replace(DETAILS.account, number="1111111"))
    assert warning not in keiri.get(f"{REFUNDS}/{taro.receipt_no}").text


def test_a_check_is_taken_back_with_its_reason_and_not_without(
    counter: Counter, keiri: Browser, receipt_no: str
) -> None:
    act(keiri, receipt_no, "check")
    act(keiri, receipt_no, "uncheck", reason=" ")
    assert (400, "checked", True) == (keiri.page.status_code, state(counter)[0], "理由を入力してください" in keiri.text)
    act(keiri, receipt_no, "uncheck", reason="名義を確かめる")
    assert (("applied", "名義を確かめる"), True) == (state(counter), "名義を確かめる" in keiri.text)
    assert ("経理 三郎", "refund.unchecked") in actions(counter.parts)


def test_a_check_stays_while_the_refund_stands_in_a_file(counter: Counter, keiri: Browser) -> None:
    receipt_no = checked(counter.parts, 1)
    refund_files.make_file(counter.parts, sender(), by="佐藤")
    act(keiri, receipt_no, "uncheck", reason="遅かった")
    assert (409, "checked", True) == (
        keiri.page.status_code,
        state(counter)[0],
        "振込ファイルに入っています" in keiri.text,
    )


def test_what_the_bank_sent_back_is_noted_in_the_banks_words_alone(counter: Counter, keiri: Browser) -> None:
    receipt_no = checked(counter.parts, 1)
    file = refund_files.make_file(counter.parts, sender(), by="佐藤")
    refund_files.release_file(counter.parts, file.number, by="鈴木")
    refund_files.export(counter.parts, file.number, by="鈴木")
    counter.move("2023-05-15T16:00:00+09:00")
    act(keiri, receipt_no, "returned", reason="I do not know", sure="yes")
    assert (400, "released") == (keiri.page.status_code, state(counter)[0])
    act(keiri, receipt_no, "returned", reason="no_account")
    assert (400, True) == (keiri.page.status_code, "しるしを付けてください" in keiri.text)
    act(keiri, receipt_no, "returned", reason="no_account", sure="yes")
    assert (("returned", "no_account"), True) == (state(counter), "該当する口座がない" in keiri.text)


def test_before_the_bank_can_have_paid_it_the_page_says_so_and_takes_nothing_back(
    counter: Counter, keiri: Browser
) -> None:
    receipt_no = checked(counter.parts, 1)
    file = refund_files.make_file(counter.parts, sender(), by="佐藤")
    refund_files.release_file(counter.parts, file.number, by="鈴木")
    text = keiri.get(f"{REFUNDS}/{receipt_no}").text
    assert (True, False) == ("まだ銀行は振り込んでいません" in text, "銀行の理由" in text)
    act(keiri, receipt_no, "returned", reason="no_account", sure="yes")
    assert (409, "released") == (keiri.page.status_code, state(counter)[0])


def test_the_account_is_masked_until_finance_asks_for_it_which_the_audit_keeps(
    counter: Counter, keiri: Browser, receipt_no: str
) -> None:
    path = f"{REFUNDS}/{receipt_no}"
    assert (False, True) == (NUMBER in keiri.get(path).text, "***456" in keiri.text)
    keiri.post("/console/unmask", subject=f"refund:{receipt_no}", field="account", to=path)
    assert (True, False) == (NUMBER in keiri.text, "栃木県宇都宮市" in keiri.text)
    assert ("経理 三郎", "staff.unmasked") in actions(counter.parts)


def test_an_agent_looks_and_can_neither_pay_nor_see_the_account(counter: Counter, receipt_no: str) -> None:
    ichiro, path = at_work(counter, hire(counter.parts, "ichiro")), f"{REFUNDS}/{receipt_no}"
    assert ("***456" in ichiro.get(path).text, "経理の担当が行います" in ichiro.text) == (True, True)
    ichiro.post("/console/unmask", subject=f"refund:{receipt_no}", field="account", to=path)
    assert NUMBER not in ichiro.text
    for name in ("check", "uncheck", "returned"):
        assert 403 == act(ichiro, receipt_no, name, reason="other").page.status_code
    assert (403, "applied") == (ichiro.get(f"{REFUNDS}.csv").page.status_code, state(counter)[0])


def test_an_application_leads_to_its_refund(keiri: Browser, receipt_no: str) -> None:
    assert f'href="{REFUNDS}/{receipt_no}"' in keiri.get(f"/console/applications/{receipt_no}").text


def test_a_forged_form_checks_nothing(counter: Counter, keiri: Browser, receipt_no: str) -> None:
    act(keiri, receipt_no, "check", csrf="0" * 64)
    assert (400, "applied") == (keiri.page.status_code, state(counter)[0])


def test_the_page_says_what_fits_and_what_differs(counter: Counter, keiri: Browser) -> None:
    row = application(counter.parts, 1)
    assert ask(counter.parts, row, holder="ﾅｽ ﾀﾛｳ")
    text = keiri.get(f"{REFUNDS}/{row.receipt_no}").text
    assert [True] * 4 == [
        sentence in text
        for sentence in (
            "口座名義が、お名前の読みと違います",
            "申請がまだ認められていない",
            "銀行と支店の番号は、一覧にあります",
            "旅行日は、ご宿泊の日の中にあります",
        )
    ]


def test_the_list_keeps_to_a_state_counts_each_and_says_when_it_is_empty(counter: Counter, keiri: Browser) -> None:
    assert "返金の申請はありません" in keiri.get(REFUNDS).text
    numbers = [checked(counter.parts, 1), checked(counter.parts, 2, 800)]
    assert [True, True, True] == [f"{REFUNDS}/{number}" in keiri.get(REFUNDS).text for number in numbers] + [
        "2,000" in keiri.text
    ]
    assert "この状態の返金はありません" in keiri.get(f"{REFUNDS}?state=paid").text
    assert 200 == keiri.get(f"{REFUNDS}?state={quote('でたらめ')}").page.status_code


def test_the_list_is_taken_away_masked_with_formulas_escaped_and_in_the_audit(counter: Counter, keiri: Browser) -> None:
    row = application(counter.parts, 1)
    assert ask(counter.parts, row, bank_name="=HYPERLINK(1)", holder="-ｱ")
    keiri.get(f"{REFUNDS}.csv?state=applied")
    assert "text/csv" in keiri.page.headers["Content-Type"]
    assert ("'=HYPERLINK(1)" in keiri.text, "'-***" in keiri.text, NUMBER in keiri.text) == (True, True, False)
    assert ("経理 三郎", "refunds.taken") in actions(counter.parts)


def test_an_erased_refund_says_so(counter: Counter, keiri: Browser, receipt_no: str) -> None:
    run(counter, "UPDATE refunds SET details = NULL")
    assert "期限が来て消されました" in keiri.get(f"{REFUNDS}/{receipt_no}").text
    assert "期限が来て消されました" in keiri.get(REFUNDS).text


def test_one_that_was_given_up_is_looked_at_and_no_more(counter: Counter, keiri: Browser, receipt_no: str) -> None:
    with transaction(counter.parts.db) as connection:
        refunds.cancel(counter.parts, connection, receipt_no, at=counter.parts.clock.now())
    assert "取り下げられました" in keiri.get(f"{REFUNDS}/{receipt_no}").text
    assert 409 == act(keiri, receipt_no, "check").page.status_code


@pytest.mark.parametrize("path", ["/1234", "/9999999999", f"/{quote('だれか')}"])
def test_a_refund_of_nobody_is_not_found(keiri: Browser, path: str) -> None:
    assert 404 == keiri.get(REFUNDS + path).page.status_code
