"""How the cases stand that staff look into for somebody: all of them on one card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.facts import campaign_facts
from dialogs.message import Card, Outbound
from dialogs.rules.campaign import Campaign
from dialogs.rules.cases import show_case_no
from dialogs.rules.eligibility import CALL_CENTRE_CASES
from dialogs.words import words

EVENTS = {f"{kind}": f"{event}" for event, kind in CALL_CENTRE_CASES.items()}


@dataclass(frozen=True)
class CaseStanding:
    """A case that is not over, as its person is told under its own campaign.

    comes: how what is given back does, beside points: "refund", or "by_hand" where staff have to see to it.
    """

    case_no: str
    kind: str
    state: str
    campaign: Campaign
    comes: str = ""


def case_card(cases: Sequence[CaseStanding], language: str, *, channel: str = "") -> Outbound:
    """Each by its number: what it is about, and what happens with it; and the number to call."""
    spoken = words(language, channel)
    rows = []
    for case in cases:
        facts = campaign_facts(case.campaign)
        about = spoken.say(f"option.event.{EVENTS[case.kind]}")
        rows.append((show_case_no(case.case_no), f"{about}\n{spoken.say(f'trouble.state.{case.state}', **facts)}"))
    note = spoken.say("trouble.call_with_number", **campaign_facts(cases[0].campaign))
    return Outbound("", card=Card(spoken.say("card.cases"), tuple(rows), note))
