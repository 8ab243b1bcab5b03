"""How it stands with all that somebody has with us: applications, and cases that staff look into."""

from __future__ import annotations

from datetime import datetime

from bot.cases import standings as case_standings
from bot.filing import standings
from bot.parts import Parts
from bot.store.known_claims import Whose
from dialogs.message import Outbound
from dialogs.standing import status
from dialogs.standing_cases import case_card


def told_status(parts: Parts, whose: Whose, language: str, *, at: datetime, channel: str = "") -> tuple[Outbound, ...]:
    """Applications first; that there are none is only told to who has no case either."""
    filed, cases = standings(parts, whose), case_standings(parts, whose.person)
    told = status(filed, language, at=at, channel=channel) if filed or not cases else ()
    return (*told, case_card(cases, language, channel=channel)) if cases else told
