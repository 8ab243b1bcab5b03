"""Files of other people: what they are is read from their bytes, and a preview is drawn anew."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from bot.attached import ANYTHING, ENDINGS, MARKS, PREVIEW_SIDE, kind_of, preview_of
from bot.console.handing_out import handed_out
from tests.bot.pictures import encoded, photo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (encoded(photo()), "image/jpeg"),
        (encoded(photo(), "PNG"), "image/png"),
        (encoded(photo(), "GIF"), "image/gif"),
        (encoded(photo(), "WEBP"), "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x1cftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (SVG, ANYTHING),
        (HTML, ANYTHING),
        (b"GIF", ANYTHING),
        (b"<script>WEBP", ANYTHING),
        (b"", ANYTHING),
    ],
)
def test_what_a_file_is_is_told_by_its_bytes(content: bytes, kind: str) -> None:
    assert kind == kind_of(content)


def test_every_kind_has_its_ending() -> None:
    assert {kind for _, kind in MARKS} | {ANYTHING} == set(ENDINGS)


def test_a_preview_is_small_and_holds_nothing_that_hid_in_the_picture() -> None:
    place = Image.Exif()
    place[0x010E] = "taken at home"
    preview = preview_of(encoded(photo().resize((3000, 2000)), exif=place.tobytes()))
    assert preview
    with Image.open(BytesIO(preview)) as opened:
        assert (PREVIEW_SIDE, {}) == (max(opened.size), dict(opened.getexif()))
    assert b"taken at home" not in preview


@pytest.mark.parametrize("content", [b"", SVG, b"%PDF-1.7", encoded(photo())[:300], b"\x89PNG\r\n\x1a\n" + bytes(99)])
def test_what_is_no_whole_picture_has_no_preview(content: bytes) -> None:
    assert preview_of(content) is None


def test_a_picture_of_too_many_points_is_not_opened() -> None:
    assert preview_of(encoded(Image.new("1", (7000, 7000)), "PNG")) is None


@pytest.mark.parametrize("content", [SVG, HTML, b"%PDF-1.7"])
def test_what_is_no_picture_is_saved_and_never_drawn(content: bytes) -> None:
    with Flask(__name__).app_context():
        response = handed_out(content, kind_of(content), name="file")
    assert response.headers["Content-Disposition"].startswith("attachment; filename=file.")
    assert (True, "nosniff", "no-store") == (
        response.headers["Content-Security-Policy"].endswith("sandbox"),
        response.headers["X-Content-Type-Options"],
        response.headers["Cache-Control"],
    )
    assert "html" not in response.headers["Content-Type"]
    assert "svg" not in response.headers["Content-Type"]


def test_a_picture_is_looked_at() -> None:
    with Flask(__name__).app_context():
        response = handed_out(encoded(photo()), "image/jpeg", name="photo")
    assert ("inline; filename=photo.jpg", "image/jpeg") == (
        response.headers["Content-Disposition"],
        response.headers["Content-Type"],
    )
