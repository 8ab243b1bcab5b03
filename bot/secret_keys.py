"""Keys as they are written in settings: those that seal people's data, and those that sign our webhooks."""

from __future__ import annotations

import base64
import binascii

KEY_BYTES = 32
WEBHOOK_PREFIX = "whsec_"
WEBHOOK_BYTES = range(24, 65)  # as Standard Webhooks has it


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


def webhook_key(text: str) -> bytes:
    """whsec_<base64> as bytes; raises ValueError that does not name the secret."""
    try:
        key = base64.b64decode(text.removeprefix(WEBHOOK_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not text.startswith(WEBHOOK_PREFIX) or len(key) not in WEBHOOK_BYTES:
        raise ValueError("must be whsec_ and the base64 of 24 to 64 bytes, or several of these with commas between")
    return key
