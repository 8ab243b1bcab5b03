"""「URLが届かない」 of who charged the coupon to the app, and so has no application here (rules.md §1.5, 25 and 26)."""

from __future__ import annotations

import pytest

from dialogs.facts import campaign_facts
from tests.dialogs.player import CAMPAIGN, PAPER, Talk

DOORS = pytest.mark.parametrize("door", ["line", "sms", "web"])
PHONE = str(campaign_facts(CAMPAIGN)["phone"])
NUMBER, DAY = "TG-4444 4444", "2/23"
# In March they told of their coupon, and the record said that it is in the app.
IN_THE_APP = [*PAPER, "[していない（紙のまま）]", "[いま申請する]", NUMBER, DAY]


def app_user(door: str = "line", url: str = "app_again", at: str = "04-14 12:00") -> Talk:
    return Talk(at=at, door=door, url="none", app_url=url)


def looked_up(talk: Talk) -> list[object]:
    return [lookup.args for lookup in talk.lookups if lookup.name == "resend_app"]


@DOORS
def test_before_the_sending_begins_an_app_user_is_told_that_it_is_too_early(door: str) -> None:
    talk = Talk(at="04-02 12:00", door=door, url="early")
    assert "これからです" in talk.do("URLが届かない")
    assert [] == looked_up(talk)


@DOORS
def test_while_urls_are_sent_an_app_user_hears_the_same_from_the_verdict_and_of_a_url_that_has_not_come(
    door: str,
) -> None:
    talk = Talk(at="04-08 12:00", door=door, url="early")
    assert "順にお送りしています" in talk.play([*PAPER, "[チャージした]"]).do("いまも登録している")
    heard = talk.do("URLが届かない")
    assert "順にお送りしています" in heard
    assert "もうしばらくお待ちください" in heard
    assert "これから" not in heard
    assert PHONE in heard
    assert [] == looked_up(talk)


@pytest.mark.parametrize(("at", "said"), [("04-03 09:59:50", "not been sent"), ("04-03 10:00", "are being sent")])
def test_sending_is_said_from_its_own_minute_on_in_english_too(at: str, said: str) -> None:
    assert said in Talk(at=at, language="en", url="early").do("URL not here")


@DOORS
def test_an_sms_that_did_not_arrive_is_followed_by_the_same_url_by_mail(door: str) -> None:
    talk = app_user(door, "app_other_way")
    talk.check([("URLが届かない", "アプリ"), (NUMBER, "旅行日"), (DAY, "h***@example.jp")])
    told = "\n".join(outbound.text for outbound in talk.said)
    assert "同じURL" in told
    assert PHONE in told
    assert [{"number": "TG44444444", "trip_date": "2023-02-23"}] == looked_up(talk)


@DOORS
def test_who_may_be_reached_by_two_contacts_says_by_which(door: str) -> None:
    talk = app_user(door, "choose").play(["URLが届かない", NUMBER])
    assert "h***@example.jp" in talk.do(DAY)
    talk.app_url = "app_again"
    assert "お送りしました" in talk.do("2")
    given = {"number": "TG44444444", "trip_date": "2023-02-23"}
    assert [given, {**given, "to": "other"}] == looked_up(talk)


@DOORS
def test_a_wrong_number_and_a_wrong_day_are_answered_alike_and_the_third_time_is_the_last(door: str) -> None:
    talk = app_user(door).play(["URLが届かない", "TG-9999 9999"])
    unknown = talk.do(DAY)
    talk.do(NUMBER)
    assert unknown.splitlines()[1:] == talk.do("2/22").splitlines()[1:]
    assert "お送りしたURLが見つかりませんでした" in unknown
    talk.do("TG-9999 9999")
    assert "URLが見つかり" in talk.do(DAY)
    assert 3 == len(looked_up(talk))


def test_nothing_that_is_typed_is_taken_for_a_contact() -> None:
    talk = app_user().play(["URLが届かない", "090-9999-9999", "other@example.jp"])
    assert [] == looked_up(talk)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("planned", "これから 090-****-5678 へお送りします"),
        ("on_the_way", "いま 090-****-5678 へお送りしているところ"),
        ("chosen", "もう選ばれています"),
        ("over", "受取の期限は 2023年5月31日(水)"),
        ("too_often", "続けてお送りすることはできません"),
        ("stopped", "START"),
        ("unreachable", "お送りできません"),
        ("undelivered", "届かなかったようです"),
        ("no_more", "URLが見つかりませんでした"),
    ],
)
def test_each_thing_that_may_have_become_of_it_has_a_sentence_of_its_own(url: str, told: str) -> None:
    assert told in app_user(url=url).play(["URLが届かない", NUMBER]).do(DAY)


def test_a_coupon_that_was_told_before_is_not_asked_for_again() -> None:
    talk = app_user().play(IN_THE_APP)
    assert "アプリにご登録の 090-****-5678 へお送りしました" in talk.do("URLが届かない")
    assert [{"number": "TG44444444", "trip_date": "2023-02-23"}] == looked_up(talk)


def test_who_has_lost_the_number_hears_where_to_look_and_whom_to_call() -> None:
    talk = app_user().play(["URLが届かない"])
    heard = talk.tap(next(choice.label for choice in talk.asked.choices))
    assert "迷惑メール" in heard
    assert PHONE in heard
