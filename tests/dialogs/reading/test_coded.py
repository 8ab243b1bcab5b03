"""What a code says becomes an inquiry number only as the campaign says."""

from __future__ import annotations

import time

import pytest

from dialogs.reading.coded import numbers_in_codes
from dialogs.rules.campaign import CampaignError, load_campaign
from dialogs.rules.campaign_parts import InquiryNumber

FORM = "[A-Z]{2}[0-9]{8}"
PATTERNS = (r"(?P<number>[A-Za-z]{2}-?[0-9]{8})", r"https://c\.example\.jp/\?no=(?P<number>\w+)&.*")


@pytest.mark.parametrize(
    ("codes", "numbers"),
    [
        (("TG12345678",), ("TG12345678",)),
        (("tg-12345678\n",), ("TG12345678",)),
        (("https://c.example.jp/?no=TG12345678&s=1", "TG12345678"), ("TG12345678",)),
        (("TG12345678", "TG12345679"), ("TG12345678", "TG12345679")),
        (("https://elsewhere.example.jp/TG12345678",), ()),
        (("TGI2345678",), ()),  # a code is exact: no look-alikes
        (("4902102072618",), ()),
        (("",), ()),
        (("https://c.example.jp/?no=TG12345678&" + "x" * 500,), ()),
    ],
)
def test_a_number_is_what_a_pattern_of_the_campaign_finds(codes: tuple[str, ...], numbers: tuple[str, ...]) -> None:
    assert numbers == numbers_in_codes(codes, code_patterns=PATTERNS, pattern=FORM)


def test_a_pattern_that_backtracks_without_end_holds_nobody() -> None:
    began = time.monotonic()
    assert () == numbers_in_codes(("a" * 400 + "!",), code_patterns=("(?P<number>(a+)+)b",), pattern=FORM)
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("pattern", ["[0-9]+", "(?P<number>[0-9"])
def test_a_campaign_with_a_pattern_that_finds_no_number_is_refused(pattern: str) -> None:
    with pytest.raises(CampaignError, match=r"code_patterns\[0\]"):
        InquiryNumber(FORM, {}, (pattern,))


@pytest.mark.parametrize("name", ["tochigi-2023-02", "iwate-2023-02", "minato-pay-2026-07"])
def test_every_campaign_reads_its_own_example_from_a_code(name: str) -> None:
    campaign = load_campaign(name)
    form, example = campaign.inquiry_number, campaign.words.number_example["ja"]
    assert (example,) == numbers_in_codes([example], code_patterns=form.code_patterns, pattern=form.pattern)
