"""`bot refunds …` as staff type it: a file is made, looked at, released by another, and written for the bank."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from bot.parts import Parts
from dialogs.rules.claim import make_receipt_no, show_receipt_no
from integrations.zengin import totals
from tests.bot.cli.typed import Ended, bot
from tests.bot.refunds_house import MAY, accept, application, ask, checked, correct, mark, move, state

SENDER = "sample-data/refund-sender.toml"
PERSONAL = ("0123456", "栃木 花子", "ﾊﾅｺ", "+8190", "3200033")


def typed(settings: dict[str, str], *words: str, said: str = "") -> Ended:
    return bot("refunds", *words, settings=settings, said=said)


@pytest.mark.parametrize("command", ["list", "check", "make", "release", "drop", "export", "paid", "returned"])
def test_help_tells_what_a_command_of_refunds_does(command: str) -> None:
    ended = bot("refunds", command, "--help")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert f"python -m bot refunds {command}" in ended.stdout


def test_a_file_goes_from_the_check_to_the_bank_by_two_names(
    parts: Parts, settings: dict[str, str], tmp_path: Path
) -> None:
    row = application(parts, 1)
    accept(parts, row, 1200)
    assert ask(parts, row)
    shown, seen = show_receipt_no(row.receipt_no), ("--seen", mark(parts, row.receipt_no))
    assert "1,200 yen" in typed(settings, "check", shown, *seen, "--by", "佐藤").stdout
    made = typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    assert 0 == made.returncode, made.stderr
    found = re.search(r"SHA-256 +([0-9a-f]{64})", made.stdout)
    assert found
    released = typed(settings, "release", "1", "--by", "鈴木", said="y\n")
    assert (0, True, True) == (released.returncode, "1,200 yen" in released.stdout, found[1] in released.stdout)
    written = tmp_path / "file"
    exported = typed(settings, "export", "1", "--by", "鈴木", "--to", str(written))
    assert found[1] in exported.stdout
    whole = totals(written.read_bytes())
    assert (1, 1200, found[1]) == (whole.count, whole.amount, whole.sha256)
    assert 0o600 == stat.S_IMODE(written.stat().st_mode)
    assert [] == [word for word in PERSONAL for ended in (made, released, exported) if word in ended.stdout]


def test_an_account_that_was_corrected_since_the_list_is_not_found_right(
    parts: Parts, settings: dict[str, str]
) -> None:
    row = application(parts, 1)
    accept(parts, row)
    assert ask(parts, row)
    seen = mark(parts, row.receipt_no)
    assert correct(parts, row.receipt_no, holder="ﾄﾁｷﾞ ﾀﾛｳ")
    ended = typed(settings, "check", row.receipt_no, "--seen", seen, "--by", "佐藤")
    assert (1, True) == (ended.returncode, "was corrected meanwhile: look at it again." in ended.stderr)


def test_whoever_made_a_file_is_told_that_another_releases_it(parts: Parts, settings: dict[str, str]) -> None:
    checked(parts, 1)
    typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    ended = typed(settings, "release", "1", "--by", "佐藤", "--yes")
    assert (1, "File 1 was made by 佐藤; another person has to release it.\n") == (ended.returncode, ended.stderr)


def test_a_no_releases_nothing(parts: Parts, settings: dict[str, str]) -> None:
    receipt_no = checked(parts, 1)
    typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    assert 130 == typed(settings, "release", "1", "--by", "鈴木", said="n\n").returncode
    assert "checked" == state(parts, receipt_no)


def test_a_file_is_never_written_over_another(parts: Parts, settings: dict[str, str], tmp_path: Path) -> None:
    checked(parts, 1)
    typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    typed(settings, "release", "1", "--by", "鈴木", "--yes")
    there = tmp_path / "file"
    there.write_text("mine")
    ended = typed(settings, "export", "1", "--by", "鈴木", "--to", str(there))
    assert (1, f"{there}: File exists\n", "mine") == (ended.returncode, ended.stderr, there.read_text())


def test_nothing_is_left_of_an_export_that_is_refused(parts: Parts, settings: dict[str, str], tmp_path: Path) -> None:
    checked(parts, 1)
    typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    ended = typed(settings, "export", "1", "--by", "鈴木", "--to", str(tmp_path / "file"))
    assert (1, "File 1 cannot be exported: it is made, not released.\n") == (ended.returncode, ended.stderr)
    assert [] == list(tmp_path.iterdir())


def test_the_list_shows_counts_who_waits_and_the_files_without_personal_data(
    parts: Parts, settings: dict[str, str]
) -> None:
    assert "No refund was asked for yet.\n" == typed(settings, "list").stdout
    checked(parts, 1)
    assert ask(parts, application(parts, 2))
    typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    ended = typed(settings, "list")
    assert 0 == ended.returncode, ended.stderr
    other = make_receipt_no(2)
    for word in ("applied", "checked", "1,200", show_receipt_no(other), mark(parts, other), "足利銀行 宇都宮", "佐藤"):
        assert word in ended.stdout
    assert [] == [word for word in PERSONAL if word in ended.stdout]


def test_money_that_came_back_is_on_the_list_with_the_word_of_the_bank(
    parts: Parts, settings: dict[str, str], tmp_path: Path
) -> None:
    receipt_no = checked(parts, 1)
    typed(settings, "make", "--by", "佐藤", "--sender", SENDER)
    typed(settings, "release", "1", "--by", "鈴木", "--yes")
    back = ("returned", receipt_no, "--reason", "no_account", "--by", "佐藤")
    early = typed(settings, *back)
    assert (1, True) == (early.returncode, "The bank pays it once its file is exported" in early.stderr)
    typed(settings, "export", "1", "--by", "鈴木", "--to", str(tmp_path / "file"))
    move(parts, MAY)
    ended = typed(settings, *back)
    assert 0 == ended.returncode, ended.stderr
    assert "no_account" in typed(settings, "list").stdout


def test_the_account_to_pay_from_is_a_setting_or_an_option(parts: Parts, settings: dict[str, str]) -> None:
    checked(parts, 1)
    ended = typed(settings, "make", "--by", "佐藤")
    assert (2, True) == (ended.returncode, "REFUND_SENDER_FILE" in ended.stderr)
    assert 0 == typed({**settings, "REFUND_SENDER_FILE": SENDER}, "make", "--by", "佐藤").returncode


def test_the_bank_has_one_of_four_reasons(parts: Parts, settings: dict[str, str]) -> None:
    ended = typed(settings, "returned", make_receipt_no(1), "--reason", "口座なし", "--by", "佐藤")
    assert (2, True) == (ended.returncode, "no_account" in ended.stderr)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("make", "--by", "佐藤", "--sender", SENDER), "No checked refund waits for a file."),
        (("release", "9", "--by", "佐藤"), "There is no file 9."),
        (("drop", "9", "--by", "佐藤"), "There is no file 9."),
        (("paid", "9", "--by", "佐藤"), "There is no file 9."),
        (
            ("check", "123", "--seen", "1f6e0c3a", "--by", "佐藤"),
            "That is no receipt number: it has ten digits, for example 1234-5678-97.",
        ),
        (("check", make_receipt_no(1), "--seen", "1f6e0c3a", "--by", "佐藤"), "No refund was asked for under "),
        (("check", make_receipt_no(1), "--seen", "1f6e0c3a", "--by", " "), "Say who does this: a name is needed."),
        (("make", "--by", "佐藤", "--sender", "pyproject.toml"), "pyproject.toml: "),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    words: tuple[str, ...], sentence: str, settings: dict[str, str]
) -> None:
    ended = typed(settings, *words)
    assert (1, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith(sentence)
    assert 1 == ended.stderr.count("\n")
