"""Every conversation by name and version; a breaking change is a new version beside the old one."""

from dialogs.engine import Script
from dialogs.scripts.account import account
from dialogs.scripts.apply import apply
from dialogs.scripts.contact import contact
from dialogs.scripts.finding import find, status
from dialogs.scripts.reminding import no_reminder, remind
from dialogs.scripts.resend import resend
from dialogs.scripts.withdraw import withdraw
from dialogs.steps import STATUS

SCRIPTS: dict[str, dict[int, Script]] = {"apply": {1: apply}}
FIRST = "apply"
# Beside whatever else is talked about, by the names that topics have for them.
SIDES: dict[str, Script] = {
    "resend": resend,
    "withdraw": withdraw,
    "contact": contact,
    "account": account,
    "find": find,
    STATUS: status,
    "remind": remind,
    "no_reminder": no_reminder,
}


def newest(name: str) -> int:
    """The version that a new conversation begins with."""
    return max(SCRIPTS[name])
