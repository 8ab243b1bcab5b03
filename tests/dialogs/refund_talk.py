"""What the dialogues about money back share: how far somebody has come, and what they have handed in."""

from datetime import date

from dialogs.engine import Desk, replay
from dialogs.phrasing import answer_rows
from dialogs.reading.bank import AccountType, BankAccount
from dialogs.rules.refund import RefundDetails
from dialogs.steps import Submitted
from dialogs.words import words
from tests.dialogs.player import (
    BANK,
    TO_ACCOUNT,
    Talk,
)

JA = words("ja")
CHECKED = "内容をご確認ください"
SEND = "web:[この内容で申請する]"
TO_HOLDER = [*TO_ACCOUNT, *BANK]
JAPAN_POST = [*TO_ACCOUNT, "web:ゆうちょ", "web:[ゆうちょ銀行（9900）]"]
PERSONAL = ("花子", "ハナコ", "ﾊﾅｺ", "090-1234", "本町", "日光", "足利", "宇都宮", "0123456")
DETAILS = RefundDetails(
    account=BankAccount("0129", "101", AccountType.ORDINARY, "0123456"),
    bank_name="足利銀行",
    branch_name="宇都宮",
    holder="ﾄﾁｷﾞ ﾊﾅｺ",
    name="栃木 花子",
    name_kana="トチギ ハナコ",
    contact="+819012345678",
    postal_code="3200033",
    address="栃木県宇都宮市本町1-1",
    lodging_name="日光見本旅館",
    check_in=date(2023, 2, 23),
    check_out=date(2023, 2, 24),
)


def details(talk: Talk) -> RefundDetails:
    outcome = talk.outcomes[-1]
    assert isinstance(outcome, Submitted)
    assert outcome.refund
    return outcome.refund


def rows(talk: Talk, *, masked: bool) -> dict[str, str]:
    """*Check your answers* from the first private one on."""
    path = replay(talk.script, Desk(talk.campaign, "web"), talk.state.record, talk.clock).path
    return dict(answer_rows([answer for answer in path if answer.question.private], JA, masked=masked))
