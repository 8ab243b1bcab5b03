"""`bot campaign check`: everything that is wrong with a campaign file, each with its line.

What the rules themselves refuse comes from `dialogs.rules`. Looked for here is what one would only notice when somebody
is told it: a language left out, a month that is not that of the date, an example that the pattern would refuse.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from bot.local.toml_lines import key_lines, line_of
from dialogs.reading.numbers import read_inquiry_number
from dialogs.reading.prefectures import PREFECTURES
from dialogs.reading.reasons import Unreadable
from dialogs.rules.campaign import Campaign, Terms
from dialogs.rules.toml_data import CampaignError, build_part
from dialogs.words import languages

Wrong = Iterator[CampaignError]

ASKED = (
    *("name", "contact", "prefecture", "trip_date", "inquiry_number", "delivery_target"),
    *("name_kana", "postal_code", "address", "lodging_name", "check_in", "check_out"),
    *("bank_code", "branch_code", "account_type", "account_number", "holder_kana"),
    *("expiry", "shop", "what_happened"),
)
CHANNELS = ("line", "sms", "mail")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
# Where a text names a month instead of a day: whose month it has to be.
MONTH_OF = {"app_send": "app_send_from", "claim_send": "app_send_from", "refund_pay": "refund_pay_from"}

_LINE = re.compile(r"\(at line (\d+)|\(at end of document")
_MONTH = "|".join(MONTHS)
_DAY = re.compile(rf"\d+月\d+日|\d{{1,2}}/\d{{1,2}}|\d{{4}}-\d\d-\d\d|(?:{_MONTH}) \d|\d (?:{_MONTH})")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with a file; key is the dotted path to it, empty when the file cannot be read."""

    line: int
    key: str
    reason: str


def problems(file: Path) -> tuple[Campaign | None, list[Problem]]:
    """The campaign of a file, None if the rules refuse it, and all that is wrong in the order of its lines."""
    try:
        text = file.read_bytes().decode()
        table = tomllib.loads(text)
    except UnicodeDecodeError:
        return None, [Problem(1, "", "is not written in UTF-8")]
    except tomllib.TOMLDecodeError as unread:
        return None, [_unreadable(str(unread), text)]
    part, found = build_part(Campaign, table)
    campaign = None if found else part
    for look in LOOKS:
        # What could not be read has been told already, and is not looked at any further.
        with suppress(AttributeError):
            for problem in look(part, file):
                found.append(problem)
    lines = key_lines(text)
    return campaign, sorted({Problem(line_of(wrong.key, lines), wrong.key, wrong.reason) for wrong in found})


def _unreadable(reason: str, text: str) -> Problem:
    at = _LINE.search(reason)
    line = int(at[1]) if at and at[1] else text.count("\n") + 1
    return Problem(line, "", "is no TOML: " + reason.partition(" (at ")[0])


def _texts(campaign: Campaign) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text of the file that is written by language, with its key."""
    for number, prefecture in enumerate(campaign.prefectures):
        yield f"prefectures[{number}].names", prefecture.names
    for field in fields(campaign.wording):
        yield f"wording.{field.name}", getattr(campaign.wording, field.name)
    for field in fields(Terms):
        yield f"words.{field.name}", getattr(campaign.words, field.name)
    for number, brand in enumerate(campaign.brands):
        yield f"brands[{number}].expiry", brand.expiry
        yield from _named(f"brands[{number}].names", brand.name, brand.names)
    yield from _named("names.programme", campaign.programme, campaign.names.programme)
    yield from _named("names.subsidy", campaign.subsidy, campaign.names.subsidy)
    yield from _named("names.office", campaign.office, campaign.names.office)
    yield from _named("names.call_centre", campaign.call_centre.name, campaign.names.call_centre)
    yield "elsewhere.with_region_pay", campaign.elsewhere.with_region_pay
    yield "elsewhere.without_region_pay", campaign.elsewhere.without_region_pay


def _named(key: str, japanese: str, names: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A name may be Japanese everywhere; one that some language has of its own is to be had in all."""
    if names:
        yield key, {"ja": japanese, **names}


def _languages(campaign: Campaign, _: Path) -> Wrong:
    """Whoever speaks a language hears all of it; an easy kind of a language may leave out what is easy already."""
    known = languages()
    needed = [language for language in known if "-" not in language]
    for key, texts in _texts(campaign):
        for language in needed:
            if language not in texts:
                yield CampaignError(key, f"the text in {language} is missing")
        for language in texts:
            if language not in known:
                yield CampaignError(key, f"{language} is no language of the counter{_meant(language, known)}")


def _placeholders(campaign: Campaign, _: Path) -> Wrong:
    """What stands in braces is filled in, and nothing else can be."""
    for key, texts in _texts(campaign):
        filled = "prefecture" if key.startswith("elsewhere.") else "day" if key == "wording.site_opens" else ""
        for language, text in texts.items():
            named = set(re.findall(r"{([^{}]*)}", text))
            if filled and filled not in named:
                yield CampaignError(key, f"the text in {language} does not say {{{filled}}}")
            for name in sorted(named - {filled}):
                instead = f"only {{{filled}}} is" if filled else "nothing is here"
                yield CampaignError(key, f"{{{name}}} in {language} is not filled in, {instead}")
            if re.search(r"[{}]", re.sub(r"{[^{}]*}", "", text)):
                yield CampaignError(key, f"a brace in {language} has no partner")


def _days_by_hand(campaign: Campaign, _: Path) -> Wrong:
    """Days come from [dates], so that a later notice changes them once."""
    for field in fields(campaign.wording):
        for language, text in getattr(campaign.wording, field.name).items():
            if found := _DAY.search(text):
                yield CampaignError(
                    f"wording.{field.name}", f"names a day ({found[0]}, {language}); days are written in [dates] alone"
                )


def _months(campaign: Campaign, _: Path) -> Wrong:
    for name, of in MONTH_OF.items():
        month = getattr(campaign.dates, of).month
        for language, text in getattr(campaign.wording, name).items():
            said = {int(found) for found in re.findall(r"(\d+)月", text)}
            said |= {MONTHS.index(word) + 1 for word in re.findall(_MONTH, text)}
            if said - {month}:
                reason = f"names another month ({language}) than {of}, which is in {MONTHS[month - 1]}"
                yield CampaignError(f"wording.{name}", reason)


def _example(campaign: Campaign, _: Path) -> Wrong:
    """Whoever types the example as they see it must not be told that it has not the form of a number."""
    if not _is_pattern(campaign.inquiry_number.pattern):
        return
    for language, example in campaign.words.number_example.items():
        try:
            read_inquiry_number(example, pattern=campaign.inquiry_number.pattern)
        except Unreadable:
            yield CampaignError("words.number_example", f"{example} ({language}) does not fit inquiry_number.pattern")


def _is_pattern(pattern: str) -> bool:
    """One that is none has been told by the rules already."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _prefectures(campaign: Campaign, _: Path) -> Wrong:
    codes = {prefecture.name: prefecture.code for prefecture in PREFECTURES}
    for number, covered in enumerate(campaign.prefectures):
        if codes.get(covered.name, covered.code) != covered.code:
            yield CampaignError(f"prefectures[{number}].code", f"{covered.name} has the code {codes[covered.name]}")
    for code in _twice(campaign.elsewhere.region_pay):
        yield CampaignError("elsewhere.region_pay", f"{code} stands twice")
    for code in _twice([prefecture.code for prefecture in campaign.prefectures]):
        yield CampaignError("prefectures", f"{code} stands twice")


def _address(campaign: Campaign, _: Path) -> Wrong:
    url = campaign.site.url
    parts = urlsplit(url)
    if url.startswith("https://") and (not parts.hostname or "." not in parts.hostname or re.search(r"\s", url)):
        yield CampaignError("site.url", "is no address of a page, for example https://hosho.example.jp/")


def _asked(campaign: Campaign, _: Path) -> Wrong:
    for field in fields(campaign.asks):
        for name in getattr(campaign.asks, field.name):
            if name not in ASKED:
                yield CampaignError(f"asks.{field.name}", f"{name} is no question{_meant(name, ASKED)}")


def _call_centre(campaign: Campaign, _: Path) -> Wrong:
    centre = campaign.call_centre
    for day in sorted(set(centre.extra_open_days) & set(centre.extra_closed_days)):
        yield CampaignError("call_centre.extra_closed_days", f"{day} is said to be open and closed")
    for channel in campaign.sending.senders:
        if channel not in CHANNELS:
            yield CampaignError("sending.senders", f"{channel} is no channel{_meant(channel, CHANNELS)}")
    for channel in CHANNELS:
        if channel not in campaign.sending.senders:
            yield CampaignError("sending.senders", f"the sender's name for {channel} is missing")


def _notice(campaign: Campaign, _: Path) -> Wrong:
    notice = campaign.notice
    if notice.amended and notice.amended < notice.dated:
        yield CampaignError("notice.amended", "must not be earlier than dated")
    if campaign.dates.outage_from.date() > notice.dated:
        yield CampaignError("notice.dated", "must not be earlier than the outage")


def _reminders(campaign: Campaign, _: Path) -> Wrong:
    dates, reminders = campaign.dates, campaign.reminders
    for key, days, begin, end in (
        ("apply_end_days", reminders.apply_end_days, dates.site_opens, dates.apply_end),
        ("receive_end_days", reminders.receive_end_days, dates.app_send_from, dates.receive_end),
        ("undelivered_alarm_days", (reminders.undelivered_alarm_days,), dates.app_send_from, dates.receive_end),
    ):
        for number in days:
            if number < 1 or end - timedelta(days=number) < begin:
                yield CampaignError(
                    f"reminders.{key}", f"{number} days before is not between {begin:%m-%d} and the end"
                )


def _name_of_file(campaign: Campaign, file: Path) -> Wrong:
    if file.name not in (f"{campaign.id}.toml", f"{campaign.id}.v{campaign.version}.toml"):
        yield CampaignError("id", f"the file of {campaign.id} has to be called {campaign.id}.toml")


LOOKS: tuple[Callable[[Campaign, Path], Wrong], ...] = (
    _name_of_file,
    _languages,
    _placeholders,
    _days_by_hand,
    _months,
    _example,
    _prefectures,
    _address,
    _asked,
    _call_centre,
    _notice,
    _reminders,
)


def _meant(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if list(names).count(name) > 1})
