"""The staff of a try: there from the first start on, and able to sign in."""

from __future__ import annotations

from pathlib import Path

from bot import sign_in
from bot.local.try_settings import try_settings
from bot.local.try_staff import STAFF, bring_staff
from bot.parts import open_parts
from bot.settings import settings_from
from bot.sign_in import Tries
from bot.store import staff
from bot.store.staff import ROLES


def test_there_is_somebody_of_every_role_with_one_password_that_stays(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_from({**try_settings(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": redis_url})
    password = bring_staff(settings)
    assert (password, set(ROLES)) == (bring_staff(settings), {wanted.role for wanted in STAFF})
    with open_parts(settings, threads=1) as parts:
        for wanted in STAFF:
            half = sign_in.check_password(parts, Tries(parts, wanted.login, origin=""), wanted.login, password)
            assert half
            assert half[1].enrolled_at
        assert [0] * len(STAFF) == [one.sessions for one in staff.seen(parts.db)]
