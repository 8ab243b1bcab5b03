"""What is told on a later day: offered before the site opens, asked for by a word, called off by another."""

from dataclasses import replace

import pytest

from dialogs.facts import campaign_facts
from dialogs.letters import reminder
from dialogs.steps import Explained
from dialogs.words import languages, words
from tests.dialogs.player import CAMPAIGN, ELIGIBLE, PAPER, Talk, instant

MARCH = "03-10 12:00"
NOT_STANDING = replace(CAMPAIGN, site=replace(CAMPAIGN.site, open=False))
BY_NUMBER = ["こんにちは", "1", "1", "2/24", "1", "1", "1"]


def reminders(talk: Talk) -> list[dict[str, object]]:
    return [dict(lookup.args) for lookup in talk.lookups if lookup.name == "remind"]


@pytest.mark.parametrize("door", ["line", "sms"])
def test_before_the_site_opens_a_reminder_of_its_day_is_offered_and_nothing_personal_is_asked(door: str) -> None:
    talk = Talk(at=MARCH, door=door).play(BY_NUMBER)
    assert "お知らせしましょうか" in talk.said[-1].text
    talk.check([("1", "受付が始まりましたら、ここにお知らせします")])
    assert [{"kind": "opening"}] == reminders(talk)
    assert [Explained("A_APPLY")] == talk.outcomes
    talk.check([("まだですか", "ご案内は以上です")])
    assert [{"kind": "opening"}] == reminders(talk)


@pytest.mark.parametrize("no", ["[お知らせはいらない]", "いいえ", "いりません"])
def test_who_declines_is_not_asked_again_and_may_still_ask_by_a_word(no: str) -> None:
    talk = Talk(at=MARCH).play(ELIGIBLE).check([(no, "「お知らせして」と送ってください"), ("あの", "ご案内は以上です")])
    assert [] == reminders(talk)
    talk.check([("お知らせして", "ここにお知らせします")])
    assert [{"kind": "opening"}] == reminders(talk)


@pytest.mark.parametrize("yes", ["[お知らせしてほしい]", "お知らせして", "はい", "お願いします"])
def test_the_offer_is_taken_in_the_words_that_people_have_for_it(yes: str) -> None:
    talk = Talk(at=MARCH).play([*ELIGIBLE, yes])
    assert ([{"kind": "opening"}], "") == (reminders(talk), talk.state.pending.key)


def test_on_the_web_where_nobody_can_be_written_to_first_the_day_is_told_and_nothing_asked() -> None:
    talk = Talk(at=MARCH, door="web").play(ELIGIBLE)
    assert "カレンダーなどに控えて" in talk.said[-1].text
    assert ([], [Explained("A_APPLY")]) == (reminders(talk), talk.outcomes)


@pytest.mark.parametrize("said", ["はい", "[お知らせしてほしい]", "こんにちは", "なにこれ"])
def test_an_offer_that_waited_until_the_site_was_open_gives_way_to_the_application(said: str) -> None:
    talk = Talk(at=MARCH).play(ELIGIBLE)
    talk.clock = instant("03-25 12:00")
    talk.check([(said, "これからどうなさいますか"), ("[いま申請する]", "お問合せ番号")])
    assert [] == reminders(talk)


def test_who_was_reminded_goes_on_where_they_stood() -> None:
    talk = Talk(at=MARCH).play([*ELIGIBLE, "はい"])
    talk.clock = instant("03-22 10:05")
    talk.check([("申請をつづける", "おかえりなさい"), ("[いま申請する]", "お問合せ番号")])


def test_a_site_that_is_not_open_on_its_day_is_said_to_be_late() -> None:
    talk = Talk(at="03-23 12:00", campaign=NOT_STANDING).play(ELIGIBLE)
    heard = "\n".join(outbound.text for outbound in talk.said)
    assert "3月22日(水)オープン予定でしたが、まだ開いていません" in heard
    assert "お知らせしましょうか" in heard


def test_by_a_word_the_last_days_are_spoken_of_once_the_site_is_open_and_nothing_after_them() -> None:
    talk = Talk().play(PAPER[:2]).check([("締切の前にお知らせして", "締切（2023年4月30日(日) 23:59）が近づいたら")])
    assert [{"kind": "apply_end"}] == reminders(talk)
    assert "どの都道府県" in talk.said[-1].text
    late = Talk(at="05-01 09:00").check([("お知らせして", "次の受付は 2023年5月1日(月) 10:00")])
    assert [] == reminders(late)


def test_who_wants_no_reminders_has_them_called_off() -> None:
    talk = Talk(at=MARCH).play([*ELIGIBLE, "はい"]).check([("お知らせはいらない", "お送りしません")])
    assert "forget_reminders" == talk.lookups[-1].name


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("about", ["opening", "apply_end", "number"])
def test_a_reminder_says_its_deadline_whom_to_call_and_by_sms_who_writes(about: str, language: str) -> None:
    office = words(language).write(campaign_facts(CAMPAIGN)["office"])
    for channel in ("line", "sms"):
        text = reminder(about, channel, CAMPAIGN, language, url="https://r.example.jp/").text
        assert "23:59" in text
        assert (office in text, CAMPAIGN.call_centre.number in text) == (
            channel == "sms",
            channel == "sms" or about != "opening",
        )


def test_an_offer_that_waited_past_the_deadline_ends_with_what_holds_now() -> None:
    talk = Talk(at=MARCH).play(ELIGIBLE)
    talk.clock = instant("05-02 12:00")
    assert "で終わりました" in talk.do("はい")
    assert ("", "told", []) == (talk.state.pending.key, talk.state.outcome, reminders(talk))
    talk.check([("まだですか", "ご案内は以上です")])
