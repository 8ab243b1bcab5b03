"""`bot talk` plays whole conversations from files; what it prints is kept beside them, and leaves nothing behind.

After a change of words: REFRESH=1 pytest tests/bot/local/test_talk.py, and read what changed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.local.watching import PROJECT

SCRIPTS = Path(__file__).parent / "scripts"
REFRESH = os.environ.get("REFRESH") == "1"

# What is drawn by lot: receipt numbers and their ends, one-time codes, tokens.
BY_LOT = {
    r"(?<!\d)\d{4}-\d{4}-\d{2}(?!\d)": "1234-5678-97",
    r"(末尾が? ?)\d{4}": r"\g<1>7897",
    r"(認証番号[は ]+)\d{6}": r"\g<1>123456",
    r"/r/\w{12}": "/r/TOKEN",
}


def talk(*arguments: str, said: str = "", campaign: str = "tochigi-2023-02") -> str:
    command, environment = [sys.executable, "-m", "bot", "talk", *arguments], {**os.environ, "CAMPAIGN": campaign}
    ended = subprocess.run(
        command, input=said, capture_output=True, text=True, check=False, cwd=PROJECT, env=environment, timeout=300
    )
    assert ("", 0) == (ended.stderr, ended.returncode)
    for pattern, shown in BY_LOT.items():
        ended.stdout = re.sub(pattern, shown, ended.stdout)
    return ended.stdout


@pytest.mark.parametrize(("script", "channel"), [("sms", "line"), ("mail", "sms")])
def test_a_case_goes_from_hello_to_the_url(script: str, channel: str) -> None:
    found = talk("--channel", channel, "--script", str(SCRIPTS / f"{script}.txt"))
    kept = SCRIPTS / f"{script}.transcript"
    if REFRESH:
        kept.write_text(found, "utf-8")
    assert kept.read_text("utf-8") == found


def test_the_web_door_asks_private_things_right_there() -> None:
    eligible = "hello\n1\n1\n2/24\n1\n1\n1\n1\n4401-0012\n2/23\n2\n"
    found = talk("--channel", "web", said=f"{eligible}1\n栃木花子\n")
    assert "page" not in found
    assert "ご連絡先" in found.rpartition("> 栃木花子")[2]


def test_at_night_the_url_waits_for_the_morning() -> None:
    lines = (SCRIPTS / "sms.txt").read_text("utf-8")
    found = talk("--at", "2023-04-05T22:00", said=lines)
    assert "(It is 2023-04-06 10:00 now.)\n[SMS 090-1234-5678]" in found


def test_before_the_applications_open_nothing_private_is_asked() -> None:
    found = talk("--at", "2023-03-10", said="hello\n1\n1\n2/24\n1\n1\n1\n")
    assert "page" not in found
    assert "お名前を書いて" not in found
    assert "2023年3月31日(金) 23:59 まで使えます" in found


def test_a_direction_that_cannot_be_followed_is_said_and_passed_over() -> None:
    found = talk(said="@code\n@jump\n@wait\n")
    assert "(no code has arrived yet)" in found
    assert "(@jump is unknown here; there are @code, @wait, @chat)" in found


def test_a_closed_page_leaves_private_words_unread_in_the_chat() -> None:
    lines = (SCRIPTS / "sms.txt").read_text("utf-8").partition("# the private page")[0]
    found = talk(said=f"{lines}@chat\n栃木花子\n")
    assert "ここには書かないでください" in found.rpartition("> 栃木花子")[2]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    talk(said="hello\n")
    assert [] == list(tmp_path.iterdir())


def test_another_campaign_is_talked_with_in_its_own_words() -> None:
    found = talk("--at", "2026-08-05", said="hello\n", campaign="minato-pay-2026-07")
    assert ("みなと市商品券 補償窓口です" in found, "いちご一会" in found) == (True, False)
    assert found.startswith("(The sample coupons are of another campaign")
