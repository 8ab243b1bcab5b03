"""Words that always work, whatever is being asked (dialogs.md, rule 18)."""

from typing import Literal, get_args

from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import bare, listed, tidy, without_politeness

Command = Literal[
    "help",
    "back",
    "change",
    "stop",
    "restart",
    "go_on",
    "link",
    "person",
    "status",
    "language:en",
    "language:ja",
    "language:ja-easy",
]
COMMANDS: tuple[Command, ...] = get_args(Command)

_LONGEST = 30
# Nouns that become verbs: 変更, 変更する, 変更します, 変更したい, 変更して(ください).
_ACTIONS: dict[Command, str] = {
    "change": "変更 訂正 修正 へんこう ていせい しゅうせい",
    "stop": "中止 終了 キャンセル ちゅうし しゅうりょう ストップ",
    "restart": "リセット",
    "help": "ヘルプ",
    "person": "電話",
    "back": "バック",
}
_ENDINGS = ("", "する", "します", "したい", "して")
_WORDS: dict[Command, str] = {
    "help": "たすけて/助けて/使い方/つかいかた/使い方を教えて/困った/困っています/help/help me",
    "back": """
        もどる/戻る/もどります/戻ります/もどりたい/戻りたい/もどして/戻して/前へ/まえへ/前に戻る/前へ戻る/前に戻りたい/前に戻して
        一つ戻る/ひとつ戻る/1つ戻る/一つ前に戻る/back/go back/previous""",
    "change": """
        変える/かえる/変えます/変えたい/かえたい/直す/なおす/直したい/なおしたい/直します
        change/edit/change answer/change my answer""",
    "stop": """
        やめる/止める/やめます/やめたい/やめて/やめとく/やめときます/やめておきます/終わる/終わり/おわり
        stop/cancel/quit/exit/end/pause""",
    "restart": """
        やりなおす/やり直す/やりなおし/やり直し/やりなおしたい/やり直したい/やり直します/最初から/さいしょから/初めから/始めから/はじめから
        最初からやり直す/最初からやりなおす/最初からやり直したい/最初に戻る/最初にもどる
        restart/reset/start over/start again""",
    "go_on": """
        申請をつづける/申請を続ける/申請をはじめる/申請を始める/申請の続き/申請のつづき/続きから/つづきから/再開/再開する
        continue my application/continue the application/start""",
    "link": "リンク/りんく/ページ/ページで/リンクを送って/ページで続ける/link/page/web",
    "person": """
        担当者/担当/たんとうしゃ/担当の方/担当の人/オペレーター/オペレータ/スタッフ/係の人/係員/職員/コールセンター/人と話す/人と話したい
        ひとと話したい/担当者と話したい/オペレーターと話したい/電話で話したい/人に代わって/担当者に代わって/担当者につないで/オペレーターにつないで
        person/agent/operator/human/staff/call/a person/a human/human agent
        talk to a person/talk to a human/speak to a person""",
    "status": """
        状況/進捗/じょうきょう/しんちょく/申請状況/申請の状況/状況確認/進み具合/どうなった/どうなってる/どうなっている/どうなりました/どうなりましたか
        どうなっています/どうなっていますか/今どうなってる/status/my status/check status/progress""",
    "language:en": "English/英語/えいご/英語で/英語にして/in english/english version",
    "language:ja": "Japanese/日本語/にほんご/日本語で/日本語にして/in japanese",
    "language:ja-easy": """
        やさしい日本語/易しい日本語/優しい日本語/やさしいにほんご/やさしい日本語で/簡単な日本語/かんたんな日本語
        easy japanese/plain japanese/simple japanese""",
}


def _command_by_word() -> dict[str, Command]:
    spoken: dict[str, Command] = {}
    for command, words in _WORDS.items():
        spoken |= {bare(tidy(word)): command for word in listed(words)}
    for command, nouns in _ACTIONS.items():
        spoken |= {bare(tidy(noun + ending)): command for noun in nouns.split() for ending in _ENDINGS}
    return spoken


GREETINGS = frozenset(
    bare(word)
    for word in (
        *("こんにちは", "こんにちわ", "今日は", "こんばんは", "おはよう", "おはようございます", "はじめまして"),
        *("初めまして", "お世話になります", "お世話になっております", "よろしくお願いします", "もしもし", "すみません"),
        *("hello", "hi", "good morning", "good afternoon", "good evening"),
    )
)


def is_greeting(said: str) -> bool:
    """Whether the whole message only greets; nobody is to be told that a greeting was not understood."""
    try:
        return bare(tidy(said, limit=_LONGEST)) in GREETINGS
    except Unreadable:
        return False


def read_command(said: str) -> Command | None:
    """The command when the whole message is one (quotes, stops and polite endings aside), else None.

    A longer sentence is an answer, whatever words it holds: a shop may be named 戻る屋.
    """
    try:
        text = tidy(said, limit=_LONGEST)
    except Unreadable:
        return None
    if set(text) == {"?"}:
        return "help"
    word = bare(text)
    return _COMMAND_BY_WORD.get(word) or _COMMAND_BY_WORD.get(without_politeness(word))


_COMMAND_BY_WORD = _command_by_word()
