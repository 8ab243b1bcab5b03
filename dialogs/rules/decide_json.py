"""`decide` over JSON: one case in, one verdict out, for programs and for the tests that play the notice.

CaseError
    the JSON is no case; the message names the key and gives an example
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from dialogs.reading.prefectures import read_prefecture
from dialogs.reading.reasons import Unreadable
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import Account, CouponFact
from dialogs.rules.eligibility import Case, Event, Verdict, Wants, decide

Choice = TypeVar("Choice", bound=Enum)

CASE_KEYS = ("at", "prefecture", "in_scope", "coupon", "event", "wants", "url_sent", "reward_chosen")
COUPON_KEYS = ("expiry", "balance_after_extension", "balance_at_snapshot", "charged_to_app", "account")
MOST_YEN = 10**9  # more on one coupon is a slip of the keyboard or of a program
LONGEST_CASE = 100_000  # characters; a case that is still open after that is not one


class CaseError(ValueError):
    """JSON that is no case; the message is a sentence for the one who wrote it."""


def case_from_json(case: Mapping[str, Any]) -> Case:
    """A case of issue-shaped JSON, strictly: unknown keys, wrong types and impossible values raise CaseError.

    `at` is needed; what else is missing or null is unknown. `"coupon": null` says that none was ever issued.
    """
    _only(case, CASE_KEYS, "")
    return Case(
        at=_instant(case),
        prefecture=_prefecture(case),
        in_scope=_flag(case, "in_scope"),
        coupon=_coupon(case),
        event=_choice(case, "event", Event),
        wants=_choice(case, "wants", Wants) or Wants.POINTS,
        url_sent=_flag(case, "url_sent") or False,
        reward_chosen=_flag(case, "reward_chosen") or False,
    )


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values; times in ISO 8601 with +09:00, what is not known or does not apply null."""
    return {
        "path": verdict.path,
        "also_a1": verdict.also_a1,
        "call_centre_case": verdict.call_centre_case,
        "usable_until": _iso(verdict.usable_until),
        "can_apply_now": verdict.can_apply_now,
        "opens_at": _iso(verdict.opens_at),
        "apply_by": _iso(verdict.apply_by),
        "receive_by": _iso(verdict.receive_by),
        "asks": list(verdict.asks),
        "reason": verdict.reason,
        "call_centre": {"open": verdict.call_centre_open, "next_open": _iso(verdict.call_centre_next_open)},
    }


def decide_lines(lines: Iterable[str], campaign: Campaign) -> Iterator[str]:
    """One line of JSON for each case read: a verdict, or {"error": why} for what is none, and on with the rest.

    A case is one line, or an object spread over several; a line that begins with "{" at its margin begins a new one.
    """
    for text in _cases(lines):
        try:
            answer = verdict_to_json(decide(case_from_json(_object(text)), campaign))
        except CaseError as wrong:
            answer = {"error": str(wrong)}
        yield json.dumps(answer, ensure_ascii=False)


def _cases(lines: Iterable[str]) -> Iterator[str]:
    """The texts of the cases, good and bad; the rest of a case that broke in the middle goes with it."""
    text, broken = "", False
    for line in lines:
        if text and _begins_anew(line, text, broken=broken):
            yield text
            text, broken = "", False
        spread = bool(text)
        text += line.rstrip("\r\n").removeprefix("\ufeff") + "\n"
        if not text.strip():
            text = ""
        elif not broken and (len(text) > LONGEST_CASE or not _is_open(text)):
            if _is_json(text) or not spread:
                yield text
                text = ""
            else:
                broken = True
    if text:
        yield text


def _begins_anew(line: str, text: str, *, broken: bool) -> bool:
    if broken:
        return line.startswith("{")
    # A whole case can stand inside no other, so the one before it was cut short.
    return line.startswith("{") and '"at"' in line and _is_json(line)


def _is_open(text: str) -> bool:
    """Whether more lines could make JSON of it."""
    try:
        json.loads(text)
    except json.JSONDecodeError as wrong:
        return wrong.pos >= len(text.rstrip()) and text.lstrip().startswith(("{", "["))
    except (ValueError, RecursionError):
        return False
    return False


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except CaseError:
        raise
    except json.JSONDecodeError as wrong:
        raise CaseError(f"no JSON: {wrong.msg} (line {wrong.lineno}, column {wrong.colno})") from None
    except (ValueError, RecursionError):
        raise CaseError("no JSON that could be a case: a number too long, or too much inside each other") from None
    if not isinstance(value, dict):
        raise CaseError('a JSON object expected, for example {"at": "2023-04-05T10:00:00+09:00", …}')
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CaseError(f"{_shown(key)}: stands twice")
        found[key] = value
    return found


def _shown(key: str) -> str:
    """A key that somebody wrote, safe to print on one line."""
    return json.dumps(key[:40])[1:-1]


def _only(table: Mapping[str, Any], known: tuple[str, ...], within: str) -> None:
    for key in table:
        if key not in known:
            raise CaseError(f"{within}{_shown(key)}: unknown key; known here are {', '.join(known)}")


def _instant(case: Mapping[str, Any]) -> datetime:
    expected = "at: a time in ISO 8601 with its offset expected, for example 2023-04-05T10:00:00+09:00"
    value = case.get("at")
    if not isinstance(value, str):
        raise CaseError(expected)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise CaseError(expected) from None
    if at.utcoffset() is None or not 2000 <= at.year < 2100:
        raise CaseError(expected)
    return at


def _prefecture(case: Mapping[str, Any]) -> str | None:
    value = case.get("prefecture")
    if value is None:
        return None
    expected = 'prefecture: one of the 47 prefectures expected, for example "栃木県", "Tochigi" or "09"'
    if not isinstance(value, str):
        raise CaseError(expected)
    try:
        return read_prefecture(value)
    except Unreadable:
        raise CaseError(expected) from None


def _coupon(case: Mapping[str, Any]) -> CouponFact | None:
    if "coupon" not in case:
        return CouponFact()
    coupon = case["coupon"]
    if coupon is None:
        return None
    if not isinstance(coupon, dict):
        raise CaseError('coupon: an object expected, for example {"expiry": "2023-02-24", "charged_to_app": false}')
    _only(coupon, COUPON_KEYS, "coupon.")
    return CouponFact(
        expiry=_expiry(coupon),
        balance_after_extension=_yen(coupon, "balance_after_extension"),
        balance_at_snapshot=_yen(coupon, "balance_at_snapshot"),
        charged_to_app=_flag(coupon, "charged_to_app", "coupon."),
        account=_choice(coupon, "account", Account, "coupon."),
    )


def _expiry(coupon: Mapping[str, Any]) -> date | None:
    value = coupon.get("expiry")
    if value is None:
        return None
    try:
        # fromisoformat also reads 20230224 and week dates, which nobody means here
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise CaseError("coupon.expiry: a date of the calendar expected, for example 2023-02-24")


def _yen(coupon: Mapping[str, Any], key: str) -> int | None:
    value = coupon.get(key)
    # type() and not isinstance(): true is an int to Python
    if value is None or (type(value) is int and 0 <= value <= MOST_YEN):
        return value
    raise CaseError(f"coupon.{key}: whole yen from 0 to {MOST_YEN} expected, for example 1000")


def _flag(table: Mapping[str, Any], key: str, within: str = "") -> bool | None:
    value = table.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise CaseError(f"{within}{key}: true or false expected, for example false")


def _choice(table: Mapping[str, Any], key: str, choices: type[Choice], within: str = "") -> Choice | None:
    value = table.get(key)
    if value is None:
        return None
    for choice in choices:
        if choice.value == value:
            return choice
    known = ", ".join(choice.value for choice in choices)
    raise CaseError(f"{within}{key}: one of {known} expected, for example {next(iter(choices)).value}")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
