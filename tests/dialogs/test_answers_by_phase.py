"""What the answers in between may say on which day: nothing of what is over, or has not begun."""

import re

import pytest

from dialogs.facts import campaign_facts, facts_at
from dialogs.phrasing import sentence
from dialogs.reading.topics import TOPICS
from dialogs.steps import Say
from dialogs.telling import faq_key, help_at
from dialogs.words import languages, words
from tests.dialogs.player import CAMPAIGN, instant

DOORS = ("", "sms", "page")
BY_APPLYING = {
    "ja": r"申請(が|も)?でき|申請は、?この窓口|申請してください|申請をいただくと|申請の締切|申請[^\s。]+まで、",
    "ja-easy": r"申請(が|も)?でき|申請は、?この窓口|申請してください|申請すると|申請は ?[^\s。]+( [^\s。]+)? ?まで",
    "en": "can apply|pply for|pply with|pply, and|pply until|pply by|You apply here",
}
BY_SENDING = {
    "ja": "お送り(します|して|できます)|から[^。]*変えられます|受取の期限は[^。]*です。",
    "ja-easy": r"に送ります|順番に送って|URLを送って|もう一度送る|から変え(られ|る)|もらえるのは|最後の日は",
    "en": "URL goes|being sent|is sent|sent again|can change it|To change where|can be received|hoose from",
}


def answers_at(at: str, language: str, door: str) -> dict[str, str]:
    """Each short answer, and that to the word for help, as it is told at that time."""
    now, spoken = instant(at), words(language, door)
    facts = {**facts_at(CAMPAIGN, now), "verify": "https://r.example.jp/verify"}
    says = {name: Say(faq_key(name, CAMPAIGN, now)) for name in TOPICS}
    return {name: sentence(say, spoken, facts) for name, say in {**says, "help": help_at(CAMPAIGN, now)}.items()}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("at", ["03-10 12:00", "03-21 23:59", "05-01 00:00", "05-02 12:00", "06-01 00:00"])
def test_no_answer_speaks_of_applying_while_nobody_can(at: str, language: str, door: str) -> None:
    opens = words(language, door).write(campaign_facts(CAMPAIGN)["site_opens"])
    told = answers_at(at, language, door).items()
    inviting = {name: text for name, text in told if re.search(BY_APPLYING[language], text)}
    told_from_when = {name for name, text in inviting.items() if opens in text}
    allowed = told_from_when | {"remind"} if instant(at) < CAMPAIGN.dates.site_opens else set()
    assert {} == {name: text for name, text in inviting.items() if name not in allowed}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("at", ["06-01 00:00", "06-03 12:00"])
def test_no_answer_speaks_of_sending_once_nothing_is_sent(at: str, language: str, door: str) -> None:
    told = answers_at(at, language, door).items()
    assert {} == {name: text for name, text in told if re.search(BY_SENDING[language], text)}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("language", languages())
def test_the_words_that_give_away_applying_and_sending_stand_in_the_answers_of_the_open_phase(
    language: str, door: str
) -> None:
    told = answers_at("04-20 12:00", language, door).items()
    applying = {name for name, text in told if re.search(BY_APPLYING[language], text)}
    sending = {name for name, text in told if re.search(BY_SENDING[language], text)}
    assert {"where", "lost_phone", "deadline"} <= applying
    assert "lost_phone" in sending


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("language", languages())
def test_until_the_first_urls_are_out_nobody_is_told_to_ask_for_theirs_again(language: str, door: str) -> None:
    send = words(language, door).write(campaign_facts(CAMPAIGN)["app_send"])
    for at in ("03-10 12:00", "03-25 12:00", "04-05 12:00", "04-10 23:59"):
        assert send in answers_at(at, language, door)["resend"]
    assert send not in answers_at("04-11 00:00", language, door)["resend"]
