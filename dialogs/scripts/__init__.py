"""Every conversation by name and version; a breaking change is a new version beside the old one."""

from dialogs.engine import Script
from dialogs.scripts.apply import apply

SCRIPTS: dict[str, dict[int, Script]] = {"apply": {1: apply}}
FIRST = "apply"


def newest(name: str) -> int:
    """The version that a new conversation begins with."""
    return max(SCRIPTS[name])
