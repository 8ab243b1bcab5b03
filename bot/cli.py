"""The commands: thin, each calls one function of the house and prints what it gives.

All but click is imported by the command that needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot.local.campaign_commands import COMMANDS as CAMPAIGN_COMMANDS
from bot.local.case_commands import COMMANDS as CASE_COMMANDS
from bot.local.code_commands import COMMANDS as CODE_COMMANDS
from bot.local.contact_commands import COMMANDS as CONTACT_COMMANDS
from bot.local.deliveries_commands import COMMANDS as DELIVERIES_COMMANDS
from bot.local.dispute_commands import COMMANDS as DISPUTE_COMMANDS
from bot.local.moments import Moment
from bot.local.refund_commands import COMMANDS as REFUND_COMMANDS
from bot.local.reward_commands import COMMANDS as REWARD_COMMANDS
from bot.local.staff_commands import COMMANDS as STAFF_COMMANDS

if TYPE_CHECKING:
    from bot.settings import Settings

STATES = ("filed", "pending", "held", "accepted", "rejected", "disputed", "duplicate", "withdrawing", "cancelled")


def main() -> None:
    """Every failure that a person can mend ends in a sentence, without a traceback."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except Exception as error:
        from bot.local.mishaps import sentence_of

        sentence = sentence_of(error)
        if sentence is None:
            raise
        _fail(sentence)


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def _settings_at_hand() -> Settings:
    """Settings that name a database, or those of the `bot try` that runs here."""
    from bot.local.at_hand import settings_at_hand
    from bot.logs import set_up_logs
    from bot.settings import process_environment

    # What goes wrong is said in a sentence, once; psycopg's pool would tell of each of its tries beside it.
    set_up_logs("error")
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    return settings_at_hand(process_environment())


def _server_settings() -> Settings:
    """The settings of a process that serves: its servers are named."""
    from bot.settings import load_settings

    settings = load_settings()
    if not settings.database_url or not settings.redis_url:
        _fail("DATABASE_URL and REDIS_URL have to be set. To try the counter without any: make run")
    return settings


def _campaign() -> str:
    """The campaign that is named, for commands that need no other setting."""
    from bot.settings import Settings, process_environment

    return process_environment().get("CAMPAIGN") or str(Settings.model_fields["campaign"].default)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Madoguchi: the counter of a compensation office."""


@cli.command()
def serve() -> None:
    """Serve the web side: webhooks, the private pages, the reward site."""
    from bot.serving import serve_web

    serve_web(_server_settings())


@cli.command()
def worker() -> None:
    """Do the work that waits in the database, until stopped."""
    from bot.lifeline import die_with_parent
    from bot.logs import set_up_logs
    from bot.parts import open_parts
    from bot.worker import Worker, stop_on_signals

    settings = _server_settings()
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
    from bot.local.try_out import try_out
    from bot.settings import process_environment

    try_out(process_environment())


@cli.command()
def migrate() -> None:
    """Bring the database up to this version."""
    from bot.store.migrate import head, upgrade

    settings = _settings_at_hand()
    assert settings.database_url  # noqa: S101 - settings at hand name one
    upgrade(settings.database_url.get_secret_value())
    click.echo(f"The database is at version {head()}.")


@cli.command()
def decide() -> None:
    """Read cases as JSON from standard input, write the verdicts as JSON, one line each."""
    from dialogs.rules.campaign import load_campaign
    from dialogs.rules.decide_json import decide_lines

    for line in decide_lines(sys.stdin, load_campaign(_campaign())):
        click.echo(line)


@cli.command()
@click.option(
    "--at",
    type=Moment(),
    default="2023-04-05",
    show_default=True,
    help="When it is; Japan's time if no zone is named.",
)
@click.option(
    "--channel", type=click.Choice(["line", "sms", "web"]), default="line", show_default=True, help="Over which door."
)
@click.option("--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Play lines from a file.")
def talk(at: datetime, channel: str, script: Path | None) -> None:
    """Talk with the counter here in the terminal; nothing else needs to run, and nothing is left behind.

    A number picks a choice. @code types the one-time code that arrived last, @wait lets time go by until the URL
    is sent, @chat closes the private page.
    """
    from bot.local.talk import talk_here

    talk_here(at, channel=channel, script=script, campaign=_campaign())


@cli.command()
def check() -> None:
    """Look over settings, keys, database and Redis: what is wrong, and how to mend it."""
    from bot.local.checkup import check_up
    from bot.settings import process_environment

    sys.exit(0 if check_up(process_environment()) else 1)


@cli.command()
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), help="Where the pictures go. [default: docs/flows]"
)
def explore(to: Path | None) -> None:
    """Walk every path of every script, and draw the pictures."""
    from bot.local.exploring import FLOWS, explore_all

    sys.exit(0 if explore_all(_campaign(), folder=to or FLOWS) else 1)


@cli.group()
def coupons() -> None:
    """The coupons that the built-in claims backend knows."""


@coupons.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Import; without it the file is only checked.")
def coupons_import(file: Path, yes: bool) -> None:
    """Check a CSV file of coupons, report every bad row, and import it if told to."""
    from bot.local.importing import import_coupons

    sys.exit(0 if import_coupons(_settings_at_hand(), file, really=yes) else 1)


@cli.group()
def claims() -> None:
    """The applications that the counter has taken."""


@claims.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
def claims_list(state: str | None) -> None:
    """The applications, newest first."""
    from bot.local.claims_view import list_claims

    list_claims(_settings_at_hand(), state)


@claims.command("show")
@click.argument("receipt_no")
def claims_show(receipt_no: str) -> None:
    """One application by its receipt number; personal data is masked."""
    from bot.local.claims_view import show_claim

    sys.exit(0 if show_claim(_settings_at_hand(), receipt_no) else 1)


@claims.command("release")
@click.argument("receipt_no")
@click.option("--by", required=True, help="Your name; it stands in the audit.")
def claims_release(receipt_no: str, by: str) -> None:
    """Pay an application that is held, without waiting for the case about its coupon."""
    from bot.local.deciding import release_claim

    release_claim(_settings_at_hand(), receipt_no, by=by)


@cli.group()
def line() -> None:
    """The account at LINE."""


@line.command("menu")
@click.option("--draw", type=click.Path(dir_okay=False, path_type=Path), help="Only draw it into this PNG file.")
def line_menu(draw: Path | None) -> None:
    """Draw the menu below the chat, and show it to everybody; the same menu again changes nothing."""
    from bot.local.line_menu import publish_menu, write_picture

    if draw:
        write_picture(draw)
    else:
        publish_menu(_settings_at_hand())


@click.pass_context
def _hand_down_settings(context: click.Context) -> None:
    context.obj = _settings_at_hand


# Groups whose commands stand in files of their own; what they are handed is how settings are found.
for _name, _commands, _help in (
    ("refunds", REFUND_COMMANDS, "Refunds to bank accounts, and the files that the bank gets."),
    ("cases", CASE_COMMANDS, "Troubles of the outage that people have told, for staff to look into."),
    ("disputes", DISPUTE_COMMANDS, "Coupons that two people have applied with, for two of the staff to decide."),
    ("codes", CODE_COMMANDS, "The stock of codes that rewards are paid out in."),
    ("rewards", REWARD_COMMANDS, "Rewards that the vendor refused, which wait for staff."),
    ("contacts", CONTACT_COMMANDS, "Changes of where a URL goes, which wait for staff."),
    ("staff", STAFF_COMMANDS, "Who may work behind the counter, at /console."),
    ("deliveries", DELIVERIES_COMMANDS, "Mailings: the URL of the reward site to each of many people, once."),
):
    cli.group(_name, commands=_commands, help=_help)(_hand_down_settings)


@cli.group(commands=CAMPAIGN_COMMANDS)
def campaign() -> None:
    """The campaigns as data: dialogs/campaigns/*.toml, explained in docs/campaigns.md.

    What goes out to many people, from a list to the last receipt, is `bot deliveries`.
    """


@cli.command()
def reminders() -> None:
    """What people are to be told on a later day, by kind and state, and what is overdue."""
    from bot.local.reminders_view import show_reminders

    show_reminders(_settings_at_hand())
