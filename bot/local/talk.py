"""`bot talk`: the whole counter for one person at the keyboard, on engines of its own that leave nothing behind.

A line is what the person says; a number picks a choice. `@code` types the last one-time code that arrived, `@wait` lets
time go by until the application is decided and its URL sent, `@chat` closes the private page.
"""

from __future__ import annotations

import base64
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import click

from bot.conversation import take_turn
from bot.coupons_import import import_file
from bot.letterbox import token_hash
from bot.local.engines import embedded_engines
from bot.local.terminal import CHANNELS, Screen, StillClock, TerminalChannel
from bot.local.try_settings import SAMPLE_COUPONS
from bot.logs import set_up_logs
from bot.own_words import own_payload
from bot.parts import Parts, open_parts
from bot.settings import settings_from
from bot.store import conversations, inbound, links, overview
from bot.store.conversations import Conversation
from bot.store.inbound import Event, Kept
from bot.store.migrate import upgrade
from bot.web.place import place_of
from bot.worker import JOBS, Worker
from dialogs.message import Address, Inbound
from dialogs.phrasing import phrase
from dialogs.reaction import Reaction
from dialogs.rules.campaign import JST
from dialogs.walking import show

SECONDS_PER_LINE = 5.0
AT_ONCE = ("inbound", "outgoing")  # what a worker does while one waits; the rest is for @wait
TALKERS = {
    "line": Address("line", "U" + "0" * 32),
    "sms": Address("sms", "+818011112222"),
    "web": Address("web", "talk"),
}
HELP = "Say something, for example こんにちは; a number picks a choice. Also: @code, @wait, @chat. Ctrl-D ends."

NO_COUPONS = "The sample coupons are of another campaign: here no inquiry number will be found."


def talk_here(at: datetime, *, channel: str, script: Path | None, campaign: str) -> None:
    """Talk until the lines end; `at` is the campaign's time, aware. Raises EnginesError, CampaignError, OSError.

    Lines come from `script`, where blank ones and # comments are passed over, or from standard input.
    """
    set_up_logs("error")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the folder is cleared away then, too
    clock = StillClock(at)
    at_keyboard = script is None and sys.stdin.isatty()
    lines = script.read_text("utf-8").splitlines() if script else _typed() if at_keyboard else sys.stdin
    screen = Screen(click.echo)
    with _house(screen, clock, TALKERS[channel], campaign) as worker:
        if at_keyboard:
            screen.stage(HELP)
        talk = _Talk(worker, screen, clock, TALKERS[channel])
        for line in _meant(lines):
            if not at_keyboard:
                screen.heard(line)
            talk.take(line)


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("\n> ")
        except EOFError:
            return


def _meant(lines: Iterable[str]) -> Iterator[str]:
    stripped = (line.strip() for line in lines)
    return (line for line in stripped if line and not line.startswith("#"))


@contextmanager
def _house(screen: Screen, clock: StillClock, talker: Address, campaign: str) -> Iterator[Worker]:
    """A worker on engines, a record and keys of its own, with the sample coupons if they fit; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-talk-"))
    folder.chmod(0o711)  # as root the engines run as another user, who must be able to enter
    try:
        with embedded_engines(folder) as engines:
            upgrade(engines.database_url)
            key = base64.b64encode(secrets.token_bytes(32)).decode()
            values = {
                "DATABASE_URL": engines.database_url,
                "REDIS_URL": engines.redis_url,
                "SECRET_KEYS": f"talk:{key}",
                "CAMPAIGN": campaign,
            }
            with open_parts(settings_from(values), threads=2) as parts:
                if import_file(parts.db, SAMPLE_COUPONS, campaign=parts.campaign).problems:
                    screen.stage(NO_COUPONS)
                channels = {name: TerminalChannel(name, screen, talker=talker) for name in CHANNELS}
                worker = Worker(replace(parts, clock=clock, channels=channels))
                yield worker
                worker.stop()
                worker.run()  # a worker that is stopped already only puts its threads away
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Talk:
    """One person's side: lines in, events of the counter out."""

    def __init__(self, worker: Worker, screen: Screen, clock: StillClock, talker: Address) -> None:
        self._worker, self._screen, self._clock, self._talker = worker, screen, clock, talker
        self._person = worker.parts.vault.fingerprint(talker.channel, talker.user)
        self._page: UUID | None = None
        self._said = 0

    @property
    def _parts(self) -> Parts:
        return self._worker.parts

    def take(self, line: str) -> None:
        """One line of the person's."""
        self._clock.pass_by(SECONDS_PER_LINE)
        if not line.startswith("@"):
            self._say(line)
        elif direction := self._directions.get(line):
            direction()
        else:
            self._screen.stage(f"{line} is unknown here; there are {', '.join(self._directions)}")

    @property
    def _directions(self) -> dict[str, Callable[[], None]]:
        return {"@code": self._type_code, "@wait": self._wait, "@chat": self._close_page}

    def _type_code(self) -> None:
        if self._screen.code:
            self._say(self._screen.code)
        else:
            self._screen.stage("no code has arrived yet")

    def _say(self, line: str) -> None:
        said = self._inbound(line, Address("web", self._page.hex) if self._page else self._talker)
        self._screen.forget()
        if said.address.channel == "web":
            self._say_on_page(said)
            return
        inbound.keep(self._parts.db, [self._kept(said)], received_at=self._clock.now())
        self._work(AT_ONCE)
        if self._screen.link:
            self._open_page(self._screen.link)

    def _inbound(self, line: str, address: Address) -> Inbound:
        """What was typed, or the button whose number was typed; an SMS has no buttons."""
        self._said += 1
        said = Inbound(f"talk-{self._said}", address, self._clock.now(), "text", line)
        offered = self._screen.offered
        picked = int(line) if line.isascii() and line.isdigit() else 0
        if offered is None or address.channel == "sms" or not 1 <= picked <= len(offered.choices):
            return said
        return replace(said, kind="button", text=offered.choices[picked - 1].value, ask_id=offered.ask_id)

    def _kept(self, said: Inbound) -> Kept:
        payload = self._parts.vault.seal(own_payload(said), "inbound.payload")
        return Kept(said.address.channel, said.event_id, self._person, said.at, payload, self._page)

    def _work(self, kinds: Iterable[str]) -> None:
        while sum(JOBS[kind].run(self._worker) for kind in kinds):
            pass

    # --- the private page: the same conversation, through our own door ------------------------------------------

    def _open_page(self, link: str) -> None:
        """Follow the one-time link, as a browser would, and show the question that waits there."""
        parts, now = self._parts, self._clock.now()
        self._page = links.use(parts.db, token_hash(link.rpartition("/")[2]), now, by=b"terminal")
        conversation = conversations.by_id(parts.db, self._page) if self._page else None
        if conversation is None:
            self._screen.stage("the link is good no more")
            return
        self._screen.stage("The private page opens. What follows is typed there.")
        place = place_of(parts, conversation)
        there = Inbound("", Address("web", conversation.id.hex), now, "text")
        if place.turn:
            for outbound in phrase(show(Reaction(state=place.state, said=there), place.turn), place.campaign):
                self._screen.say(outbound, "[page]")

    def _say_on_page(self, said: Inbound) -> None:
        """A turn as our own pages take it: at once, and what is said comes back instead of being sent."""
        parts, page = self._parts, self._page
        kept = self._kept(said)
        (event_id,) = inbound.keep(parts.db, [kept], received_at=said.at, leased=True)
        now = datetime.now(UTC)
        event = Event(
            id=event_id,
            channel=kept.channel,
            event_id=kept.event_id,
            person=kept.person,
            payload=kept.payload,
            reply_until=now,
            tries=1,
            conversation=self._conversation(),
        )
        taken = take_turn(parts, event)
        goes_on_in_chat = taken is not None and any(message.purpose == "turn" for message in taken.play.sends)
        if taken and not goes_on_in_chat:
            for outbound in taken.play.said:
                self._screen.say(outbound, "[page]" if page else "<")
        if goes_on_in_chat:
            self._close_page()
        self._work(AT_ONCE)

    def _conversation(self) -> Conversation | None:
        if self._page:
            return conversations.by_id(self._parts.db, self._page)
        return conversations.by_person(self._parts.db, self._person)

    def _close_page(self) -> None:
        if self._page:
            self._screen.stage("The page closes. What follows is said in the chat.")
        self._page = None

    # --- what comes later -------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Until applications are decided and whatever waits for its date is sent."""
        parts = self._parts
        self._work(JOBS)
        while due := overview.next_planned(parts.db, self._clock.now()):
            self._clock.move(due + timedelta(seconds=1))
            self._screen.stage(f"It is {due.astimezone(JST):%Y-%m-%d %H:%M} now.")
            self._work(JOBS)
        if waiting := overview.undecided(parts.db):
            self._screen.stage(f"applications that are still undecided: {waiting}")
