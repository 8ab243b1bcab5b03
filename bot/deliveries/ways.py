"""The ways to a person, in the order in which they are tried; the last of a chain that fails leaves staff.

pnp        LINE's notification message by telephone number, to whoever takes such; LINE has a day for it
line       a push, to who has talked with us
sms, mail  with the URL
sms_plain  without a URL, which some carriers filter: the official site's name, and a code to type there
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

CHANNEL_OF: Mapping[str, str] = {"pnp": "sms", "line": "line", "sms": "sms", "mail": "mail", "sms_plain": "sms"}
"""Under which key of a person's contacts a way finds where to write to."""

# Filters and limits are a carrier's own, so unknown users are counted for each group of domains by itself.
MAIL_GROUPS: Mapping[str, Sequence[str]] = {
    "docomo": ("docomo.ne.jp",),
    "au": ("ezweb.ne.jp", "au.com", "uqmobile.jp"),
    "softbank": ("softbank.ne.jp", "i.softbank.jp", "softbank.jp", "vodafone.ne.jp", "disney.ne.jp"),
    "ymobile": ("ymobile.ne.jp", "y-mobile.ne.jp", "yahoo.ne.jp", "willcom.com", "pdx.ne.jp", "emnet.ne.jp"),
    "rakuten": ("rakumail.jp", "rakuten.jp"),
    "google": ("gmail.com", "googlemail.com"),
    "yahoo": ("yahoo.co.jp", "ymail.ne.jp"),
    "microsoft": ("outlook.jp", "outlook.com", "hotmail.com", "hotmail.co.jp", "live.jp", "msn.com"),
    "apple": ("icloud.com", "me.com", "mac.com"),
}
GROUP_OF_DOMAIN = {domain: group for group, domains in MAIL_GROUPS.items() for domain in domains}
OTHER_GROUP = "other"
GROUPS = (*MAIL_GROUPS, OTHER_GROUP)


def chain(contacts: Mapping[str, str], order: Sequence[str], *, configured: Collection[str]) -> list[str]:
    """The ways to whoever has these contacts, of those that are wanted, as far as we have their channels at all."""
    return [way for way in order if CHANNEL_OF[way] in contacts and provider_channel(way) in configured]


def provider_channel(way: str) -> str:
    """The channel of ours that a way goes through."""
    return "line" if way in ("pnp", "line") else CHANNEL_OF[way]


def mail_group(address: str) -> str:
    """The carrier or house that a mail address belongs to; "other" for all the rest."""
    domain = address.rpartition("@")[2].lower()
    while domain:
        if domain in GROUP_OF_DOMAIN:
            return GROUP_OF_DOMAIN[domain]
        domain = domain.partition(".")[2]
    return OTHER_GROUP
