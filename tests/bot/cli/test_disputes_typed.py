"""`bot disputes …` as staff type it: by the receipt number of the later application, by two persons."""

from __future__ import annotations

from bot.parts import Parts
from dialogs.rules.claim import show_receipt_no
from tests.bot.cli.typed import Ended, bot
from tests.bot.disputes_house import HANAKO, TARO, paid, quarrel, stands
from tests.bot.held_house import worker


def typed(settings: dict[str, str], *words: str) -> Ended:
    return bot("disputes", *words, settings=settings)


def test_a_dispute_is_listed_proposed_and_confirmed_by_another(settings: dict[str, str], parts: Parts) -> None:
    quarrel(parts)
    listed = typed(settings, "list").stdout
    for shown in (show_receipt_no(TARO), show_receipt_no(HANAKO), "open"):
        assert shown in listed
    assert "A00001" not in listed
    assert 0 == typed(settings, "propose", TARO, "--whose", "challenger", "--by", "佐藤").returncode
    same = typed(settings, "confirm", TARO, "--whose", "challenger", "--by", "佐藤")
    assert (1, True) == (same.returncode, "another person has to decide" in same.stderr)
    assert "passed" in typed(settings, "confirm", TARO, "--whose", "challenger", "--by", "田中").stdout
    worker(parts)
    assert [(HANAKO, 1000), (TARO, 1000)] == paid(parts)


def test_what_is_not_there_is_told_in_a_sentence(settings: dict[str, str], parts: Parts) -> None:
    assert "There is no dispute." in typed(settings, "list").stdout
    missing = typed(settings, "propose", TARO, "--whose", "wait", "--by", "佐藤")
    assert (1, True) == (missing.returncode, "No open dispute is about" in missing.stderr)
    assert [] == stands(parts)
