"""Whose account the refunds are paid from, and how that bank wants its file: a TOML file of the office.

ZenginError
└── BadSender       the file says something that cannot be: which key, and what is expected
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from dialogs.rules.toml_data import CampaignError, build
from integrations.zengin.layout import Dialect, Originator, Unwritable, ZenginError
from integrations.zengin.writer import check_originator


class BadSender(ZenginError):
    """Names the file, the key and what is expected there."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The tables of the file: [originator], and [dialect] where the bank differs from the usual."""

    originator: Originator
    dialect: Dialect = field(default_factory=Dialect)


def load_sender(path: Path) -> Sender:
    """The sender that the file describes. Raises BadSender, OSError."""
    try:
        sender = build(Sender, tomllib.loads(path.read_text(encoding="utf-8")))
        check_originator(sender.originator)
        sender.dialect.check()
    except (CampaignError, Unwritable) as wrong:
        raise BadSender(f"{path.name}: {wrong}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadSender(f"{path.name}: no TOML: {wrong}") from None
    return sender
