"""The commands: thin, each calls one function of the house and prints what it gives."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from bot.settings import BadSettings, Settings, load_settings, process_environment


def main() -> None:
    """Every failure that a person can mend ends in a sentence, without a traceback."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except BadSettings as bad:
        _fail(f"The settings cannot be used:\n{bad}\nEvery setting is explained in .env.example.")


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def _server_settings() -> Settings:
    """The settings of a process that needs its databases; those of a running `bot try` when none are named."""
    from bot.local.at_hand import settings_at_hand

    return settings_at_hand(process_environment())


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Madoguchi: the counter of a compensation office."""


@cli.command()
def serve() -> None:
    """Serve the web side: webhooks, the private pages, the reward site."""
    from bot.serving import serve_web

    serve_web(load_settings())


@cli.command()
def worker() -> None:
    """Do the work that waits in the database, until stopped."""
    from bot.lifeline import die_with_parent
    from bot.logs import set_up_logs
    from bot.parts import open_parts
    from bot.worker import Worker, stop_on_signals

    settings = load_settings()
    set_up_logs(settings.log_level)
    die_with_parent()
    with open_parts(settings, threads=settings.worker_threads) as parts:
        work = Worker(parts)
        stop_on_signals(work)
        work.run()


@cli.command()
def emulator() -> None:
    """Play LINE, Twilio and a mail server on this machine."""
    from integrations.emulator.config import EmulatorConfig
    from integrations.emulator.serve import serve as serve_emulator

    serve_emulator(EmulatorConfig.from_env())


@cli.command("try")
def try_() -> None:
    """Start everything on this machine: databases, web, worker and emulator."""
    from bot.local.engines import EnginesError
    from bot.local.try_out import CannotTry, try_out

    try:
        try_out(process_environment())
    except (CannotTry, EnginesError) as why:
        _fail(str(why))


@cli.command()
def migrate() -> None:
    """Bring the database up to this version."""
    from bot.store.migrate import head, upgrade

    settings = _server_settings()
    assert settings.database_url  # noqa: S101 - settings at hand name one
    upgrade(settings.database_url.get_secret_value())
    click.echo(f"The database is at version {head()}.")


@cli.command()
def decide() -> None:
    """Read cases as JSON from standard input, write the verdicts as JSON, one line each."""
    from dialogs.rules.campaign import load_campaign
    from dialogs.rules.decide_json import decide_lines

    campaign = load_campaign(process_environment().get("CAMPAIGN") or Settings.model_fields["campaign"].default)
    for line in decide_lines(sys.stdin, campaign):
        click.echo(line)


@cli.command()
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]))
@click.option("--channel", type=click.Choice(["line", "sms", "web"]), default="line", show_default=True)
@click.option("--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Play lines from a file.")
def talk(at: datetime | None, channel: str, script: Path | None) -> None:
    """Talk with the counter here in the terminal, at a date of your choice (Japan's time)."""
    from bot.local.talk import talk_here

    talk_here(at, channel=channel, script=script)


@cli.command()
def check() -> None:
    """Look over settings, keys, database and Redis: what is wrong, and how to mend it."""
    from bot.local.checkup import check_up

    sys.exit(0 if check_up(process_environment()) else 1)


@cli.command()
def explore() -> None:
    """Walk every path of every script, and draw the pictures in docs/flows."""
    from bot.local.exploring import explore_all

    sys.exit(0 if explore_all() else 1)


@cli.group()
def coupons() -> None:
    """The coupons that the built-in claims backend knows."""


@coupons.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Import; without it the file is only checked.")
def coupons_import(file: Path, yes: bool) -> None:
    """Check a CSV file of coupons, report every bad row, and import it if told to."""
    from bot.local.importing import import_coupons

    sys.exit(0 if import_coupons(_server_settings(), file, really=yes) else 1)


@cli.group()
def claims() -> None:
    """The applications that the counter has taken."""


@claims.command("list")
@click.option("--state", default=None, help="Only those in this state.")
def claims_list(state: str | None) -> None:
    """The applications, newest first."""
    from bot.local.claims_view import list_claims

    list_claims(_server_settings(), state)


@claims.command("show")
@click.argument("receipt_no")
def claims_show(receipt_no: str) -> None:
    """One application by its receipt number; personal data is masked."""
    from bot.local.claims_view import show_claim

    sys.exit(0 if show_claim(_server_settings(), receipt_no) else 1)
