"""`bot deliveries preview, test, show, staff`: a mailing looked at before, while and after it goes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from bot.deliveries import running
from bot.deliveries.preview import Preview, of_mailing
from bot.deliveries.running import CannotRun, found
from bot.deliveries.samples import Sample, masked_contacts, samples
from bot.local.deliveries_stopped import stopped
from bot.local.deliveries_watch import watch_mailing
from bot.local.importing import command_line, counted, wide_screen
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.store import left_to_staff, mailings
from bot.store.left_to_staff import Left
from bot.store.mailing_figures import Kind
from bot.store.mailings import Mailing
from dialogs.reading import Unreadable
from dialogs.reading.contacts import read_target
from dialogs.rules.campaign import JST
from dialogs.words import Yen, words

STAFF_SHOWN = 200


def show_preview(settings: Settings, name: str) -> None:
    """Print what of it is still planned: counts, words, cost, hours. Raises CannotRun, psycopg.Error."""
    screen = wide_screen()
    with open_parts(settings, threads=2) as parts:
        mailing = found(parts, name)
        seen = of_mailing(parts, mailing)
        kinds = [Kind(line.share.way, line.share.language, line.share.applied) for line in seen.lines]
        print_preview(screen, seen, samples(parts, mailing, kinds))
    screen.print(f"Try it on yourself: {command_line('deliveries', 'test', name, '--to', '090-…')}", soft_wrap=True)


def print_preview(screen: Console, seen: Preview, real: Sequence[Sample]) -> None:
    """The table of a preview, the words as real people will read them, and when it would be over."""
    table = Table("Way", "Mail", "Language", "People", "Segments", "Cost", "Hours", box=None, header_style="bold")
    for line in seen.lines:
        share = line.share
        cost = words("en").write(Yen(round(line.yen)))
        row = (share.way, share.mail_group or "–", share.language, f"{share.people:,}", f"{line.units:,}", cost)
        table.add_row(*row, f"{line.hours:.1f}")
    screen.print(table)
    for each in real:
        screen.rule(f"{each.kind.way}, {each.kind.language}, to {each.to}", align="left")
        screen.print("\n\n".join(filter(None, (each.subject, each.text))), soft_wrap=True)
    screen.rule()
    total = words("en").write(Yen(round(seen.yen)))
    ends = f"{seen.ends.astimezone(JST):%Y-%m-%d %H:%M}"
    screen.print(f"{counted(seen.people, 'person', 'people')}, {total}; begun now, the last one goes out about {ends}.")


def send_tests(settings: Settings, name: str, targets: list[str]) -> None:
    """The words of a mailing, with a code of nobody, to numbers and addresses of one's own. Raises CannotRun."""
    with open_parts(settings, threads=2) as parts:
        running.send_tests(parts, name, [_read(target) for target in targets])
    wide_screen().print(f"{counted(len(targets), 'message is', 'messages are')} on the way; a worker sends them.")


def show_mailing(settings: Settings, name: str, *, watch: bool) -> None:
    """How a mailing stands; with `watch` a bar that goes on until it is over, or Ctrl-C. Raises CannotRun."""
    screen = wide_screen()
    with open_parts(settings, threads=2) as parts:
        mailing = found(parts, name)
        if watch:
            watch_mailing(parts, name)
        counts = mailings.counts(parts.db, mailing.id)
        table = Table("State", "People", box=None, header_style="bold")
        for state, number in sorted(counts.items(), key=lambda each: -each[1]):
            table.add_row(state, f"{number:,}")
        screen.print(table)
        mailing = found(parts, name)
        screen.print(f"{name} is {mailing.state}{f': {mailing.reason}' if mailing.reason else ''}.", soft_wrap=True)
        for line in (*stopped(parts, mailing, planned=counts.get("planned", 0)), *_next(parts, mailing)):
            screen.print(line, soft_wrap=True)
        if counts.get("undelivered") or counts.get("suppressed"):
            how = command_line("deliveries", "staff", name)
            screen.print(f"Some could not be reached. For staff: {how}", soft_wrap=True)


def _next(parts: Parts, mailing: Mailing) -> Iterator[str]:
    """What to do once a pilot is out."""
    if mailing.state == "piloting" and not mailings.pilot_waits(parts.db, mailing.id):
        yield "The pilot is out. Look at what came back, then let the rest go out:"
        yield command_line("deliveries", "start", mailing.name, "--by", "NAME")


def show_staff(settings: Settings, name: str) -> None:
    """Whom no way has reached, masked. Raises CannotRun."""
    screen = wide_screen()
    with open_parts(settings, threads=2) as parts:
        left = left_to_staff.for_staff(parts.db, found(parts, name).id, most=STAFF_SHOWN)
        for one in left:
            screen.print(_line_of(parts, one), soft_wrap=True)
    screen.print(
        counted(len(left), "person is left to staff.", "people are left to staff.") if left else "Nobody is left."
    )


def _line_of(parts: Parts, one: Left) -> str:
    masked = masked_contacts(parts, one.contacts) if one.contacts is not None else "erased"
    number = one.receipt_no or f"coupon ..{(one.coupon_number or '')[-4:]}"
    return f"{one.mailing} ({one.purpose}): {number}, {masked}; {one.state} {one.reason}; reward {one.right_state}"


def _read(contact: str) -> tuple[str, str]:
    try:
        return read_target(contact)
    except Unreadable:
        raise CannotRun(f"{contact} is neither a mobile number nor a mail address.") from None
