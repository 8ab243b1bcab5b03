"""Two providers of SMS share a mailing by their weights, and one stands in for the other without a second message."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.deliveries import breakers
from bot.parts import Parts
from integrations.emulator import config
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import house, people, planned, rows
from tests.bot.test_mailing_send import UNKNOWN_NUMBER, at_work, counts, start, texts, until

NO_LAST_RECEIPT = "090-1553-0000"
IN_THE_FIRST_SECOND = """
SELECT DISTINCT provider FROM delivery_attempts
WHERE at < (SELECT min(at) FROM delivery_attempts) + interval '1 second' ORDER BY 1
"""
BY_PROVIDER = "SELECT provider, count(*)::int FROM delivery_attempts GROUP BY 1 ORDER BY 1"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "vonage.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return file


@pytest.fixture
def urls(database_url: str, redis_url: str, key_file: Path) -> tuple[str, str, Path]:
    return database_url, redis_url, key_file


@contextmanager
def two(urls: tuple[str, str, Path], **more: str) -> Iterator[tuple[Parts, Emulator]]:
    """A house with both providers, which the one emulator plays."""
    database_url, redis_url, key_file = urls
    ours = {
        "VONAGE_APPLICATION_ID": config.DEFAULT_VONAGE_APPLICATION,
        "VONAGE_PRIVATE_KEY_FILE": str(key_file),
        "VONAGE_API_KEY": config.DEFAULT_VONAGE_KEY,
        "VONAGE_API_SECRET": config.DEFAULT_VONAGE_SECRET,
        "VONAGE_SIGNATURE_SECRET": config.DEFAULT_VONAGE_SIGNATURE,
        "VONAGE_FROM": "+815012345678",
        "VONAGE_RATE": "200",
    }
    with house(database_url, redis_url, **{**ours, **more}) as found:
        yield found


def sent(parts: Parts, folder: Path, count: int) -> None:
    planned(parts, folder, *people(count))
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": count} == counts(parts))


def test_both_take_their_share_and_nobody_gets_two(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls, SMS_RATE="20", VONAGE_RATE="20") as (parts, emulator):
        sent(parts, tmp_path, 120)
        assert [1] * 120 == texts(emulator, 120)
        assert ["twilio", "vonage"] == [name for name, _ in rows(parts, BY_PROVIDER)]


def test_one_process_lets_both_send_side_by_side_each_at_its_own_rate(
    urls: tuple[str, str, Path], tmp_path: Path
) -> None:
    with two(urls, SMS_RATE="10", VONAGE_RATE="10") as (parts, _):
        sent(parts, tmp_path, 40)
        assert [("twilio",), ("vonage",)] == rows(parts, IN_THE_FIRST_SECOND)


def test_a_spare_sends_nothing_while_the_other_one_can(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls, VONAGE_WEIGHT="0") as (parts, _):
        sent(parts, tmp_path, 40)
        assert [("twilio", 40)] == rows(parts, BY_PROVIDER)


def test_while_one_fails_in_a_row_the_other_one_sends(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls, VONAGE_WEIGHT="0") as (parts, emulator):
        emulator.faults.set({"twilio.create": [{"do": "drop_before"}]})
        count = 2 * breakers.MOST_IN_A_ROW
        sent(parts, tmp_path, count)
        assert [1] * count == texts(emulator, count)
        assert ("vonage", count) in rows(parts, BY_PROVIDER)


def test_one_that_refuses_us_rests_and_the_mailing_goes_on(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls, TWILIO_AUTH_TOKEN="wrong", TWILIO_WEIGHT="1000") as (parts, emulator):
        planned(parts, tmp_path, *people(20))
        start(parts)
        with at_work(parts):
            until(lambda: [1] * 20 == texts(emulator, 20))
        assert [("twilio", "20003")] == [(rest.provider, rest.code) for rest in breakers.told(parts.redis)]
        assert [("running",)] == rows(parts, "SELECT state FROM mailings")


@pytest.mark.parametrize("lost", [{"do": "drop_after"}, {"do": "status_after", "status": 500}])
def test_while_the_first_is_unknown_no_other_provider_sends_and_its_own_reports_tell(
    urls: tuple[str, str, Path], tmp_path: Path, lost: dict[str, object]
) -> None:
    with two(urls, TWILIO_WEIGHT="0") as (parts, emulator):
        emulator.faults.set({"vonage.send": [lost], "vonage.callback": [{"do": "drop"}]})
        planned(parts, tmp_path, *people(10))
        start(parts)
        with at_work(parts):
            until(lambda: {"accepted": 10} == counts(parts))
        assert [1] * 10 == texts(emulator, 10)
        assert [("vonage", 10)] == rows(parts, BY_PROVIDER)
        assert [("found", 10)] == rows(
            parts, "SELECT kind, count(*)::int FROM delivery_events WHERE kind = 'found' GROUP BY 1"
        )


def test_what_surely_was_not_taken_may_go_by_the_other_one(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls) as (parts, emulator):
        emulator.faults.set({"vonage.send": [{"do": "status", "status": 429, "share": 0.5}, {"do": "drop_before"}]})
        sent(parts, tmp_path, 20)
        assert [1] * 20 == texts(emulator, 20)


def test_a_receipt_of_failure_leads_to_the_next_way(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls, TWILIO_WEIGHT="0") as (parts, emulator):
        planned(parts, tmp_path, f"09,TG20000001,2023-02-23,1000,{UNKNOWN_NUMBER},hanako@example.jp,active,,")
        start(parts)
        with at_work(parts):
            until(lambda: 1 == len(emulator.mail.inbox("hanako@example.jp")))
        assert [("undelivered", "1260")] == rows(parts, "SELECT kind, code FROM delivery_events WHERE code IS NOT NULL")


def test_without_its_receipts_the_reports_are_asked_what_became_of_it(
    urls: tuple[str, str, Path], tmp_path: Path
) -> None:
    with two(urls, TWILIO_WEIGHT="0") as (parts, emulator):
        emulator.faults.set({"vonage.callback": [{"do": "drop"}]})
        planned(parts, tmp_path, *people(5))
        start(parts)
        with at_work(parts):
            until(lambda: {"accepted": 5} == counts(parts))
            rows(parts, "UPDATE deliveries SET due_at = now() RETURNING 1")
            until(lambda: {"delivered": 5} == counts(parts))


@pytest.mark.parametrize(("provider", "create"), [("twilio", "twilio.create"), ("vonage", "vonage.send")])
def test_what_only_a_receipt_knows_as_taken_is_asked_after_as_soon_as_the_setting_says(
    urls: tuple[str, str, Path], tmp_path: Path, provider: str, create: str
) -> None:
    other = "VONAGE_WEIGHT" if provider == "twilio" else "TWILIO_WEIGHT"
    with two(urls, UNKNOWN_LOOKUP_AFTER="30", **{other: "0"}) as (parts, emulator):
        emulator.faults.set({create: [{"do": "drop_after"}]})
        planned(parts, tmp_path, f"09,TG20000001,2023-02-23,1000,{NO_LAST_RECEIPT},,active,,")
        start(parts)
        with at_work(parts):
            until(lambda: {"accepted": 1} == counts(parts))
        assert [(True,)] == rows(parts, "SELECT due_at <= now() + interval '30 seconds' FROM deliveries")


def test_a_receipt_that_vonage_did_not_sign_moves_nothing(urls: tuple[str, str, Path], tmp_path: Path) -> None:
    with two(urls, TWILIO_WEIGHT="0") as (parts, emulator):
        emulator.faults.set({"vonage.callback": [{"do": "drop"}]})
        planned(parts, tmp_path, *people(1))
        start(parts)
        with at_work(parts):
            until(lambda: {"accepted": 1} == counts(parts))
        [(delivery,)] = rows(parts, "SELECT id FROM deliveries")
        body = json.dumps({"message_uuid": "x", "status": "delivered", "client_ref": f"{delivery.hex}.1"}).encode()
        signed = {"iat": int(time.time()), "payload_hash": hashlib.sha256(body).hexdigest()}
        other = {**signed, "payload_hash": hashlib.sha256(b"other").hexdigest()}
        secret, url = config.DEFAULT_VONAGE_SIGNATURE, parts.public_url("/webhooks/vonage/status")
        tokens = [
            jwt.encode(signed, "another-secret-of-the-same-length", algorithm="HS256"),
            jwt.encode(other, secret, algorithm="HS256"),
            jwt.encode(signed, "", algorithm="none"),
            "x.y.z",
        ]
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            assert 400 == httpx.post(url, content=body, headers=headers, trust_env=False).status_code
        assert {"accepted": 1} == counts(parts)
        good = {"Authorization": f"Bearer {jwt.encode(signed, secret, algorithm='HS256')}"}
        assert 204 == httpx.post(url, content=body, headers=good, trust_env=False).status_code
        assert {"delivered": 1} == counts(parts)
