"""Whether the provider by whom staff sign in is there, as `bot check` tells it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.parts import Parts
from integrations.oidc import OidcError

MEND = (
    "Look at OIDC_ISSUER: with /.well-known/openid-configuration behind it there has to be a document that names that "
    "very issuer.\nUntil it answers staff sign in by login and password, if STAFF_PASSWORDS lets them."
)


def sso_found(parts: Parts) -> Iterator[tuple[str, str, str]]:
    """What it is called, what is so, and how to mend it; nothing where staff sign in by passwords alone."""
    if parts.sso is None:
        return
    try:
        issuer = parts.sso.endpoints().issuer
    except OidcError as error:
        yield "Staff's sign-in", f"its provider cannot be used ({error.reason})", MEND
    else:
        yield "Staff's sign-in", f"by {issuer}, which answers", ""
