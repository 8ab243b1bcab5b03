"""What the emulated provider of OpenID Connect hands out: codes that work once, and tokens that are really signed.

Spoilt on purpose: wrong_nonce, wrong_audience, wrong_issuer, expired, forged (by a key that is not published),
unsigned, unverified (an address that was not checked), new_key (rotated just now), second_factor (it says it asked).
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CODE_SECONDS, TOKEN_SECONDS = 60, 300
OFFICE = ("agent", "agent2", "supervisor", "finance", "admin", "stranger")

Claims = dict[str, Any]
Pair = tuple[str, rsa.RSAPrivateKey]
SPOILT: Mapping[str, Callable[[Claims], Claims]] = {
    "wrong_nonce": lambda claims: {**claims, "nonce": "of another sign-in"},
    "wrong_audience": lambda claims: {**claims, "aud": "somebody-else"},
    "wrong_issuer": lambda claims: {**claims, "iss": "https://elsewhere.example"},
    "expired": lambda claims: {**claims, "iat": claims["iat"] - 7200, "exp": claims["exp"] - 7200},
    "unverified": lambda claims: {**claims, "email_verified": False},
    "second_factor": lambda claims: {**claims, "amr": ["pwd", "otp", "mfa"]},
}


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    login: str
    redirect_uri: str
    nonce: str
    challenge: str
    until: float = field(default_factory=lambda: time.time() + CODE_SECONDS)

    def fits(self, verifier: str, redirect_uri: str) -> bool:
        """Whether whoever brings the code is who asked for it."""
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return (challenge, redirect_uri) == (self.challenge, self.redirect_uri) and time.time() < self.until


class Keys:
    """The keys that it signs with; the one before stays published after a new one is made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pairs: list[Pair] = []

    def newest(self) -> Pair:
        """Its id and the key; the first one is made when it is first needed."""
        with self._lock:
            if not self._pairs:
                self._pairs.append(_pair())
            return self._pairs[-1]

    def rotate(self) -> None:
        with self._lock:
            self._pairs = [*self._pairs[-1:], _pair()]

    def published(self) -> list[dict[str, Any]]:
        self.newest()
        with self._lock:
            pairs = list(self._pairs)
        return [_public(name, key) for name, key in pairs]


def id_token(grant: Grant, keys: Keys, *, issuer: str, client_id: str, spoilt: str) -> str:
    """Whom a code stands for, signed; spoilt: "", or how it is wrong or special."""
    if spoilt == "new_key":
        keys.rotate()
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": f"emulated-{grant.login}",
        "aud": client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "nonce": grant.nonce,
        "email": f"{grant.login}@office.example.jp",
        "email_verified": True,
        "preferred_username": grant.login,
        "oid": object_id(grant.login),
        "amr": ["pwd"],
    }
    claims = SPOILT[spoilt](claims) if spoilt in SPOILT else claims
    if spoilt == "unsigned":
        return jwt.encode(claims, "", algorithm="none")
    name, key = keys.newest()
    return jwt.encode(claims, _pair()[1] if spoilt == "forged" else key, algorithm="RS256", headers={"kid": name})


def object_id(login: str) -> str:
    """The id of an account beside its sub, as Entra ID shows it on its pages."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"emulated:{login}"))


def _pair() -> Pair:
    return secrets.token_hex(8), rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(name: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    published: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**published, "kid": name, "use": "sig", "alg": "RS256"}
