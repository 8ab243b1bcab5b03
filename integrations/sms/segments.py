"""How many messages a text is billed as (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

from collections.abc import Iterable

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a character: two septets each


def segments(text: str) -> int:
    """The number of billed parts: 160 septets or 153 a part in GSM-7, otherwise 70 UTF-16 units or 67 a part."""
    if GSM_7.issuperset(set(text) - GSM_7_EXTENDED):
        return _parts((2 if char in GSM_7_EXTENDED else 1 for char in text), alone=160, joined=153)
    return _parts((2 if ord(char) > 0xFFFF else 1 for char in text), alone=70, joined=67)


def _parts(widths: Iterable[int], *, alone: int, joined: int) -> int:
    """A character of two units is never cut in two, so a part may end one unit short."""
    total, parts, filled = 0, 1, 0
    for width in widths:
        total += width
        if filled + width > joined:
            parts, filled = parts + 1, 0
        filled += width
    return 1 if total <= alone else parts
