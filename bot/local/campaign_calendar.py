"""What opens and closes when under a campaign, without running anything; and what somebody should think of in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import jpholiday

from dialogs.rules.calendar import days_before, is_business_day, is_open, next_business_day, next_open, sending_time
from dialogs.rules.campaign import JST, CallCentre, Campaign, told_end

LOOKED_BACK = timedelta(days=60)
MONTHS_SHOWN = 12


@dataclass(frozen=True, order=True)
class Entry:
    """An instant (aware, JST) of the campaign, and what then holds."""

    at: datetime
    what: str
    note: str = ""


@dataclass(frozen=True)
class Month:
    """When the call centre answers in a month; exceptions: the days that are not as their weekday is."""

    name: str
    hours: str
    exceptions: tuple[str, ...]


def day_and_weekday(day: date) -> str:
    """«Sun 2023-04-30»."""
    return f"{day:%a %Y-%m-%d}"


def entries(campaign: Campaign) -> list[Entry]:
    """Every opening and every end, in order. An end is told as its last minute."""
    dates, retention = campaign.dates, campaign.retention
    begin = {
        "outage begins": dates.outage_from,
        "call centre begins": campaign.call_centre.service_from,
        "site opens": dates.site_opens,
        "sending begins": sending_time(campaign, dates.app_send_from),
        "snapshot of the balances": dates.snapshot,
        "refunds at the earliest": _midnight(next_business_day(dates.refund_pay_from)),
        "chats are erased": dates.receive_end + timedelta(days=retention.chat_text_days),
        "codes are erased": dates.receive_end + timedelta(days=retention.codes_days),
    }
    end = {
        "outage ends": dates.outage_end,
        "coupons expire": _midnight(dates.original_expiry + timedelta(days=1)),
        "first extension ends": dates.first_extension_end,
        "coupons are usable until": dates.usable_end,
        "applications until": dates.apply_end,
        "rewards until": dates.receive_end,
    }
    if campaign.call_centre.service_end:
        end["call centre until"] = campaign.call_centre.service_end
    notes = _notes(campaign)
    found = [Entry(at.astimezone(JST), what, notes.get(what, "")) for what, at in begin.items()]
    found += [Entry(told_end(at), what, notes.get(what, "")) for what, at in end.items()]
    return sorted([*found, *_reminders(campaign)])


def _notes(campaign: Campaign) -> dict[str, str]:
    dates = campaign.dates
    return {
        "site opens": "" if campaign.site.open else "only planned: [site] open is false",
        "applications until": f"and {dates.grace_minutes} minutes of grace" if dates.grace_minutes else "",
        "sending begins": f"daily {campaign.sending.opens:%H:%M}-{campaign.sending.closes:%H:%M}, weekends too",
        "refunds at the earliest": "the first bank business day",
    }


def _reminders(campaign: Campaign) -> Iterator[Entry]:
    dates, reminders = campaign.dates, campaign.reminders
    yield Entry(sending_time(campaign, dates.site_opens).astimezone(JST), "reminder: site opens", "to who asked for it")
    for what, days, end in (
        ("reminder: apply", reminders.apply_end_days, dates.apply_end),
        ("reminder: choose the reward", reminders.receive_end_days, dates.receive_end),
        ("alarm: URLs not delivered", (reminders.undelivered_alarm_days,), dates.receive_end),
    ):
        for number in days:
            at = days_before(campaign, end, number)
            yield Entry(at, what, f"{number} day{'s' if number > 1 else ''} before the last day")


def months(campaign: Campaign) -> list[Month]:
    """The call centre month by month, from its first day to its end or to the end of the rewards."""
    centre = campaign.call_centre
    first = max(centre.service_from, campaign.dates.receive_end - timedelta(days=31 * MONTHS_SHOWN)).astimezone(JST)
    until = told_end(centre.service_end or campaign.dates.receive_end).date()
    days = [first.date() + timedelta(days=number) for number in range((until - first.date()).days + 1)]
    names = dict.fromkeys(f"{day:%Y-%m}" for day in days)
    return [_month(campaign, name, [day for day in days if f"{day:%Y-%m}" == name]) for name in names]


def _month(campaign: Campaign, name: str, days: list[date]) -> Month:
    centre = campaign.call_centre
    every_day = name in centre.every_day_months
    usual = "every day" if every_day else _weekdays(centre)
    hours = f"{usual} {centre.opens:%H:%M}-{centre.closes:%H:%M}"
    return Month(name, hours, tuple(filter(None, (_exception(campaign, day, every_day) for day in days))))


def _weekdays(centre: CallCentre) -> str:
    names = [f"{date(2024, 1, number):%a}" for number in sorted(set(centre.weekdays))]  # 2024-01-01 was a Monday
    in_a_row = max(centre.weekdays) - min(centre.weekdays) + 1 == len(set(centre.weekdays)) > 2
    return f"{names[0]}-{names[-1]}" if in_a_row else ", ".join(names)


def _exception(campaign: Campaign, day: date, every_day: bool) -> str:
    """A day that is not as one would think by the rule of its month; holidays by name."""
    answered = is_open(campaign, datetime.combine(day, campaign.call_centre.opens, JST))
    expected = every_day or day.isoweekday() in campaign.call_centre.weekdays
    holiday = jpholiday.is_holiday_name(day)
    if answered == expected and not (holiday and answered):
        return ""
    return f"{day:%a %m-%d}{f' {holiday}' if holiday else ''} {'open' if answered else 'closed'}"


def warnings(campaign: Campaign) -> list[str]:
    """What the dates bring about that nobody may have meant."""
    return [
        *_unanswered_ends(campaign),
        *_unanswered_openings(campaign),
        *_service(campaign),
        *_money(campaign),
        *_sending(campaign),
    ]


def _unanswered_ends(campaign: Campaign) -> Iterator[str]:
    """An end on a day on which nobody can be asked any more."""
    for what, end in (
        ("coupons are usable until", campaign.dates.usable_end),
        ("applications until", campaign.dates.apply_end),
        ("rewards until", campaign.dates.receive_end),
    ):
        last = told_end(end)
        if not _answers_on(campaign, last.date()):
            yield f"{what} {_named(last.date())}: the call centre is closed that day. {_last_minute(campaign, end)}."


def _last_minute(campaign: Campaign, end: datetime) -> str:
    day = told_end(end).date()
    for number in range(LOOKED_BACK.days):
        before = day - timedelta(days=number)
        if _answers_on(campaign, before):
            minute = datetime.combine(before, campaign.call_centre.closes, JST) - timedelta(minutes=1)
            return f"Last call-centre minute before it is {minute:%a} {minute.month}/{minute.day} {minute:%H:%M}"
    return f"Nobody answered in the {LOOKED_BACK.days} days before it"


def _unanswered_openings(campaign: Campaign) -> Iterator[str]:
    for what, day in (
        ("the site opens", campaign.dates.site_opens.astimezone(JST).date()),
        ("sending begins", sending_time(campaign, campaign.dates.app_send_from).astimezone(JST).date()),
    ):
        if not _answers_on(campaign, day):
            opening = next_open(campaign, datetime.combine(day, time(23, 59), JST))
            again = f"it answers again {opening:%a %Y-%m-%d %H:%M}" if opening else "it does not answer afterwards"
            yield f"{what} {_named(day)}: the call centre is closed that day, {again}."


def _service(campaign: Campaign) -> Iterator[str]:
    end = campaign.call_centre.service_end
    if end is None:
        yield "the call centre has no end (service_end): it is said to answer for ever."
    elif end < campaign.dates.receive_end:
        yield f"the call centre ends {_named(told_end(end).date())}, before the rewards do."


def _money(campaign: Campaign) -> Iterator[str]:
    day = campaign.dates.refund_pay_from
    if not is_business_day(day):
        yield f"refunds from {_named(day)}: banks are closed; the first transfer is {_named(next_business_day(day))}."
    if day <= told_end(campaign.dates.apply_end).date():
        yield f"refunds from {_named(day)}: applications are still taken then."


def _sending(campaign: Campaign) -> Iterator[str]:
    if sending_time(campaign, campaign.dates.app_send_from) != campaign.dates.app_send_from:
        yield f"app_send_from is outside the hours of [sending]: sending begins at {campaign.sending.opens:%H:%M}."
    weekends = [entry for entry in _reminders(campaign) if entry.at.isoweekday() > 5]
    for entry in sorted(weekends):
        yield f"{entry.what}, {_named(entry.at.date())}: sent on a weekend."


def _answers_on(campaign: Campaign, day: date) -> bool:
    return is_open(campaign, datetime.combine(day, campaign.call_centre.opens, JST))


def _named(day: date) -> str:
    holiday = jpholiday.is_holiday_name(day)
    return f"{day_and_weekday(day)}{f' ({holiday})' if holiday else ''}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
