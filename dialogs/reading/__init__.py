"""How what a person typed is read: pure readers, each giving a value or raising Unreadable."""

from dialogs.reading.bank import (
    AccountType,
    BankAccount,
    read_account_number,
    read_account_type,
    read_bank_code,
    read_branch_code,
    read_japan_post,
)
from dialogs.reading.choices import read_choice, read_yes_no
from dialogs.reading.commands import COMMANDS, Command, read_command
from dialogs.reading.contacts import (
    MailReading,
    mask_mail,
    mask_name,
    mask_phone,
    read_contact,
    read_mail,
    read_mobile,
    read_phone,
    read_target,
    smtp_form,
)
from dialogs.reading.dates import read_date
from dialogs.reading.holder import holder_kana, kana_matches_name
from dialogs.reading.names import read_free_text, read_name
from dialogs.reading.numbers import (
    INQUIRY_NUMBER_PATTERN,
    LOOK_ALIKES,
    look_alike_variants,
    read_code,
    read_count,
    read_inquiry_number,
    read_yen,
)
from dialogs.reading.postal import read_postal_code
from dialogs.reading.prefectures import (
    PREFECTURES,
    REGIONS,
    Prefecture,
    Region,
    prefecture_name,
    prefectures_in,
    read_prefecture,
    read_region,
)
from dialogs.reading.reasons import REASONS, Fact, Unreadable
from dialogs.reading.text import tidy

__all__ = [
    "COMMANDS",
    "INQUIRY_NUMBER_PATTERN",
    "LOOK_ALIKES",
    "PREFECTURES",
    "REASONS",
    "REGIONS",
    "AccountType",
    "BankAccount",
    "Command",
    "Fact",
    "MailReading",
    "Prefecture",
    "Region",
    "Unreadable",
    "holder_kana",
    "kana_matches_name",
    "look_alike_variants",
    "mask_mail",
    "mask_name",
    "mask_phone",
    "prefecture_name",
    "prefectures_in",
    "read_account_number",
    "read_account_type",
    "read_bank_code",
    "read_branch_code",
    "read_choice",
    "read_code",
    "read_command",
    "read_contact",
    "read_count",
    "read_date",
    "read_free_text",
    "read_inquiry_number",
    "read_japan_post",
    "read_mail",
    "read_mobile",
    "read_name",
    "read_phone",
    "read_postal_code",
    "read_prefecture",
    "read_region",
    "read_target",
    "read_yen",
    "read_yes_no",
    "smtp_form",
    "tidy",
]
