import pytest

from dialogs.reading import COMMANDS, Command, read_command

SAID: dict[Command, list[str]] = {
    "help": ["たすけて", "助けて", "ヘルプ", "ﾍﾙﾌﾟ", "help", "HELP!", "?", "？", "??", "助けてください", "使い方"],
    "back": [
        "もどる",
        "戻る",
        "「もどる」",
        "戻ります",
        "戻りたいです",
        "戻してください",
        "前へ",
        "back",
        "Go back.",
        "一つ戻る",
    ],
    "change": [
        "変更",
        "変える",
        "変更したいです",
        "変更お願いします",
        "変更をお願いします",
        "変更してください",
        "訂正",
        "change",
        "変えたい",
    ],
    "stop": ["やめる", "中止", "終了", "キャンセル", "やめます。", "やめたいです", "stop", "STOP", "cancel", "ｷｬﾝｾﾙ"],
    "restart": ["やりなおす", "やり直し", "最初から", "最初からお願いします", "リセット", "restart", "start over"],
    "link": ["リンク", "リンクを送って", "link", "ページで続ける"],
    "go_on": [
        "再開",
        "start",
        "申請をつづける",
        "申請を続ける。",
        "申請をはじめる",
        "続きから",
        "Continue my application.",
    ],
    "person": [
        "担当者",
        "オペレーター",
        "人と話したい",
        "人と話したいです",
        "担当者をお願いします",
        "電話",
        "person",
        "agent please",
        "電話したい",
    ],
    "status": ["状況", "進捗", "status", "どうなった", "どうなった?", "どうなりましたか", "申請状況"],
    "language:en": ["English", "english", "Ｅｎｇｌｉｓｈ", "英語", "英語でお願いします", "English please"],
    "language:ja": ["日本語", "Japanese", "日本語でお願いします", "にほんご"],
    "language:ja-easy": ["やさしい日本語", "やさしいにほんご", "易しい日本語", "easy Japanese"],
}


@pytest.mark.parametrize(("said", "command"), [(said, command) for command, words in SAID.items() for said in words])
def test_a_command_works_however_it_is_written(said: str, command: Command) -> None:
    assert read_command(said) == command


def test_every_command_has_words() -> None:
    assert set(COMMANDS) == set(SAID)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "戻る屋",
            "ホテル戻る",
            "変更前の宿",
            "やめる理由はない",
            "電話番号は090-1234-5678",
            "090-1234-5678",
            "英語村ホテル",
            "日本語学校前",
            "担当 太郎",
        ),
        *(
            "状況亭",
            "backyard",
            "stopover",
            "help yourself to it",
            "最初からなかった",
            "はい",
            "いいえ",
            "2",
            "",
            " ",
            "😀",
            "。",
            "戻る" * 100,
            "<back>x",
        ),
    ],
)
def test_an_answer_that_holds_a_command_word_stays_an_answer(said: str) -> None:
    assert read_command(said) is None
