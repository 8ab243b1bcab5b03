"""What can go wrong with a command, as a sentence that says how to mend it."""

from __future__ import annotations

import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import OperationalError

from bot.case_decisions import DecisionError
from bot.contacts import ContactError
from bot.deliveries.planning import CannotPlan
from bot.deliveries.running import CannotRun
from bot.disputes import DisputeError
from bot.local.at_hand import NotAtHand
from bot.local.cases_view import CaseError
from bot.local.engines import EnginesError
from bot.local.try_out import CannotTry
from bot.local.typed import NoReceiptNo
from bot.refunds import RefundError
from bot.refused_rewards import CannotMend
from bot.settings import BadSettings
from bot.staff import StaffError
from bot.staff_names import NoName
from bot.store.vault import Unopenable
from dialogs.rules.campaign import CampaignError
from integrations.channel import Misconfigured, SendError
from integrations.line.menu_picture import NoFont
from integrations.zengin import ZenginError


def sentence_of(error: BaseException) -> str | None:  # noqa: PLR0911 - a table of what may go wrong
    """The sentence for what a person can mend; None for a fault of ours, whose traceback is wanted."""
    match error:
        case (
            NotAtHand()
            | CannotTry()
            | NoReceiptNo()
            | EnginesError()
            | RefundError()
            | ContactError()
            | CaseError()
            | DecisionError()
            | DisputeError()
            | StaffError()
            | NoName()
            | ZenginError()
            | NoFont()
            | CannotPlan()
            | CannotRun()
            | CannotMend()
        ):
            return str(error)
        case BadSettings():
            return f"The settings cannot be used:\n{error}\nEvery setting is explained in .env.example."
        case CampaignError():
            return f"The campaign cannot be used: {error}. CAMPAIGN names a file of dialogs/campaigns."
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            return "The database is not at this version. Bring it up: python -m bot migrate"
        case PoolTimeout() | psycopg.OperationalError() | OperationalError():
            return "The database does not answer. See what is wrong: python -m bot check"
        case Unopenable():
            return f"SECRET_KEYS does not open what is sealed in {error}. The key that sealed it has to stand in it."
        case Misconfigured(code=code):
            return f"The provider refuses us: {code}. Which key is wrong, tells: python -m bot check"
        case SendError(code=code):
            return f"The provider cannot be reached now: {code}. Try again later."
        case OSError(strerror=str(why), filename=str(name)):
            return f"{name}: {why}"
        case _:
            return None
