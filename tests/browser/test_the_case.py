"""The whole case as a newcomer meets it: `bot try`, its page, a phone, and the pages that the phone opens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.newcomers_phone import Phone, Private

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the emulator's page of a counter that runs just as `make run` runs it."""
    port, emulator_port = _two_ports()
    environment = {
        **os.environ,
        "PORT": str(port),
        "EMULATOR_PORT": str(emulator_port),
        "DATA_DIR": str(tmp_path_factory.mktemp("tried")),
        "WEB_WORKERS": "1",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    log = tmp_path_factory.mktemp("log") / "try.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "try"], env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}/healthz", log)
            _wait_until_ready(process, f"http://127.0.0.1:{emulator_port}/", log)
            yield f"http://127.0.0.1:{emulator_port}/"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def test_a_traveller_goes_from_hello_to_the_amount_by_sms(emulator_url: str, phone_page: Page) -> None:
    phone = Phone(phone_page, emulator_url, person="山田 花子")
    _eligible(phone)
    phone.type("4401-0012")
    phone.expect("1枚目")
    phone.type("２月２３日")
    phone.expect("ほかにもクーポン")
    phone.tap("はい、あります")
    phone.expect("2枚目")
    phone.type("4401 0020")
    phone.expect("2枚目のクーポンの旅行日")
    phone.type("R5.2.23")
    phone.expect("ほかにもクーポン")
    phone.tap("いいえ、これで全部")

    private = phone.open("専用ページを開く")
    _personal_details(private, target="090-1234-5678")
    private.fill("123", "6けた")
    expect(private.page.locator("#error")).to_contain_text("＊")
    private.fill(phone.code_from_sms(), "")
    expect(private.page.get_by_role("heading", level=1)).to_contain_text("ありがとう")
    private.shot("private-done")
    private.page.close()

    phone.expect("この内容で申請する")
    phone.shot("check")
    phone.tap("答えを直す")
    phone.expect("どの答え")
    phone.type("2枚目の旅行日")
    phone.expect("前のまま")
    phone.type("2023/2/23")
    phone.expect("内容をご確認ください")
    phone.tap("この内容で申請する")
    phone.expect("受付番号")
    phone.shot("receipt")

    reward = phone.open_url_from_sms()
    expect(reward.page.get_by_text("3,500円")).to_have_count(0)
    reward.press("認証番号を送る")
    reward.shot("reward-code")
    reward.enter(phone.code_from_sms(nth=2))
    expect(reward.page.get_by_text("3,500円")).to_be_visible()
    expect(reward.page.get_by_text("2023年5月31日")).to_be_visible()
    reward.shot("reward")


def test_a_traveller_who_prefers_mail_gets_code_and_url_there(emulator_url: str, desktop_page: Page) -> None:
    phone = Phone(desktop_page, emulator_url, person="鈴木")
    _eligible(phone)
    phone.type("４４０２－００１１")
    phone.expect("旅行日")
    phone.type("2/23")
    phone.expect("ほかにもクーポン")
    phone.tap("いいえ、これで全部")
    private = phone.open("専用ページを開く")
    _personal_details(private, target="ｉｃｈｉｒｏ＠example.jp")
    private.fill(phone.code_from_mail(), "")
    expect(private.page.get_by_role("heading", level=1)).to_contain_text("ありがとう")
    private.page.close()
    phone.tap("この内容で申請する")
    phone.expect("受付番号")
    phone.shot("desktop")
    reward = phone.open_url_from_mail()
    reward.press("認証番号を送る")
    reward.enter(phone.code_from_mail(nth=2))
    expect(reward.page.get_by_text("2,000円")).to_be_visible()
    reward.shot("reward-desktop")


def _eligible(phone: Phone) -> None:
    """From hello to the first coupon, by taps and by typing."""
    phone.befriend()
    phone.type("こんにちは")
    phone.expect("どれですか")
    phone.tap("紙の地域クーポン")
    phone.expect("どの都道府県")
    phone.tap("栃木県")
    phone.expect("有効期限")
    phone.type("２月２４日")
    phone.expect("お支払い")
    phone.tap("なかった")
    phone.expect("残額")
    phone.tap("1円以上残っていた")
    phone.expect("チャージ")
    phone.shot("eligibility")
    phone.tap("していない（紙のまま）")
    phone.expect("補償の対象です")
    phone.tap("いま申請する")
    phone.expect("お問合せ番号")


def _personal_details(private: Private, *, target: str) -> None:
    private.shot("begin")
    private.page.get_by_role("button", name="はじめる").click()
    private.choose("同意して進む")
    private.fill("髙橋 花子", "お名前")
    private.shot("name")
    private.fill("0312345678", "ご連絡先")
    private.fill(target, "お送り")


def _two_ports() -> tuple[int, int]:
    """Free ones; the emulator's mail port stands 25 above its own."""
    for candidate in range(18_000, 19_000, 50):
        if all(_is_free(candidate + offset) for offset in (0, 10, 35)):
            return candidate, candidate + 10
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(900):
        if process.poll() is not None:
            break
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer:\n{log.read_text()}")
