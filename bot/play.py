"""play(): one event and one conversation in, all that the turn will write and say out. Writes nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from bot import refunds
from bot.asker import Asker, Planned
from bot.courtesies import first_language, sign_of_work
from bot.filing import application
from bot.letterbox import seal_body, to_chat, token_hash, way_to_a_page
from bot.lookups import look_up
from bot.opting import Heard, heard
from bot.own_words import own_inbound
from bot.parts import Parts
from bot.queueing import STAFF, followed, tell_place
from bot.recalling import new_conversation, of_today, sealed_state, setting_of, state_of, told_anew
from bot.received import wanted
from bot.store import holds
from bot.store.alarm_figures import Looked
from bot.store.app_urls import Retargeted
from bot.store.cases import MendedCase, NewCase
from bot.store.contact_changes import ChangeCalledOff, NewChange
from bot.store.conversations import Conversation, TurnWrite
from bot.store.handoffs import Followed
from bot.store.inbound import Event
from bot.store.known_claims import Known, who_speaks
from bot.store.outgoing import NewOutgoing
from bot.store.received_files import Wanted
from bot.store.refunds import Corrected, NewRefund
from bot.store.reminders import CallOff, NewReminder
from bot.store.submissions import NewSubmission, Withdrawal
from bot.told import how_it_stands, in_order
from dialogs.conversation import hear, learn, move_on
from dialogs.facts import LINK_LIFE
from dialogs.letters import receipt, told_to_wait
from dialogs.message import Address, Inbound, Outbound
from dialogs.phrasing import phrase
from dialogs.reaction import PRIVATE_DOORS, TOLD, Reaction, Setting
from dialogs.rules.campaign import Campaign
from dialogs.steps import MovedOn, Say, Submitted, outcome_name
from dialogs.waiting import kept_until

SEND_LEASE = 20.0  # longer than a send can take, and short enough to try a reply token again while it lives


@dataclass(frozen=True)
class NewLink:
    """A one-time way to the private page."""

    token_hash: bytes
    conversation: UUID
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Play:
    """What a turn comes to. write None: nothing to answer, the event is only kept. reaction is what a page draws."""

    event_id: UUID
    channel: str
    write: TurnWrite | None = None
    said: tuple[Outbound, ...] = ()
    sends: tuple[NewOutgoing, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    changes: tuple[NewChange | ChangeCalledOff, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    cases: tuple[NewCase | MendedCase, ...] = ()
    reminders: tuple[NewReminder | CallOff, ...] = ()
    known: tuple[Known, ...] = ()
    retargeted: tuple[Retargeted, ...] = ()
    looked: tuple[Looked, ...] = ()
    link: NewLink | None = None
    submission: NewSubmission | None = None
    refund: NewRefund | None = None
    handoff: Followed | None = None
    files: tuple[Wanted, ...] = ()
    wish: Heard | None = None
    unsent_message: str = ""
    reaction: Reaction | None = None
    address: Address | None = None


def play(parts: Parts, event: Event) -> Play:
    """Raises BrokenScript when the conversation's script cannot be walked."""
    wish = heard(parts, event, read(parts, event))
    said = wish.said
    unsent = said.message_id if said.kind == "unsend" else ""
    kept = Play(event.id, event.channel, sends=wish.sends, wish=wish, unsent_message=unsent)
    of_nobody = event.conversation is None and said.kind in ("unfollow", "unsend")
    if wish.silent or said.heard_only or said.kind == "unknown" or of_nobody:
        return kept
    conversation = event.conversation or begun(parts, event, said)
    if conversation.pending.get("outcome") == TOLD:
        conversation = told_anew(parts, conversation)
    reaction, sends = _react(parts, conversation, said)
    if reaction.manner == "restarted":
        # Playing is pure up to a lookup, and nothing is looked up at the beginning.
        conversation = of_today(parts, conversation)
        reaction, sends = _react(parts, conversation, said)
    if isinstance(reaction.outcome, MovedOn):
        conversation = of_today(parts, replace(conversation, campaign=reaction.outcome.campaign))
        setting = setting_of(parts, conversation, said.address.channel)
        reaction, sends = _found_out(parts, conversation, move_on(reaction, setting), setting)
    reaction = tell_place(parts, conversation, reaction)
    return Writing(parts, event, conversation, parts.campaigns.seen_by(conversation), reaction).play(kept, sends)


def read(parts: Parts, event: Event) -> Inbound:
    """The event in our words; a page of our own writes them as they are."""
    payload = parts.vault.open(event.payload, "inbound.payload")
    if event.channel in (*PRIVATE_DOORS, STAFF):
        return own_inbound(payload)
    return parts.channels[event.channel].read(payload)


def begun(parts: Parts, event: Event, said: Inbound) -> Conversation:
    """A first one, in the language that they are most likely to read."""
    return new_conversation(parts, event, said.address, language=first_language(parts, said))


def _react(parts: Parts, conversation: Conversation, said: Inbound) -> tuple[Reaction, tuple[Planned, ...]]:
    """Hear, and find out whatever the script asks for on the way."""
    setting = setting_of(parts, conversation, said.address.channel)
    return _found_out(parts, conversation, hear(state_of(parts, conversation), said, setting), setting)


def _found_out(
    parts: Parts, conversation: Conversation, reaction: Reaction, setting: Setting
) -> tuple[Reaction, tuple[Planned, ...]]:
    sends: tuple[Planned, ...] = ()
    while reaction.lookup:
        said, language = reaction.said, reaction.state.language
        before = reaction.state.record.get(reaction.lookup.record_key, {}).get("v", {})
        who, origin, where = conversation.person, said.extra.get("from", ""), conversation.id
        campaign, door = setting.desk.campaign, conversation.channel
        shown = tuple(each.id for each in sends if isinstance(each, Known))
        asker = Asker(
            who,
            campaign,
            language,
            said.at,
            origin=origin,
            conversation=where,
            channel=door,
            before=before,
            shown=shown,
        )
        with sign_of_work(parts, reaction.said.address):
            found = look_up(parts, reaction.lookup, asker)
        sends += found.sends
        reaction = learn(reaction, found.result, setting)
    return reaction, sends


@dataclass(frozen=True)
class Writing:
    """From a reaction to rows; campaign says the dates and the telephone number of whatever is told."""

    parts: Parts
    event: Event
    conversation: Conversation
    campaign: Campaign
    reaction: Reaction

    def play(self, kept: Play, sends: tuple[Planned, ...]) -> Play:
        said = self.reaction.said
        known = tuple(each for each in sends if isinstance(each, Known))
        letters, submission, refund = self._letters(known)
        link, url = self._link()
        spoken = in_order(self.reaction, letters, phrase(self.reaction, self.campaign, link=url))
        handoff = followed(self.parts, self.conversation, self.reaction)
        in_chat = said.address.channel == self.conversation.channel
        pushed = () if in_chat else self._push(letters)
        return replace(
            kept,
            # A page draws the reaction itself; only what is said in a chat needs a message.
            write=self._write(spoken if in_chat and self.conversation.channel not in PRIVATE_DOORS else ()),
            said=spoken,
            sends=(*(each for each in sends if isinstance(each, NewOutgoing)), *pushed),
            withdrawals=tuple(each for each in sends if isinstance(each, Withdrawal)),
            known=known,
            retargeted=tuple(each for each in sends if isinstance(each, Retargeted)),
            looked=tuple(each for each in sends if isinstance(each, Looked)),
            changes=tuple(each for each in sends if isinstance(each, NewChange | ChangeCalledOff)),
            corrected=tuple(each for each in sends if isinstance(each, Corrected)),
            cases=tuple(each for each in sends if isinstance(each, NewCase | MendedCase)),
            reminders=(*self._call_off(), *(each for each in sends if isinstance(each, NewReminder | CallOff))),
            link=link,
            submission=submission,
            refund=refund,
            handoff=handoff,
            files=wanted(self.parts, self.event, self.conversation, self.reaction, handoff),
            reaction=self.reaction,
            address=said.address,
        )

    def _letters(self, known: tuple[Known, ...]) -> tuple[tuple[Outbound, ...], NewSubmission | None, NewRefund | None]:
        """What is told beside questions: the receipt of what is sent off, with its rows, or how all of it stands."""
        if isinstance(self.reaction.outcome, Submitted):
            letter, submission, refund = self._sent_off(self.reaction.outcome)
            return (letter,), submission, refund
        if not self.reaction.tell_status:
            return (), None, None
        said, shown = self.reaction.said, tuple(each.id for each in known)
        whose = who_speaks(self.conversation.person, said.address.channel, said.at, shown=shown)
        return how_it_stands(self.parts, self.conversation, self.reaction, whose), None, None

    def _sent_off(self, outcome: Submitted) -> tuple[Outbound, NewSubmission, NewRefund | None]:
        said, language, door = self.reaction.said, self.reaction.state.language, self.conversation.channel
        claim, submission = application(self.parts, self.conversation, outcome, said)
        refund = None
        if outcome.refund:
            refund = refunds.asked_for(self.parts, outcome.refund, application=submission, at=said.at)
        letter = receipt(claim, self.campaign, language, by_transfer=refund is not None, channel=door)
        if holds.is_open(self.parts.db, submission.subjects):
            letter = told_to_wait(letter, self.campaign, language, channel=door)
        return letter, submission, refund

    def _link(self) -> tuple[NewLink | None, str]:
        if not (self.reaction.link_only or self.reaction.link_too):
            return None, ""
        at, (token, path) = self.reaction.said.at, way_to_a_page(self.conversation.channel)
        return NewLink(token_hash(token), self.conversation.id, at, at + LINK_LIFE), self.parts.public_url(path)

    def _push(self, letters: tuple[Outbound, ...]) -> tuple[NewOutgoing, ...]:
        """What the chat hears of a page: that the private part is done, the receipt, how a small script has ended.

        An SMS does not lead back: who may not be able to reply goes on where they are.
        """
        done, ended = self._private_part_done() and self.conversation.channel != "sms", self._beside_ended()
        if self.conversation.channel in PRIVATE_DOORS or not (done or ended or self._submitted()):
            return ()
        channel, user = self.parts.vault.open_json(self.conversation.address, "address")
        in_chat = replace(self.reaction, said=replace(self.reaction.said, address=Address(channel, user)))
        thanks = (Say("private_done"),) if done and not self._submitted() else ()
        asking = in_chat.asking if in_chat.asking and not in_chat.asking.private else None
        in_chat = replace(in_chat, says=(*thanks, *in_chat.says), asking=asking)
        said = in_order(in_chat, letters, phrase(in_chat, self.campaign))
        return (to_chat(self.parts.vault, self.conversation, said, purpose="turn"),)

    def _private_part_done(self) -> bool:
        """A private question was answered, and what comes next may be said in the chat."""
        state, asking = self.reaction.state, self.reaction.asking
        went_on = state_of(self.parts, self.conversation).pending.key != state.pending.key
        private = state.record.get(self.reaction.answered, {}).get("p", False)
        return went_on and private and (asking is None or not asking.private)

    def _beside_ended(self) -> bool:
        """A small script that was begun in the chat came to its end on the page."""
        before = state_of(self.parts, self.conversation).beside
        begun_in_chat = before is not None and before.channel not in PRIVATE_DOORS
        return begun_in_chat and self.reaction.manner == "came_home" and bool(self.reaction.says)

    def _submitted(self) -> bool:
        return isinstance(self.reaction.outcome, Submitted)

    def _call_off(self) -> tuple[CallOff, ...]:
        """Who has sent off, or stopped, is reminded of nothing any more."""
        done = "applied" if self._submitted() else "stopped" if self.reaction.manner == "stopped" else ""
        return (CallOff(self.conversation.id, done, self.reaction.said.at),) if done else ()

    def _write(self, said: tuple[Outbound, ...]) -> TurnWrite:
        reaction, event = self.reaction, self.event
        state, at = reaction.state, reaction.said.at
        return TurnWrite(
            inbound=event.id,
            conversation=replace(
                self.conversation,
                language=state.language,
                answers=sealed_state(self.parts, state),
                pending={"key": state.pending.key, "aside": state.pending.aside, "outcome": state.outcome},
                owner=state.owner,
                blocked=state.blocked,
            ),
            at=at,
            erase_at=kept_until(state, self.campaign, at),
            manner=reaction.manner,
            answered=reaction.answered or None,
            asked=state.pending.key or None,
            outcome=outcome_name(reaction.outcome) if reaction.outcome else None,
            message_id=reaction.said.message_id or None,
            said_id=uuid7() if said else None,
            said=seal_body(self.parts.vault, said) if said else None,
            reply_token=(reaction.said.reply_token or None) if event.reply_until > datetime.now(UTC) else None,
            reply_until=event.reply_until,
            send_lease=SEND_LEASE,
        )
