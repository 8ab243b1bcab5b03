"""What the shop's records show about a case: typed in or attached, kept sealed, seen by who may, in the audit."""

from __future__ import annotations

import pytest

from bot.shop_records import LARGEST, MOST
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.handoff_house import rows, run
from tests.bot.held_house import told_of
from tests.bot.web.counter import NUMBER, Browser, Counter, hidden_fields

CASES = "/console/cases"
FILES = {
    "pdf": b"%PDF-1.7 a receipt",
    "jpeg": b"\xff\xd8\xff\xe0 a photo",
    "png": b"\x89PNG\r\n\x1a\n a screen",
    "webp": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def case_no(counter: Counter) -> str:
    return told_of(counter.parts, NUMBER)


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def add(browser: Browser, case_no: str, content: bytes = b"", name: str = "record", **fields: str) -> Browser:
    browser.get(f"{CASES}/{case_no}")
    body = form({**hidden_fields(browser.text), **fields}, content, name)
    path, kind = f"{CASES}/{case_no}/records", "multipart/form-data; boundary=cut"
    return browser.see(browser.client.post(path, data=body, content_type=kind, follow_redirects=True))


def form(fields: dict[str, str], content: bytes, name: str = "record") -> bytes:
    """A form with a file as browsers send it; the test client would leave a large one open on the disk."""
    head = '--cut\r\nContent-Disposition: form-data; name="'
    cells = [f'{head}{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    return b"".join((*cells, f'{head}file"; filename="{name}"\r\n\r\n'.encode(), content, b"\r\n--cut--\r\n"))


def kept(counter: Counter) -> int:
    return int(rows(counter, "SELECT count(*) FROM shop_records WHERE details IS NOT NULL")[0][0])


def file_path(counter: Counter, case_no: str) -> str:
    ((record,),) = rows(counter, "SELECT id FROM shop_records")
    return f"{CASES}/{case_no}/records/{record}"


def test_what_the_terminal_shows_is_kept_masked_and_shown_to_who_asks(
    counter: Counter, case_no: str, ichiro: Browser
) -> None:
    add(ichiro, case_no, day="2023-02-24", time="18:31", yen="１，５００円", number="T-778899", words="二重の売上")
    shown = ["2023-02-24 18:31" in ichiro.text, "1,500" in ichiro.text, "8899" in ichiro.text]
    assert ([True] * 3, False, False) == (shown, "T-778899" in ichiro.text, "二重の売上" in ichiro.text)
    ichiro.post("/console/unmask", subject=f"case:{case_no}", field="told", to=f"{CASES}/{case_no}")
    assert (True, True) == ("T-778899" in ichiro.text, "二重の売上" in ichiro.text)
    assert ("担当 一郎", "case.record_added") in actions(counter.parts)
    assert [] == [row for row in rows(counter, "SELECT details FROM shop_records") if b"T-778899" in row[0]]


@pytest.mark.parametrize("form", FILES)
def test_a_file_is_known_by_its_content_and_comes_back_unchanged_where_nothing_in_it_runs(
    counter: Counter, case_no: str, ichiro: Browser, form: str
) -> None:
    add(ichiro, case_no, FILES[form], name="../../evil.html")
    seen = ichiro.client.get(file_path(counter, case_no))
    assert (200, FILES[form]) == (seen.status_code, seen.data)
    assert seen.headers["Content-Disposition"].startswith("attachment" if form == "pdf" else "inline")
    assert ("nosniff", "no-store") == (seen.headers["X-Content-Type-Options"], seen.headers["Cache-Control"])
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]
    assert seen.headers["Content-Security-Policy"].endswith("sandbox")
    assert "evil" not in str(seen.headers)
    assert ("担当 一郎", "case.record_seen") in actions(counter.parts)
    assert FILES[form] not in rows(counter, "SELECT content FROM shop_records")[0][0]


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"MZ a program", b"GIF89a a picture", b"RIFF1234AVI "]
)
def test_a_file_of_another_form_is_refused_whatever_it_is_called(
    counter: Counter, case_no: str, ichiro: Browser, content: bytes
) -> None:
    add(ichiro, case_no, content, name="receipt.pdf", words="控え")
    assert (400, 0, True) == (
        ichiro.page.status_code,
        kept(counter),
        "PDF、JPEG、PNG、WebPではありません" in ichiro.text,
    )
    assert "控え</textarea>" in ichiro.text


def test_a_file_that_is_too_large_is_refused_in_a_sentence(counter: Counter, case_no: str, ichiro: Browser) -> None:
    add(ichiro, case_no, FILES["pdf"].ljust(LARGEST + 1, b"0"))
    assert (400, True) == (ichiro.page.status_code, "5MBより大きい" in ichiro.text)
    add(ichiro, case_no, FILES["pdf"].ljust(LARGEST * 2, b"0"))
    assert (413, True) == (ichiro.page.status_code, "ファイルは5MBまで" in ichiro.text)
    add(ichiro, case_no, FILES["pdf"].ljust(LARGEST, b"0"))
    assert 1 == kept(counter)


def test_nobody_who_is_not_signed_in_sends_a_large_file(counter: Counter, case_no: str) -> None:
    body = form({}, FILES["pdf"].ljust(LARGEST, b"0"))
    path, kind = f"{CASES}/{case_no}/records", "multipart/form-data; boundary=cut"
    assert 401 == counter.app.test_client().post(path, data=body, content_type=kind).status_code
    assert 0 == kept(counter)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "どれか一つを入力するか"),
        ({"words": "\u200b"}, "どれか一つを入力するか"),
        ({"yen": "たくさん"}, "金額を数字で"),
        ({"day": "きのう"}, "日付を選んで"),
        ({"time": "25:00"}, "時刻を入力して"),
        ({"words": "あ" * 1001}, "1000文字まで"),
        ({"number": "9" * 61}, "番号を60文字まで"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(
    counter: Counter, case_no: str, ichiro: Browser, fields: dict[str, str], said: str
) -> None:
    add(ichiro, case_no, **fields)
    assert (400, 0, True) == (ichiro.page.status_code, kept(counter), f"＊{said}" in ichiro.text)


def test_a_case_that_is_over_and_one_with_many_records_take_no_more(
    counter: Counter, case_no: str, ichiro: Browser
) -> None:
    for _ in range(MOST):
        add(ichiro, case_no, words="控え")
    add(ichiro, case_no, words="控え")
    assert (True, MOST) == ("20件あります" in ichiro.text, kept(counter))
    run(counter, "UPDATE cases SET state = 'closed'")
    add(ichiro, case_no, words="控え")
    assert "終わった相談には" in ichiro.text


def test_a_record_that_does_not_belong_there_is_erased_by_a_supervisor(
    counter: Counter, case_no: str, ichiro: Browser
) -> None:
    add(ichiro, case_no, FILES["png"], words="別の人の控え")
    path = file_path(counter, case_no)
    assert 403 == ichiro.post(f"{path}/removal").page.status_code
    hana = at_work(counter, hire(counter.parts, "hana", "supervisor", name="責任 花子"))
    hana.get(f"{CASES}/{case_no}").post(f"{path}/removal")
    assert "責任 花子が取り消しました" in hana.text
    assert [(None, None)] == rows(counter, "SELECT details, content FROM shop_records")
    assert [404, 404] == [hana.client.get(path).status_code, hana.post(f"{path}/removal").page.status_code]


def test_a_file_of_another_case_is_not_found_under_this_one(counter: Counter, case_no: str, ichiro: Browser) -> None:
    add(ichiro, case_no, FILES["png"])
    other = told_of(counter.parts, "TG87654321")
    assert 404 == ichiro.client.get(file_path(counter, case_no).replace(case_no, other)).status_code


def test_the_page_tells_who_did_what_with_the_case(counter: Counter, case_no: str, ichiro: Browser) -> None:
    for to in ("checking", "opened", "checking", "found"):
        ichiro.get(f"{CASES}/{case_no}").post(f"{CASES}/{case_no}/move", to=to)
    add(ichiro, case_no, words="控え")
    history = ichiro.text[ichiro.text.index('id="history"') :]
    told = ["お客様</strong> 相談した", *(f"担当 一郎</strong> {did}" for did in ("調べはじめた", "受付に戻した"))]
    told += ["担当 一郎</strong> 確認できたとした", "担当 一郎</strong> お店の記録を加えた"]
    places = [history.find(each) for each in told]
    assert (True, places) == (-1 not in places, sorted(places))


def test_a_script_in_a_record_or_in_what_was_told_is_harmless(counter: Counter, ichiro: Browser) -> None:
    case_no = told_of(counter.parts, SCRIPT)
    add(ichiro, case_no, words=SCRIPT, number=SCRIPT)
    ichiro.post("/console/unmask", subject=f"case:{case_no}", field="told", to=f"{CASES}/{case_no}")
    assert (False, True) == (SCRIPT in ichiro.text, "&lt;script&gt;" in ichiro.text)
