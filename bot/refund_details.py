"""The personal part of a refund: sealed for its row, opened again, and made into a line of the banks' file."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from bot.store.vault import Vault
from dialogs.reading.bank import AccountType, BankAccount
from dialogs.reading.holder import to_bank_letters
from dialogs.reading.text import tidy
from dialogs.rules.refund import RefundDetails
from integrations import banks
from integrations.zengin import Transfer

PLACE = "refunds.details"


def seal_details(vault: Vault, details: RefundDetails) -> bytes:
    """As the row keeps it."""
    days = {name: day and day.isoformat() for name, day in _days(details).items()}
    return vault.seal_json({**asdict(details), **days}, PLACE)


def open_details(vault: Vault, sealed: bytes) -> RefundDetails:
    """What was sealed; raises Unopenable."""
    kept = vault.open_json(sealed, PLACE)
    account = {**kept["account"], "account_type": AccountType(kept["account"]["account_type"])}
    days = {name: kept[name] and date.fromisoformat(kept[name]) for name in ("check_in", "check_out")}
    return RefundDetails(**{**kept, **days, "account": BankAccount(**account)})


def account_hash(vault: Vault, details: RefundDetails) -> bytes:
    """By what refunds to the same account know one another."""
    account = details.account
    return vault.fingerprint("account", account.bank, account.branch, f"{account.account_type}", account.number)


def transfer_of(details: RefundDetails, *, amount: int, receipt_no: str) -> Transfer:
    """The payment that a refund asks for; a bank that is not in the table goes by its code alone."""
    account = details.account
    bank, branch = banks.bank(account.bank), banks.branch(account.bank, account.branch)
    return Transfer(
        bank=account.bank,
        bank_name=_place_name(bank.kana if bank else ""),
        branch=account.branch,
        branch_name=_place_name(branch.kana if branch else ""),
        account_type=str(account.account_type),
        account_number=account.number,
        holder=details.holder,
        amount=amount,
        claim_no=receipt_no,
    )


def _days(details: RefundDetails) -> dict[str, date | None]:
    return {"check_in": details.check_in, "check_out": details.check_out}


def _place_name(kana: str) -> str:
    """In names of banks and branches the file knows no other sign than the hyphen."""
    return to_bank_letters(tidy(kana)).replace(".", "") if kana else ""
