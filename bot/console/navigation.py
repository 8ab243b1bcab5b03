"""The way through the console: one entry a page, shown to those who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.door import roles_of


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; its words are nav.<key>, its picture the symbol of that name in console/symbols.svg."""

    key: str
    endpoint: str


@dataclass(frozen=True)
class Group:
    """Entries that belong together; the words above them are nav_group.<key>, none where the key is ""."""

    key: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group("", (Entry("home", "console.home.look"),)),
    Group(
        "people",
        (
            Entry("queue", "console.queue.look"),
            Entry("search", "console.search.ask"),
            Entry("calls", "console.calls.mine"),
            Entry("cases", "console.cases.mine"),
            Entry("disputes", "console.disputes.every"),
            Entry("contacts", "console.contacts.every"),
        ),
    ),
    Group(
        "money",
        (Entry("refunds", "console.refunds.every"), Entry("refund_files", "console.refund_files.every")),
    ),
    Group(
        "sending",
        (Entry("deliveries", "console.deliveries.every"), Entry("history", "console.histories.ask")),
    ),
    Group(
        "figures",
        (
            Entry("figures", "console.figures.look"),
            Entry("funnel", "console.funnel.look"),
            Entry("alarms", "console.alarms.look"),
        ),
    ),
    Group(
        "office",
        (
            Entry("canned", "console.canned.every"),
            Entry("staff", "console.staff.look"),
            Entry("audit", "console.audit.look"),
        ),
    ),
)


def groups(role: str) -> tuple[Group, ...]:
    """What somebody of that role finds on the left; a group that is empty for them is not there."""
    seen = (Group(each.key, tuple(one for one in each.entries if role in roles_of(one.endpoint))) for each in GROUPS)
    return tuple(group for group in seen if group.entries)
