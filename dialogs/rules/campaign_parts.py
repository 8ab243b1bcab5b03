"""The parts of a notice as data, each with the checks that it can make by itself; `campaign` puts them together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from dialogs.reading.prefectures import BY_CODE
from dialogs.rules.campaign_texts import wrong_texts
from dialogs.rules.toml_data import CampaignError, Checked

SUPPLIES = ("vendor", "stock")


@dataclass(frozen=True, slots=True)
class Notice:
    """Which paper this campaign follows."""

    title: str
    dated: date
    amended: date | None = None


@dataclass(frozen=True, slots=True)
class CoveredPrefecture(Checked):
    """A prefecture that the campaign covers; `code` is JIS X 0401, `names` by language."""

    code: str
    name: str
    names: Mapping[str, str]

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        yield from _wrong_prefecture("code", self.code)
        yield from wrong_texts("names", self.names)


@dataclass(frozen=True, slots=True)
class Site(Checked):
    """The special site 補償対応特設サイト; `url` is an https address or a path of the counter's own."""

    open: bool
    url: str

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        if self.open and not self.url:
            yield CampaignError("url", 'an open site has an address, for example "/" for the counter itself')
        if self.url and not self.url.startswith(("https://", "/")):
            yield CampaignError("url", 'an address that starts with https:// expected, or a path, for example "/"')


@dataclass(frozen=True, slots=True)
class CallCentre(Checked):
    """Who answers the telephone and when: `opens` <= t < `closes` on `weekdays` (Monday is 1) without public holidays.

    In `every_day_months` ("2023-03") it is every day. The two lists of days win over all else. `service_end` exclusive.
    """

    name: str
    number: str
    service_from: datetime
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    every_day_months: tuple[str, ...] = ()
    extra_open_days: tuple[date, ...] = ()
    extra_closed_days: tuple[date, ...] = ()
    service_end: datetime | None = None

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        if not re.fullmatch(r"[0-9]+(-[0-9]+)*", self.number):
            yield CampaignError("number", "a telephone number expected, for example 0120-479-249")
        if self.opens >= self.closes:
            yield CampaignError("closes", "must be later than opens")
        if not self.weekdays or not set(self.weekdays) <= set(range(1, 8)):
            yield CampaignError("weekdays", "days from 1 (Monday) to 7 (Sunday) expected, for example [1, 2, 3, 4, 5]")
        for month in self.every_day_months:
            if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII):
                yield CampaignError("every_day_months", "months expected, for example 2023-03")
        if self.service_end is not None and self.service_end <= self.service_from:
            yield CampaignError("service_end", "must be later than service_from")


@dataclass(frozen=True, slots=True)
class Asks(Checked):
    """The names of what is asked: for points (D-PAPER), for money (D-BANK), by the call centre for B and for others."""

    application: tuple[str, ...]
    refund: tuple[str, ...]
    outage_payment: tuple[str, ...]
    other_trouble: tuple[str, ...]

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        for key in self.__slots__:
            names = getattr(self, key)
            if len(set(names)) < len(names):
                yield CampaignError(key, "a name stands twice")


@dataclass(frozen=True, slots=True)
class InquiryNumber(Checked):
    """How an お問合せ番号 looks once normalised, and for each character those that it is mistaken for ({"1": "IL"}).

    `code_patterns`: what a QR code or barcode on the coupon says, with the number as group (?P<number>…). Without any,
    photos are not read.
    """

    pattern: str
    look_alikes: Mapping[str, str]
    code_patterns: tuple[str, ...] = ()

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        try:
            re.compile(self.pattern)
        except re.error as wrong:
            yield CampaignError("pattern", f"no regular expression: {wrong}")
        if any(len(sign) != 1 for sign in self.look_alikes):
            yield CampaignError("look_alikes", 'single characters expected, for example {O = "0"}')
        for place, form in enumerate(self.code_patterns):
            yield from _wrong_code_pattern(f"code_patterns[{place}]", form)


@dataclass(frozen=True, slots=True)
class Brand(Checked):
    """A reward to choose: `minimum` to `maximum` yen, both allowed, in steps; `expiry` in words by language.

    `names` is what other languages than Japanese call it, where they do.

    `supply`: whether its codes come from the gift "vendor" or from a "stock" of our own, which is low with fewer than
    `low_stock` codes of a sum.
    """

    id: str
    name: str
    minimum: int
    maximum: int
    step: int
    expiry: Mapping[str, str]
    supply: str = "vendor"
    low_stock: int = 20
    names: Mapping[str, str] = field(default_factory=dict)

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        if not 1 <= self.minimum <= self.maximum:
            yield CampaignError("minimum", "at least 1 and at most maximum expected")
        if self.step < 1:
            yield CampaignError("step", "1 or more expected")
        if self.supply not in SUPPLIES:
            yield CampaignError("supply", '"vendor" or "stock" expected')
        if self.low_stock < 0:
            yield CampaignError("low_stock", "0 or more expected")
        yield from wrong_texts("expiry", self.expiry)

    def why_not(self, amount: int) -> str:
        """Which of its limits keeps this brand from paying out that sum of yen (rules.md §1.4(15)), "" for none."""
        if amount < self.minimum:
            return "minimum"
        if amount > self.maximum:
            return "maximum"
        return "step" if amount % self.step else ""


@dataclass(frozen=True, slots=True)
class Sending(Checked):
    """When the counter may write first (`opens` <= t < `closes`, JST), and the sender's name on each channel."""

    opens: time
    closes: time
    senders: Mapping[str, str]

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        if self.opens >= self.closes:
            yield CampaignError("closes", "must be later than opens")


@dataclass(frozen=True, slots=True)
class Elsewhere(Checked):
    """Prefectures that this campaign does not cover: which use region PAY, and what people are told ({prefecture})."""

    region_pay: tuple[str, ...]
    with_region_pay: Mapping[str, str]
    without_region_pay: Mapping[str, str]

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        for code in self.region_pay:
            yield from _wrong_prefecture("region_pay", code)
        yield from wrong_texts("with_region_pay", self.with_region_pay)
        yield from wrong_texts("without_region_pay", self.without_region_pay)

    def advice(self, prefecture: str) -> Mapping[str, str]:
        """What the holder of another prefecture's (JIS code) coupon is told, by language, with {prefecture} to fill."""
        return self.with_region_pay if prefecture in self.region_pay else self.without_region_pay


@dataclass(frozen=True, slots=True)
class Retention(Checked):
    """How long data are kept: chat text and codes count from receive_end, bank data from the settled transfer."""

    drafts_days: int
    chat_text_days: int
    bank_data_days: int
    claims_years: int
    otp_minutes: int
    codes_days: int = 180

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        for key in self.__slots__:
            if getattr(self, key) < 1:
                yield CampaignError(key, "1 or more expected")


@dataclass(frozen=True, slots=True)
class Reminders:
    """How many days before a date people are reminded, and staff alarmed."""

    apply_end_days: tuple[int, ...] = ()
    receive_end_days: tuple[int, ...] = ()
    undelivered_alarm_days: int = 7


def _wrong_code_pattern(key: str, form: str) -> Iterator[CampaignError]:
    try:
        if "number" not in re.compile(form).groupindex:
            yield CampaignError(key, "a group (?P<number>…) expected: the part that is the number")
    except re.error as wrong:
        yield CampaignError(key, f"no regular expression: {wrong}")


def _wrong_prefecture(key: str, code: str) -> Iterator[CampaignError]:
    if code not in BY_CODE:
        yield CampaignError(key, "two digits of JIS X 0401 from 01 to 47 expected, for example 09")
