from __future__ import annotations

import email
from datetime import UTC, datetime
from email.headerregistry import Address as Mailbox
from email.policy import SMTP
from uuid import UUID

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.message import Address, Card, Choice, Link, Outbound
from integrations.channel import Envelope, Refused
from integrations.mail.compose import compose, sendable

OUTGOING = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
SENDER = Mailbox("栃木県クーポン補償 窓口", addr_spec="no-reply@counter.example.jp")
SENT_AT = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)

SAID = (
    Outbound(
        "髙橋さま\n.\n受付番号の末尾は 4821 です。",
        card=Card("お申し込み", (("番号", "ABC①"), ("旅行社", "㈱日光～観光ｱｲ")), "期限: 5月31日"),
        choices=(Choice("yes", "はい"),),
        link=Link("ポイントを受け取る", "https://r.example.jp/AB3D9E"),
        subject="【栃木県】髙橋さま ①ポイントのお受け取り ㈱",
    ),
    Outbound("お問い合わせ 0120-000-000"),
)


def wire(*messages: Outbound, to: str = "user@example.jp", reply_to: str = "") -> bytes:
    envelope = Envelope(OUTGOING, 1, Address("mail", to), messages)
    return compose(envelope, SENDER, reply_to=reply_to, date=SENT_AT)


def parsed(raw: bytes):
    return email.message_from_bytes(raw, policy=SMTP)


def test_characters_outside_jis_arrive_in_subject_and_body():
    mail = parsed(wire(*SAID))
    assert mail["Subject"] == "【栃木県】髙橋さま ①ポイントのお受け取り ㈱"
    assert mail.get_content().replace("\r\n", "\n") == (
        "髙橋さま\n.\n受付番号の末尾は 4821 です。\n\n"
        "■ お申し込み\n番号: ABC①\n旅行社: ㈱日光～観光ｱｲ\n期限: 5月31日\n\n"
        "ポイントを受け取る\nhttps://r.example.jp/AB3D9E\n\n"
        "お問い合わせ 0120-000-000\n"
    )


def test_nothing_on_the_wire_has_eight_bits():
    raw = wire(*SAID)
    raw.decode("ascii")
    assert (parsed(raw)["Content-Transfer-Encoding"], parsed(raw).get_content_charset()) == ("base64", "utf-8")


def test_headers_say_who_what_and_that_no_one_wrote_it():
    mail = parsed(wire(*SAID))
    assert {name: str(mail[name]) for name in ("From", "To", "Date", "Message-ID", "Auto-Submitted")} == {
        "From": "栃木県クーポン補償 窓口 <no-reply@counter.example.jp>",
        "To": "user@example.jp",
        "Date": "Wed, 05 Apr 2023 01:00:00 +0000",
        "Message-ID": f"<{OUTGOING}@counter.example.jp>",
        "Auto-Submitted": "auto-generated",
    }
    assert "Reply-To" not in mail


def test_answers_go_where_the_office_wants_them():
    assert parsed(wire(*SAID, reply_to="ask@example.jp"))["Reply-To"] == "ask@example.jp"


def test_a_mail_without_a_subject_bears_the_offices_name():
    assert parsed(wire(Outbound("一")))["Subject"] == "栃木県クーポン補償 窓口"


def test_a_subject_cannot_smuggle_in_a_header():
    mail = parsed(wire(Outbound("一", subject="a\r\nBcc: x@example.jp\n b")))
    assert (mail["Subject"], mail["Bcc"]) == ("a Bcc: x@example.jp b", None)


words = st.text(st.sampled_from("あ髙①㈱ aB0-:=?_〜～－ｱ😀（"), max_size=90).map(lambda text: " ".join(text.split()))


@settings(deadline=None)
@given(words.filter(bool), words)
def test_any_subject_and_text_survive_the_folding(subject, text):
    raw = wire(Outbound(text, subject=subject))
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert [line for line in lines if line.startswith(b".")] == []
    assert b"\n" not in b"".join(lines)
    assert raw.endswith(b"\r\n")
    assert parsed(raw)["Subject"] == subject
    assert parsed(raw).get_content().rstrip("\r\n") == text


@pytest.mark.parametrize(
    ("given_address", "written"),
    [
        ("taro@example.jp", "taro@example.jp"),
        ("taro.a+b@example.jp", "taro.a+b@example.jp"),
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("a.@ezweb.ne.jp", '"a."@ezweb.ne.jp'),
        (".a@docomo.ne.jp", '".a"@docomo.ne.jp'),
        ('"a..b"@docomo.ne.jp', '"a..b"@docomo.ne.jp'),
        ("taro@日本語.jp", "taro@xn--wgv71a119e.jp"),
    ],
)
def test_an_address_is_written_as_relays_take_it(given_address, written):
    assert sendable(given_address) == written
    assert parsed(wire(Outbound("一"), to=given_address)).as_bytes().count(f"To: {written}\r\n".encode()) == 1
    validate_email(written, check_deliverability=False, allow_quoted_local=True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "taro",
        "@example.jp",
        "taro@",
        "太郎@example.jp",
        "a\r\nb@example.jp",
        "a@b\r\nc.jp",
        "a@b..jp",
        "a@localhost",
    ],
)
def test_what_is_no_address_is_refused_before_the_wire(address):
    with pytest.raises(Refused):
        wire(Outbound("一"), to=address)
