"""The picture of the rich menu: six areas in two rows, drawn here, so that a word changed is a picture changed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 2500, 1686  # LINE's "large": two rows
COLUMNS, ROWS = 3, 2
LINE_WIDTH = 6

PAPER, RULE, INK, MUTED, GREEN, WHITE = "#FFFFFF", "#C9D1D6", "#1B1F23", "#4A5560", "#0B5D3B", "#FFFFFF"
BADGE, TITLE, BELOW = 220, 118, 78  # pixels; a phone shows the picture at about a sixth of its size

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
FONT_FILES = ("NotoSansCJK-Bold.ttc", "NotoSansCJKjp-Bold.otf", "NotoSansJP-Bold.ttf", "NotoSansJP-Bold.otf")


class NoFont(Exception):
    """No font on this machine can draw the menu's Japanese; the text names the package that has one."""


class Drawn(Protocol):
    """What an area shows."""

    @property
    def sign(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def english(self) -> str: ...


Box = tuple[int, int, int, int]


def boxes() -> list[Box]:
    """(x, y, width, height) of each area, row by row; together they are the whole picture."""
    xs = [WIDTH * column // COLUMNS for column in range(COLUMNS + 1)]
    ys = [HEIGHT * row // ROWS for row in range(ROWS + 1)]
    return [
        (xs[column], ys[row], xs[column + 1] - xs[column], ys[row + 1] - ys[row])
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def draw_menu(areas: Sequence[Drawn]) -> bytes:
    """A PNG of six areas; raises NoFont."""
    font = _font_file()
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    for area, box in zip(areas, boxes(), strict=True):
        _draw_area(draw, area, box, font=font)
    written = BytesIO()
    # Few colours: a tenth of the megabyte that LINE allows.
    picture.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_area(draw: ImageDraw.ImageDraw, area: Drawn, box: Box, *, font: Path) -> None:
    x, y, width, height = box
    middle, top = x + width // 2, y + height // 2 - 265
    draw.rectangle((x, y, x + width, y + height), outline=RULE, width=LINE_WIDTH)
    draw.ellipse((middle - BADGE // 2, top, middle + BADGE // 2, top + BADGE), fill=GREEN)
    for text, size, at, colour in (
        (area.sign, 120, top + BADGE // 2, WHITE),
        (area.title, TITLE, top + BADGE + 150, INK),
        (area.english, BELOW, top + BADGE + 290, MUTED),
    ):
        draw.text((middle, at), text, colour, ImageFont.truetype(font, size), anchor="mm")


def _font_file() -> Path:
    for folder in FONT_FOLDERS:
        for name in FONT_FILES:
            found = next(Path(folder).expanduser().rglob(name), None)
            if found:
                return found
    raise NoFont(
        "No font that can draw Japanese was found (Noto Sans CJK, bold). On Debian and Ubuntu: "
        "apt-get install fonts-noto-cjk"
    )
