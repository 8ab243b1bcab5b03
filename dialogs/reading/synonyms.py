"""What people say in place of a choice's own words, by question and option; meant only when it is the whole answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialogs.reading.text import bare, listed, tidy, without_politeness

_NOTHING_WRONG = """
    ない/なし/ないよ/ないです/なかったよ/ありません/ありませんでした/いいえ/いえ/ううん/特にない/特になかった/特になし/特にありません/特にありませんでした
    とくにない/とくになかった/とくになし/とくにありません/何もない/何もなかった/何もありません/何もありませんでした/なにもない/なにもなかった/なにもありません
    問題ない/問題なし/問題なかった/問題ありません/問題ありませんでした/大丈夫/大丈夫でした/困らなかった/困っていない/困っていません
    no/nope/none/nothing/no problem/no problems/no trouble/not really/nothing happened/everything was fine/it was fine
"""
_CHARGED_TWICE = """
    二重/2重/二重決済/二重払い/二重支払い/二重に決済/二重に払った/二重に払いました/二重に引かれた/二重に引かれました/二回払った/二度払った
    二回引かれた/2回引かれた/二度引かれた/double/double charge/double charged/charged twice/paid twice
"""
_NOT_CHARGED = """
    いいえ/いえ/ううん/ない/していない/していません/してない/してません/してないよ/しなかった/しませんでした/してへん
    チャージしてない/チャージしてません/チャージしていない/チャージしていません/チャージしなかった/チャージしませんでした/紙/紙のまま/紙だけ/紙で持っている/紙で持ってる
    使っていない/使ってない/アプリは使っていない/アプリは使ってない/アプリは使っていません/アプリなし/アプリがない/アプリ持ってない/アプリは入れていない
    no/nope/not charged/never/i did not/i didn't/i don't have the app/no app/paper
"""
_CHARGED = """
    はい/うん/ええ/した/しました/してる/している/しています/してあります/チャージしました/チャージ済み/チャージ済/チャージずみ/アプリに入れた/アプリに入れました
    yes/yeah/yep/i did/charged/i charged it
"""
_STILL_SIGNED_UP = """
    はい/うん/登録してる/登録してます/登録しています/登録したまま/登録済み/使っている/使ってる/使っています/まだある/まだあります/そのまま/いまも登録している
    いまも登録しています/今も登録している/今も登録しています/残っている/残っています
    yes/still active/still there/i still have it/i still use it/registered
"""
_SIGNED_OFF = """
    退会/退会しました/退会済み/退会済/退会してる/退会しています/やめた/やめました/解約した/解約しました
    i left/i quit/i closed it/deleted my account
"""
_NO_MORE = """
    これだけ/これだけです/これで全部/これで全部です/以上/以上です/もうない/もうないです/もうありません/1枚だけ/一枚だけ/全部/終わり/ほかにはない/ほかにはありません
    他にはない/他にはありません/that's all/thats all/that is all/that's it/no more/only one/just one/nothing else
"""
_ONE_MORE = """
    もう1枚/もう一枚/まだある/まだあります/ほかにもある/ほかにもあります/他にもある/他にもあります
    one more/there is more/another one
"""
_APPLY = (
    "申請/申請する/申請します/申請したい/申し込む/申し込みます/ポイント/ポイントがいい/apply/i want to apply/points"
)
_MONEY = """
    返金/返金がいい/返金してほしい/返金して/返金希望/返金を希望/お金がいい/現金がいい/お金で/現金で/振込/振り込み/振込がいい
    refund/money/cash/money back/i want my money back/bank transfer
"""
_PAPER = "紙/紙のクーポン/紙クーポン/paper coupon/paper coupons/かみ/カミ/紙のやつ/紙の券/紙券/paper/the paper one"
_SUBMIT = "確定/確定する/確定します/確定で/確定です/出す/出します/submit/submit it/submit this"
_HAND_IN = "確定/確定する/確定します/確定で/確定です/伝える/伝えます/submit/submit it/submit this"
_CORRECT = "変更/変更する/変更します/直す/直します/change"
_LATER = "あとで/後で/あとでします/また今度/今度/いまはしない/今はしない/later/not now"

SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "kind": {"paper": _PAPER},
    "event": {"nothing": _NOTHING_WRONG, "double_charged": _CHARGED_TWICE},
    "charged": {"no": _NOT_CHARGED, "yes": _CHARGED},
    "account": {"active": _STILL_SIGNED_UP, "withdrawn": _SIGNED_OFF},
    "coupon.more": {"no": _NO_MORE, "yes": _ONE_MORE},
    "check": {"submit": _SUBMIT, "change": _CORRECT},
    "trouble.check": {"submit": _HAND_IN, "change": _CORRECT},
    "move.call_off": {"yes": "取りやめる/取りやめます/call it off", "no": "待つ/待ちます/wait"},
    "wish": {"apply": _APPLY, "refund": _MONEY, "later": _LATER},
}


def spoken_for(wording: str, said: str, options: Sequence[str]) -> str | None:
    """The option that these words stand for where this question is asked; None when they stand for none of them."""
    word = bare(tidy(said))
    words = {word, without_politeness(word)}
    found = [option for option, known in _KNOWN.get(wording, {}).items() if option in options and words & known]
    return found[0] if found else None


def _bare(words: str) -> frozenset[str]:
    whole = [bare(tidy(word)) for word in listed(words)]
    return frozenset([*whole, *map(without_politeness, whole)])


_KNOWN = {wording: {option: _bare(words) for option, words in by.items()} for wording, by in SYNONYMS.items()}
