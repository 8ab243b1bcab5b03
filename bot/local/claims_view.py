"""`bot claims list` and `bot claims show`: the applications that the counter took, personal data masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table

from bot.filing import PLACE
from bot.local.importing import wide_screen
from bot.settings import Settings
from bot.store import holds, overview
from bot.store.db import Pool, autocommit, open_pool
from bot.store.overview import Application, Right
from bot.store.vault import Vault
from dialogs.letters import masked_target
from dialogs.reading.contacts import mask_mail, mask_name, mask_phone
from dialogs.rules.campaign import JST
from dialogs.rules.cases import show_case_no
from dialogs.rules.claim import Claim, read_receipt_no, show_receipt_no
from integrations.claims.wire import claim_from_wire

MOST_LISTED = 200
ERASED = "(erased)"


@dataclass(frozen=True)
class _Record:
    """The database, and the keys to what is sealed in it."""

    db: Pool
    vault: Vault
    screen: Console

    def claim(self, sealed: bytes | None) -> Claim | None:
        return claim_from_wire(self.vault.open(sealed, PLACE)) if sealed else None


def list_claims(settings: Settings, state: str | None) -> None:
    """Print the newest applications, newest first; raises psycopg.Error, Unopenable. `settings` names a database."""
    with _open(settings) as record:
        found = overview.applications(record.db, state=state, most=MOST_LISTED)
        if not found:
            record.screen.print(f"No application is {state}." if state else "There are no applications yet.")
            return
        table = Table("Receipt number", "State", "Coupons", "Amount", "Applied", "Channel", box=None)
        for line in found:
            claim = record.claim(line.claim)
            table.add_row(
                show_receipt_no(line.receipt_no),
                line.state,
                str(len(claim.coupons)) if claim else ERASED,
                _yen(line.amount),
                _time(line.acted_at),
                line.channel,
            )
        record.screen.print(table)
        total = overview.how_many(record.db, state=state)
        if total > len(found):
            record.screen.print(f"These are the newest {len(found)} of {total:,}.")


def show_claim(settings: Settings, receipt_no: str) -> bool:
    """Print all about one application; False if there is none by that number. Raises psycopg.Error, Unopenable."""
    number = read_receipt_no(receipt_no)
    with _open(settings) as record:
        if number is None:
            record.screen.print("That is no receipt number: it has ten digits, for example 1234-5678-97.")
            return False
        found = overview.application(record.db, number)
        if found is None:
            record.screen.print(f"There is no application {show_receipt_no(number)}.")
            return False
        _show(record, found)
        return True


def _show(record: _Record, found: Application) -> None:
    claim, right = record.claim(found.claim), overview.right_of(record.db, found.id)
    _print_rows(record.screen, {**_decided(found), **_held(record, found), **_person(claim), **_reward(right)})
    if claim:
        coupons = Table("Coupon", "Prefecture", "Trip date", box=None)
        for coupon in claim.coupons:
            coupons.add_row(coupon.number, coupon.prefecture, coupon.trip_date.isoformat())
        record.screen.print("", coupons, sep="\n")
    if right and right.message:
        receipts = Table("Received (server's clock)", "Provider", "Status", "Code", box=None)
        for receipt in overview.receipts_of(record.db, right.message):
            receipts.add_row(_time(receipt.at), receipt.provider, receipt.status, receipt.code or "")
        if receipts.row_count:
            record.screen.print("", receipts, sep="\n")
    if found.conversation:
        turns = Table("Turn", "At", "Taken as", "Answered", "Asked next", "Outcome", box=None)
        for turn in overview.turns_of(record.db, found.conversation):
            turns.add_row(str(turn.turn), _time(turn.at), turn.manner, turn.answered, turn.asked, turn.outcome)
        record.screen.print("", turns, sep="\n")


def _decided(found: Application) -> Mapping[str, str]:
    existing = found.existing_receipt_no
    return {
        "Receipt number": show_receipt_no(found.receipt_no),
        "State": f"{found.state} ({found.reason})" if found.reason else found.state,
        "Amount": _yen(found.amount),
        "Applied": f"{_time(found.acted_at)} over {found.channel}",
        "Campaign": f"{found.campaign}, version {found.campaign_version}",
        "Decided": _time(found.settled_at) if found.settled_at else f"not yet, asked {found.tries} times",
        **({"Filled in by": found.filed_by} if found.filed_by else {}),
        **({"Applied before as": show_receipt_no(existing)} if existing else {}),
    }


def _held(record: _Record, found: Application) -> Mapping[str, str]:
    """The cases that a held application waits for."""
    if found.state != "held":
        return {}
    with autocommit(record.db) as connection:
        return {"Waits for": ", ".join(map(show_case_no, holds.held_by(connection, found.id)))}


def _person(claim: Claim | None) -> Mapping[str, str]:
    if claim is None:
        return {"Applicant": ERASED}
    contact = mask_mail(claim.contact) if "@" in claim.contact else mask_phone(claim.contact)
    return {
        "Name": mask_name(claim.name),
        "Contact": contact,
        "URL goes to": f"{masked_target(claim.target)} by {claim.target.kind}",
    }


def _reward(right: Right | None) -> Mapping[str, str]:
    if right is None:
        return {"Reward": "no right to points yet"}
    given = f"right given {_time(right.created_at)}, {_standing(right)}"
    if right.message is None:
        return {"Reward": f"{given}; its message was not planned"}
    message = f"{right.state} by {right.channel}, attempts: {right.attempts}"
    if right.not_before and right.state == "planned":
        message += f", not before {_time(right.not_before)}"
    if right.settled_at:
        message += f", since {_time(right.settled_at)} by the server's clock"
    if right.error:
        message += f", last error {right.error}"
    if right.mailing:
        message = f"with the mailing {right.mailing}"
    return {"Reward": given, "Message with the URL": message}


def _standing(right: Right) -> str:
    """What has become of it: the reward that was chosen, or whether its page was opened."""
    if right.brand:
        return f"{right.standing}: {right.brand}"
    return f"{right.standing}, opened {_time(right.opened_at)}" if right.opened_at else f"{right.standing}, not opened"


def _print_rows(screen: Console, rows: Mapping[str, str]) -> None:
    table = Table.grid(padding=(0, 2))
    for label, value in rows.items():
        table.add_row(label, value)
    screen.print(table)


@contextmanager
def _open(settings: Settings) -> Iterator[_Record]:
    assert settings.database_url  # noqa: S101 - see list_claims()
    screen = wide_screen()
    pool = open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        yield _Record(pool, Vault(settings.keyring), screen)
    finally:
        pool.close()


def _yen(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,} yen"


def _time(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M}"
