"""Photos of coupons, as a phone would send them."""

from __future__ import annotations

from io import BytesIO

import zxingcpp
from PIL import Image

QR, BARS = zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128


def code(text: str, form: zxingcpp.BarcodeFormat = QR, *, scale: int = 6) -> Image.Image:
    """The code of a text, black on white, with its quiet zone."""
    drawn = zxingcpp.create_barcode(text, form).to_image(scale=scale, add_quiet_zones=True)
    height, width = memoryview(drawn).shape
    return Image.frombytes("L", (width, height), bytes(memoryview(drawn)))


def photo(*codes: Image.Image, turned: float = 0.0) -> Image.Image:
    """A grey desk with these codes on it, one above the other."""
    width = max((each.width for each in codes), default=100) + 400
    desk = Image.new("RGB", (width, sum(each.height + 200 for each in codes) + 200), (150, 140, 130))
    top = 200
    for each in codes:
        desk.paste(each, (200, top))
        top += each.height + 200
    return desk.rotate(turned, expand=True, fillcolor=(150, 140, 130)) if turned else desk


def encoded(picture: Image.Image, form: str = "JPEG", **how: object) -> bytes:
    """The bytes of a picture."""
    written = BytesIO()
    picture.save(written, form, **how)
    return written.getvalue()


def coupon_photo(text: str) -> bytes:
    """A JPEG with one QR code."""
    return encoded(photo(code(text)))
