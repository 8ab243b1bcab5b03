"""What the codes on a photo say. The picture is only in memory, for as long as this takes; nothing of it is written.

A picture comes from anybody: its size is looked at before it is decoded, only the two forms in which phones send
photos are opened, and whatever a decoder stumbles over gives no code, never an error.
"""

from __future__ import annotations

from io import BytesIO

import structlog
import zxingcpp
from PIL import Image, ImageOps

FORMS = ("JPEG", "PNG")
MOST_PIXELS = 40_000_000  # a phone's photo has 12 to 25 million; in grey this many take 40 MB
LONGEST_SIDE = 2400  # enough for a small code in a corner; read in a third of a second

log = structlog.get_logger(__name__)


def codes_on(picture: bytes) -> tuple[str, ...]:
    """The texts of the QR codes and barcodes that are found, in no order; empty for whatever is no such picture."""
    try:
        with Image.open(BytesIO(picture), formats=FORMS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                log.info("photo.not_read", why="too_many_pixels")
                return ()
            grey = _grey(opened)
        return tuple(code.text for code in zxingcpp.read_barcodes(grey) if code.valid)
    except Exception as error:
        # Decoders fail in many ways on what is broken on purpose (OSError, SyntaxError, struct.error, a bomb's own);
        # their messages may hold bytes of the picture.
        log.info("photo.not_read", why=type(error).__name__)
        return ()


def _grey(opened: Image.Image) -> Image.Image:
    # A JPEG is decoded smaller from the start, by a power of two that stays above what is asked for.
    opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
    grey = ImageOps.exif_transpose(opened).convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return grey
