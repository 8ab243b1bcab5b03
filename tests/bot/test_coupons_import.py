"""Coupon lists: what is wrong with them is told line by line, and a list comes in as a whole or not at all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.coupons_import import Report, check_file, import_file
from bot.list_files import Problem
from bot.store import coupons
from bot.store.db import Pool, autocommit, open_pool
from dialogs.rules.campaign import load_campaign
from dialogs.rules.claim import Account, CouponFact, CouponRef

CAMPAIGN = load_campaign("tochigi-2023-02")
SAMPLE = Path(__file__).parents[2] / "sample-data" / "coupons-tochigi.csv"
ENGLISH = "prefecture,number,trip_date,expiry,balance_after_extension,balance_at_snapshot,charged_to_app,account\n"
JAPANESE = "都道府県,お問合せ番号,旅行日,有効期限,延長後残額,スナップショット残額,アプリチャージ,アプリ会員\n"
GOOD = "09,44010012,2023-02-23,2023-02-24,2000,1500,false,none\n"


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with closing(open_pool(database_url, size=2)) as opened:
        yield opened


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "coupons.csv"


def problems_of(listed: Path, text: str, encoding: str = "utf-8") -> list[tuple[int, str, str]]:
    listed.write_bytes(text.encode(encoding))
    found: list[Problem] = []
    report = check_file(listed, CAMPAIGN, on_problem=found.append)
    assert tuple(found) == report.problems
    return [(problem.line, problem.column, problem.reason) for problem in found]


def fact_of(pool: Pool, number: str, trip_date: date) -> CouponFact | None:
    ref = CouponRef("09", number, trip_date)
    with autocommit(pool) as connection:
        return coupons.find(connection, [ref]).get(ref.key)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_list_in_japanese_is_read_in_every_encoding_excel_writes(listed: Path, encoding: str) -> None:
    text = JAPANESE + '栃木県,４４０１－００１２,2023年2月23日,2023/2/24,"2,000円",￥1500,はい,退会\r\n'
    assert [] == problems_of(listed, text, encoding)


def test_columns_stand_in_any_order_and_optional_ones_may_be_missing(listed: Path) -> None:
    assert [] == problems_of(listed, "expiry,number,prefecture,trip_date\n20230224,44010012,栃木,2023.2.23\n")


def test_every_bad_cell_is_named_with_line_column_and_reason(listed: Path) -> None:
    text = (
        ENGLISH
        + GOOD
        + (
            "13,44010012,2023-02-23,2023-02-24,,,,\n"
            "09,4401-あ,2023-02-30,24.2.2023,-1,1e3,perhaps,gone\n"
            "\n"
            "09,44010020,2023-02-25,2023-02-24,10000001,0,true,none\n"
            ",,2023-02-23,,2000,1500,false,none\n"
            "09,44010038\n"
        )
    )
    assert [
        (3, "prefecture", "a prefecture of this campaign, as a code or a name expected"),
        (4, "number", "is no inquiry number of this campaign"),
        (4, "trip_date", "is no day of the calendar"),
        (4, "expiry", "a date expected, for example 2023-02-24"),
        (4, "balance_after_extension", "whole yen expected, for example 2000"),
        (4, "balance_at_snapshot", "whole yen expected, for example 2000"),
        (4, "charged_to_app", "true or false expected"),
        (4, "account", "none, active or withdrawn expected"),
        (6, "balance_after_extension", "at most 10,000,000 yen expected"),
        (7, "prefecture", "is empty"),
        (7, "number", "is empty"),
        (7, "expiry", "is empty"),
        (8, "", "8 cells expected, 2 found"),
    ] == problems_of(listed, text)


def test_what_cannot_be_true_together_is_told(listed: Path) -> None:
    assert [
        (2, "expiry", "is earlier than trip_date"),
        (2, "account", "is none, but the coupon was charged to an app"),
    ] == problems_of(listed, ENGLISH + "09,44010020,2023-02-25,2023-02-24,2000,0,true,none\n")


def test_a_coupon_that_stands_twice_is_told_with_its_first_line(listed: Path) -> None:
    text = ENGLISH + GOOD + "栃木県,4401-0012,2023-02-22,2023-02-24,,,,\n"
    assert [(3, "number", "stands in line 2 already")] == problems_of(listed, text)


def test_lines_are_counted_as_an_editor_counts_them(listed: Path) -> None:
    text = ENGLISH + '"09\n",44010012,2023-02-23,2023-02-24,,,,\n' + "09,x,2023-02-23,2023-02-24,,,,\n"
    assert [(4, "number", "is no inquiry number of this campaign")] == problems_of(listed, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            [
                "lacks the column prefecture",
                "lacks the column number",
                "lacks the column trip_date",
                "lacks the column expiry",
            ],
        ),
        ("prefecture,number,trip_date,expiry,name\n", ["has a heading that is none of ours: 'name'"]),
        ("prefecture,number,お問合せ番号,trip_date,expiry\n", ["has the column number twice"]),
        (
            "prefecture;number;trip_date;expiry\n",
            [
                "has a heading that is none of ours: 'prefecture;number;trip_date;expiry'",
                "lacks the column prefecture",
                "lacks the column number",
                "lacks the column trip_date",
                "lacks the column expiry",
            ],
        ),
    ],
)
def test_headings_that_do_not_fit_are_told_once(listed: Path, text: str, expected: list[str]) -> None:
    assert [(1, "", reason) for reason in expected] == problems_of(listed, text + "1,2,3\n" if text else text)


def test_a_file_in_no_encoding_of_ours_is_told_with_its_line(listed: Path) -> None:
    listed.write_bytes((ENGLISH + GOOD).encode() + b"09,\xff\x81\n")
    reason = "is neither UTF-8 nor cp932 (Shift_JIS); save the list as CSV in UTF-8"
    assert Report(0, 0, (Problem(3, "", reason),)) == check_file(listed, CAMPAIGN)


def test_an_open_quote_ends_the_reading_with_a_reason(listed: Path) -> None:
    [(line, column, reason)] = problems_of(listed, ENGLISH + GOOD + '09,"44010020,2023-02-23\n' + GOOD * 10)
    assert (13, "", True) == (line, column, reason.startswith("is no CSV ("))


def test_checking_writes_nothing_and_importing_everything(pool: Pool, listed: Path) -> None:
    listed.write_text(ENGLISH + GOOD + "09,44010020,2023-02-23,2023-02-24,,,,\n")
    assert Report(2, 0, ()) == check_file(listed, CAMPAIGN)
    assert fact_of(pool, "44010012", date(2023, 2, 23)) is None
    assert Report(2, 0, (), new=2, changed=0) == import_file(pool, listed, campaign=CAMPAIGN)
    fact = CouponFact(
        expiry=date(2023, 2, 24),
        balance_after_extension=2000,
        balance_at_snapshot=1500,
        charged_to_app=False,
        account=Account.NONE,
    )
    assert fact == fact_of(pool, "44010012", date(2023, 2, 23))


def test_one_bad_row_keeps_the_whole_list_out(pool: Pool, listed: Path) -> None:
    listed.write_text(ENGLISH + GOOD + "09,x,2023-02-23,2023-02-24,,,,\n")
    problem = Problem(3, "number", "is no inquiry number of this campaign")
    assert Report(1, 1, (problem,)) == import_file(pool, listed, campaign=CAMPAIGN)
    assert fact_of(pool, "44010012", date(2023, 2, 23)) is None


def test_a_later_list_changes_what_it_says_and_leaves_what_it_is_silent_about(pool: Pool, listed: Path) -> None:
    listed.write_text(ENGLISH + GOOD + "09,44010020,2023-02-23,2023-02-24,2000,,true,active\n")
    import_file(pool, listed, campaign=CAMPAIGN)
    listed.write_text(
        "prefecture,number,trip_date,expiry,balance_at_snapshot,account\n"
        "09,44010012,2023-02-23,2023-02-24,,\n"
        "09,44010020,2023-02-22,2023-02-24,900,withdrawn\n"
    )
    assert Report(2, 0, (), new=0, changed=1) == import_file(pool, listed, campaign=CAMPAIGN)
    fact = CouponFact(
        expiry=date(2023, 2, 24),
        balance_after_extension=2000,
        balance_at_snapshot=900,
        charged_to_app=True,
        account=Account.WITHDRAWN,
    )
    assert fact == fact_of(pool, "44010020", date(2023, 2, 22))


def test_the_sample_comes_in_whole_and_twice_changes_nothing(pool: Pool) -> None:
    assert Report(30, 0, (), new=30, changed=0) == import_file(pool, SAMPLE, campaign=CAMPAIGN)
    assert Report(30, 0, (), new=0, changed=0) == import_file(pool, SAMPLE, campaign=CAMPAIGN)


def test_progress_goes_from_nothing_to_the_whole_file(listed: Path) -> None:
    write_many(listed, 5000)
    size = listed.stat().st_size
    steps: list[tuple[int, int]] = []
    check_file(listed, CAMPAIGN, progress=lambda done, total: steps.append((done, total)))
    assert sorted(steps) == steps
    assert (6, {size}, size) == (len(steps), {total for _, total in steps}, steps[-1][0])


def test_memory_does_not_grow_with_the_file(listed: Path) -> None:
    peaks = []
    for rows in (2_000, 20_000):
        write_many(listed, rows, bad=True)
        tracemalloc.start()
        report = check_file(listed, CAMPAIGN)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (rows, rows, 1000) == (report.rows, report.bad_rows, len(report.problems))
    # The file grows by 1.4 MB; a MiB of it is decoded at a time.
    assert peaks[1] < peaks[0] + 3_000_000


def write_many(listed: Path, rows: int, *, bad: bool = False) -> None:
    with listed.open("w") as file:
        file.write(ENGLISH)
        for number in range(rows):
            file.write(f"09,{number:08d},2023-02-23,2023-02-24,2000,1500,false,none\n")
            if bad:
                file.write("09,?,2023-02-23,2023-02-24,2000,1500,false,none\n")
