"""The keys that seal people's data, as they are written in SECRET_KEYS."""

from __future__ import annotations

import base64
import binascii

KEY_BYTES = 32


def parse_secret_keys(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64` as id -> 32 bytes, in order; raises ValueError that names a key by its id only."""
    keys: dict[str, bytes] = {}
    for position, part in enumerate(filter(None, map(str.strip, text.split(","))), start=1):
        name, colon, encoded = part.partition(":")
        if not colon or not name:
            raise ValueError(f"key number {position} has no id before a colon")
        if name in keys:
            raise ValueError(f"the id {name!r} stands twice")
        keys[name] = _decoded(name, encoded)
    if not keys:
        raise ValueError("holds no key")
    return keys


def _decoded(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError(f"the key {name!r} is not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key {name!r} has {len(key)} bytes, not {KEY_BYTES}")
    return key
