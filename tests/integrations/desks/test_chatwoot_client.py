"""What is asked of Chatwoot and read of its answers; the payloads are ours, with the fields of its documentation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from integrations.desks.chatwoot.client import Chatwoot, ChatwootConfig
from integrations.desks.desk import DeskAway, DeskError, DeskRefused, DeskUnknown, File, NewTalk, Post, Seen, TheirWords
from tests.integrations.claims.far_side import FarSide, Play, cut, dropped, gives, html, served, silent

PAYLOADS = Path(__file__).parent / "payloads"
TALK = NewTalk("t1", "p1", "LINE 7F3A2C", {"reason": "担当者を希望"})
ROOT = "/api/v1/accounts/1"

Act = Callable[[Chatwoot], object]
WRITE: Act = lambda desk: desk.write("17", Post("o2", "person", "番号が見つかりません"))  # noqa: E731 - a table of acts
LOOK: Act = lambda desk: desk.look("17", after=0)  # noqa: E731 - as above
FINISH: Act = lambda desk: desk.finish("17")  # noqa: E731 - as above


def recorded(name: str) -> Play:
    return gives(json.loads((PAYLOADS / f"{name}.json").read_text()))


class Asked:
    """Plays recorded answers, and keeps what was asked for."""

    def __init__(self, *names: str) -> None:
        self.bodies: list[dict[str, object]] = []
        self.paths: list[str] = []
        self.plays = [self._keeping(recorded(name)) for name in names]

    def _keeping(self, play: Play) -> Play:
        def keeping(request: Request) -> Response:
            self.paths.append(f"{request.method} {request.full_path.rstrip('?').removeprefix(ROOT)}")
            if request.data:
                self.bodies.append(json.loads(request.data))
            return play(request)

        return keeping


@pytest.fixture
def far_side() -> FarSide:
    return FarSide()


@pytest.fixture
def desk(far_side: FarSide) -> Iterator[Chatwoot]:
    # No slow machine is a slow desk.
    with served(far_side) as url, closing(Chatwoot(ChatwootConfig(url, 1, 2, "the token", read_seconds=60))) as desk:
        yield desk


@pytest.fixture
def impatient(far_side: FarSide) -> Iterator[Chatwoot]:
    with served(far_side) as url, closing(Chatwoot(ChatwootConfig(url, 1, 2, "the token", read_seconds=1))) as desk:
        yield desk


def test_only_an_inbox_in_which_we_may_write_a_persons_words_will_do(desk: Chatwoot, far_side: FarSide) -> None:
    inbox = {"id": 2, "name": "窓口", "channel_type": "Channel::Api"}
    far_side.plays = [gives(inbox), gives({**inbox, "channel_type": "Channel::WebWidget"})]
    desk.check()
    with pytest.raises(DeskRefused, match="no API inbox"):
        desk.check()


def test_somebody_new_becomes_a_contact_with_a_conversation_of_the_inbox(desk: Chatwoot, far_side: FarSide) -> None:
    asked = Asked("api_contacts_none", "api_contact", "api_conversations_none", "api_conversation")
    far_side.plays = list(asked.plays)
    assert "17" == desk.open(TALK)
    assert [
        "GET /contacts/search?q=madoguchi%3Ap1",
        "POST /contacts",
        "GET /contacts/31/conversations",
        "POST /conversations",
    ] == asked.paths
    assert [
        {"inbox_id": 2, "name": "LINE 7F3A2C", "identifier": "madoguchi:p1"},
        {
            "source_id": "0f8c2a4e-6b1d-4f5a-9c3e-7d2b1a0c9e8f",
            "inbox_id": 2,
            "contact_id": 31,
            "status": "open",
            "custom_attributes": {"reason": "担当者を希望", "madoguchi": "t1"},
        },
    ] == asked.bodies


def test_a_talk_that_is_there_is_found_by_our_key_and_not_opened_again(desk: Chatwoot, far_side: FarSide) -> None:
    asked = Asked("api_contacts_found", "api_conversations_of_contact")
    far_side.plays = list(asked.plays)
    assert ("17", []) == (desk.open(TALK), asked.bodies)


def test_every_call_has_the_token_of_our_user(desk: Chatwoot, far_side: FarSide) -> None:
    far_side.plays = [recorded("api_contacts_found"), recorded("api_conversations_of_contact"), recorded("api_message")]
    desk.open(TALK)
    WRITE(desk)
    assert ["the token"] * 3 == far_side.header("Api-Access-Token")


@pytest.mark.parametrize(
    ("side", "expected"), [("person", ("incoming", False)), ("note", ("outgoing", True))], ids=["person", "note"]
)
def test_the_persons_words_come_in_and_notes_are_private(
    desk: Chatwoot, far_side: FarSide, side: str, expected: tuple[str, bool]
) -> None:
    asked = Asked("api_message")
    far_side.plays = list(asked.plays)
    desk.write("17", Post("o2", side, "番号が見つかりません"))  # type: ignore[arg-type]  # a parameter of this test
    [body] = asked.bodies
    assert ["POST /conversations/17/messages"] == asked.paths
    assert (*expected, "番号が見つかりません", "madoguchi:o2") == (
        body["message_type"],
        body["private"],
        body["content"],
        body["source_id"],
    )


def test_a_file_goes_as_a_form_with_the_persons_words_and_its_key(desk: Chatwoot, far_side: FarSide) -> None:
    forms: list[tuple[dict[str, str], list[tuple[str, str, bytes]]]] = []

    def takes(request: Request) -> Response:
        files = [(str(each.filename), each.mimetype, each.read()) for each in request.files.getlist("attachments[]")]
        forms.append((request.form.to_dict(), files))
        request.close()
        return recorded("api_message")(request)

    far_side.plays = [takes]
    desk.write("17", Post("o2", "person", "", File("file-7f3a2c.jpg", "image/jpeg", b"\xff\xd8\xff a photo")))
    fields = {"content": "", "message_type": "incoming", "source_id": "madoguchi:o2"}
    assert [(fields, [("file-7f3a2c.jpg", "image/jpeg", b"\xff\xd8\xff a photo")])] == forms


def test_only_what_members_of_the_team_wrote_is_heard_and_in_its_order(desk: Chatwoot, far_side: FarSide) -> None:
    far_side.plays = [recorded("api_conversation"), recorded("api_messages")]
    assert Seen(
        False,
        "木村 聡",
        [
            TheirWords(903, "reply", "木村 聡", "クーポンの右下をご覧ください。"),
            TheirWords(905, "note", "木村 聡", "券面の写真を待つ"),
            TheirWords(906, "reply", "木村 聡", "もうひとつお伝えします。", files=1),
        ],
    ) == desk.look("17", after=900)


def test_who_has_it_is_nobody_before_somebody_is_assigned(desk: Chatwoot, far_side: FarSide) -> None:
    far_side.plays = [recorded("api_conversation_unassigned"), recorded("api_messages")]
    assert "" == desk.look("17", after=0).holder


def test_a_hundred_messages_are_followed_by_a_look_at_what_comes_after_them(desk: Chatwoot, far_side: FarSide) -> None:
    [word] = [each for each in json.loads((PAYLOADS / "api_messages.json").read_text())["payload"] if each["id"] == 903]
    page = gives({"meta": {}, "payload": [{**word, "id": number} for number in range(1, 101)]})
    rest = gives({"meta": {}, "payload": [{**word, "id": 101}]})
    far_side.plays = [recorded("api_conversation"), page, rest]
    assert [*range(1, 102)] == [words.id for words in desk.look("17", after=0).words]


def test_what_we_wrote_is_found_by_its_key(desk: Chatwoot, far_side: FarSide) -> None:
    far_side.plays = [recorded("api_messages")]
    assert (True, False) == (desk.has("17", "o2"), desk.has("17", "o3"))


def test_what_is_erased_is_deleted_by_its_id_there(desk: Chatwoot, far_side: FarSide) -> None:
    asked = Asked("api_messages", "api_toggled", "api_messages")
    far_side.plays = list(asked.plays)
    desk.erase("17", "o2")
    desk.erase("17", "o3")
    look = "GET /conversations/17/messages?after=0"
    assert [look, "DELETE /conversations/17/messages/902", look] == asked.paths


def test_finished_is_resolved(desk: Chatwoot, far_side: FarSide) -> None:
    asked = Asked("api_toggled")
    far_side.plays = list(asked.plays)
    desk.finish("17")
    assert (["POST /conversations/17/toggle_status"], [{"status": "resolved"}]) == (asked.paths, asked.bodies)


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (gives({"error": "Invalid Access Token"}, 401), (DeskAway, "unauthorised")),
        (gives({"error": "busy"}, 429, retry_after=7), (DeskAway, "busy")),
        (gives({"error": "Resource could not be found"}, 404), (DeskRefused, "404")),
        (gives({"message": "Content is too long"}, 422), (DeskRefused, "422")),
        (html(502), (DeskUnknown, "failed")),
        (html(503), (DeskUnknown, "unavailable")),
        (gives([]), (DeskUnknown, "nonsense")),
        (dropped, (DeskUnknown, "broken")),
        (cut, (DeskUnknown, "broken")),
    ],
    ids=["401", "429", "404", "422", "502", "503", "nonsense", "dropped", "cut"],
)
def test_whatever_it_answers_to_a_write_we_know_whether_to_look_before_the_next_one(
    desk: Chatwoot, far_side: FarSide, play: Play, expected: tuple[type[DeskError], str]
) -> None:
    far_side.plays = [play]
    with pytest.raises(DeskError) as error:
        WRITE(desk)
    assert expected == (type(error.value), error.value.reason)


def test_a_silent_desk_may_have_taken_a_write_and_a_look_may_simply_be_had_again(
    impatient: Chatwoot, far_side: FarSide
) -> None:
    far_side.plays = [silent]
    with pytest.raises(DeskUnknown, match="timeout"):
        WRITE(impatient)
    with pytest.raises(DeskAway):
        LOOK(impatient)


def test_nothing_listens_there_is_surely_not_done() -> None:
    with closing(Chatwoot(ChatwootConfig("http://127.0.0.1:9", 1, 2, "the token"))) as desk, pytest.raises(DeskAway):
        FINISH(desk)
