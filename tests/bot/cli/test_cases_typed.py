"""`bot cases …` as staff type it: masked, and unmasked only to a name that stands in the audit."""

from __future__ import annotations

import pytest

from bot.asker import Asker
from bot.lookups import LOOKUPS
from bot.parts import Parts
from bot.store import cases
from bot.store.cases import NewCase
from bot.store.db import autocommit, transaction
from dialogs.rules.cases import CaseDetails, show_case_no
from dialogs.rules.claim import show_receipt_no
from tests.bot.cli.typed import Ended, bot
from tests.bot.held_house import applied, told_of, worker
from tests.bot.refunds_house import APRIL

TOLD = CaseDetails(
    number="TG12345678", prefecture="09", shop="日光見本屋", happened="18:30", words="レジで止まりました"
)
PERSONAL = ("日光見本屋", "レジで", "TG1234", "18:30")


@pytest.fixture
def number(parts: Parts) -> str:
    """A case on record, by its number as it is shown."""
    asker = Asker(b"hanako", parts.campaign, "ja", APRIL, channel="line")
    found = LOOKUPS["open_case"](parts, {"kind": "OTHER", **TOLD.plain()}, asker)
    (new,) = found.sends
    assert isinstance(new, NewCase)
    with transaction(parts.db) as connection:
        assert cases.write(connection, new)
    return show_case_no(new.case_no)


def typed(settings: dict[str, str], *words: str) -> Ended:
    return bot("cases", *words, settings=settings)


def seen(parts: Parts) -> list[tuple[str, str, str]]:
    with autocommit(parts.db) as connection:
        return connection.execute("SELECT actor, action, subject FROM audit").fetchall()


def test_the_list_names_what_waits_and_nothing_of_what_was_told(settings: dict[str, str], number: str) -> None:
    ended = typed(settings, "list")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert "1 opened" in ended.stdout
    assert number in ended.stdout
    assert [] == [words for words in PERSONAL if words in ended.stdout]
    assert "No case is closed." in typed(settings, "list", "--state", "closed").stdout


def test_a_case_is_shown_masked_and_leaves_no_trace(settings: dict[str, str], parts: Parts, number: str) -> None:
    ended = typed(settings, "show", number)
    assert (0, "") == (ended.returncode, ended.stderr)
    assert "******5678" in ended.stdout
    assert [] == [words for words in PERSONAL if words in ended.stdout]
    assert [] == seen(parts)


def test_who_says_their_name_sees_it_all_and_stands_in_the_audit(
    settings: dict[str, str], parts: Parts, number: str
) -> None:
    ended = typed(settings, "show", number.lower(), "--by", "佐藤 一郎")
    assert [] == [words for words in PERSONAL if words not in ended.stdout]
    assert [("佐藤 一郎", "case.unmasked", number.replace("-", ""))] == seen(parts)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show", "C-1234-5678-98"), "That is no case number"),
        (("take", "C-1234-5678-98", "--by", "佐藤"), "That is no case number"),
        (("take", "C-1234-5678-97", "--by", "佐藤"), "No case has the number C-1234-5678-97."),
        (("show", "C-1234-5678-97"), "No case has the number C-1234-5678-97."),
        (("show", "C-1234-5678-97", "--by", " "), "a name is needed"),
    ],
)
def test_a_slip_is_told_in_a_sentence(settings: dict[str, str], words: tuple[str, ...], why: str) -> None:
    ended = typed(settings, *words)
    assert 1 == ended.returncode
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_case_is_taken_up_found_given_back_and_closed_by_two_names(settings: dict[str, str], parts: Parts) -> None:
    number = show_case_no(told_of(parts, "A00001"))
    receipt_no = show_receipt_no(applied(parts, 1).receipt_no)
    worker(parts)
    assert "held" in typed(settings, "take", number, "--by", "佐藤").stdout
    assert f"{receipt_no} (held)" in typed(settings, "show", number).stdout
    assert number in bot("claims", "show", receipt_no, settings=settings).stdout
    # By the application that waits for it, as somebody calls with the number that they have.
    assert f"Case {number} is found." in typed(settings, "decide", receipt_no, "found", "--by", "佐藤").stdout
    refused = typed(settings, "restore", number, "--amount", "500", "--by", "佐藤")
    assert (1, True) == (refused.returncode, "another person has to give it back" in refused.stderr)
    given = typed(settings, "restore", number, "--amount", "500", "--by", "田中").stdout
    assert f"Application {receipt_no}: pending, it goes on." in given
    assert f"Case {number} is closed." in typed(settings, "close", number, "--by", "佐藤").stdout
    shown = typed(settings, "show", number).stdout
    assert ("Given back" in shown, "500 yen" in shown, "佐藤" in shown) == (True, True, True)
    actions = [(actor, action) for actor, action, _ in seen(parts)]
    assert actions == [
        ("佐藤", "case.checking"),
        ("佐藤", "case.found"),
        ("田中", "case.to_points"),
        ("佐藤", "case.closed"),
    ]
    assert "cannot become closed: it is closed" in typed(settings, "close", number, "--by", "佐藤").stderr


def test_a_held_application_is_let_go_by_name(settings: dict[str, str], parts: Parts) -> None:
    told_of(parts, "A00001")
    receipt_no = show_receipt_no(applied(parts, 1).receipt_no)
    worker(parts)
    assert receipt_no in bot("claims", "list", "--state", "held", settings=settings).stdout
    assert "goes on" in bot("claims", "release", receipt_no, "--by", "佐藤", settings=settings).stdout
    again = bot("claims", "release", receipt_no, "--by", "佐藤", settings=settings)
    assert (1, True) == (again.returncode, f"No application {receipt_no} is held." in again.stderr)


def test_before_any_case_it_says_so(settings: dict[str, str]) -> None:
    assert "No case was opened yet." in typed(settings, "list").stdout


def test_what_nothing_here_brings_is_to_be_given_back_by_hand(settings: dict[str, str], parts: Parts) -> None:
    number = show_case_no(told_of(parts, "A00001"))
    typed(settings, "take", number, "--by", "佐藤")
    typed(settings, "decide", number, "found", "--by", "佐藤")
    given = typed(settings, "restore", number, "--amount", "500", "--by", "田中").stdout
    assert "The 500 yen are to be given back by hand" in " ".join(given.split())
