"""Dates told from today: yesterday, three days ago, last week's Friday."""

import re
from datetime import date, timedelta

from dialogs.reading.numerals import kanji_to_digits

_DAYS_AGO = {
    0: ("今日", "きょう", "本日", "ほんじつ", "today", "今朝", "けさ"),
    1: ("昨日", "きのう", "さくじつ", "昨夜", "昨晩", "ゆうべ", "yesterday", "last night"),
    2: ("一昨日", "おととい", "おとつい", "いっさくじつ", "the day before yesterday", "day before yesterday"),
    3: ("一昨昨日", "一昨々日", "さきおととい"),
    -1: ("明日", "あした", "あす", "tomorrow"),
}
_DAYS_AGO_BY_WORD = {word: days for days, words in _DAYS_AGO.items() for word in words}

_ENGLISH_WEEKDAYS = (
    ("mon", "monday"),
    ("tue", "tues", "tuesday"),
    ("wed", "wednesday"),
    ("thu", "thur", "thurs", "thursday"),
    ("fri", "friday"),
    ("sat", "saturday"),
    ("sun", "sunday"),
)
_KANA_WEEKDAYS = ("げつよう", "かよう", "すいよう", "もくよう", "きんよう", "どよう", "にちよう")
WEEKDAY_NAMES: dict[str, int] = {
    name: weekday
    for weekday, kanji in enumerate("月火水木金土日")
    for name in (
        *(kanji, f"{kanji}曜", f"{kanji}曜日"),
        *(_KANA_WEEKDAYS[weekday], f"{_KANA_WEEKDAYS[weekday]}び"),
        *_ENGLISH_WEEKDAYS[weekday],
    )
}
_WEEKDAY = "(?P<weekday>" + "|".join(sorted(WEEKDAY_NAMES, key=len, reverse=True)) + ")"
_THE_WEEKDAY = re.compile(rf"(?:この前の?|前の|直近の|last )?\(?{_WEEKDAY}\)?")
_WEEK_AND_WEEKDAY = re.compile(rf"(?P<week>先々週|先先週|先週|せんしゅう|前週|今週|こんしゅう)の?\s*{_WEEKDAY}")
_WEEKS_BACK = {"先々週": 2, "先先週": 2, "先週": 1, "せんしゅう": 1, "前週": 1, "今週": 0, "こんしゅう": 0}
_AGO = re.compile(r"(?P<count>[0-9]{1,3})\s*(?P<unit>日|週間|週|days?|weeks?)\s*(?:前|まえ|ago)")
_MONTH_AND_DAY = re.compile(r"(?P<month>先々月|先月|今月)の?\s*(?P<day>[0-9]{1,2})日?")
_MONTHS_BACK = {"先々月": 2, "先月": 1, "今月": 0}


def read_relative_date(text: str, today: date) -> date | None:
    """The date that a tidied lower-case text tells from today, None when it does not; weeks begin on Monday."""
    if text in _DAYS_AGO_BY_WORD:
        return today - timedelta(days=_DAYS_AGO_BY_WORD[text])
    text = kanji_to_digits(text)
    if found := _AGO.fullmatch(text):
        return today - timedelta(days=int(found["count"]) * (7 if found["unit"][0] in "週w" else 1))
    if found := _WEEK_AND_WEEKDAY.fullmatch(text):
        monday = today - timedelta(days=today.weekday() + 7 * _WEEKS_BACK[found["week"]])
        return monday + timedelta(days=WEEKDAY_NAMES[found["weekday"]])
    if found := _THE_WEEKDAY.fullmatch(text):
        return today - timedelta(days=(today.weekday() - WEEKDAY_NAMES[found["weekday"]]) % 7)
    if found := _MONTH_AND_DAY.fullmatch(text):
        return _day_of_month(today, months_back=_MONTHS_BACK[found["month"]], day=int(found["day"]))
    return None


def _day_of_month(today: date, *, months_back: int, day: int) -> date | None:
    year, month = divmod(today.year * 12 + today.month - 1 - months_back, 12)
    try:
        return date(year, month + 1, day)
    except ValueError:
        return None
