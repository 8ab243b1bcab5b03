"""Files for the bank in the console: made by one, released by another, taken away as they were released, paid."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from integrations.zengin import read_file
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.handoff_house import rows
from tests.bot.refunds_house import checked
from tests.bot.web.counter import Browser, Counter, hidden_fields, opened_counter

FILES = "/console/refund-files"
SENDER = Path(__file__).parents[3] / "sample-data" / "refund-sender.toml"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url, REFUND_SENDER_FILE=str(SENDER)) as opened:
        yield opened


@pytest.fixture
def maker(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "maker", "finance", name="経理 三郎"))


@pytest.fixture
def releaser(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "releaser", "finance", name="経理 四郎"))


def made(maker: Browser, **fields: str) -> str:
    """Make a file; gives its address."""
    maker.get(FILES).post(FILES, **fields)
    return maker.page.request.path


def act(browser: Browser, path: str, name: str, **fields: str) -> Browser:
    return browser.get(path).post(f"{path}/{name}", **fields)


def taken(browser: Browser, path: str) -> TestResponse:
    """The answer to a download, which is no page."""
    return browser.client.post(f"{path}/file", data=hidden_fields(browser.get(path).text))


def state(counter: Counter) -> str:
    return str(rows(counter, "SELECT state FROM refund_files")[0][0])


def test_a_file_goes_from_the_maker_to_the_bank_by_another_person(
    counter: Counter, maker: Browser, releaser: Browser
) -> None:
    checked(counter.parts, 1)
    path = made(maker)
    [(digest,)] = rows(counter, "SELECT sha256 FROM refund_files")
    assert (True, True, True) == (digest in maker.text, "1,200" in maker.text, "2023年5月15日" in maker.text)
    act(releaser, path, "release", sure="yes")
    content = taken(releaser, path).get_data()
    assert digest == sha256(content).hexdigest()
    assert [1200] == [transfer.amount for transfer in read_file(content).transfers]
    counter.move("2023-05-15T16:00:00+09:00")
    act(maker, path, "paid", sure="yes")
    assert ("paid", [("paid",)]) == (state(counter), rows(counter, "SELECT state FROM refunds"))
    assert [
        ("経理 三郎", "refund_file.made"),
        ("経理 四郎", "refund_file.released"),
        ("経理 四郎", "refund_file.exported"),
        ("経理 三郎", "refund_file.paid"),
    ] == [each for each in actions(counter.parts) if each[1].startswith("refund_file")]


def test_who_made_it_is_told_that_another_releases_it(counter: Counter, maker: Browser) -> None:
    checked(counter.parts, 1)
    path = made(maker)
    assert f"{path}/release" not in maker.text
    act(maker, path, "release", sure="yes")
    assert (409, "made") == (maker.page.status_code, state(counter))
    assert "このファイルはあなたが作りました" in maker.text


def test_what_was_done_is_said_until_the_file_has_moved_on(counter: Counter, maker: Browser, releaser: Browser) -> None:
    checked(counter.parts, 1)
    path = made(maker)
    assert "ファイルを作りました。" in maker.text
    act(releaser, path, "release", sure="yes")
    assert "承認しました。" in releaser.text
    assert "ファイルを作りました。" not in maker.get(f"{path}?done=made").text
    assert 200 == maker.get(f"{path}?done=rubbish").page.status_code


def test_nothing_is_released_that_was_not_looked_at(counter: Counter, maker: Browser, releaser: Browser) -> None:
    checked(counter.parts, 1)
    act(releaser, made(maker), "release")
    assert (400, "made", True) == (releaser.page.status_code, state(counter), "しるしを付けてください" in releaser.text)


@pytest.mark.parametrize(("name", "fields"), [("file", {}), ("paid", {"sure": "yes"})])
def test_nothing_leaves_before_it_is_released(
    counter: Counter, maker: Browser, name: str, fields: dict[str, str]
) -> None:
    checked(counter.parts, 1)
    act(maker, made(maker), name, **fields)
    assert (409, "made", True) == (maker.page.status_code, state(counter), "いまの状態では" in maker.text)


def test_it_is_paid_on_its_day_and_not_before(counter: Counter, maker: Browser, releaser: Browser) -> None:
    checked(counter.parts, 1)
    path = made(maker)
    act(releaser, path, "release", sure="yes")
    assert 200 == taken(releaser, path).status_code
    assert f"{path}/paid" not in releaser.get(path).text
    assert 409 == act(releaser, path, "paid", sure="yes").page.status_code
    assert "released" == state(counter)


def test_a_dropped_file_frees_its_refunds_for_another(counter: Counter, maker: Browser) -> None:
    checked(counter.parts, 1)
    first = made(maker)
    act(maker, first, "drop")
    assert "取りやめました" in maker.text
    assert first != made(maker)


@pytest.mark.parametrize(
    ("day", "status", "sentence"),
    [
        ("", 200, "作った人とは別の人が"),
        ("soon", 400, "振込日を選んでください"),
        ("2023-04-01", 409, "明日からにしてください"),
        ("2023-05-12", 409, "2023年5月15日(月)からの銀行の営業日です"),
        ("2023-05-20", 409, "銀行の営業日ではありません"),
    ],
)
def test_the_day_of_payment_is_one_of_banks_to_come(
    counter: Counter, maker: Browser, day: str, status: int, sentence: str
) -> None:
    checked(counter.parts, 1)
    made(maker, pay_on=day)
    assert (status, True) == (maker.page.status_code, sentence in maker.text)


def test_without_anything_checked_no_file_is_made(maker: Browser) -> None:
    assert ("振込ファイルはありません" in maker.get(FILES).text, 'name="pay_on"' in maker.text) == (True, False)
    made(maker)
    assert (409, True) == (maker.page.status_code, "ほかの人が先に作ったのかもしれません" in maker.text)


def test_without_an_account_to_pay_from_it_says_which_setting(database_url: str, redis_url: str) -> None:
    with opened_counter(database_url, redis_url) as counter:
        maker = at_work(counter, hire(counter.parts, "maker", "finance"))
        checked(counter.parts, 1)
        made(maker)
        assert (409, True) == (maker.page.status_code, "REFUND_SENDER_FILE" in maker.text)


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_no_other_role_sees_or_takes_a_file(counter: Counter, maker: Browser, role: str) -> None:
    checked(counter.parts, 1)
    path, other = made(maker), at_work(counter, hire(counter.parts, "other", role))
    assert [403, 403] == [other.get(each).page.status_code for each in (FILES, path)]
    other.get("/console")
    assert [403] * 4 == [
        other.post(f"{path}/{name}", sure="yes").page.status_code for name in ("release", "drop", "paid", "file")
    ]
    assert "made" == state(counter)


def test_a_forged_form_takes_nothing_away(counter: Counter, maker: Browser, releaser: Browser) -> None:
    checked(counter.parts, 1)
    path = made(maker)
    act(releaser, path, "release", sure="yes")
    assert 400 == act(releaser, path, "file", csrf="0" * 64).page.status_code
    assert [] == [each for each in actions(counter.parts) if each[1] == "refund_file.exported"]


@pytest.mark.parametrize("number", ["0", "7", "99999999999999"])
def test_a_file_that_nobody_made_is_not_found(maker: Browser, number: str) -> None:
    assert 404 == maker.get(f"{FILES}/{number}").page.status_code
