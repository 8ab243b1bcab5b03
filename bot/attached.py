"""Files that other people have made, kept and shown so that they do no harm: their kind is read from their bytes.

What a name, a header or a provider says of a file is not believed. Only pictures are drawn within a page; all else is a
download, HTML and SVG among it as bytes of no kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO

import structlog
from PIL import Image, ImageOps

ANYTHING = "application/octet-stream"
# How each begins; the first that fits.
MARKS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb"%PDF-", "application/pdf"),
    (rb".{4}ftypM4A", "audio/mp4"),
    (rb".{4}ftypqt", "video/quicktime"),
    (rb".{4}ftyp(hei|mif1)", "image/heic"),
    (rb".{4}ftyp", "video/mp4"),
    (rb"ID3", "audio/mpeg"),
    (rb"OggS", "audio/ogg"),
)
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")  # what every browser draws, and none runs
ENDINGS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    ANYTHING: "bin",
}
FORMS = ("JPEG", "PNG", "GIF", "WEBP")
MOST_PIXELS = 40_000_000
PREVIEW_SIDE = 320

log = structlog.get_logger(__name__)


def kind_of(content: bytes) -> str:
    """The media type by the first bytes alone."""
    return next((kind for mark, kind in MARKS if re.match(mark, content, re.DOTALL)), ANYTHING)


def preview_of(content: bytes) -> bytes | None:
    """A small JPEG drawn anew, so that nothing that hides in a picture is in it; None for what is no picture."""
    if kind_of(content) not in SHOWN:
        return None
    try:
        with Image.open(BytesIO(content), formats=FORMS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            opened.draft("RGB", (PREVIEW_SIDE * 2, PREVIEW_SIDE * 2))
            small = ImageOps.exif_transpose(opened).convert("RGB")
        small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        written = BytesIO()
        small.save(written, "JPEG", quality=80)
    except Exception as error:
        # As in bot.photos: decoders fail in many ways on what is broken on purpose, and their words may hold its bytes.
        log.info("attached.no_preview", why=type(error).__name__)
        return None
    return written.getvalue()
