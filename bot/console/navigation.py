"""The way through the console: one entry a page, shown to those who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.door import roles_of


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; its words are nav.<key>, its picture the symbol of that name in console/symbols.svg."""

    key: str
    endpoint: str


ENTRIES = (
    Entry("home", "console.home.look"),
    Entry("queue", "console.queue.look"),
    Entry("cases", "console.cases.mine"),
    Entry("disputes", "console.disputes.every"),
    Entry("contacts", "console.contacts.every"),
    Entry("refunds", "console.refunds.every"),
    Entry("refund_files", "console.refund_files.every"),
    Entry("search", "console.search.ask"),
    Entry("calls", "console.calls.mine"),
    Entry("funnel", "console.funnel.look"),
    Entry("figures", "console.figures.look"),
    Entry("alarms", "console.alarms.look"),
    Entry("deliveries", "console.deliveries.every"),
    Entry("history", "console.histories.ask"),
    Entry("canned", "console.canned.every"),
    Entry("audit", "console.audit.look"),
    Entry("staff", "console.staff.look"),
)


def entries(role: str) -> tuple[Entry, ...]:
    """What somebody of that role finds on the left."""
    return tuple(entry for entry in ENTRIES if role in roles_of(entry.endpoint))
