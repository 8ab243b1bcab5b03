"""What holds for every reader: rubbish gives a reason, reasons have sentences, and nothing said is in an error."""

import ast
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dialogs.reading
from dialogs.reading import (
    REASONS,
    Unreadable,
    holder_kana,
    kana_matches_name,
    read_account_number,
    read_account_type,
    read_bank_code,
    read_branch_code,
    read_choice,
    read_code,
    read_command,
    read_contact,
    read_count,
    read_date,
    read_free_text,
    read_inquiry_number,
    read_japan_post,
    read_mail,
    read_mobile,
    read_name,
    read_phone,
    read_postal_code,
    read_prefecture,
    read_region,
    read_target,
    read_yen,
    read_yes_no,
    tidy,
)

READERS: dict[str, Callable[[str], Any]] = {
    "choice": lambda said: read_choice(said, [("a", "はい"), ("b", "いいえ、違います")], {"a": ["うん"]}),
    "date": lambda said: read_date(said, today=date(2023, 4, 5)),
    "yes_no": read_yes_no,
    "inquiry_number": read_inquiry_number,
    "yen": read_yen,
    "code": read_code,
    "count": read_count,
    "mobile": read_mobile,
    "phone": read_phone,
    "mail": read_mail,
    "contact": read_contact,
    "target": read_target,
    "prefecture": read_prefecture,
    "region": read_region,
    "name": read_name,
    "free_text": read_free_text,
    "command": read_command,
    "bank_code": read_bank_code,
    "branch_code": read_branch_code,
    "account_type": read_account_type,
    "account_number": read_account_number,
    "japan_post_symbol": lambda said: read_japan_post(said, "1"),
    "japan_post_number": lambda said: read_japan_post("10000", said),
    "holder": holder_kana,
    "holder_of_somebody": lambda said: kana_matches_name(said, said),
    "postal_code": read_postal_code,
    "tidy": tidy,
}
RUBBISH = [
    *(
        "",
        " ",
        "\u3000",
        "\n\n",
        "\x00",
        "\u200b\u200e\u202e\ufeff",
        "\ud800",
        "😀",
        "👨‍👩‍👧‍👦",
        "🇯🇵",
        "1️⃣",
        "あ" * 3000,
        "9" * 3000,
    ),
    *(
        "<script>alert(1)</script>",
        "'; DROP TABLE coupons;--",
        "{{7*7}}",
        "%s%n",
        "../../etc/passwd",
        "\u202e090-1234-5678",
        "ｱｲｳｴｵ",
    ),
    *(
        "﷽" * 150,
        "²³½",
        "٢٠٢٣/٢/٢٤",
        "Ⅷ",
        "㍻",
        "㏠",
        "-",
        "--",
        "@",
        "+",
        "()",
        ".",
        "/",
        "年月日",
        "十",
        "百万",
        "万",
        "z̷̡̛a̶l̵g̸o̴",
        "9" * 25_000,
    ),
]

said_by_anyone = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=30),
    st.text(
        alphabet="0123456789０９〇一二十百千万-ー−～年月日()（）.,、/@+円¥ afrR令和金土 はいいえですと番号ないgmail",
        max_size=30,
    ),
)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("said", RUBBISH, ids=lambda said: ascii(said)[:20])
def test_rubbish_gives_a_value_or_a_reason(reader: str, said: str) -> None:
    check_reading(reader, said)


@pytest.mark.parametrize("reader", READERS)
@given(said=said_by_anyone)
def test_any_text_gives_a_value_or_a_reason(reader: str, said: str) -> None:
    check_reading(reader, said)


def check_reading(reader: str, said: str) -> None:
    value, refused = value_or_refusal(reader, said)
    if refused is None:
        # What is read goes into the database, which takes no NUL and, like UTF-8, no lone surrogate.
        assert b"\x00" not in str(value).encode()
    else:
        assert REASONS[refused.reason].format(**refused.facts)
        assert str(refused) == refused.reason


def value_or_refusal(reader: str, said: str) -> tuple[Any, Unreadable | None]:
    try:
        return READERS[reader](said), None
    except Unreadable as refused:
        return None, refused


@given(said_by_anyone)
def test_tidying_twice_changes_nothing_more(said: str) -> None:
    try:
        once = tidy(said)
    except Unreadable:
        return
    assert tidy(once) == once
    assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(character) for character in once}


@given(st.text(max_size=60))
def test_a_name_once_read_reads_the_same_again(said: str) -> None:
    try:
        once = read_name(said)
    except Unreadable:
        return
    assert read_name(once) == once


def raised_in_the_room() -> list[tuple[str, frozenset[str]]]:
    """Each Unreadable(...) written in the room: its reason and the names of its facts."""
    found = []
    for file in Path(dialogs.reading.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Unreadable":
                reasons = [leaf.value for leaf in ast.walk(node.args[0]) if isinstance(leaf, ast.Constant)]
                facts = frozenset(keyword.arg or "" for keyword in node.keywords)
                found += [(str(reason), facts) for reason in reasons]
    return found


def test_every_reason_has_a_sentence_and_every_fact_that_it_names() -> None:
    needed = {reason: set(re.findall(r"\{(\w+)\}", sentence)) for reason, sentence in REASONS.items()}
    lacking = [(reason, facts) for reason, facts in raised_in_the_room() if not needed.get(reason, {"?"}) <= facts]
    assert lacking == []


def test_no_sentence_waits_for_a_reason_that_is_never_given() -> None:
    from dialogs.reading.contacts import _NO_SMS

    assert set(REASONS) == {reason for reason, _ in raised_in_the_room()} | set(_NO_SMS.values())
