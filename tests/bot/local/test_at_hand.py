"""A command typed beside a running `make run` works on what that one keeps, without a variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bot.local.engines import Engines, embedded_engines
from bot.local.try_out import bring_samples, trial_values
from bot.settings import settings_from
from bot.store.db import open_pool, transaction
from bot.store.vault import Vault
from tests.bot.local.watching import PROJECT

TYPED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEYS")


def test_a_command_finds_the_engines_and_the_keys_of_a_running_try(tmp_path: Path) -> None:
    values = trial_values({"DATA_DIR": str(tmp_path)})
    with embedded_engines(tmp_path) as engines:
        environment = {name: value for name, value in os.environ.items() if name not in TYPED}
        environment |= {"DATA_DIR": str(tmp_path), "ENV_FILE": "/dev/null"}
        migrated = _bot("migrate", environment)
        assert (0, "") == (migrated.returncode, migrated.stderr)
        _seal_something(engines, Vault(settings_from(values).keyring))
        checked = _bot("check", environment).stdout
    assert "✓ Keys: try: open what is sealed" in checked
    assert "✓ Redis: answers" in checked


def _bot(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", command],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def _seal_something(engines: Engines, vault: Vault) -> None:
    pool = open_pool(engines.database_url, size=1)
    with transaction(pool) as connection:
        connection.execute(
            "INSERT INTO inbound (id, channel, event_id, person, occurred_at, received_at, payload)"
            " VALUES (gen_random_uuid(), 'line', '1', '', now(), now(), %s)",
            (vault.seal(b"{}", "inbound.payload"),),
        )
    pool.close()


def test_a_newcomer_is_given_coupons_once_and_told_two_numbers(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_from(trial_values({"DATA_DIR": str(tmp_path)}))
    for _ in range(2):
        bring_samples(database_url, settings, Console(soft_wrap=True))
    said = capsys.readouterr().out
    assert 1 == said.count("30 sample coupons are imported.")
    assert "4401-0012 (2/23 trip) and 4402-0011 (2/23 trip)" in said
