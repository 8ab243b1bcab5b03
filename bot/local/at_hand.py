"""The settings of a command typed by hand: those of the environment, or those of a `bot try` that runs beside it.

NotAtHand              no database to work on, in words for the person at the keyboard
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.local.engines import running_engines
from bot.local.try_out import trial_places, trial_values
from bot.settings import BadSettings, Settings, load_settings, settings_from

NO_KEYS_NAMED = {"SECRET_KEYS"}


class NotAtHand(Exception):
    """No database is named, and no `bot try` is running here; says what to do about it."""


def settings_at_hand(environment: Mapping[str, str]) -> Settings:
    """Settings with a database: the named one, or that of the running `bot try`; raises NotAtHand, BadSettings.

    `environment` is this process's own.
    """
    named = _named(environment)
    if named and named.database_url:
        return named
    engines = running_engines(trial_places(environment).data_dir)
    if engines is None:
        raise NotAtHand(
            "There is no database to work on. Start `make run` in another terminal, "
            "or set DATABASE_URL, REDIS_URL and SECRET_KEYS (.env.example explains them)."
        )
    theirs = {"DATABASE_URL": engines.database_url, "REDIS_URL": engines.redis_url}
    return settings_from({**theirs, **trial_values(environment)})


def _named(environment: Mapping[str, str]) -> Settings | None:
    """What the environment and `.env` name; None when they name next to nothing, as on a fresh clone."""
    try:
        return load_settings()
    except BadSettings as bad:
        if bad.problems.keys() == NO_KEYS_NAMED and not environment.get("DATABASE_URL"):
            return None
        raise
