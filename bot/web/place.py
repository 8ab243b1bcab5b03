"""Where a conversation stands, for a page to draw: found by walking its script, without changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.parts import Parts
from bot.recalling import campaign_of, setting_of, state_of
from bot.store.conversations import Conversation
from dialogs.beside import out_of_it, playing
from dialogs.engine import Answered, BrokenScript, Turn, replay, replay_now
from dialogs.personal import Code
from dialogs.questions import CheckAnswers, Question
from dialogs.reaction import BOT, PRIVATE_DOORS, TOLD, Setting, State
from dialogs.refund_questions import asks_for_refund
from dialogs.rules.calendar import deadline_reminders
from dialogs.rules.campaign import Campaign
from dialogs.scripts import SIDES
from dialogs.steps import Say
from dialogs.waiting import kept_until, waits_for_number
from dialogs.walking import changeable, menu_of
from dialogs.words import Words, languages, words

BANK, BRANCH = "transfer.bank", "transfer.branch"
PHONE = "phone"  # staff read the page aloud


@dataclass(frozen=True)
class Place:
    """A conversation as its page sees it: the small script beside the main one if that is on pages, else the main one.

    setting and turn None: its script cannot be walked.
    """

    conversation: Conversation
    state: State
    campaign: Campaign
    setting: Setting | None
    turn: Turn | None
    at: datetime

    @property
    def spoken(self) -> Words:
        read_aloud = self.conversation.channel == PHONE
        return words(self.state.language, PHONE if read_aloud else "page" if self.leads_nowhere_else else "")

    @property
    def asking(self) -> Question | None:
        """The question that waits: the counter's own, or the script's."""
        pending = self.state.pending
        if self.turn is None or self.turn.asking is None or not pending.ask_id:
            return None
        return menu_of(pending.aside, pending.about, self.turn, self.spoken) if pending.aside else self.turn.asking

    @property
    def began_here(self) -> bool:
        return self.conversation.channel in PRIVATE_DOORS

    @property
    def is_beside(self) -> bool:
        """Whether what is asked here belongs to a small script beside the main one."""
        return self.state.beside is not None

    @property
    def belongs_here(self) -> bool:
        """Whether what waits was asked on a page, or may be asked on a page alone."""
        private = self.turn is not None and self.turn.asking is not None and self.turn.asking.private
        return self.began_here or self.state.pending.channel in PRIVATE_DOORS or private

    @property
    def leads_nowhere_else(self) -> bool:
        """Whether all of it may be done here: it began here, or by SMS, where a reply may not be possible at all."""
        return self.began_here or self.conversation.channel == "sms"

    @property
    def looks_up(self) -> bool:
        """Whether a bank or a branch is asked for, which a page may find as one types."""
        return self.asking is not None and self.asking.wording in (BANK, BRANCH)

    @property
    def can_go_back(self) -> bool:
        return self.turn is not None and not self.state.pending.aside and bool(changeable(self.turn))

    @property
    def can_go_on(self) -> bool:
        """Whether something is asked again after the end."""
        return self.state.owner == BOT and self.turn is not None and self.turn.asking is not None

    @property
    def may_wait(self) -> bool:
        """Whether the way back to a half-filled application may be sent: when it is open, so that somebody may be asked
        where to (before, nothing personal is taken, rules.md §1.3), and only where no chat has it already."""
        under_way = self.conversation.channel == "web" and self.state.owner == BOT and not self.state.outcome
        return (
            under_way
            and not self.is_beside
            and self.campaign.site_is_open(self.at)
            and not self.campaign.apply_is_over(self.at)
        )

    @property
    def waits(self) -> bool:
        """Whether a lost number is waited for, of which the person can still be reminded before the deadline."""
        ahead = any(at > self.at for at in deadline_reminders(self.campaign).values())
        return ahead and waits_for_number(self.state)

    @property
    def kept_until(self) -> datetime:
        return kept_until(self.state, self.campaign, self.at)

    def in_language(self, language: str) -> Place:
        """The same place to be read in another language; the conversation keeps its own."""
        return replace(self, state=replace(self.state, language=language)) if language in languages() else self

    @property
    def for_refund(self) -> bool:
        """Whether money is wanted in place of points, or goes to another account, so that an account is asked for."""
        beside = self.state.beside
        return beside.name == "account" if beside else self.turn is not None and asks_for_refund(self.turn.keys)

    def screen(self, *, here: bool) -> str:
        """Which page to draw; here: the person goes on on this page, though the private part is done."""
        if self.state.outcome == "submitted":
            return "receipt"
        if self.state.owner != BOT:
            return "with_staff"
        if self.state.outcome:
            return "resume" if self.leads_nowhere_else and self._has_news() else "ended"
        if self.asking is None or self.turn is None or self.turn.asking is None:
            return "ended" if self.turn and self.turn.outcome else "resume"
        if not (self.turn.asking.private or here or self.leads_nowhere_else or self.is_beside):
            return "back_to_chat"
        return "check" if isinstance(self.asking, CheckAnswers) else "question"

    def earlier(self, key: str, *, here: bool) -> Answered | None:
        """An answered question that the browser's own way back leads to; a code that was tried is not given again."""
        if self.turn is None or self.state.owner != BOT or self.state.outcome not in ("", TOLD):
            return None
        given = next((answer for answer in self.turn.path if answer.question.key == key), None)
        if given is None or isinstance(given.question, Code | CheckAnswers):
            return None
        return given if given.question.private or here or self.leads_nowhere_else else None

    def standing(self) -> Sequence[Say]:
        """What the script says between the last answer and what waits, so that a page may say it at every look."""
        if self.turn is None or self.state.outcome not in ("", TOLD):
            return ()
        turn = self._told_today() if self.state.outcome else self._replayed("!")
        since = turn.keys.index(turn.path[-1].question.key) if turn.path else -1
        later = turn.keys[since + 1 :]
        return [say for say in turn.say if say.record_key in later]

    def _has_news(self) -> bool:
        """Whether what was told to its end goes on today: what was not open yet may be by now."""
        return self.turn is not None and self.state.outcome == TOLD and self._told_today().outcome is None

    def _told_today(self) -> Turn:
        """The end as it would be told today, with the answers that it was told for."""
        return self._replayed("!@", old=False)

    def _replayed(self, without: str, **anew: bool) -> Turn:
        assert self.setting  # noqa: S101 - it is walked again only after it has been walked
        record = {key: {**entry, **anew} for key, entry in self.state.record.items() if key[0] not in without}
        return replay_now(self.setting.script, self.setting.desk, record, self.at)


def place_of(parts: Parts, conversation: Conversation) -> Place:
    """Walk the script to where the conversation stands."""
    campaign = campaign_of(parts, conversation)
    state, at = state_of(parts, conversation), parts.clock.now()
    try:
        main = setting_of(parts, conversation, "web")
    except BrokenScript:
        return Place(conversation, state, campaign, None, None, at)
    if state.beside and state.beside.name in SIDES:
        setting = playing(main, state)
        beside = Place(conversation, state, campaign, setting, _walked(setting, state, at), at)
        if beside.belongs_here:
            return beside
    state = out_of_it(state)
    return Place(conversation, state, campaign, main, _walked(main, state, at), at)


def _walked(setting: Setting, state: State, at: datetime) -> Turn | None:
    try:
        look = replay if state.outcome else replay_now
        return None if state.outcome == "submitted" else look(setting.script, setting.desk, state.record, at)
    except BrokenScript:
        return None
