"""Personal data at rest: AES-256-GCM under the first of the secret keys, bound to the place where it stands."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

NONCE = 12


class Unopenable(Exception):
    """The key is gone, or the bytes are not from this place; names the place, never the content."""


class Vault:
    """Seals and opens bytes; every sealed value begins with its key's id, so keys can be changed one by one."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """keys: id -> 32 bytes, in order; the first seals, all open. Lookup hashes stay those of the *last* key."""
        self._first = next(iter(keys))
        self._ciphers = {name: AESGCM(_derived(key, b"seal")) for name, key in keys.items()}
        # The oldest key makes the lookup hashes: adding a new first key must not change who a person is.
        self._hash_key = _derived(list(keys.values())[-1], b"lookup")

    def seal(self, plain: bytes, place: str) -> bytes:
        """place is table.column; a value moved elsewhere does not open."""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self._first].encrypt(nonce, plain, place.encode())
        return self._first.encode() + b":" + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed at that place; raises Unopenable."""
        name, _, rest = bytes(sealed).partition(b":")
        try:
            return self._ciphers[name.decode()].decrypt(rest[:NONCE], rest[NONCE:], place.encode())
        except (KeyError, InvalidTag, UnicodeDecodeError, ValueError) as error:
            raise Unopenable(place) from error

    def seal_json(self, plain: Any, place: str) -> bytes:
        return self.seal(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), place)

    def open_json(self, sealed: bytes, place: str) -> Any:
        return json.loads(self.open(sealed, place))

    def fingerprint(self, *parts: str) -> bytes:
        """A keyed hash to find a row by what is sealed in it; 32 bytes, the same for ever."""
        return hmac.digest(self._hash_key, "\x00".join(parts).encode(), sha256)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=32, info=b"madoguchi " + purpose).derive(key)
