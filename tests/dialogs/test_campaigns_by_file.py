"""Every campaign on file holds the whole dialogue in every language, in its own words and with its own dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from dialogs.conversation import hear, learn
from dialogs.engine import Desk
from dialogs.facts import campaign_facts
from dialogs.letters import receipt, reward_url
from dialogs.message import Address, Inbound, Outbound
from dialogs.phrasing import phrase
from dialogs.reaction import Reaction, Setting, State
from dialogs.rules.campaign import CAMPAIGNS, Campaign, load_campaign
from dialogs.rules.claim import Claim, make_receipt_no
from dialogs.scripts import SCRIPTS
from dialogs.standing import CouponStanding, Standing, status
from dialogs.steps import Explained, Lookup, Submitted
from dialogs.words import TEXTS, languages, words

EVERY = {file.stem: load_campaign(file) for file in sorted(CAMPAIGNS.glob("*.toml"))}
TOCHIGI, IWATE, MINATO = (EVERY[name] for name in ("tochigi-2023-02", "iwate-2023-02", "minato-pay-2026-07"))
MOST_TURNS = 40

# What only one campaign may say. A date of another year, or of the notice that is not theirs, shows by its year or day.
FOREIGN = {
    "tochigi-2023-02": ("岩手", "Iwate", "みなと", "Minato", "商品券", "voucher", "2026"),
    "iwate-2023-02": (
        "栃木",
        "とちぎ",
        "Tochigi",
        "みなと",
        "Minato",
        "商品券",
        "voucher",
        "2026",
        "4月30日",
        "30 April",
    ),
    "minato-pay-2026-07": (
        *("栃木", "とちぎ", "Tochigi", "岩手", "Iwate", "2023", "region PAY", "全国旅行支援"),
        *("クーポン", "coupon", "旅行", "trip", "宿泊", "泊ま", "hotel", "お問合せ番号", "inquiry number"),
    ),
}

LETTERS_OF_A_DATE = re.compile(
    r"\d+月\d+日|\d{1,2}/\d{1,2}|20\d\d|令和\d|\d+ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|"
    r"(?:Jan|Febr)uary|March|April|June|July|August|(?:Septem|Octo|Novem|Decem)ber"
)


def answers_of(campaign: Campaign, **others: str) -> Mapping[str, str]:
    """What somebody says who holds a coupon that was never charged and applies for it, by the question's wording."""
    usual = {
        "kind": "paper",
        "prefecture": campaign.prefectures[0].code,
        "expiry": campaign.dates.original_expiry.isoformat(),
        "event": "nothing",
        "balance": "some",
        "charged": "no",
        "account": "active",
        "trouble.begin": "yes",
        "trouble.what": "レジで止まりました",
        "trouble.number": campaign.words.number_example["ja"],
        "trouble.shop": "見本屋",
        "trouble.when": "18:30",
        "trouble.paid_by": "cash",
        "trouble.paid": "1000",
        "trouble.times": "two",
        "trouble.each": "1000",
        "trouble.check": "submit",
        "wish": "apply",
        "coupon.number": campaign.words.number_example["ja"],
        "coupon.trip_date": (campaign.dates.original_expiry - timedelta(days=1)).isoformat(),
        "coupon.more": "no",
        "consent": "agree",
        "name": "山田 花子",
        "contact": "090-1234-5678",
        "target": "same",
        "code.said": "123456",
        "refund.consent": "agree",
        "refund.kana": "ヤマダ ハナコ",
        "refund.target": "same",
        "refund.postal_code": "100-0001",
        "refund.address": "東京都千代田区千代田1-1",
        "lodging.name": "見本",
        "lodging.check_in": (campaign.dates.original_expiry - timedelta(days=1)).isoformat(),
        "lodging.check_out": campaign.dates.original_expiry.isoformat(),
        "transfer.consent": "agree",
        "transfer.bank": "0129",
        "transfer.bank_is": "0129",
        "transfer.branch": "101",
        "transfer.branch_is": "101",
        "transfer.type": "1",
        "transfer.number": "1234567",
        "transfer.holder": "as_name",
        "check": "submit",
    }
    return {**usual, **others}


def found(lookup: Lookup) -> dict[str, object]:
    results: dict[str, dict[str, object]] = {
        "coupon": {"found": "match", "path": "A_APPLY"},
        "send_code": {"sent": True, "ticket": "T"},
        "check_code": {"code": "right"},
        "banks": {"found": [{"code": "0129", "name": "足利銀行"}]},
        "branches": {"found": [{"code": "101", "name": "宇都宮"}]},
        "may_remind": {"may": False},
        "case_standing": {"case": "none"},
        "open_case": {"case": "opened", "case_no": "C1234567897"},
    }
    return results[lookup.name]


def talk(campaign: Campaign, language: str, at: datetime, **others: str) -> tuple[Reaction, str]:
    """The whole conversation on the web at that moment; gives its end and all that was said."""
    answers = answers_of(campaign, **others)
    setting = Setting(SCRIPTS["apply"][max(SCRIPTS["apply"])], Desk(campaign, "web"))
    state, text, heard = State("abc123", 0, language, {}), "こんにちは", ""
    for turn in range(MOST_TURNS):
        moment = at + timedelta(seconds=turn)
        said = Inbound("e", Address("web", "U1"), moment, "text", text, state.pending.ask_id)
        reaction = hear(state, said, setting)
        while reaction.lookup:
            reaction = learn(reaction, found(reaction.lookup), setting)
        heard += "\n".join(in_words(outbound) for outbound in phrase(reaction, campaign)) + "\n"
        if reaction.outcome or reaction.asking is None:
            return reaction, heard
        state = replace(reaction.state, turn=turn + 1)
        text = answers[reaction.asking.wording]
    raise AssertionError(f"no end after {MOST_TURNS} turns, last asked {state.pending.key}")


def in_words(outbound: Outbound) -> str:
    rows = [f"{label}: {value}" for label, value in outbound.card.rows] if outbound.card else []
    note = [outbound.card.note] if outbound.card else []
    return "\n".join([outbound.text, *rows, *note, *(choice.label for choice in outbound.choices)])


def of_its_own(campaign: Campaign, said: str) -> bool:
    strangers = [word for word in FOREIGN[campaign.id] if word.lower() in said.lower()]
    assert [] == strangers, said
    assert not re.search(r"[{}]", said), said
    return True


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", EVERY)
def test_an_application_is_taken_in_the_campaigns_own_words(name: str, language: str) -> None:
    campaign = EVERY[name]

    end, said = talk(campaign, language, campaign.dates.site_opens + timedelta(days=1))

    assert isinstance(end.outcome, Submitted)
    assert campaign.words.number_example["ja"] == end.outcome.coupons[0].number
    assert words(language).write(campaign_facts(campaign)["office"]) in said
    assert campaign.words.coupon.get(language, campaign.words.coupon["ja"]) in said
    assert of_its_own(campaign, said)


BRANCHES: dict[str, dict[str, str]] = {
    "not the kind that is covered": {"kind": "other"},
    "could not get one": {"kind": "not_issued"},
    "another prefecture": {"prefecture": "01"},
    "another expiry": {"expiry": "-3"},
    "nothing left": {"balance": "none"},
    "paid and deducted": {"event": "paid_and_deducted"},
    "charged twice": {"event": "double_charged"},
    "another trouble": {"event": "other"},
    "charged to the app": {"charged": "yes"},
    "withdrawn from the app": {"charged": "yes", "account": "withdrawn", "wish": "later"},
    "wants money": {"wish": "refund"},
    "does not agree": {"consent": "disagree"},
}


def moments(campaign: Campaign) -> Mapping[str, datetime]:
    dates = campaign.dates
    return {
        "before": dates.site_opens - timedelta(minutes=1),
        "open": dates.site_opens,
        "no longer usable": max(dates.usable_end, dates.site_opens),
        "late": dates.apply_end + timedelta(minutes=dates.grace_minutes),
        "over": dates.receive_end,
    }


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("name", EVERY)
def test_every_other_way_is_told_in_the_campaigns_own_words(name: str, branch: str, language: str) -> None:
    campaign = EVERY[name]
    others = dict(BRANCHES[branch])
    if "expiry" in others:
        others["expiry"] = (campaign.dates.original_expiry - timedelta(days=3)).isoformat()

    for moment in moments(campaign).values():
        end, said = talk(campaign, language, moment, **others)
        assert end.outcome is not None
        assert not isinstance(end.outcome, Submitted) or branch in (
            "paid and deducted",
            "charged twice",
            "another trouble",
            "wants money",
        )
        assert of_its_own(campaign, said)


@pytest.mark.parametrize("name", EVERY)
def test_the_dates_decide_when_applications_are_taken(name: str) -> None:
    campaign = EVERY[name]
    ends = {moment: talk(campaign, "ja", at)[0].outcome for moment, at in moments(campaign).items()}

    taken = {moment for moment, end in ends.items() if isinstance(end, Submitted)}
    assert {"open", "no longer usable"} == taken
    assert all(isinstance(ends[moment], Explained) for moment in ("before", "late", "over"))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", EVERY)
def test_the_letters_of_a_campaign_name_its_own_things_and_dates(name: str, language: str) -> None:
    campaign = EVERY[name]
    end, _ = talk(campaign, language, campaign.dates.site_opens)
    assert isinstance(end.outcome, Submitted)
    claim = Claim(
        receipt_no=make_receipt_no(1),
        coupons=end.outcome.coupons,
        name=end.outcome.name,
        contact=end.outcome.contact,
        target=end.outcome.target,
        campaign=campaign.id,
        campaign_version=campaign.version,
        acted_at=campaign.dates.site_opens,
        channel="web",
        applicant_key="hanako",
    )
    coupons = tuple(CouponStanding("****5678", coupon.trip_date) for coupon in claim.coupons)
    standing = Standing(
        receipt_no=claim.receipt_no,
        state="accepted",
        acted_at=claim.acted_at,
        campaign=campaign,
        amount=1000,
        coupons=coupons,
        target="＊",
    )
    letters = [
        receipt(claim, campaign, language),
        *status([standing], language, at=claim.acted_at),
        *(
            reward_url(kind, "https://r.example.jp/r/1", claim.receipt_no, campaign, language=language)
            for kind in ("sms", "mail")
        ),
    ]

    assert all(of_its_own(campaign, in_words(letter)) for letter in letters)
    assert last_day(campaign, language) in in_words(letters[0])


def last_day(campaign: Campaign, language: str) -> str:
    day: date = campaign.dates.receive_end.date() - timedelta(days=1)
    return f"{day.day} {day:%B %Y}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


@pytest.mark.parametrize("language", languages())
def test_no_sentence_names_a_campaign_or_one_of_its_dates(language: str) -> None:
    text = (TEXTS / f"{language}.toml").read_text(encoding="utf-8")
    own = ("栃木", "とちぎ", "Tochigi", "いちご一会", "region PAY", "regionPAY", "全国旅行支援", "0120-479")

    assert [] == [word for word in own if word.lower() in text.lower()]
    assert [] == LETTERS_OF_A_DATE.findall(text)


def test_the_three_differ_in_more_than_their_dates() -> None:
    assert 3 == len({campaign.call_centre.number for campaign in EVERY.values()})
    assert 3 == len({tuple(brand.id for brand in campaign.brands) for campaign in (TOCHIGI, IWATE, MINATO)})
    assert TOCHIGI.words != IWATE.words != MINATO.words
