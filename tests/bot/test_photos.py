"""Codes on photos: found as phones send them, and nothing that is no such photo does any harm."""

from __future__ import annotations

import struct
import tracemalloc
import zlib

import pytest

from bot.photos import MOST_PIXELS, codes_on
from tests.bot.pictures import BARS, QR, code, encoded, photo

NUMBER = "TG12345678"


def png(width: int, height: int, *, rows: bytes = b"") -> bytes:
    """A PNG in grey that says it is so large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("form", [QR, BARS], ids=["QR code", "barcode"])
@pytest.mark.parametrize("turned", [0, 8, 90, 180])
@pytest.mark.parametrize("written", ["JPEG", "PNG"])
def test_a_code_is_read_however_the_phone_was_held(form: object, turned: int, written: str) -> None:
    assert (NUMBER,) == codes_on(encoded(photo(code(NUMBER, form), turned=turned), written))


def test_every_code_on_a_photo_is_read() -> None:
    assert {"TG1", "TG2"} == set(codes_on(encoded(photo(code("TG1"), code("TG2")))))


def test_a_photo_of_twelve_million_pixels_is_read() -> None:
    large = photo(code(NUMBER)).resize((3000, 4000))
    assert (NUMBER,) == codes_on(encoded(large, quality=60))


BROKEN = {
    "nothing": b"",
    "no picture": "お問合せ番号".encode(),
    "half a photo": encoded(photo(code(NUMBER)))[:900],
    "a photo without a code": encoded(photo()),
    "only the head of a PNG": png(100, 100)[:40],
    "a PNG with too few rows": png(2000, 2000, rows=b"\0" * 10),
    "another form of picture": encoded(photo(code(NUMBER)), "GIF"),
    "a PNG of no size": png(0, 0),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_photo_of_a_code_gives_none(case: str) -> None:
    assert () == codes_on(BROKEN[case])


@pytest.mark.parametrize("side", [6_400, 20_000, 60_000])
def test_a_picture_that_would_unfold_to_gigabytes_is_not_unfolded(side: int) -> None:
    assert side * side > MOST_PIXELS
    bomb = png(side, side, rows=bytes((side + 1) * 100))
    tracemalloc.start()
    assert () == codes_on(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000
