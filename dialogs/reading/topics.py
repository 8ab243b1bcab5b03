"""What people ask in between, found by words of any language: the whole table stands here.

A topic is looked for only in what is no answer to the question that waits, and in nothing longer than a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import bare, listed, tidy

LONGEST_QUESTION = 60  # characters; what is longer tells a story, which no short answer fits


@dataclass(frozen=True)
class Topic:
    """Words by language; "+" joins parts that must all be there.

    What follows is the sentence `faq.<name>`, or one for each phase of what it hangs on (`by`, one of telling.PHASES);
    call_centre: whether it answers just now is said too. In a chat a side script goes before the sentence.
    """

    words: Mapping[str, str]
    by: str = ""
    call_centre: bool = False
    side: str = ""


TOPICS: dict[str, Topic] = {
    "what": Topic(
        {
            "ja": """
                これは何/これはなに/これなに/何の窓口/なんの窓口/どんな窓口
                どういう窓口/何ができ/なにができ/何の補償/どんな補償/何の案内""",
            "en": "what is this/what's this/who are you/what can you do/what is it about",
        },
        by="site",
    ),
    "covered": Topic(
        {
            "ja": "対象+何/対象+どの/対象+どれ/対象+誰/対象+だれ/対象+ですか/対象者/対象になり/補償対象/もらえる人",
            "en": """
                which coupon/which coupons/which voucher/which vouchers
                who is eligible/am i eligible/who can apply/who is covered""",
        }
    ),
    "when": Topic(
        {
            "ja": """
                いつ+届/いつ+とど/いつ+来る/いつ+来ます/いつ+くる/いつ+きます/いつ+もらえ/いつ+送/いつ+振/いつ頃/いつごろ/いつになっ/送付時期""",
            "en": "when will/when do i get/when do i receive/when does it come/when is it sent",
        },
        by="url",
    ),
    "usable": Topic(
        {
            "ja": """
                まだ使え/もう使え/いつまで使え/クーポン+使えますか
                まだつかえ/もうつかえ/いつまでつかえ/クーポン+つかえますか
                コンビニ+使える/コンビニ+使えます/コンビニ+つかえ/どこで使え/どこでつかえ/お店で使えます/どの店で使え""",
            "en": "still use/still valid/can i use/where to use/use my coupon/use the coupon/use my voucher",
        },
        by="use",
    ),
    "deadline": Topic(
        {
            "ja": "いつまで/何日まで/締切/締め切り/〆切/しめきり/申請期限/受取期限/期限+いつ/期限+何日/間に合い",
            "en": "deadline/until when/by when/last day/due date/too late",
        },
        by="term",
    ),
    "where": Topic(
        {
            "ja": """
                どこで+申請/どこから+申請/申請+どこ/どこで+手続/手続+どこ/申請サイト/特設サイト/サイト+どこ
                申請方法/申請の方法/申請のしかた/申請の仕方/どうやって+申請/申請+どうすれば/手続+方法""",
            "en": """
                where do i apply/where can i apply/where to apply
                how do i apply/how to apply/how can i apply/website""",
        },
        by="term",
    ),
    "fee": Topic(
        {
            "ja": "手数料/料金/費用/有料/無料/お金がかか/お金はかか/通信料",
            "en": "fee/fees/cost/costs/does it cost/free of charge/for free",
        }
    ),
    "tax": Topic({"ja": "税金/課税/確定申告/一時所得/税務署/所得税", "en": "tax/taxes/taxable/tax return"}),
    "lost_phone": Topic(
        {
            "ja": """
                スマホ+なくし/スマホ+無くし/スマホ+失くし/スマホ+紛失/スマホ+壊れ/スマホ+こわれ/スマホ+替え/スマホ+変え
                携帯+なくし/携帯+無くし/携帯+失くし/携帯+紛失/携帯+壊れ/携帯+こわれ/携帯+替え/携帯+変え
                電話なくし/電話をなくし/電話無くし/電話を無くし/電話失くし/電話を失くし/電話を紛失/電話をおとし/電話を落とし
                電話+こわれ/電話+壊れ/電話を変えた/電話をかえた/機種変更/機種変
                電話番号+変わ/番号が変わ/電話番号+変えた/電話番号+かえた/電話番号+変えま/電話番号+かえま""",
            "en": """
                lost my phone/lost phone/phone is lost/phone was stolen
                phone is broken/new phone/new number/changed my phone""",
        },
        by="term",
    ),
    "how_long": Topic(
        {
            "ja": """
                どのくらい+かか/どれくらい+かか/どれぐらい+かか/何日+かか/何分+かか
                何日くらい/何日ぐらい/時間がかか/時間はかか/日数""",
            "en": "how long/how many days/how many minutes",
        },
        by="apply",
    ),
    "rewards": Topic(
        {
            "ja": """
                どんなポイント/どのポイント/何のポイント/ポイント+種類
                ポイント+選/何がもらえ/なにがもらえ/いくらもらえ/何をもらえ""",
            "en": """
                which points/what points/what do i get
                how much do i get/how much will i get/gift card/gift cards""",
        },
        by="receive",
    ),
    "hours": Topic(
        {
            "ja": """
                営業時間/受付時間/何時まで/何時から/電話番号+教え
                コールセンター+やって/コールセンター+開い/コールセンター+あいて/コールセンター+つなが
                電話番号は/電話+何番/コールセンター+番号/コールセンター+時/電話+つながら""",
            "en": """
                opening hours/office hours/phone hours/telephone hours/business hours
                call hours/phone number/telephone number/what time/which number""",
        },
        call_centre=True,
    ),
    "resend": Topic(
        {
            "ja": """
                再送/再送信/再送して/url+届/url+とど/url+来/url+きて/url+なくし/url+消/url+もう一度/url+送って/urlがない
                案内+届かな/メール+届かな/メールが来/sms+届かな/smsが来/ショートメール+届かな/ポイント+届かな""",
            "en": """
                resend/send again/send it again/no url/url not here/did not get the url/didn't get the url/lost the url
                url has not come/have not received/haven't received/not received""",
        },
        side="resend",
        by="again",
    ),
    "find": Topic(
        {
            "ja": """
                申請を探/申請をさがす/申請をさがし/申請+見つから/別の方法で申請/ほかの方法で申請/他の方法で申請
                ウェブで申請した/webで申請した/サイトで申請した/lineで申請した/smsで申請した/電話で申請した""",
            "en": """
                find my application/find the application/applied on the web/applied online
                applied on line/applied by sms/applied by phone""",
        },
        side="find",
    ),
    "withdraw": Topic(
        {
            "ja": """
                取り下げ/取下げ/取下/とりさげ/取り消し
                取消/取り消したい/とりけし/申請をやめたい/申請を止めたい/申請+キャンセル""",
            "en": "withdraw/withdrawal/withdraw my application/cancel my application/cancel the application",
        },
        side="withdraw",
    ),
    "refund": Topic(
        {
            "ja": """
                返金/払い戻し/払戻/返金+いつ/返金+まで/現金で+ほし/現金で+もら/現金で+受け取/お金で+ほし/お金で+もら/お金で+受け取
                口座に+振/口座へ+振/ポイントはいらない/ポイントでなく/ポイントではなく/ポイント以外""",
            "en": "refund/refunds/money back/in cash/bank transfer/no points/instead of points",
        },
        by="site",
        call_centre=True,
    ),
    "no_reminder": Topic(
        {
            "ja": """
                お知らせ+いらない/お知らせ+いりません/お知らせ+不要/お知らせ+やめ/お知らせ+止め/お知らせしないで/知らせなくて
                リマインド+いらない/リマインド+不要/リマインド+やめ/通知+いらない/通知+不要/通知+やめ/通知しないで""",
            "en": "no reminder/no reminders/stop reminding/don't remind/do not remind",
        },
        side="no_reminder",
    ),
    "remind": Topic(
        {
            "ja": """
                お知らせして/お知らせを/お知らせ+ほし/お知らせ+欲し/お知らせ+お願い/知らせて/通知して/通知+ほし/通知+お願い
                始まったら+教え/はじまったら+教え/開いたら+教え/リマインド/リマインダー""",
            "en": "remind me/reminder/notify me/let me know when",
        },
        side="remind",
        by="apply",
    ),
    "contact": Topic(
        {
            "ja": """
                連絡先+変/送り先+変/届け先+変/配信先+変/電話番号+変えたい/電話番号+かえたい
                メールアドレス+変わ/メールアドレス+変え/アドレスが変わ/連絡先+間違/送り先+間違/アドレス+間違""",
            "en": """
                change my contact/change contact/change my number
                change my address/change my mail/wrong address/new address""",
        },
        side="contact",
        by="receive",
    ),
    "account": Topic(
        {
            "ja": """
                口座を直/口座をなお/口座+訂正/口座+間違/口座番号+間違/口座+変え/口座+変わ/口座+かえ/振込先を直/振込先+変/振込先+間違
                名義+間違/振込+戻/振り込み+でき/振込ができなかった""",
            "en": """
                correct my account/correct the account/wrong account/change my account/change my bank account
                new bank account/account was wrong/transfer failed""",
        },
        side="account",
    ),
    "staff": Topic(
        {
            "ja": "担当者+何/担当者+なに/担当者+いつ/担当者+時間/返事+何時/返事がな/返事が来/返事がこ",
            "en": "what can staff/when do staff/staff hours/when will someone/when does someone/no reply/no answer yet",
        },
        call_centre=True,
        by="receive",
    ),
    "genuine": Topic(
        {
            "ja": "本物/ほんもの/詐欺/さぎ/怪し/あやし/偽物/にせもの/フィッシング/信用でき/信じて/だまされ",
            "en": "genuine/scam/fraud/fake/phishing/is this real/is it real/legit/trust this",
        }
    ),
}


def _patterns() -> list[tuple[str, tuple[re.Pattern[str], ...], int]]:
    found = []
    for name, topic in TOPICS.items():
        for word in (word for words in topic.words.values() for word in listed(words)):
            parts = [bare(tidy(part)) for part in word.split("+")]
            found.append((name, tuple(map(_pattern, parts)), sum(map(len, parts))))
    # What says most goes first: «申請期限» before «期限».
    return sorted(found, key=lambda each: -each[2])


def _pattern(part: str) -> re.Pattern[str]:
    """A Latin word stands by itself: "fee" is not in "feeling"."""
    latin = part.isascii()
    return re.compile(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])" if latin else re.escape(part))


_PATTERNS = _patterns()


BUTTON = "topic:"  # what a button of our own pages carries that stands for a topic


def topic_of_button(value: str) -> str | None:
    """The topic that such a button stands for."""
    name = value.removeprefix(BUTTON)
    return name if value.startswith(BUTTON) and name in TOPICS else None


def read_topic(said: str) -> str | None:
    """The name of the topic that the words are about, else None."""
    try:
        text = bare(tidy(said, limit=LONGEST_QUESTION))
    except Unreadable:
        return None
    return next((name for name, parts, _ in _PATTERNS if all(part.search(text) for part in parts)), None)
