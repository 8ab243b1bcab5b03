"""Signing in by the office's own account, at a provider of OpenID Connect. Nobody becomes a member by it.

The first time somebody is found by what an administrator wrote down for them: a checked address, or the account's id;
never by a name that people may choose for themselves there. From then on by the provider's own id of that account
alone, whatever it is called later. Role and sessions stay ours.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from psycopg.errors import UniqueViolation

from bot.parts import Parts
from bot.sign_in import Tries, begin
from bot.staff import note
from bot.store import staff
from bot.store.db import transaction
from bot.store.staff import Member
from integrations.oidc import Identity


@dataclass(frozen=True)
class LetIn:
    """A session that has begun; half: our own code is still to come."""

    token: str
    who: Member
    half: bool


def let_in(parts: Parts, tries: Tries, identity: Identity) -> LetIn | None:
    """The session of whom the provider vouches for; None for whoever is no active member. tries was taken before."""
    subject = subject_of(parts, identity)
    who = staff.by_subject(parts.db, subject) or _linked(parts, identity, subject)
    if who is None or not who.active:
        tries.failed("sso")
        return None
    tries.succeeded()
    half = not identity.methods & set(parts.settings.oidc_trusted_factors)
    with transaction(parts.db) as connection:
        if not half:
            note(parts, connection, "signed_in", who.id, by=who.name, second_factor="provider")
        return LetIn(begin(connection, who.id, half=half), who, half)


def subject_of(parts: Parts, identity: Identity) -> bytes:
    """The hash by which an account at the provider is known; two providers may use the same id for different people."""
    return parts.vault.fingerprint("staff sso", identity.issuer, identity.subject)


def _linked(parts: Parts, identity: Identity, subject: bytes) -> Member | None:
    who = staff.by_sso_name(parts.db, _names(identity))
    if who is None:
        return None
    try:
        with transaction(parts.db) as connection:
            if not staff.link(connection, who.id, subject):
                return None
            note(parts, connection, "sso_linked", who.id, by=who.name)
    except UniqueViolation:
        return None
    return who


def _names(identity: Identity) -> list[str]:
    """By what an administrator may have written them down; an id with an @ is no proof of an address."""
    email, *ids = (
        unicodedata.normalize("NFKC", each).strip().lower()
        for each in (identity.email, identity.subject, identity.object_id)
    )
    return [each for each in (email, *("" if "@" in known else known for known in ids)) if each]
