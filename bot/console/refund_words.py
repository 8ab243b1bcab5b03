"""What the pages of refunds say of an account and its person, masked, and what staff compare before they check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.console.drawing import language
from bot.console.unmasking import Veil, Veiled
from bot.parts import Parts
from bot.refund_details import open_details
from bot.staff_words import staff_words
from bot.store import audit
from bot.store.audit import Act
from bot.store.overview import Application
from bot.store.refunds import Refund
from dialogs.reading.contacts import in_japan, mask_mail, mask_name, mask_phone
from dialogs.reading.holder import kana_matches_name
from dialogs.rules.claim import Claim
from dialogs.rules.refund import RefundDetails
from integrations import banks

MASKED = "***"
LAST_SHOWN = 3  # digits of an account: enough to tell two of a person's apart on the telephone


@dataclass(frozen=True)
class Finding:
    """One thing that staff compare: its words are refund.finding.KEY, its verdict good, waits or bad."""

    key: str
    verdict: str


def bank_of(details: RefundDetails) -> str:
    """Bank and branch as the person saw them, by their codes where no table names them."""
    account = details.account
    return f"{details.bank_name or account.bank} {details.branch_name or account.branch}"


def number_of(details: RefundDetails) -> str:
    return f"{MASKED}{details.account.number[-LAST_SHOWN:]}"


def opened(parts: Parts, sealed: bytes | None) -> RefundDetails | None:
    """The details of a refund, None once they are erased."""
    return open_details(parts.vault, sealed) if sealed else None


def person_of(parts: Parts, refund: Refund, details: RefundDetails, *, bare: bool) -> Mapping[str, Veiled | str]:
    """Whose money goes where, by the keys of their words; bare: this reader may lift the veil from it."""
    veil, account = Veil(parts, f"refund:{refund.receipt_no}"), details.account
    kind = staff_words(language()).say(f"refund.account_type.{account.account_type}")
    place = f"{details.bank_name} ({account.bank}) {details.branch_name} ({account.branch})"

    def own(field: str, masked: str, plain: str) -> Veiled | str:
        return veil.over(field, masked=masked, plain=plain) if bare else masked

    contact = mask_mail(details.contact) if "@" in details.contact else mask_phone(in_japan(details.contact))
    shown = {
        "holder": own("holder", mask_name(details.holder), details.holder),
        "account": own(
            "account", f"{bank_of(details)} {kind} {number_of(details)}", f"{place} {kind} {account.number}"
        ),
        "name": own("name", mask_name(details.name), f"{details.name} ({details.name_kana})"),
        "contact": own("contact", contact, details.contact),
        "address": own("address", MASKED, f"〒{details.postal_code} {details.address}"),
    }
    if details.lodging_name:
        days = f"{details.check_in} – {details.check_out}"
        shown["lodging"] = own("lodging", f"{mask_name(details.lodging_name)} {days}", f"{details.lodging_name} {days}")
    return shown


def acts(parts: Parts, subject: str, *, kind: str) -> Sequence[Act]:
    """What staff did to a refund, a file or a change of contact, oldest first: kind is what its acts begin with."""
    return [act for act in audit.of_subjects(parts.db, [subject]) if act.action.startswith(f"{kind}.")]


def findings(details: RefundDetails, application: Application | None, claim: Claim | None) -> Sequence[Finding]:
    """What can be compared without asking anybody, in the order in which staff look."""
    account = details.account
    known = banks.bank(account.bank) is not None and banks.branch(account.bank, account.branch) is not None
    compared = {
        "application": "good" if application and application.state == "accepted" else "waits",
        "holder": "good" if kana_matches_name(details.holder, details.name_kana) else "bad",
        "bank": "good" if known else "waits",
    }
    if account.check_again:
        compared["check_digit"] = "waits"
    if claim and details.check_in and details.check_out:
        compared["stay"] = "good" if _stayed(details, claim) else "bad"
    return [Finding(key, verdict) for key, verdict in compared.items()]


def _stayed(details: RefundDetails, claim: Claim) -> bool:
    """Whether every coupon was given on a day of that stay."""
    first, last = details.check_in, details.check_out
    return bool(first and last and all(first <= coupon.trip_date <= last for coupon in claim.coupons))
