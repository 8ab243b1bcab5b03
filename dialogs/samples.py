"""What explore() answers: for each kind of question and lookup the usual answer first, then the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dialogs.claim_questions import LastFour, ReceiptNumber
from dialogs.coupon_questions import WITHOUT, Balance, InquiryNumber, Prefecture
from dialogs.personal import Code, Contact, Name, Target
from dialogs.questions import LOST, SUBMIT, CheckAnswers, Day, PickOne, Question
from dialogs.reading.bank import JAPAN_POST
from dialogs.reading.prefectures import PREFECTURES
from dialogs.refund_questions import AS_NAME, Holder, JapanPostNumber, Written
from dialogs.rules.campaign import Campaign
from dialogs.rules.cases import NEXT, OVER
from dialogs.rules.eligibility import Path
from dialogs.steps import Lookup
from dialogs.trouble_questions import Told

FORKS = ("Japan Post", "another name")
MOST_COUPONS = 2  # of up to ten: the third is asked for as the second is


@dataclass(frozen=True)
class Sample:
    """One answer: its name in the picture, and what is typed or tapped; late: given when the deadline is over.

    fork: it leads into a part of its own, which is walked as thoroughly as the usual way.
    """

    name: str
    said: str
    late: bool = False
    fork: bool = False


def samples(question: Question, campaign: Campaign, elsewhere: Mapping[str, str]) -> Iterator[Sample]:
    """The usual answer first. elsewhere: other campaigns of the counter, by prefecture."""
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
            yield from _prefectures(question, campaign, elsewhere)
        case InquiryNumber():
            yield from _numbers(question, campaign.words.number_example["ja"])
        case Code() | Balance() | Told():
            yield from _typed_or_a_way_out(question)
        case Written() | JapanPostNumber():
            yield from (Sample(name, said, fork=name in FORKS) for name, said in _WRITTEN[question.key].items())
        case _:
            yield from (Sample(name, said, fork=name in FORKS) for name, said in _TYPED[type(question)].items())


def _typed_or_a_way_out(question: Code | Balance | Told) -> Iterator[Sample]:
    match question:
        case Code():
            yield Sample("six digits", "123456")
        case Balance():
            yield Sample("an amount", "1000円")
        case Told():
            # The longest that may be told: it has to fit into what is said of it.
            yield Sample("words", "あ" * question.most)
    yield from (Sample(way, way) for way in question.options)


_TYPED: Mapping[type[Question], Mapping[str, str]] = {
    Name: {"a name": "栃木 花子"},
    Contact: {"a mobile": "090-1234-5678", "a landline": "028-623-3210", "a mail address": "hanako@example.jp"},
    Target: {
        "a mobile": "090-1234-5678",
        "a mail address": "hanako@example.jp",
        "a slip": "hanako@gmail.con",
        "an old form": "a..b@docomo.ne.jp",
    },
    ReceiptNumber: {"a receipt number": "1234-5678-97"},
    LastFour: {"four digits": "7897", LOST: LOST},
    Holder: {"the name": AS_NAME, "another name": "ﾆｯｺｳ ﾀﾛｳ"},
}
_NOWHERE = "どこにもない"
_NO_BRANCH = "408"  # of the symbol below
_WRITTEN: Mapping[str, Mapping[str, str]] = {
    "refund.kana": {"kana": "トチギ ハナコ"},
    "refund.postal_code": {"seven digits": "320-0033"},
    "refund.address": {"an address": "栃木県宇都宮市本町1-1"},
    "lodging.name": {"a name": "日光見本旅館"},
    "transfer.bank": {"a bank": "足利", "Japan Post": JAPAN_POST, "no bank": _NOWHERE},
    "transfer.branch": {"a branch": "宇都宮", "no branch": _NOWHERE},
    "transfer.number": {"seven digits": "1234567"},
    # Real ones whose check digit does not fit (rules.md §3), so that the second look is taken too.
    "transfer.symbol": {"a symbol": "10530", "a symbol of no branch": "14030"},
    "transfer.post_number": {"a number": "12345671"},
}


def _more(n: int) -> Iterator[Sample]:
    yield Sample("no", "no")
    yield Sample("no, too late", "no", late=True, fork=True)
    if n < MOST_COUPONS:
        yield Sample("yes", "yes")


def _days(question: Day) -> dict[str, Any]:
    days = {"the likely day": question.likely, "another day": question.likely - timedelta(days=1)}
    return {name: day for name, day in days.items() if day >= question.earliest}


def _prefectures(question: Prefecture, campaign: Campaign, elsewhere: Mapping[str, str]) -> Iterator[Sample]:
    yield Sample("covered", question.likely[0])
    yield from (Sample("of another campaign here", code) for code in elsewhere)
    others = [each.code for each in PREFECTURES if not campaign.covers(each.code) and each.code not in elsewhere]
    for name, alike in (("another of the same system", True), ("another", False)):
        fitting = [code for code in others if (code in campaign.elsewhere.region_pay) is alike]
        yield from (Sample(name, code) for code in fitting[:1])


def _numbers(question: InquiryNumber, example: str) -> Iterator[Sample]:
    n = int(question.facts.get("n", 1))
    yield Sample("a number", f"{example[:-1]}{n}")
    yield Sample(LOST, LOST)
    if WITHOUT in question.ways:
        yield Sample(WITHOUT, WITHOUT)
    if n > 1:
        yield Sample("the first once more", f"{example[:-1]}1")


_CASE = "C1234567897"
_OWN: Mapping[str, dict[str, dict[str, Any]]] = {
    "withdrawable": {
        "one": {"receipt_nos": ["1234567897"], "why": ""},
        "one, by SMS": {"receipt_nos": ["1234567897"], "why": "", "paper": True},
        "several": {"receipt_nos": ["1234567897", "2345678908"], "why": ""},
        "none": {"receipt_nos": [], "why": "none"},
        "sent": {"receipt_nos": [], "why": "sent"},
    },
    "claims_here": {"none": {"waiting": 0}, "some": {"waiting": 1}},
    "show_here": {claim: {"claim": claim} for claim in ("right", "wrong", "too_often")},
    "know_claim": {"known": {}},
    "movable": {
        "one": {"receipt_nos": ["1234567897"], "asked": [], "why": ""},
        "several, one asked for": {"receipt_nos": ["2345678908", "1234567897"], "asked": ["2345678908"], "why": ""},
        "none": {"receipt_nos": [], "asked": [], "why": "none"},
        "a refund": {"receipt_nos": [], "asked": [], "why": "refund"},
        "over": {"receipt_nos": [], "asked": [], "why": "over"},
    },
    "own_paper": {coupon: {"coupon": coupon} for coupon in ("right", "wrong", "too_often")},
    "own_coupon": {coupon: {"coupon": coupon} for coupon in ("right", "wrong", "too_often")},
    "change_contact": {change: {"change": change} for change in ("asked", "same", "waits")},
    "call_off_change": {change: {"change": change} for change in ("called_off", "decided")},
    "correctable": {
        "one": {"receipt_nos": ["1234567897"], "why": ""},
        "several": {"receipt_nos": ["1234567897", "2345678908"], "why": ""},
        "none": {"receipt_nos": [], "why": "none"},
        "paying": {"receipt_nos": [], "why": "paying"},
    },
    "own_refund": {coupon: {"coupon": coupon} for coupon in ("right", "wrong", "too_often")},
    "holder": {"known": {"name_kana": "トチギ ハナコ"}, "paying": {"name_kana": ""}},
    "correct_account": {account: {"account": account} for account in ("corrected", "paying")},
    "case_standing": {
        "none": {"case": "none"},
        **{f"{state}": {"case": "known", "case_no": _CASE, "state": f"{state}"} for state in NEXT if state not in OVER},
    },
    "open_case": {
        **{case: {"case": case, "case_no": _CASE} for case in ("opened", "mended", "with_staff")},
        "too many": {"case": "too_many"},
    },
    "withdraw": {"asked": {"withdrawn": "asked"}, "sent": {"withdrawn": "sent"}},
    "may_remind": {"chat": {"may": True}, "page": {"may": False}},
    "forget_reminders": {"forgotten": {}},
    "resend": {
        url: {"url": url, "target": "***-****-5678", "other": "h***@example.jp"}
        for url in (
            *("again", "undelivered", "other_way", "choose", "planned", "waiting", "early", "none", "too_often"),
            *("over", "stopped"),
        )
    },
    "resend_app": {
        url: {"url": url, "target": "***-****-5678", "other": "h***@example.jp"}
        for url in (
            *("app_again", "app_other_way", "undelivered", "choose", "planned", "on_the_way", "chosen", "no_match"),
            *("no_more", "too_often", "over", "stopped", "unreachable"),
        )
    },
}


def findings(lookup: Lookup) -> dict[str, dict[str, Any]]:
    """Everything that a lookup may come back with, by its name in the picture; the usual first."""
    if lookup.name == "coupon":
        paths = (Path.A_APPLY, Path.A_APP, Path.NOT_A, Path.NO_BALANCE)
        return {
            **{f"{path}": {"found": "match", "path": f"{path}"} for path in paths},
            **{found: {"found": found} for found in ("no_match", "unavailable")},
            "mine": {"found": "mine", "receipt_no": "1234567897", "state": "pending", "target": "***-****-5678"},
        }
    if lookup.name in _UNSENT:
        refused = {why.replace("_", " "): {"sent": False, "why": why} for why in _UNSENT[lookup.name]}
        return {"sent": {"sent": True, "ticket": lookup.digest}, **refused}
    if lookup.name == "remind":
        kind = lookup.args["kind"]
        return {"planned": {"reminder": kind}, **{why: {"reminder": why} for why in ("too_late", "no_way")}}
    if lookup.name in _OWN:
        # Who has said where to is not asked again.
        told_where = "to" in lookup.args
        return {name: found for name, found in _OWN[lookup.name].items() if not (told_where and name == "choose")}
    if lookup.name in _PLACES:
        return _places(lookup)
    return {code: {"code": code} for code in ("right", "wrong", "expired")}


# Why no code goes out. By a receipt number nothing is told of an application, so neither why its contact gets none.
_UNSENT = {"send_code": ("too_many", "no_channel", "stopped"), "send_code_to_claim": ("too_many",)}
_PLACES = {"banks": ("0129", "足利銀行"), "branches": ("101", "宇都宮")}


def _places(lookup: Lookup) -> dict[str, dict[str, Any]]:
    """One that fits what was typed: a code as it is, a name by a code of its kind."""
    said, (code, name) = lookup.args["said"], _PLACES[lookup.name]
    if said == _NOWHERE:
        return {"none": {"found": []}, "a code of no table": {"found": [{"code": code, "name": ""}]}}
    if (lookup.args.get("bank"), said) == (JAPAN_POST, _NO_BRANCH):
        return {"none": {"found": []}}
    found = [{"code": said if said.isdigit() else code, "name": name}]
    return {"found": {"found": found}} | (
        {} if said.isdigit() else {"more than is shown": {"found": found, "more": True}}
    )


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
