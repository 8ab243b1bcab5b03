"""A mailing planned at the console: nothing before it was looked at, nothing kept of the file, nothing unsaid."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.console import delivery_plan
from bot.deliveries import uploads
from bot.deliveries.cells import ALIASES, COLUMNS
from bot.list_files import KEPT_PROBLEMS
from bot.store import mailings, plans
from bot.store.db import autocommit, transaction
from tests.bot.console.desk import at_work, hire
from tests.bot.mailing_house import HEADINGS, people, rows
from tests.bot.test_contacts import accepted
from tests.bot.web.counter import Browser, Counter, hidden_fields

PLAN = "/console/deliveries/plan"
BAD = "09,TG30000001,2023-02-23,1000,03-1234-5678,,active,,"


@pytest.fixture
def boss(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "boss", "supervisor")).get(PLAN)


def sends(boss: Browser, *lines: str, name: str = "april", content: bytes | None = None, **more: str) -> Browser:
    """Send a list in."""
    listed = (HEADINGS + "".join(f"{line}\n" for line in lines)).encode() if content is None else content
    fields = {**hidden_fields(boss.text), "name": name, **more}
    heads = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    heads.append(b'name="file"; filename="balances.csv"\r\nContent-Type: text/csv\r\n\r\n' + listed)
    body = b"".join(b"--cut\r\nContent-Disposition: form-data; " + head + b"\r\n" for head in heads) + b"--cut--\r\n"
    return boss.see(boss.client.post(PLAN, data=body, content_type="multipart/form-data; boundary=cut"))


def confirms(boss: Browser, **fields: str) -> Browser:
    [path] = re.findall(rf'action="({PLAN}/[^"]+)"', boss.text)
    return boss.post(path, **fields)


def kept(counter: Counter) -> list[str]:
    return list(counter.parts.redis.scan_iter("mailing-list:*"))


def planned(counter: Counter) -> list[str]:
    return [mailing.name for mailing in mailings.every(counter.parts.db)]


def test_a_list_is_looked_at_and_planned_once_that_is_confirmed(counter: Counter, boss: Browser) -> None:
    sends(boss, *people(3))
    for shown in ("3人分を作る", "お問合せ番号末尾0001の方へ", "090-****-0001"):
        assert shown in boss.text
    assert ([], 1) == (planned(counter), len(kept(counter)))
    confirms(boss, plan="yes")
    assert "作りました" in boss.text
    assert (["april"], []) == (planned(counter), kept(counter))
    assert [(3,)] == rows(counter.parts, "SELECT count(*)::int FROM deliveries WHERE state = 'planned'")


def test_every_heading_that_is_read_is_named_and_the_sample_is_a_right_list(boss: Browser) -> None:
    assert [] == [heading for heading in (*COLUMNS, *ALIASES) if heading not in boss.text]
    [sample] = re.findall(r'href="([^"]+\.csv)" download', boss.text)
    with boss.client.get(sample) as answer:
        listed = answer.data
    sends(boss, content=listed)
    for shown in ("正しい行 5、正しくない行 0", "3人分を作る"):
        assert shown in boss.text


def test_who_planned_it_and_how_many_people_stand_in_the_audit(counter: Counter, boss: Browser) -> None:
    confirms(sends(boss, *people(3)), plan="yes")
    [(actor, subject, details)] = rows(
        counter.parts, "SELECT actor, subject, details FROM audit WHERE action = 'mailing.planned'"
    )
    assert ("責任 花子 boss", "april", {"people": 3, "rows": 3}) == (actor, subject, details)


def test_every_bad_row_is_shown_with_line_column_and_reason_and_only_a_tick_leaves_it_out(
    counter: Counter, boss: Browser
) -> None:
    sends(boss, *people(2), BAD)
    [row] = re.findall(r"<tr><th scope=\"row\" class=\"number whole\">(.*?)</tr>", boss.text, re.DOTALL)
    for told in ("4<", "電話番号", "日本の携帯電話番号ではありません。例：090-1234-5678"):
        assert told in row
    confirms(boss, plan="yes")
    assert "正しくない行があるので" in boss.text
    assert [] == planned(counter)
    confirms(boss, plan="yes", without_bad_rows="yes")
    assert [(2,)] == rows(counter.parts, "SELECT count(*)::int FROM deliveries")


WRONG_ROWS = {
    "13,TG30000001,2023-02-23,1000,090-1234-0001,,,,": (
        2,
        "都道府県",
        "この窓口の都道府県（名前か番号）ではありません。",
    ),
    "09,あいう,2023-02-23,1000,090-1234-0002,,,,": (3, "お問合せ番号", "お問合せ番号の形ではありません。"),
    "09,TG30000003,2023-02-31,1000,090-1234-0003,,,,": (4, "旅行日", "暦にない日です。"),
    "09,TG30000004,2.23,1000,090-1234-0004,,,,": (5, "旅行日", "日付として読めません。例：2023-02-23"),
    "09,TG30000005,2023-02-23,千円,090-1234-0005,,,,": (6, "残額", "金額（円）として読めません。例：2000"),
    "09,TG30000006,2023-02-23,99999999,090-1234-0006,,,,": (7, "残額", "10,000,000円を超えています。"),
    "09,TG30000007,2023-02-23,,090-1234-0007,,,,": (8, "残額", "空欄です。"),
    "09,TG30000008,2023-02-23,1000,03-1234-0008,,,,": (
        9,
        "電話番号",
        "日本の携帯電話番号ではありません。例：090-1234-5678",
    ),
    "09,TG30000009,2023-02-23,1000,,foo@,,,": (
        *(10, "メールアドレス"),
        "メールアドレスとして読めません。例：hanako@example.jp",
    ),
    "09,TG30000010,2023-02-23,1000,,,,,": (
        *(11, "電話番号"),
        "電話番号もメールアドレスも空欄なので、送る先がありません。",
    ),
    "09,TG30000011,2023-02-23,1000,090-1234-0011,,?,,": (
        *(12, "アプリ会員"),
        "none（なし）、active（会員）、withdrawn（退会）のどれでもありません。",
    ),
    f"09,TG30000012,2023-02-23,1000,090-1234-0012,,,{'M' * 65},": (13, "会員番号", "64字を超えています。"),
    "09,TG30000013,2023-02-23,1000,090-1234-0013,,,,zh": (14, "言語", "ja、ja-easy、en のどれでもありません。"),
    "09,TG30000014,2023-02-23,1000": (15, "", "9個のセルが要りますが、4個です。"),
    "09,TG30000015,2023-02-23,1000,090-1234-0015,,,,\n09,TG30000015,2023-02-23,500,090-1234-0015,,,,": (
        *(17, "お問合せ番号"),
        "同じ番号が16行目にもあります。",
    ),
}


def bad_rows(boss: Browser) -> list[tuple[int, str, str]]:
    """What the CSV of bad rows says."""
    [path] = re.findall(r'href="([^"]+/bad-rows\.csv)"', boss.text)
    with boss.client.get(path) as answer:
        lines = list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))
    assert ["行", "列", "理由"] == lines[0]
    return [(int(line), column, reason) for line, column, reason in lines[1:]]


def test_why_a_row_is_bad_is_said_in_the_language_of_whoever_looks_with_the_headings_of_their_list(
    boss: Browser,
) -> None:
    sends(boss, *WRONG_ROWS)
    assert list(WRONG_ROWS.values()) == bad_rows(boss)
    missing = [why for _, _, why in WRONG_ROWS.values() if why not in boss.text]
    assert [] == missing
    assert "expected" not in boss.text


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        (
            "prefecture,number,trip_date,残り,phone",
            ["知らない見出しがあります：「残り」", "「残額」の列がありません。"],
        ),
        ("prefecture,number,trip_date,balance,phone,電話番号", ["「電話番号」の列が二つあります。"]),
        ("prefecture,number,trip_date,balance,phone,line\n09,TG30000001,2023-02-23,1,,U1", ["LINEユーザーID（U"]),
        ('prefecture,number,trip_date,balance,phone\n09,"TG3', ["CSVとして読めません。ここから先は読んでいません。"]),
        ("\udc81", ["文字コードがUTF-8でもShift_JISでもありません。"]),
    ],
)
def test_a_list_that_cannot_be_read_is_told_in_that_language_too(boss: Browser, heading: str, told: list[str]) -> None:
    sends(boss, content=f"{heading}\n".encode(errors="surrogateescape"))
    assert [] == [sentence for sentence in told if sentence not in boss.text]


def test_a_member_who_reads_english_reads_why_a_row_is_bad_in_english(counter: Counter, boss: Browser) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE staff SET language = 'en'")
    sends(boss.get(PLAN), BAD)
    assert "This is no Japanese mobile number. For example: 090-1234-5678" in boss.text


def test_every_bad_row_is_in_the_csv_where_the_page_shows_the_first_ones_alone(boss: Browser) -> None:
    sends(boss, *(f"13,TG{number:08},2023-02-23,1000,090-1234-0001,,,," for number in range(KEPT_PROBLEMS + 5)))
    assert "はじめの1,000件を出しています。全部はCSVにあります。" in boss.text
    assert KEPT_PROBLEMS + 5 == len(bad_rows(boss))


def test_the_bad_rows_of_a_file_that_is_gone_are_not_told_and_the_file_is_asked_for(boss: Browser) -> None:
    sends(boss, BAD)
    [path] = re.findall(r'href="([^"]+/bad-rows\.csv)"', boss.text)
    confirms(boss, drop="yes")
    assert "預かったファイルはもうありません" in boss.see(boss.client.get(path)).text


def test_nothing_of_a_file_can_be_read_where_it_is_kept_and_nothing_is_left_once_it_is_dropped(
    counter: Counter, boss: Browser
) -> None:
    sends(boss, *people(1))
    [place] = kept(counter)
    sealed = str(counter.parts.redis.get(place))
    assert not any(told in sealed for told in ("10000001", "p10000001", "april"))
    assert 0 < counter.parts.redis.ttl(place) <= uploads.KEPT_SECONDS
    confirms(boss, drop="yes")
    assert ([], []) == (kept(counter), planned(counter))


def test_while_another_list_is_brought_in_the_page_says_so_at_once_and_keeps_the_file(
    counter: Counter, boss: Browser
) -> None:
    sends(boss, *people(1))
    with transaction(counter.parts.db) as connection:
        assert plans.alone(connection, wait=True)
        confirms(boss, plan="yes")
    assert (409, True, []) == (boss.page.status_code, "ほかの一覧を取り込んでいます" in boss.text, planned(counter))
    confirms(boss, plan="yes")
    assert ["april"] == planned(counter)


def test_more_applicants_than_a_page_can_look_at_are_for_the_command_which_is_named(
    counter: Counter, boss: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_plan, "MOST_APPLICANTS", 1)
    accepted(counter.parts, 1)
    assert "1人分を作る" in sends(boss, content=b"", accepted_claims="yes").text
    accepted(counter.parts, 2)
    confirms(boss, plan="yes")
    assert "bot deliveries plan 名前 --accepted-claims" in boss.text
    assert "bot deliveries plan 名前 --accepted-claims" in sends(boss, content=b"", accepted_claims="yes").text
    assert [] == planned(counter)


def test_nobody_else_can_confirm_it_and_what_is_gone_is_asked_for_again(counter: Counter, boss: Browser) -> None:
    sends(boss, *people(1))
    [path] = re.findall(rf'action="({PLAN}/[^"]+)"', boss.text)
    other = at_work(counter, hire(counter.parts, "other", "supervisor")).get(PLAN)
    other.post(path, plan="yes")
    assert "預かったファイルはもうありません" in other.text
    counter.parts.redis.delete(*kept(counter))
    boss.post(path, plan="yes")
    assert "預かったファイルはもうありません" in boss.text
    assert [] == planned(counter)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": ""}, "名前を半角の英数字とハイフンで"),
        ({"name": "四月"}, "名前を半角の英数字とハイフンで"),
        ({"content": b""}, "一覧のファイルを選ぶか"),
        ({"content": b"," * (uploads.LARGEST + 1)}, "bot deliveries plan"),
        ({"content": b"," * (2 * uploads.LARGEST)}, "bot deliveries plan"),
    ],
    ids=["no name", "odd name", "no file", "too large", "far too large"],
)
def test_what_cannot_be_taken_is_told_with_what_to_do(
    counter: Counter, boss: Browser, typed: dict[str, str], told: str
) -> None:
    sends(boss, **{"content": HEADINGS.encode(), **typed})  # type: ignore[arg-type]  # of one kind each
    assert boss.page.status_code in (400, 413)
    assert told in boss.text
    assert [] == kept(counter)


def test_a_name_that_is_taken_is_refused_before_and_after_the_look(counter: Counter, boss: Browser) -> None:
    sends(boss, *people(1))
    second = at_work(counter, hire(counter.parts, "other", "supervisor")).get(PLAN)
    confirms(sends(second, *people(1, first=20_000_001)), plan="yes")
    confirms(boss, plan="yes")
    assert 409 == boss.page.status_code
    assert "同じ名前の一斉送信がある" in boss.text
    assert "その名前の一斉送信はもうあります" in sends(boss.get(PLAN), *people(1)).text


def test_a_file_that_is_no_list_is_told_as_what_it_is(counter: Counter, boss: Browser) -> None:
    for rubbish in (b"\x00\xff\xfe\x80", b"a,b\n1,2\n", b'"', HEADINGS.encode()):
        sends(boss.get(PLAN), content=rubbish)
        assert 200 == boss.page.status_code
        assert "URLを送る相手がいません" in boss.text
        assert 'name="plan"' not in boss.text


def test_while_redis_is_away_the_file_is_asked_for_again(counter: Counter) -> None:
    away = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    without = Counter(replace(counter.parts, redis=away))
    boss = at_work(without, hire(counter.parts, "boss", "supervisor")).get(PLAN)
    assert "いまファイルを預かれません" in sends(boss, *people(1)).text
    assert "いまファイルを預かれません" in boss.post(f"{PLAN}/{'k' * 22}", plan="yes").text
    assert [] == planned(counter)
