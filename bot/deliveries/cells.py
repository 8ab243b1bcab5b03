"""The columns of a list of balances and contacts, one coupon a row, and how each cell is read."""

from __future__ import annotations

import re

from bot.coupon_cells import COUPON_ALIASES, coupon_readers, one_of, read_account, read_yen
from bot.list_files import Bad, Cells, Form
from dialogs.reading import Unreadable
from dialogs.reading.contacts import read_mail, read_mobile
from dialogs.rules.campaign import Campaign

COLUMNS = ("prefecture", "number", "trip_date", "balance", "phone", "mail", "account", "member", "language", "line")
REQUIRED = COLUMNS[:4]

ALIASES = {
    **COUPON_ALIASES,
    "残額": "balance",
    "スナップショット残額": "balance",
    "電話番号": "phone",
    "携帯番号": "phone",
    "メールアドレス": "mail",
    "会員番号": "member",
    "言語": "language",
    "LINEユーザーID": "line",
}

LANGUAGES = {
    **dict.fromkeys(("ja", "日本語"), "ja"),
    **dict.fromkeys(("ja-easy", "やさしい日本語"), "ja-easy"),
    **dict.fromkeys(("en", "english", "英語"), "en"),
}

# Nearly every cell of a million is of these forms; whatever is not is read with all the patience that people get.
_USUAL_MOBILE = re.compile(r"(?:0|\+81)([789]0)-?([1-9]\d{3})-?(\d{4})", re.ASCII)
_USUAL_MAIL = re.compile(r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})", re.ASCII)
_LINE_USER = re.compile(r"U[0-9a-f]{32}", re.ASCII)
_LONGEST_MEMBER = 64


def form_of(campaign: Campaign) -> Form:
    """A list of what is left on app users' coupons of this campaign, and of where they are reached."""
    return Form(
        COLUMNS,
        REQUIRED,
        ALIASES,
        {
            **coupon_readers(campaign),
            "balance": read_yen,
            "phone": _read_phone,
            "mail": _read_mail,
            "account": read_account,
            "member": _read_member,
            "language": lambda cell: one_of(LANGUAGES, cell, "ja, ja-easy or en expected", key="language"),
            "line": _read_line,
        },
        _contradictions,
    )


def _contradictions(row: Cells) -> list[tuple[str, Bad]]:
    phone, mail = row[4:6]
    if phone or mail:
        return []
    return [("phone", Bad("is empty, and so is mail: nobody could be reached", "nobody"))]


def _read_phone(cell: str) -> str:
    if usual := _USUAL_MOBILE.fullmatch(cell):
        return "+81" + "".join(usual.groups())
    try:
        return read_mobile(cell)
    except Unreadable:
        raise Bad("a Japanese mobile number expected, for example 090-1234-5678", "phone") from None


def _read_mail(cell: str) -> str:
    if usual := _USUAL_MAIL.fullmatch(cell):
        return f"{usual[1]}@{usual[2].lower()}"
    try:
        return read_mail(cell).address
    except Unreadable:
        raise Bad("a mail address expected, for example hanako@example.jp", "mail") from None


def _read_line(cell: str) -> str:
    if not _LINE_USER.fullmatch(cell):
        raise Bad("the id that LINE gives a friend of the account expected: U and 32 of 0-9 a-f", "line")
    return cell


def _read_member(cell: str) -> str:
    if len(cell) > _LONGEST_MEMBER:
        raise Bad(f"at most {_LONGEST_MEMBER} characters expected", "longest", most=_LONGEST_MEMBER)
    return cell
