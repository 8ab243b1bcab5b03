"""A telephone says stop: from then on nothing reaches it, and what mattered reaches its owner another way."""

from __future__ import annotations

from contextlib import closing

from click.testing import CliRunner

from bot.cli import cli
from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import CODE, REWARD, Traveller, text

STATES = "SELECT purpose, channel, state FROM outgoing WHERE purpose = 'reward_url' AND created_at > %s ORDER BY id"
NOW = "SELECT now()"


class Texter(Traveller):
    """Somebody who talks with the counter by SMS."""

    def texts(self, said: str) -> None:
        self.house.emulator.sms.reply(self.number, said)
        self.house.settle()

    @property
    def got(self) -> list[str]:
        return self.letters("")


def applied(traveller: Traveller, *, contact: str) -> None:
    """Up to *check your answers*, with that contact and the telephone as the target."""
    traveller.begins()
    traveller.is_eligible()
    with closing(traveller.opened(traveller.names_coupons([traveller.house.coupon()]))) as page:
        page.open()
        page.send(choice="agree")
        for answer in (traveller.name, contact, traveller.national):
            page.send(answer=answer)
        page.send(answer=traveller.code())


def test_after_stop_nothing_is_said_until_they_come_back(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    texter.texts("こんにちは")
    texter.texts("停止")
    assert text("sms.stopped") in texter.got[-1]
    heard = len(texter.got)
    for said in ("1", "使い方", "停止"):
        texter.texts(said)
    assert heard + 1 == len(texter.got)  # a second STOP is told that it was heard, as the first was
    texter.texts("再開")
    assert (heard + 2, True) == (len(texter.got), "のクーポンはどれですか" in texter.got[-1])


def test_the_providers_own_stop_is_on_our_list_too_and_is_not_answered_twice(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    texter.texts("こんにちは")
    heard = len(texter.got)
    texter.texts("STOP")
    texter.texts("1")
    assert heard == len(texter.got)
    texter.texts("START")
    assert "のクーポンはどれですか" in texter.got[-1]


def test_yes_is_an_answer_of_who_never_stopped(house: House) -> None:
    texter = Texter(house, next(SERIALS))
    texter.texts("English")
    texter.texts("YES")
    assert "Welcome back" not in texter.got[-1]


def test_the_url_of_a_stopped_number_goes_to_the_mail_address_of_its_application(house: House) -> None:
    traveller = Texter(house, next(SERIALS))
    applied(traveller, contact=f"{traveller.national}@example.jp")
    traveller.texts("停止")
    receipt = traveller.applies()
    mail = house.emulator.mail.wait_for(f"{traveller.national}@example.jp", REWARD)
    house.settle()
    assert (receipt[-4:] in mail["text"], []) == (True, traveller.letters(REWARD))


def test_what_can_go_to_nobody_is_told_to_staff_and_goes_out_when_they_come_back(house: House) -> None:
    traveller = Texter(house, next(SERIALS))
    [(began,)] = house.rows(NOW)
    applied(traveller, contact=traveller.national)
    traveller.texts("停止")
    receipt = traveller.applies()
    house.wait_for_rows([("reward_url", "sms", "suppressed")], STATES, began)
    told = CliRunner().invoke(cli, ["check"], env=dict(house.values)).output
    assert f"{receipt} (reward_url)" in told
    traveller.texts("START")
    assert receipt[-4:] in traveller.letter(REWARD)


def test_a_number_that_the_provider_calls_stopped_is_on_our_list(house: House) -> None:
    traveller = Texter(house, next(SERIALS))
    traveller.number = f"+8190{int(traveller.national[3]) or 1}5550004"
    traveller.national = f"0{traveller.number[3:]}"
    traveller.begins()
    traveller.is_eligible()
    with closing(traveller.opened(traveller.names_coupons([house.coupon()]))) as page:
        page.open()
        page.send(choice="agree")
        for answer in (traveller.name, traveller.national, traveller.national):
            page.send(answer=answer)
        house.settle()
        page.send(choice="resend")
        assert ("target", True) == (page.asked, text("code_refused.stopped") in page.text)
        page.send(answer="hanako@example.jp")
        assert "said" in page.asked
    assert [] == traveller.letters(CODE)
    assert [("21610",)] == house.rows("SELECT reason FROM suppressions WHERE source LIKE %s", "%:1")
