"""The notice as data: all that it decides is read from one TOML file, so that a later notice changes no code.

CampaignError
    a key of the file is missing, unknown, of the wrong type, or contradicts another
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from dialogs.rules.campaign_parts import (
    Asks,
    Brand,
    CallCentre,
    CoveredPrefecture,
    Elsewhere,
    InquiryNumber,
    Notice,
    Reminders,
    Retention,
    Sending,
    Site,
)
from dialogs.rules.campaign_texts import Names, Terms, Wording
from dialogs.rules.claim import MAX_COUPONS
from dialogs.rules.toml_data import CampaignError, build, refuse

__all__ = [
    "JST",
    "Asks",
    "Brand",
    "CallCentre",
    "Campaign",
    "CampaignError",
    "CoveredPrefecture",
    "Dates",
    "Elsewhere",
    "InquiryNumber",
    "Names",
    "Notice",
    "Reminders",
    "Retention",
    "Sending",
    "Site",
    "Terms",
    "Wording",
    "load_campaign",
    "told_end",
]

JST = timezone(timedelta(hours=9), "JST")
CAMPAIGNS = Path(__file__).parent.parent / "campaigns"


IN_ORDER = (
    ("outage_from", "outage_end"),
    ("outage_end", "first_extension_end"),
    ("first_extension_end", "usable_end"),
    ("site_opens", "apply_end"),
    ("snapshot", "app_send_from"),
    ("app_send_from", "receive_end"),
)
NOT_BEFORE = (("usable_end", "snapshot"), ("apply_end", "receive_end"))


@dataclass(frozen=True, slots=True)
class Dates:
    """The instants of the notice (rules.md §1.1), aware, JST; every `*_end` is exclusive, see `told_end`.

    `original_expiry` and `refund_pay_from` are dates. `snapshot` is the instant whose balance becomes the amount.
    """

    outage_from: datetime
    outage_end: datetime
    original_expiry: date
    first_extension_end: datetime
    usable_end: datetime
    snapshot: datetime
    site_opens: datetime
    app_send_from: datetime
    apply_end: datetime
    receive_end: datetime
    refund_pay_from: date
    grace_minutes: int = 0

    def __post_init__(self) -> None:
        refuse(self.wrong())

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        known = {name: getattr(self, name, None) for name in self.__slots__}  # None: it could not be read
        for earlier, later in IN_ORDER:
            first, second = known[earlier], known[later]
            if first and second and first >= second:
                yield CampaignError(later, f"must be later than {earlier}")
        for earlier, later in NOT_BEFORE:
            first, second = known[earlier], known[later]
            if first and second and first > second:
                yield CampaignError(later, f"must not be earlier than {earlier}")
        if self.grace_minutes < 0:
            yield CampaignError("grace_minutes", "0 or more expected")


@dataclass(frozen=True, slots=True)
class Campaign:
    """One notice: what it covers, until when, and who answers questions. Made by `load_campaign`."""

    id: str
    version: int
    programme: str
    subsidy: str
    office: str
    notice: Notice
    prefectures: tuple[CoveredPrefecture, ...]
    dates: Dates
    wording: Wording
    words: Terms
    site: Site
    call_centre: CallCentre
    asks: Asks
    inquiry_number: InquiryNumber
    brands: tuple[Brand, ...]
    sending: Sending
    elsewhere: Elsewhere
    retention: Retention
    reminders: Reminders = field(default_factory=Reminders)
    coupons_per_claim: int = MAX_COUPONS
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        refuse(self.wrong())

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        if not 1 <= self.coupons_per_claim <= MAX_COUPONS:
            yield CampaignError("coupons_per_claim", f"1 to {MAX_COUPONS} expected")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            yield CampaignError("id", "small letters, digits and hyphens expected, for example tochigi-2023-02")
        if self.version < 1:
            yield CampaignError("version", "1 or more expected")
        if not self.prefectures:
            yield CampaignError("prefectures", "at least one expected")
        if len({brand.id for brand in self.brands}) < len(self.brands) or not self.brands:
            yield CampaignError("brands", "at least one expected, each with its own id")

    def covers(self, prefecture: str) -> bool:
        """Whether coupons of a prefecture (JIS code) come under this notice."""
        return any(covered.code == prefecture for covered in self.prefectures)

    def sender(self, channel: str) -> str:
        """Who writes, as people see it on a channel."""
        return self.sending.senders.get(channel, self.office)

    def site_is_open(self, at: datetime) -> bool:
        """Whether the special site may be named and used: its date has come **and** the office has opened it."""
        return self.site.open and at >= self.dates.site_opens

    def apply_is_over(self, at: datetime) -> bool:
        """Whether an act at this instant comes too late for an application or a refund."""
        return at >= self.dates.apply_end + timedelta(minutes=self.dates.grace_minutes)

    def takes_applications(self, at: datetime) -> bool:
        """Whether a person who acts at this instant may apply; only then may personal data be asked."""
        return self.site_is_open(at) and not self.apply_is_over(at)


def told_end(end: datetime) -> datetime:
    """What people are told of an exclusive end: the minute before it, 23:59 for midnight, in JST."""
    return end.astimezone(JST) - timedelta(minutes=1)


def load_campaign(name_or_path: str | Path) -> Campaign:
    """The campaign of that name in `dialogs/campaigns`, or of that file (ends in .toml). Raises CampaignError."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = CAMPAIGNS / f"{path.name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in CAMPAIGNS.glob("*.toml")))
        raise CampaignError(str(name_or_path), f"no such campaign; there are {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise CampaignError(path.name, f"no TOML: {wrong}") from None
    return build(Campaign, table)
