"""What every sentence may name of its campaign, ready to be written in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dialogs.message import Outbound
from dialogs.reading.prefectures import prefecture_name
from dialogs.rules.calendar import is_open, next_open, third_is_over
from dialogs.rules.campaign import JST, Brand, Campaign, Terms
from dialogs.words import WEEKDAYS, Months, Phrase, Told, Until, Words

LINK_LIFE = timedelta(days=1)  # how long a link in a chat opens our own page
DEADLINE_FIRST = "trouble.deadline_first"
WORKING_DAYS = [1, 2, 3, 4, 5]
LISTED = (("ja", "・"), ("en", ", "))


def campaign_facts(campaign: Campaign) -> Mapping[str, Any]:
    """By name: the office, the dates, the call centre, the rewards."""
    return _of(campaign)[0]


def facts_at(campaign: Campaign, at: datetime) -> Mapping[str, Any]:
    """As campaign_facts(); but once the third of a month that was named for sending is over, it is promised no more.

    So it is with the third that was named for transfers.
    """
    facts, dates = campaign_facts(campaign), campaign.dates
    if third_is_over(dates.app_send_from, at):
        facts = {**facts, "app_send": Told("send_begun.app"), "claim_send": Told("send_begun.claim")}
    if third_is_over(datetime.combine(dates.refund_pay_from, time(), JST), at):
        facts = {**facts, "refund_pay": Told("send_begun.refund")}
    return facts


def campaign_terms(campaign: Campaign) -> Mapping[str, Phrase]:
    """By name: what the campaign calls its things; also for the labels of a question, which know no other facts."""
    return _of(campaign)[1]


def _of(campaign: Campaign) -> tuple[Mapping[str, Any], Mapping[str, Phrase]]:
    """Facts and terms, made once for a campaign: every sentence and every replayed step asks for them."""
    known = _MADE.get(id(campaign))
    if known is None or known[0] is not campaign:
        terms = {term.name: Phrase(getattr(campaign.words, term.name)) for term in fields(Terms)}
        known = _MADE[id(campaign)] = (campaign, _facts(campaign, terms), terms)
    return known[1:]


# By identity: a campaign holds mappings, so it has no hash. The campaign is kept beside, so that its id stays its own.
_MADE: dict[int, tuple[Campaign, Mapping[str, Any], Mapping[str, Phrase]]] = {}


def _facts(campaign: Campaign, terms: Mapping[str, Phrase]) -> Mapping[str, Any]:
    dates, wording = campaign.dates, campaign.wording
    return {
        **terms,
        **_names(campaign),
        "prefecture_covered": Phrase(campaign.prefectures[0].names),
        "prefecture_example": Phrase(_prefecture(campaign.prefectures[0].code)),
        "outage_day": dates.outage_from.astimezone(JST).date(),
        "original_expiry": dates.original_expiry,
        "notice_day": campaign.notice.dated,
        "day_before_expiry": dates.original_expiry - timedelta(days=1),
        "first_extension": Until(dates.first_extension_end),
        "usable_until": Until(dates.usable_end),
        "site_opens": Phrase(wording.site_opens, {"day": dates.site_opens.astimezone(JST).date()}),
        "app_send": Phrase(wording.app_send),
        "claim_send": Phrase(wording.claim_send),
        "refund_pay": Phrase(wording.refund_pay),
        "use_first": Phrase(wording.use_first),
        "apply_by": Until(dates.apply_end),
        "receive_by": Until(dates.receive_end),
        "phone": campaign.call_centre.number,
        "open_days": _open_days(campaign),
        "opens": f"{campaign.call_centre.opens:%H:%M}",
        "closes": f"{campaign.call_centre.closes:%H:%M}",
        "most_coupons": campaign.coupons_per_claim,
        "drafts_days": campaign.retention.drafts_days,
        "link_hours": LINK_LIFE // timedelta(hours=1),
        "code_minutes": campaign.retention.otp_minutes,
        "bank_data_days": campaign.retention.bank_data_days,
        "rewards": _rewards(campaign.brands),
    }


def _names(campaign: Campaign) -> Mapping[str, Phrase]:
    names = campaign.names
    return {
        "programme": Phrase({"ja": campaign.programme, **names.programme}),
        "subsidy": Phrase({"ja": campaign.subsidy, **names.subsidy}),
        "office": Phrase({"ja": campaign.office, **names.office}),
        "call_centre": Phrase({"ja": campaign.call_centre.name, **names.call_centre}),
    }


def brand_name(brand: Brand) -> Phrase:
    """What a reward is called, ready to be written in any language."""
    return Phrase({"ja": brand.name, **brand.names})


def _rewards(brands: tuple[Brand, ...]) -> Phrase:
    called = {language: [brand.names.get(language, brand.name) for brand in brands] for language, _ in LISTED}
    return Phrase({language: between.join(called[language]) for language, between in LISTED})


def _prefecture(code: str) -> Mapping[str, str]:
    return {language: prefecture_name(code, language) for language in ("ja", "en")}


def marked(known_by: str, last: str, campaign: Campaign, spoken: Words) -> str:
    """What a message about points carries, so that its person can tell it from a stranger's (page /verify)."""
    return spoken.say(f"mark.{known_by}", **campaign_facts(campaign), last_four=last)


def signed(letter: Outbound, campaign: Campaign) -> Outbound:
    """The same; where it is a mail, in the name of the campaign that it is about."""
    return replace(letter, sender=campaign.sender("mail")) if letter.subject else letter


def call_centre_now(campaign: Campaign, at: datetime) -> tuple[str, dict[str, Any]]:
    """The sentence about the call centre at this instant, and the next opening that it names."""
    if is_open(campaign, at):
        return "call_centre.open", {}
    opening = next_open(campaign, at)
    return ("call_centre.closed", {"next_open": opening}) if opening else ("call_centre.ended", {})


def call_centre_or_deadline(campaign: Campaign, at: datetime) -> tuple[str, dict[str, Any]]:
    """As call_centre_now(); but that 申請期限 comes before the next opening, once that is so."""
    opening = next_open(campaign, at)
    if opening and not is_open(campaign, at) and campaign.apply_is_over(opening) and not campaign.apply_is_over(at):
        return DEADLINE_FIRST, {"next_open": opening}
    return call_centre_now(campaign, at)


def url_phase(campaign: Campaign, at: datetime) -> str:
    """How it stands with the URLs of people of the app: before any, sending, receiving (all are out), over."""
    if at < campaign.dates.app_send_from:
        return "before"
    if at >= campaign.dates.receive_end:
        return "over"
    return "receiving" if campaign.apply_is_over(at) else "sending"


def _open_days(campaign: Campaign) -> Told:
    """When the call centre answers, true at any minute: what is read may have been written in another month."""
    usual = _usual_days(campaign.call_centre.weekdays)
    months = tuple(date.fromisoformat(f"{month}-01") for month in sorted(campaign.call_centre.every_day_months))
    if not months or len(campaign.call_centre.weekdays) == len(WEEKDAYS["ja"]):
        return usual
    return Told("open_days.and_every_day", {"days": usual, "months": Months(months)})


def _usual_days(weekdays: tuple[int, ...]) -> Told:
    days = sorted(weekdays)
    if days == WORKING_DAYS:
        return Told("open_days.working")
    if len(days) == len(WEEKDAYS["ja"]):
        return Told("open_days.every")
    written = {language: between.join(WEEKDAYS[language][day - 1] for day in days) for language, between in LISTED}
    return Told("open_days.some", {"days": Phrase(written)})
