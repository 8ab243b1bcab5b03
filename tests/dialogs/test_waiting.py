"""How long answers are kept: some days after the last word, and until the deadline where something is waited for."""

from datetime import datetime

from dialogs.waiting import kept_until
from tests.dialogs.player import CAMPAIGN, ELIGIBLE, SUBMITTED, Talk, instant

APPLYING = [*ELIGIBLE, "[いま申請する]"]
DEADLINE = instant("05-01 00:00")


def kept(talk: Talk) -> datetime:
    return kept_until(talk.state, CAMPAIGN, instant("04-05 10:00"))


def test_a_draft_goes_some_days_after_the_last_word() -> None:
    assert instant("04-12 10:00") == kept(Talk().play(ELIGIBLE))


def test_who_looks_for_a_number_keeps_the_draft_until_the_deadline() -> None:
    talk = Talk().play([*APPLYING, "[番号がわからない]"])
    assert DEADLINE == kept(talk)
    assert DEADLINE == kept(talk.play(["たすけて", "手数料はかかりますか", "なくしました"]))


def test_what_was_promised_stands_when_the_number_is_found() -> None:
    assert DEADLINE == kept(Talk().play([*APPLYING, "[番号がわからない]", "TG11111111"]))
    assert DEADLINE == kept(Talk().play([*APPLYING, "[番号がわからない]", "TG11111111", "2/23"]))


def test_once_it_is_sent_off_or_stopped_it_is_a_draft_like_any_other() -> None:
    lost = [*APPLYING, "[番号がわからない]"]
    for after in (["TG11111111", *SUBMITTED[len(APPLYING) + 1 :]], ["やめる", "はい"]):
        assert instant("04-12 10:00") == kept(Talk().play([*lost, *after]))


def test_who_is_to_be_told_of_the_opening_keeps_the_answers_until_the_deadline_also_once_the_site_is_open() -> None:
    talk = Talk(at="03-10 12:00").play([*ELIGIBLE, "はい"])
    assert DEADLINE == kept_until(talk.state, CAMPAIGN, talk.clock)
    assert DEADLINE == kept(talk)
    talk.clock = instant("03-25 12:00")
    assert DEADLINE == kept(talk.play(["申請をつづける", "[いま申請する]"]))


def test_who_wants_no_reminder_was_promised_nothing() -> None:
    talk = Talk(at="03-10 12:00").play([*ELIGIBLE, "いいえ"])
    assert instant("03-17 12:00") == kept_until(talk.state, CAMPAIGN, instant("03-10 12:00"))
