"""When the call centre answers, when the counter may write first, and which days banks work (rules.md §1.1)."""

from datetime import date, datetime, timedelta

import jpholiday

from dialogs.rules.campaign import JST, CallCentre, Campaign, told_end

FURTHEST_OPENING = timedelta(days=60)  # longer than any run of holidays; past it the service has no next opening


def is_open(campaign: Campaign, at: datetime) -> bool:
    """Whether a call at this instant is answered."""
    centre, local = campaign.call_centre, at.astimezone(JST)
    return (
        _in_service(centre, at) and _is_open_day(centre, local.date()) and centre.opens <= local.time() < centre.closes
    )


def next_open(campaign: Campaign, at: datetime) -> datetime | None:
    """The first opening strictly after this instant (JST): if it is open now, the one after today's.

    None if no service is known for the coming 60 days.
    """
    centre, local = campaign.call_centre, at.astimezone(JST)
    first_day = max(local, centre.service_from.astimezone(JST)).date()
    for offset in range(FURTHEST_OPENING.days):
        day = first_day + timedelta(days=offset)
        opening = datetime.combine(day, centre.opens, JST)
        if opening > at and _is_open_day(centre, day) and _in_service(centre, opening):
            return opening
    return None


def open_time(campaign: Campaign, since: datetime, until: datetime) -> timedelta:
    """For how long calls were answered between these instants."""
    day, total = since.astimezone(JST).date(), timedelta()
    while day <= until.astimezone(JST).date():
        opens, closes = _hours(campaign.call_centre, day, until)
        total += max(closes - max(opens, since), timedelta())
        day += timedelta(days=1)
    return total


def open_since(campaign: Campaign, until: datetime, span: timedelta) -> datetime | None:
    """The last instant from which on calls were answered for so long; None if they were not in the 60 days before."""
    for offset in range(FURTHEST_OPENING.days):
        opens, closes = _hours(campaign.call_centre, until.astimezone(JST).date() - timedelta(days=offset), until)
        if closes - opens >= span:
            return closes - span
        span -= max(closes - opens, timedelta())
    return None


def is_business_day(day: date) -> bool:
    """Whether banks transfer on that day: Monday to Friday, no public holiday, not 12/31 to 1/3."""
    year_end = (day.month, day.day) in {(12, 31), (1, 1), (1, 2), (1, 3)}
    return day.isoweekday() <= 5 and not year_end and not jpholiday.is_holiday(day)


def next_business_day(day: date) -> date:
    """That day if banks work on it, else the first one after it on which they do."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def sending_time(campaign: Campaign, at: datetime) -> datetime:
    """The earliest instant from `at` on at which the counter may write to people first (rules.md §3: 10:00-20:00)."""
    local = at.astimezone(JST)
    if local.time() < campaign.sending.opens:
        return datetime.combine(local.date(), campaign.sending.opens, JST)
    if local.time() < campaign.sending.closes:
        return at
    return datetime.combine(local.date() + timedelta(days=1), campaign.sending.opens, JST)


def days_before(campaign: Campaign, end: datetime, days: int) -> datetime:
    """When the counter writes so many days before the last day of something, in the morning."""
    last = told_end(end).date()
    return datetime.combine(last - timedelta(days=days), campaign.sending.opens, JST)


def deadline_reminders(campaign: Campaign) -> dict[int, datetime]:
    """When people are told that applications end, by how many days before."""
    return {days: days_before(campaign, campaign.dates.apply_end, days) for days in campaign.reminders.apply_end_days}


def third_is_over(first: datetime, at: datetime) -> bool:
    """Whether the 上旬, 中旬 or 下旬 in which `first` stands is over: nobody was promised a day within it."""
    local = first.astimezone(JST)
    begins = local.replace(day=min(10 * ((local.day - 1) // 10) + 1, 21), hour=0, minute=0, second=0, microsecond=0)
    if begins.day < 21:
        return at >= begins.replace(day=begins.day + 10)
    return at >= (begins + timedelta(days=15)).replace(day=1)


def _in_service(centre: CallCentre, at: datetime) -> bool:
    return centre.service_from <= at and (centre.service_end is None or at < centre.service_end)


def _hours(centre: CallCentre, day: date, until: datetime) -> tuple[datetime, datetime]:
    """From when to when calls are answered on that day, until then at the latest; the same twice if they are not."""
    opens = max(datetime.combine(day, centre.opens, JST), centre.service_from)
    if not _is_open_day(centre, day):
        return opens, opens
    return opens, min(datetime.combine(day, centre.closes, JST), centre.service_end or until, until)


def _is_open_day(centre: CallCentre, day: date) -> bool:
    if day in centre.extra_closed_days:
        return False
    if day in centre.extra_open_days or f"{day:%Y-%m}" in centre.every_day_months:
        return True
    return day.isoweekday() in centre.weekdays and not jpholiday.is_holiday(day)
