"""The option by which whoever types a command names themselves; imports nothing that would slow --help down."""

from __future__ import annotations

import click

by_staff = click.option("--by", required=True, help="Your name; it stands in the audit.")
