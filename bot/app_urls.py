"""The URL once more, for who charged the coupon to the app: to their own two contacts on record, and nowhere else.

Where neither is theirs any more the call centre helps (rules.md §1.4(7)). A change of contact hangs on an application
throughout: on its receipt number, its sealed claim, and the decision of staff on it. An app user has none of these, and
a second such chain would be a second place in which a URL could be led astray.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.asked import FAILED, MOST_RESENDS, ON_THE_WAY
from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import meter, suppressions
from bot.store.app_urls import AppUrl, Retargeted
from bot.store.db import autocommit
from bot.store.outgoing import NewOutgoing
from dialogs.letters import masked_target
from dialogs.mailing_letters import Enclosed, mailing_letter
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import DeliveryTarget

KINDS = ("sms", "mail")  # SMS first, mail where it fails (rules.md §1.4(6))
Sent = tuple[NewOutgoing, Retargeted]


@dataclass(frozen=True)
class _Reached:
    """A person's contacts: last was written to last; open may be written to; failed has not been reached by it."""

    contacts: Mapping[str, str]
    last: str
    open: tuple[str, ...]
    failed: frozenset[str]

    def masked(self, kind: str) -> str:
        return masked_target(self.target(kind))

    def target(self, kind: str) -> DeliveryTarget:
        return DeliveryTarget(kind, self.contacts[kind])  # type: ignore[arg-type]  # one of KINDS

    def other(self, kind: str) -> str:
        return next((each for each in self.open if each != kind), kind)


def app_url_again(
    parts: Parts, found: AppUrl, campaign: Campaign, *, language: str, to: str = ""
) -> tuple[dict[str, Any], tuple[NewOutgoing | Retargeted, ...]]:
    """How an app user's URL stands, in one word; and the same URL once more, where that may help.

    to: "same" or "other" of the two contacts. With "" it goes where it has not failed; "choose" where both may help.
    """
    if found.chosen:
        return {"url": "chosen"}, ()
    reached = _reached(parts, found)
    if waits := _waits(found):
        return {"url": waits, "target": reached.masked(reached.last)}, ()
    if not reached.open:
        stopped = "sms" in reached.contacts and "sms" in parts.channels
        return ({"url": "stopped", "target": reached.masked("sms")} if stopped else {"url": "unreachable"}), ()
    if not to and len(reached.open) > 1 and not reached.failed:
        other = reached.other(reached.last)
        return {"url": "choose", "target": reached.masked(reached.last), "other": reached.masked(other)}, ()
    told, kind = _chosen(reached, to)
    if len(found.again_states) >= MOST_RESENDS or not meter.take(parts.redis, meter.RESENDS, found.id.hex):
        return {"url": "too_often", "target": reached.masked(kind)}, ()
    return told, _same_url(parts, found, reached.target(kind), campaign, language=language)


def _chosen(reached: _Reached, to: str) -> tuple[dict[str, Any], str]:
    """What is told, and by which kind of contact the URL goes; the other way where the last one led nowhere."""
    last = reached.last
    good = [kind for kind in reached.open if kind not in reached.failed] or list(reached.open)
    kind = last if last in good else good[0]
    if to == "other":
        kind = reached.other(last)
    if kind in reached.failed:
        return {"url": "undelivered", "target": reached.masked(kind)}, kind
    if kind != last and not to:
        return {"url": "app_other_way", "target": reached.masked(last), "other": reached.masked(kind)}, kind
    return {"url": "app_again", "target": reached.masked(kind)}, kind


def _waits(found: AppUrl) -> str:
    """Whether it goes out by itself: "planned" before the first attempt, "on_the_way" after it."""
    if found.again_states:
        return "on_the_way" if found.again_states[-1] in ON_THE_WAY else ""
    if found.state not in ON_THE_WAY:
        return ""
    return "on_the_way" if found.attempts else "planned"


def _reached(parts: Parts, found: AppUrl) -> _Reached:
    sealed = parts.vault.open_json(found.contacts, "deliveries.contacts")
    contacts = {kind: sealed[kind] for kind in KINDS if kind in sealed}
    persons = {parts.vault.fingerprint(kind, value): kind for kind, value in contacts.items()}
    # All ways but mail go to the telephone number.
    tried = ["mail" if way == "mail" else "sms" for way in found.ways[: found.step + 1]]
    words = [(kind, "undelivered") for kind in tried[:-1]] + [(kind, found.state) for kind in tried[-1:]]
    words += [(persons[bytes(who)], state) for who, state in zip(found.again_persons, found.again_states, strict=True)]
    newest = dict(words)  # of each contact, what was heard of it last
    failed = {kind for kind, state in newest.items() if state in (*FAILED, "suppressed")}
    last = words[-1][0] if words else next(iter(contacts))
    return _Reached(contacts, last, tuple(_open(parts, contacts)), frozenset(failed))


def _open(parts: Parts, contacts: Mapping[str, str]) -> list[str]:
    with autocommit(parts.db) as connection:
        return [
            kind
            for kind, value in contacts.items()
            if kind in parts.channels
            and not suppressions.stands(connection, kind, parts.vault.fingerprint(kind, value))
        ]


def _same_url(parts: Parts, found: AppUrl, to: DeliveryTarget, campaign: Campaign, *, language: str) -> Sent:
    """The codes go along: both contacts were proven at sign-up, and the other one may reach nobody any more."""
    vault = parts.vault
    url = parts.public_url(f"/r/{vault.open(found.token, 'entitlements.token').decode()}")
    own = Enclosed(url, code="", last_four=found.coupon_number[-4:], stop_url="", applied=False)
    letter = mailing_letter(to.kind, "reward_url", own, campaign, language=language)
    message = message_to(vault, to.kind, to.value, letter, purpose="reward_url_again")
    key = f"reward_url_again:{found.id}:{len(found.again_states) + 1}"
    target = vault.seal_json([to.kind, to.value], "entitlements.target")
    return replace(message, once_key=key), Retargeted(found.id, target)
