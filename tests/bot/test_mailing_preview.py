"""What a mailing will cost, and how long it will take, is told before it goes out: by each way's own price and rate."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.deliveries import running
from bot.deliveries.preview import Preview, of_mailing
from bot.parts import Parts
from tests.bot.mailing_house import opened, people, planned

HOUR = 3600
VONAGE = {
    "VONAGE_APPLICATION_ID": "78d335fa-323d-0114-9c3d-d6f0d48968cf",
    "VONAGE_API_KEY": "abcd1234",
    "VONAGE_API_SECRET": "secret",
    "VONAGE_SIGNATURE_SECRET": "signature-secret",
    "VONAGE_FROM": "+815012345678",
}
LINE = {"LINE_CHANNEL_ID": "1650000000", "LINE_CHANNEL_SECRETS": "secret"}


@pytest.mark.parametrize(
    ("rates", "seconds_a_unit"),
    [
        ({"SMS_RATE": "10", "VONAGE_RATE": "5", "TWILIO_WEIGHT": "3", "VONAGE_WEIGHT": "1"}, 0.75 / 10),
        ({"SMS_RATE": "10", "VONAGE_RATE": "1", "TWILIO_WEIGHT": "3", "VONAGE_WEIGHT": "1"}, 0.25 / 1),
        ({"SMS_RATE": "10", "VONAGE_RATE": "1", "TWILIO_WEIGHT": "1", "VONAGE_WEIGHT": "0"}, 1 / 10),
        ({"SMS_RATE": "10", "VONAGE_RATE": "40", "TWILIO_WEIGHT": "0", "VONAGE_WEIGHT": "0"}, 0.5 / 10),
    ],
)
def test_two_providers_of_sms_take_their_shares_side_by_side_each_at_its_own_rate(
    database_url: str, redis_url: str, tmp_path: Path, rates: dict[str, str], seconds_a_unit: float
) -> None:
    key = tmp_path / "vonage.pem"
    key.write_text("…")
    with opened(database_url, redis_url, VONAGE_PRIVATE_KEY_FILE=str(key), **VONAGE, **rates) as parts:
        planned(parts, tmp_path, *people(40))
        [line] = _seen(parts).lines
        assert line.units >= 40
        assert pytest.approx(line.units * seconds_a_unit) == line.hours * HOUR


def test_a_notification_message_costs_what_line_asks_for_it_and_goes_out_at_lines_rate(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    ours = {**LINE, "DELIVERY_WAYS": "pnp,sms", "LINE_NOTICE_YEN": "12.5", "LINE_RATE": "4"}
    with opened(database_url, redis_url, **ours) as parts:
        planned(parts, tmp_path, *people(40))
        seen = _seen(parts)
    assert [("pnp", 40, 500.0, 10)] == [
        (line.share.way, line.units, line.yen, round(line.hours * HOUR)) for line in seen.lines
    ]


def test_ways_with_rates_of_their_own_go_side_by_side_and_the_slowest_says_when_it_ends(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    with opened(database_url, redis_url, SMS_RATE="1000", MAIL_RATE="0.01") as parts:
        mails = [f"09,TG2{serial:07d},2023-02-23,1000,,m{serial}@example.jp,active,," for serial in range(36)]
        planned(parts, tmp_path, *people(40), *mails)
        seen, now = _seen(parts), parts.clock.now()
    assert {"sms": 0, "mail": 1} == {line.share.way: round(line.hours) for line in seen.lines}
    assert 1 == round((seen.ends - now).total_seconds() / HOUR)


def _seen(parts: Parts) -> Preview:
    return of_mailing(parts, running.found(parts, "april"))
