"""The options by which staff say who they are and what they have looked at; imports nothing that slows --help."""

from __future__ import annotations

import click

by_staff = click.option("--by", required=True, help="Your name; it stands in the audit.")
as_seen = click.option("--seen", required=True, help="The mark that `list` shows beside it: nothing is decided unseen.")
