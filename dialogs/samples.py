"""What explore() answers: for each kind of question and lookup the usual answer first, then the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dialogs.personal import CHANGE_TARGET, RESEND, Code, Contact, Name, Target
from dialogs.questions import LOST, SUBMIT, Balance, CheckAnswers, Day, InquiryNumber, PickOne, Prefecture, Question
from dialogs.reading.prefectures import PREFECTURES
from dialogs.rules.campaign import Campaign
from dialogs.rules.eligibility import Path
from dialogs.steps import Lookup

MOST_COUPONS = 2  # of up to ten: the third is asked for as the second is


@dataclass(frozen=True)
class Sample:
    """One answer: its name in the picture, and what is typed or tapped; late: given when the deadline is over."""

    name: str
    said: str
    late: bool = False


def samples(question: Question, campaign: Campaign) -> Iterator[Sample]:
    """The usual answer first."""
    match question:
        case CheckAnswers():
            yield from (Sample(SUBMIT, SUBMIT), Sample("submit, too late", SUBMIT, late=True))
        case PickOne() if question.wording == "coupon.more":
            yield from _more(int(question.facts["n"]))
        case PickOne():
            onward = sorted(question.options, key=lambda option: option == "fix")  # what leads back is never usual
            yield from (Sample(f"{option}", f"{option}") for option in onward)
        case Day():
            yield from (Sample(name, f"{day:%Y-%m-%d}") for name, day in _days(question).items())
        case Prefecture():
            yield from _prefectures(question, campaign)
        case InquiryNumber():
            yield from _numbers(int(question.facts["n"]), campaign.words.number_example["ja"])
        case _:
            yield from (Sample(name, said) for name, said in _TYPED[type(question)].items())


_TYPED: Mapping[type[Question], Mapping[str, str]] = {
    Balance: {"some": "some", "none": "none", "unknown": "unknown", "an amount": "1000円"},
    Name: {"a name": "栃木 花子"},
    Contact: {"a mobile": "090-1234-5678", "a landline": "028-623-3210", "a mail address": "hanako@example.jp"},
    Target: {
        "a mobile": "090-1234-5678",
        "a mail address": "hanako@example.jp",
        "a slip": "hanako@gmail.con",
        "an old form": "a..b@docomo.ne.jp",
    },
    Code: {"six digits": "123456", RESEND: RESEND, CHANGE_TARGET: CHANGE_TARGET},
}


def _more(n: int) -> Iterator[Sample]:
    yield Sample("no", "no")
    yield Sample("no, too late", "no", late=True)
    if n < MOST_COUPONS:
        yield Sample("yes", "yes")


def _days(question: Day) -> dict[str, Any]:
    return {"the likely day": question.likely, "another day": question.likely - timedelta(days=1)}


def _prefectures(question: Prefecture, campaign: Campaign) -> Iterator[Sample]:
    yield Sample("covered", question.likely[0])
    others = [prefecture.code for prefecture in PREFECTURES if not campaign.covers(prefecture.code)]
    for name, alike in (("another of the same system", True), ("another", False)):
        fitting = [code for code in others if (code in campaign.elsewhere.region_pay) is alike]
        yield from (Sample(name, code) for code in fitting[:1])


def _numbers(n: int, example: str) -> Iterator[Sample]:
    yield Sample("a number", f"{example[:-1]}{n}")
    yield Sample(LOST, LOST)
    if n > 1:
        yield Sample("the first once more", f"{example[:-1]}1")


def findings(lookup: Lookup) -> dict[str, dict[str, Any]]:
    """Everything that a lookup may come back with, by its name in the picture; the usual first."""
    if lookup.name == "coupon":
        paths = (Path.A_APPLY, Path.A_APP, Path.NOT_A, Path.NO_BALANCE)
        return {
            **{f"{path}": {"found": "match", "path": f"{path}"} for path in paths},
            **{found: {"found": found} for found in ("no_match", "unavailable")},
        }
    if lookup.name == "send_code":
        return {
            "sent": {"sent": True, "ticket": lookup.digest},
            "too many": {"sent": False, "why": "too_many"},
            "no channel": {"sent": False, "why": "no_channel"},
        }
    return {code: {"code": code} for code in ("right", "wrong", "expired")}


def phases(campaign: Campaign) -> dict[str, datetime]:
    """One instant in each phase of the notice, at noon; a column of the table each."""
    dates, noon = campaign.dates, timedelta(hours=12)
    return {
        "before the site opens": dates.site_opens - timedelta(days=12) + noon,
        "site open, coupon usable": dates.site_opens + timedelta(days=3) + noon,
        "applications": dates.snapshot + timedelta(days=4) + noon,
        "receiving only": dates.apply_end + timedelta(days=1) + noon,
        "all over": dates.receive_end + noon,
    }
