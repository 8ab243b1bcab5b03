"""One date, in every way people in Japan write it (rules.md 3, row «dates»)."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from dialogs.reading.numerals import fold_dashes, kanji_to_digits
from dialogs.reading.reasons import Unreadable
from dialogs.reading.relative_dates import WEEKDAY_NAMES, read_relative_date
from dialogs.reading.text import tidy, without_politeness

_ERAS = {"令和": 2018, "令": 2018, "れいわ": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})"
_ORDINAL = _DAY + r"(?:st|nd|rd|th)?"
_LEADING_WORDS = re.compile(
    r"^(?:有効期限|期限|利用日|旅行日|宿泊日|出発日|チェックイン|日付|日にち|日時"
    r"|trip date|expiry date|date|expiry|on|until)\s*(?:は|が|:)?\s*"
)
_TRAILING_WORDS = re.compile(
    r"\s*(?:まで有効|まで|付け?|の?分|に|頃|ごろ|くらい|ぐらい|かな|かも|だと思います?|の?(?:早朝|朝|午前中?|昼|午後|夕方|夕刻|夜|晩))$"
)
_TRAILING_TIME = re.compile(
    r"(?:t|\s|の|午前|午後)*(?:[0-9]{1,2}(?::[0-9]{2}){1,2}(?:z|\+09:00)?|(?<![0-9])[0-9]{1,2}時(?:[0-9]{1,2}分|半)?)$"
)
_ERA_IN_BRACKETS = re.compile(r"\((?:令和|r)[0-9]{1,2}年?\)")
_WEEKDAY = "|".join(sorted(WEEKDAY_NAMES, key=len, reverse=True))
_WEEKDAY_LAST = re.compile(rf"(?P<rest>.*[0-9日a-z.])\s*,?\s*(?:\((?P<a>{_WEEKDAY})\)|(?P<b>{_WEEKDAY}))$")
_WEEKDAY_FIRST = re.compile(rf"(?:\((?P<a>{_WEEKDAY})\)|(?P<b>{_WEEKDAY}))\.?,?\s*の?\s*(?P<rest>[0-9a-z令平昭].*)$")
_BARE_MONTH_OR_DAY = {"月", "日"}  # 2月24日 ends in 日 and means no Sunday

_JOINT = r"\s*(?:-|~|から|と|か|,|、|・|&|and|or|to|until)\s*"
_SEPARATED = r"(?:(?:[0-9]{4}|[a-z令和]{1,2}[0-9]{1,2})[年/. -]+)?[0-9]{1,2}[月/. -]+[0-9]{1,2}日?"
_RANGES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_SEPARATED}{_JOINT}(?:{_SEPARATED}|[0-9]{{1,2}}日?)",
        rf"[0-9]{{1,2}}日?{_JOINT}[0-9]{{1,2}}日",
        "[月火水木金土日]{2,}",
        rf"{_MONTH}\s*[0-9]{{1,2}}[a-z]*{_JOINT}(?:[a-z]+\.?\s*)?[0-9]{{1,2}}[a-z]*(?:,?\s*[0-9]{{4}})?",
        rf"[0-9]{{1,2}}[a-z]*{_JOINT}[0-9]{{1,2}}[a-z]*\s*{_MONTH}(?:,?\s*[0-9]{{4}})?",
    )
)

Candidates = Iterator[date]
Form = Callable[[re.Match[str], date], Candidates]


def read_date(said: str, *, today: date, earliest: date | None = None, latest: date | None = None) -> date:
    """The date meant, inside [earliest, latest]; `latest` is today unless given.

    Without a year (or month) it is the nearest such date inside those bounds: with the default, the latest that is not
    after today. Raises Unreadable date_unknown, date_impossible, date_ambiguous, date_range, date_weekday (date),
    date_in_future (date), date_too_late (latest), date_too_early (earliest).
    """
    text = _stripped(fold_dashes(tidy(said)).casefold())
    found = read_relative_date(text, today)
    if found is None:
        text, weekday = _split_weekday(kanji_to_digits(text).replace("元年", "1年"))
        candidates = sorted(set(_candidates(text, today)))
        found = _nearest(candidates, today, earliest=earliest, latest=latest)
        if weekday is not None and weekday != found.weekday():
            raise Unreadable("date_weekday", date=found)
    return _inside(found, today, earliest=earliest, latest=latest)


def _stripped(text: str) -> str:
    text = without_politeness(_LEADING_WORDS.sub("", text))
    text = _TRAILING_WORDS.sub("", _TRAILING_TIME.sub("", _TRAILING_WORDS.sub("", text)))
    return _ERA_IN_BRACKETS.sub("", text).strip(" 「」『』\"'。、,!.")


def _split_weekday(text: str) -> tuple[str, int | None]:
    for pattern in (_WEEKDAY_LAST, _WEEKDAY_FIRST):
        found = pattern.fullmatch(text)
        if found and (found["a"] or found["b"] not in _BARE_MONTH_OR_DAY):
            return found["rest"], WEEKDAY_NAMES[found["a"] or found["b"]]
    return text, None


def _candidates(text: str, today: date) -> list[date]:
    for pattern, form in _FORMS:
        matched = pattern.fullmatch(text)
        if matched:
            found = list(form(matched, today))
            if not found:
                raise Unreadable("date_impossible")
            return found
    if any(pattern.fullmatch(_without_weekdays(text)) for pattern in _RANGES):
        raise Unreadable("date_range")
    raise Unreadable("date_unknown")


def _without_weekdays(text: str) -> str:
    return re.sub(rf"\((?:{_WEEKDAY})\)", "", text)


def _nearest(candidates: list[date], today: date, *, earliest: date | None, latest: date | None) -> date:
    lower, upper = earliest or date.min, latest or today
    inside = [candidate for candidate in candidates if lower <= candidate <= upper]
    past = [candidate for candidate in candidates if candidate <= today]
    if inside:
        return min(inside, key=lambda candidate: abs((candidate - today).days))
    return past[-1] if past else candidates[0]


def _inside(found: date, today: date, *, earliest: date | None, latest: date | None) -> date:
    if found > today and (latest is None or latest <= today):
        raise Unreadable("date_in_future", date=found)
    if latest is not None and found > latest:
        raise Unreadable("date_too_late", latest=latest)
    if earliest is not None and found < earliest:
        raise Unreadable("date_too_early", earliest=earliest)
    return found


def _days(*, year: int, month: int, day: int) -> Candidates:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _full(matched: re.Match[str], _today: date) -> Candidates:
    yield from _days(year=int(matched["year"]), month=int(matched["month"]), day=int(matched["day"]))


def _era(matched: re.Match[str], _today: date) -> Candidates:
    year = _ERAS[matched["era"]] + int(matched["year"])
    yield from _days(year=year, month=int(matched["month"]), day=int(matched["day"]))


def _no_year(matched: re.Match[str], today: date) -> Candidates:
    # Nine years hold at least one 29 February, also across 2100.
    for year in range(today.year - 8, today.year + 2):
        yield from _days(year=year, month=int(matched["month"]), day=int(matched["day"]))


def _no_month(matched: re.Match[str], today: date) -> Candidates:
    for months in range(-12, 2):
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        yield from _days(year=year, month=month + 1, day=int(matched["day"]))


def _short_year(matched: re.Match[str], today: date) -> Candidates:
    """23.2.24 is of 2023, 5.2.24 of Reiwa 5; only when neither can be, month or day stands first (2/24/23)."""
    first, second, third = int(matched["a"]), int(matched["b"]), int(matched["c"])
    found = [
        *_days(year=2000 + first, month=second, day=third),
        *_days(year=_ERAS["令和"] + first, month=second, day=third),
    ]
    if not any(candidate <= today for candidate in found):
        found = list(_month_or_day_first(first, second, 2000 + third)) or found
    yield from found


def _year_last(matched: re.Match[str], _today: date) -> Candidates:
    yield from _month_or_day_first(int(matched["a"]), int(matched["b"]), int(matched["year"]))


def _month_or_day_first(first: int, second: int, year: int) -> Candidates:
    found = {*_days(year=year, month=first, day=second), *_days(year=year, month=second, day=first)}
    if len(found) > 1:
        raise Unreadable("date_ambiguous")
    yield from found


def _english(matched: re.Match[str], today: date) -> Candidates:
    month, day = _MONTHS.index(matched["month"][:3]) + 1, int(matched["day"])
    years = [int(matched["year"])] if matched["year"] else range(today.year - 8, today.year + 2)
    for year in years:
        yield from _days(year=year, month=month, day=day)


_Y, _M = r"(?P<year>[0-9]{4})", r"(?P<month>[0-9]{1,2})"
_ERA = r"(?P<era>" + "|".join(_ERAS) + r")\.?\s*(?P<year>[0-9]{1,2})"
_FORMS: tuple[tuple[re.Pattern[str], Form], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (rf"{_Y}\s*[年/. -]\s*{_M}\s*[月/. -]\s*{_DAY}\s*日?", _full),
        (r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _full),
        (rf"{_ERA}\s*[年/. -]\s*{_M}\s*[月/. -]\s*{_DAY}\s*日?", _era),
        (r"(?P<era>r|h|s|令和)(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _era),
        (rf"{_M}\s*(?:月の?|[/. -])\s*{_DAY}\s*日?", _no_year),
        (r"(?P<month>0[1-9]|1[0-2])(?P<day>[0-9]{2})", _no_year),
        (rf"{_DAY}\s*日", _no_month),
        (
            r"(?P<a>[0-9]{1,2})\s*(?P<sep>[/. -]|年)\s*(?P<b>[0-9]{1,2})\s*(?:(?P=sep)|月)\s*(?P<c>[0-9]{1,2})日?",
            _short_year,
        ),
        (r"(?P<a>[0-9]{2})(?P<b>0[1-9]|1[0-2])(?P<c>[0-9]{2})", _short_year),
        (rf"(?P<a>[0-9]{{1,2}})(?P<sep>[/. -])(?P<b>[0-9]{{1,2}})(?P=sep){_Y}", _year_last),
        (rf"{_MONTH}\s*{_ORDINAL}(?:,?\s*{_Y})?", _english),
        (rf"{_ORDINAL}(?:\s*of)?[\s-]*{_MONTH}(?:,?[\s-]*{_Y})?", _english),
        (rf"{_Y}[\s,/-]*{_MONTH}[\s-]*{_ORDINAL}", _english),
    )
)
