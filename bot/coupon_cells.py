"""The columns of a coupon list and how each cell is read; Bad says why one is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.list_files import Bad, Cells, Form, Reader, plain
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import normalise_number

MOST_YEN = 10_000_000

COLUMNS = (
    "prefecture",
    "number",
    "trip_date",
    "expiry",
    "balance_after_extension",
    "balance_at_snapshot",
    "charged_to_app",
    "account",
)
REQUIRED = COLUMNS[:4]

# Whatever list names a coupon names it so.
COUPON_ALIASES = {
    "都道府県": "prefecture",
    "利用都道府県": "prefecture",
    "お問合せ番号": "number",
    "お問い合わせ番号": "number",
    "旅行日": "trip_date",
    "アプリ会員": "account",
}
ALIASES = {
    **COUPON_ALIASES,
    "有効期限": "expiry",
    "延長後残額": "balance_after_extension",
    "スナップショット残額": "balance_at_snapshot",
    "アプリチャージ": "charged_to_app",
}

YES_NO = {
    **dict.fromkeys(("true", "yes", "y", "1", "はい", "有", "あり", "済", "○", "〇"), True),
    **dict.fromkeys(("false", "no", "n", "0", "いいえ", "無", "なし", "未", "×", "x"), False),
}

ACCOUNTS = {
    **dict.fromkeys(("none", "なし", "無", "未登録"), "none"),
    **dict.fromkeys(("active", "有効", "登録中", "会員"), "active"),
    **dict.fromkeys(("withdrawn", "退会", "退会済", "退会済み"), "withdrawn"),
}

_DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))", re.ASCII)
_YEN = re.compile(r"[¥\\]?(\d{1,3}(?:,\d{3})+|\d+)円?", re.ASCII)


def form_of(campaign: Campaign) -> Form:
    """A list of coupons of this campaign."""
    return Form(
        COLUMNS,
        REQUIRED,
        ALIASES,
        {
            **coupon_readers(campaign),
            "expiry": read_date,
            "balance_after_extension": read_yen,
            "balance_at_snapshot": read_yen,
            "charged_to_app": lambda cell: one_of(YES_NO, cell, "true or false expected", key="yes_no"),
            "account": read_account,
        },
        _contradictions,
    )


def coupon_readers(campaign: Campaign) -> dict[str, Reader]:
    """How the cells are read that say which coupon it is."""
    prefectures = _prefectures(campaign)
    form = re.compile(campaign.inquiry_number.pattern)

    def number(cell: str) -> str:
        found = normalise_number(cell)
        if not form.fullmatch(found):
            raise Bad("is no inquiry number of this campaign", "number")
        return found

    expected = "a prefecture of this campaign, as a code or a name expected"
    return {
        "prefecture": lambda cell: one_of(prefectures, cell, expected, key="prefecture"),
        "number": number,
        "trip_date": read_date,
    }


def read_account(cell: str) -> str:
    return str(one_of(ACCOUNTS, cell, "none, active or withdrawn expected", key="account"))


def _contradictions(row: Cells) -> list[tuple[str, Bad]]:
    _, _, trip_date, expiry, _, _, charged, account = row
    found = []
    if expiry < trip_date:
        found.append(("expiry", Bad("is earlier than trip_date", "expiry")))
    if charged and account == "none":
        found.append(("account", Bad("is none, but the coupon was charged to an app", "charged")))
    return found


def _prefectures(campaign: Campaign) -> dict[str, str]:
    known = {}
    for prefecture in campaign.prefectures:
        for name in (prefecture.code, prefecture.code.lstrip("0"), prefecture.name, *prefecture.names.values()):
            known[plain(name).lower()] = prefecture.code
        known[plain(prefecture.name).rstrip("都府県")] = prefecture.code
    return known


def one_of(table: Mapping[str, Any], cell: str, says: str, *, key: str) -> Any:
    """What a table has under a cell; raises Bad where it has nothing."""
    try:
        return table[cell.lower()]
    except KeyError:
        raise Bad(says, key) from None


def read_date(cell: str) -> date:
    """2023-02-24, 2023/2/24, 20230224 or 2023年2月24日."""
    if matched := _DATE.fullmatch(cell):
        year, _, *parts = matched.groups()
        month, day = (int(part) for part in parts if part is not None)
        try:
            return date(int(year), month, day)
        except ValueError:
            raise Bad("is no day of the calendar", "no_day") from None
    raise Bad("a date expected, for example 2023-02-24", "date")


def read_yen(cell: str) -> int:
    """2000, 2,000円 or ¥2000."""
    matched = _YEN.fullmatch(cell)
    if not matched:
        raise Bad("whole yen expected, for example 2000", "yen")
    yen = int(matched[1].replace(",", "")[:12])
    if yen > MOST_YEN:
        raise Bad(f"at most {MOST_YEN:,} yen expected", "most_yen", most=f"{MOST_YEN:,}")
    return yen
