"""The file of transfers that banks take, 全銀協 総合振込: written, and read back (rules.md §3)."""

from integrations.zengin.layout import (
    MOST_AMOUNT,
    MOST_LINES,
    BadFile,
    Dialect,
    NotABankDay,
    Originator,
    Transfer,
    TransferFile,
    Unwritable,
    ZenginError,
)
from integrations.zengin.reader import Totals, read_file, totals
from integrations.zengin.sender import BadSender, Sender, load_sender
from integrations.zengin.writer import check_transfer, write_file

__all__ = [
    "MOST_AMOUNT",
    "MOST_LINES",
    "BadFile",
    "BadSender",
    "Dialect",
    "NotABankDay",
    "Originator",
    "Sender",
    "Totals",
    "Transfer",
    "TransferFile",
    "Unwritable",
    "ZenginError",
    "check_transfer",
    "load_sender",
    "read_file",
    "totals",
    "write_file",
]
