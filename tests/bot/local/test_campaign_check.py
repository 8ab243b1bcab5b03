"""`bot campaign check`: every fault of a file with its line, and nothing against a good one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.local.campaign_check import Problem, problems
from bot.local.campaign_view import check_campaign
from bot.local.toml_lines import key_lines, line_of
from dialogs.rules.campaign import CAMPAIGNS

FILES = sorted(CAMPAIGNS.glob("*.toml"))
TOCHIGI = (CAMPAIGNS / "tochigi-2023-02.toml").read_text(encoding="utf-8")


def checked(folder: Path, *changes: tuple[str, str]) -> tuple[str, list[Problem]]:
    """The text of the file with these changes, and what is wrong with it."""
    text = TOCHIGI
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "tochigi-2023-02.toml"
    file.write_text(text, encoding="utf-8")
    return text, problems(file)[1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_campaigns_of_the_house_are_right(file: Path) -> None:
    campaign, found = problems(file)

    assert [] == found
    assert campaign is not None


# What is changed in the file; the line that is named, by what stands on it; the key; the reason.
WRONG: dict[str, tuple[str, str, str, str, str]] = {
    "unknown key": (
        "grace_minutes = 0",
        "grace_minuts = 0",
        "grace_minuts",
        "dates.grace_minuts",
        "did you mean grace_minutes?",
    ),
    "unknown table": ("[sending]", "[snding]", "[snding]", "snding", "did you mean sending?"),
    "missing key": ("snapshot = ", "# snapshot = ", "[dates]", "dates.snapshot", "missing"),
    "missing table": ("[wording]", "[retentoin]", "# The second notice", "wording", "missing"),
    "type": ("version = 2", 'version = "2"', "version = ", "version", "a whole number"),
    "type in a list": (
        "weekdays = [1, 2",
        'weekdays = [1, "2"',
        "weekdays = ",
        "call_centre.weekdays[1]",
        "a whole number",
    ),
    "no offset": (
        "snapshot = 2023-04-01T00:00:00+09:00",
        "snapshot = 2023-04-01T00:00:00",
        "snapshot = ",
        "dates.snapshot",
        "+09:00",
    ),
    "order": (
        "apply_end = 2023-05-01",
        "apply_end = 2023-03-01",
        "apply_end = ",
        "dates.apply_end",
        "later than site_opens",
    ),
    "language": (', en = "cashless points"', "", "points = ", "words.points", "en is missing"),
    "unknown language": (
        'en = "Tochigi"',
        'en = "Tochigi", jp = "とちぎ"',
        "names = ",
        "prefectures[0].names",
        "jp is no language",
    ),
    "name in no language of ours": (
        "office = { en = ",
        'office = { fr = "Guichet", en = ',
        "office = { fr",
        "names.office",
        "fr is no language",
    ),
    "name that English lacks": (
        "programme = { en = ",
        "programme = { ja-easy = ",
        "programme = { ja",
        "names.programme",
        "en is missing",
    ),
    "name in Japanese twice": (
        "subsidy = { en = ",
        'subsidy = { ja = "支援", en = ',
        "subsidy = { ja",
        "names.subsidy",
        "stands there alone",
    ),
    "name with a brace": (
        'call_centre = { en = "',
        'call_centre = { en = "{day}',
        "call_centre = { en",
        "names.call_centre",
        "{day} in en",
    ),
    "reward that English lacks": (
        'names = { en = "nanaco',
        'names = { ja-easy = "nanaco',
        "names = { ja-easy",
        "brands[4].names",
        "en is missing",
    ),
    "pattern": ('pattern = "(?=', 'pattern = "((?=', "pattern = ", "inquiry_number.pattern", "no regular expression"),
    "example": ('ja = "TG12345678"', 'ja = "TG"', "number_example", "words.number_example", "does not fit"),
    "http": ('url = "/"', 'url = "http://example.jp/"', "url = ", "site.url", "https://"),
    "no host": ('url = "/"', 'url = "https:///hosho"', "url = ", "site.url", "no address"),
    "too many coupons": (
        "coupons_per_claim = 10",
        "coupons_per_claim = 11",
        "coupons_per_claim",
        "coupons_per_claim",
        "1 to 10",
    ),
    "prefecture not said": (
        'with_region_pay = { ja = "{prefecture}のクーポンは、{prefecture}の',
        'with_region_pay = { ja = "',
        "with_region_pay",
        "elsewhere.with_region_pay",
        "ja does not say {prefecture}",
    ),
    "unknown placeholder": (
        "{day}オープン",
        "{day}{hour}オープン",
        "site_opens = {",
        "wording.site_opens",
        "{hour} in ja",
    ),
    "lone brace": ('ja = "4月上旬以降"', 'ja = "4月上旬{以降"', "app_send = ", "wording.app_send", "brace in ja"),
    "day by hand": (
        "{day}オープン",
        "{day}（3月22日）オープン",
        "site_opens = {",
        "wording.site_opens",
        "names a day (3月22日",
    ),
    "other month": ('app_send = { ja = "4月', 'app_send = { ja = "5月', "app_send = ", "wording.app_send", "April"),
    "code of another": ('code = "09"', 'code = "10"', 'code = "10"', "prefectures[0].code", "栃木県 has the code 09"),
    "code twice": ('"03", "08"', '"03", "03"', "region_pay = [", "elsewhere.region_pay", "03 stands twice"),
    "question": (
        '"inquiry_number", "delivery_target"',
        '"inquiry_no", "delivery_target"',
        "application = ",
        "asks.application",
        "did you mean inquiry_number?",
    ),
    "open and closed": (
        "extra_open_days = []\nextra_closed_days = []",
        "extra_open_days = [2023-05-03]\nextra_closed_days = [2023-05-03]",
        "extra_closed_days",
        "call_centre.extra_closed_days",
        "open and closed",
    ),
    "channel": ("senders = { line", "senders = { lien", "senders = ", "sending.senders", "did you mean line?"),
    "notice": ("amended = 2023-03-13", "amended = 2023-03-01", "amended", "notice.amended", "earlier than dated"),
    "reminder": (
        "apply_end_days = [7, 1]",
        "apply_end_days = [70, 1]",
        "apply_end_days",
        "reminders.apply_end_days",
        "70 days before",
    ),
    "second brand": ("minimum = 1\n", "minimum = 0\n", "minimum = 0", "brands[1].minimum", "at least 1"),
    "brand twice": ('id = "ponta"', 'id = "amazon"', "[[brands]]", "brands", "each with its own id"),
    "telephone": ('number = "0120-479-249"', 'number = "call us"', "number = ", "call_centre.number", "0120-479-249"),
    "hours": ("opens = 10:00:00", "opens = 19:00:00", "closes = ", "call_centre.closes", "later than opens"),
    "code of no prefecture": ('code = "09"', 'code = "99"', 'code = "99"', "prefectures[0].code", "from 01 to 47"),
    "weekday": ("weekdays = [1, 2", "weekdays = [8, 2", "weekdays = ", "call_centre.weekdays", "from 1 (Monday) to 7"),
    "kept for no time": (
        "drafts_days = 7",
        "drafts_days = 0",
        "drafts_days",
        "retention.drafts_days",
        "1 or more expected",
    ),
    "file name": (
        'id = "tochigi-2023-02"',
        'id = "tochigi-2023-03"',
        "id = ",
        "id",
        "has to be called tochigi-2023-03.toml",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_with_its_line_its_key_and_the_reason(name: str, tmp_path: Path) -> None:
    old, new, on_line, key, reason = WRONG[name]

    text, found = checked(tmp_path, (old, new))

    matching = [problem for problem in found if problem.key == key and reason in problem.reason]
    assert matching, found
    assert on_line in text.splitlines()[matching[0].line - 1]


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    names = ("type", "too many coupons", "missing key", "order", "language", "http", "channel", "reminder")

    _, found = checked(tmp_path, *(WRONG[name][:2] for name in names))

    assert sorted(WRONG[name][3] for name in names) == sorted({problem.key for problem in found} - {"dates"})
    assert sorted(problem.line for problem in found) == [problem.line for problem in found]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b'id = "a"\nversion = \n', 2, "is no TOML"),
        (b'id = "a"\nid = "b"\n', 2, "is no TOML"),
        (b'id = "a"\nlist = [1,\n2', 3, "is no TOML"),
        (b'id = "\xff"\n', 1, "UTF-8"),
        (b"", 1, "missing"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, line: int, reason: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)

    campaign, found = problems(file)

    assert campaign is None
    assert (line, True) == (found[0].line, reason in found[0].reason)


def test_a_line_is_printed_so_that_an_editor_can_go_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked(tmp_path, ("coupons_per_claim = 10", "coupons_per_claim = 11"))
    file = tmp_path / "tochigi-2023-02.toml"

    assert not check_campaign(file)

    printed = capsys.readouterr().out
    assert re.search(rf"^{re.escape(str(file))}:\d+: coupons_per_claim: 1 to 10 expected$", printed, re.MULTILINE)
    assert "1 problem." in printed


def test_a_good_file_is_ok_with_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_campaign(CAMPAIGNS / "tochigi-2023-02.toml")

    assert capsys.readouterr().out.startswith("ok: tochigi-2023-02, version 2, for 栃木県; site from Wed 2023-03-22")


def test_the_line_of_a_key_is_found_through_strings_lists_and_comments() -> None:
    lines = key_lines(
        '# a = 1\na = "# not = this"\n\n[b.c] # [d]\ne = [ # x = 1\n  "[f]", # ]\n  2,\n]\n'
        'g = """\n[h]\ni = 1\n"""\n[[j]]\nk = {l = 1}\n[[j]]\n"m n" = 2\n[j.o]\np.q = \'\'\'\nr = 1\'\'\'\ns = 1'
    )

    expected = {"a": 2, "b.c": 4, "b.c.e": 5, "b.c.g": 9, "j": 13, "j[0]": 13, "j[0].k": 14, "j[1]": 15}
    assert {**expected, "j[1].m n": 16, "j[1].o": 17, "j[1].o.p.q": 18, "j[1].o.s": 20} == lines
    assert 14 == line_of("j[0].k.l", lines)
    assert 5 == line_of("b.c.e[1]", lines)
    assert 4 == line_of("b.c.missing", lines)
    assert 1 == line_of("nowhere", lines)
