"""The campaign's own names, as each language says them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dialogs.facts import campaign_facts
from dialogs.letters import reward_url
from dialogs.rules.campaign import CAMPAIGNS, Names, load_campaign
from dialogs.words import words

EVERY = {file.stem: load_campaign(file) for file in sorted(CAMPAIGNS.glob("*.toml"))}
TOCHIGI = EVERY["tochigi-2023-02"]
NAMED = ("office", "call_centre", "programme", "subsidy", "rewards")
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠【】]")


@pytest.mark.parametrize("name", EVERY)
def test_english_sentences_have_no_japanese_name_in_them(name: str) -> None:
    letter = reward_url("mail", "https://r.example.jp/r/A", "1234567897", EVERY[name], language="en")
    facts = campaign_facts(EVERY[name])

    said = [letter.subject, letter.text, *(words("en").write(facts[each]) for each in NAMED)]

    assert [] == [each for each in said if JAPANESE.search(each)]


@pytest.mark.parametrize("fact", NAMED)
def test_a_campaign_without_names_in_english_is_told_by_its_own(fact: str) -> None:
    unnamed = replace(TOCHIGI, names=Names(), brands=tuple(replace(brand, names={}) for brand in TOCHIGI.brands))
    japanese = words("ja").write(campaign_facts(TOCHIGI)[fact])

    assert japanese == words("en").write(campaign_facts(unnamed)[fact]).replace(", ", "・")
