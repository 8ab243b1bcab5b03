"""The parts of a notice that are written by language: names, terms, and what is said where the notice names no day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dialogs.rules.toml_data import CampaignError, Checked

NAMED_AT = {"call_centre": "call_centre.name"}


@dataclass(frozen=True, slots=True)
class Names(Checked):
    """What other languages than Japanese call the campaign's own names; one that is left out is told in Japanese."""

    programme: Mapping[str, str] = field(default_factory=dict)
    subsidy: Mapping[str, str] = field(default_factory=dict)
    office: Mapping[str, str] = field(default_factory=dict)
    call_centre: Mapping[str, str] = field(default_factory=dict)

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        for key in self.__slots__:
            if "ja" in getattr(self, key):
                yield CampaignError(key, f"the name in Japanese is {NAMED_AT.get(key, key)}, and stands there alone")


class _InEveryLanguage(Checked):
    """A part of nothing but texts by language."""

    __slots__: tuple[str, ...] = ()

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here."""
        for key in self.__slots__:
            yield from wrong_texts(key, getattr(self, key))


@dataclass(frozen=True, slots=True)
class Wording(_InEveryLanguage):
    """What is said, by language, where the notice names no day."""

    site_opens: Mapping[str, str]
    app_send: Mapping[str, str]
    claim_send: Mapping[str, str]
    refund_pay: Mapping[str, str]
    use_first: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms(_InEveryLanguage):
    """What the campaign calls its things, by language; every sentence takes them from here.

    `coupon_name` in full, `coupon_covered` the kind that the notice covers, `uncharged` how it is when it never came to
    the app, `trip_date_means` a sentence, `issuer` with what it gave. In English they stand after "a" and before "s".
    """

    coupon: Mapping[str, str]
    coupon_name: Mapping[str, str]
    coupon_covered: Mapping[str, str]
    uncharged: Mapping[str, str]
    system: Mapping[str, str]
    number_name: Mapping[str, str]
    number_example: Mapping[str, str]
    trip_date_name: Mapping[str, str]
    trip_date_means: Mapping[str, str]
    place_name: Mapping[str, str]
    issuer: Mapping[str, str]
    points: Mapping[str, str]


def wrong_texts(key: str, texts: Mapping[str, str]) -> Iterator[CampaignError]:
    """That the Japanese is missing, if it is."""
    if "ja" not in texts:
        yield CampaignError(key, 'the text in Japanese is missing, for example {ja = "4月上旬以降"}')
