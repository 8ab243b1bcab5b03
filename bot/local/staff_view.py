"""What the commands of `bot staff` do and print."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot import staff
from bot.local.opened import opened
from bot.parts import Parts
from bot.settings import Settings
from bot.staff import SET_UP_HOURS, Wanted
from bot.store import staff as kept
from dialogs.reading.prefectures import prefecture_name
from dialogs.rules.campaign import JST


def add_member(settings: Settings, wanted: Wanted, *, by: str) -> None:
    """Raises BadMember, Taken."""
    with opened(settings) as (parts, screen):
        path = staff.add(parts, wanted, by=by)
        screen.print(f"{wanted.name} is added. Give them this link, and tell it nobody else:")
        _show_link(parts, screen, path)


def list_staff(settings: Settings) -> None:
    """Print a line for each member."""
    with opened(settings) as (parts, screen):
        everybody = kept.seen(parts.db)
        if not everybody:
            screen.print("Nobody works here yet. Add the first one: bot staff add NAME --login LOGIN --role admin")
            return
        table = Table("Login", "Name", "Role", "Prefectures", "State", "Signed in", "Last here", box=None)
        for one in everybody:
            last = f"{one.last_seen_at.astimezone(JST):%Y-%m-%d %H:%M}" if one.last_seen_at else "never"
            where = " ".join(map(prefecture_name, one.prefectures)) or "all"
            table.add_row(one.login, one.name, one.role, where, _state(one), str(one.sessions), last)
        screen.print(table)


def reset_password(settings: Settings, login: str, *, by: str) -> None:
    """Raises NoSuchMember."""
    with opened(settings) as (parts, screen):
        path = staff.reset_password(parts, login, by=by)
        screen.print("They are signed out everywhere. Give them this link, and tell it nobody else:")
        _show_link(parts, screen, path)


def set_capacity(settings: Settings, login: str, conversations: int, *, by: str) -> None:
    """Raises NoSuchMember."""
    with opened(settings) as (parts, screen):
        staff.set_capacity(parts, login, conversations, by=by)
        screen.print(f"At most {conversations} conversations at once; what they have already stays with them.")


def reset_totp(settings: Settings, login: str, *, by: str) -> None:
    """Raises NoSuchMember."""
    with opened(settings) as (parts, screen):
        staff.reset_totp(parts, login, by=by)
        screen.print("They are signed out everywhere, and add an authenticator app anew at the next sign-in.")


def end_sessions(settings: Settings, login: str, *, by: str) -> None:
    """Raises NoSuchMember."""
    with opened(settings) as (parts, screen):
        screen.print(f"Sessions ended: {staff.end_sessions(parts, login, by=by)}")


def set_active(settings: Settings, login: str, *, active: bool, by: str) -> None:
    """Raises NoSuchMember."""
    with opened(settings) as (parts, screen):
        staff.set_active(parts, login, active=active, by=by)
        screen.print(
            "They may sign in again." if active else "They may sign in no more, and are signed out everywhere."
        )


def _state(one: kept.Seen) -> str:
    if not one.active:
        return "deactivated"
    if not one.has_password:
        return "no password yet"
    return "active" if one.enrolled else "no app yet"


def _show_link(parts: Parts, screen: Console, path: str) -> None:
    screen.print(parts.public_url(path), soft_wrap=True)
    screen.print(
        f"It works once, within {SET_UP_HOURS} hours; a password is chosen there, and an authenticator app added."
    )
