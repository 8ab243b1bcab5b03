"""What Twilio answers, as tables: error codes, and numbers agreed to fail (as Twilio's own magic numbers do)."""

from __future__ import annotations

import re

# code: (HTTP status, text); https://www.twilio.com/docs/api/errors
ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20001: (400, "Page size must be between 1 and 1000"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21211: (400, "Invalid 'To' Phone Number"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid, message-capable Twilio phone number"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21612: (400, "The 'To' phone number is not currently reachable using the 'From' phone number via SMS"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
}

# Endings of numbers to which nothing can be sent, with the code of the answer.
REFUSED_ENDINGS = {"5550001": 21211, "5550002": 21612, "5550003": 21408, "5550004": 21610, "5550009": 21614}

# Endings of numbers that are accepted and then fail: (final status, error code of the receipt).
FAILING_ENDINGS = {
    "5530003": ("undelivered", 30003),
    "5530004": ("undelivered", 30004),
    "5530005": ("undelivered", 30005),
    "5530006": ("undelivered", 30006),
    "5530007": ("undelivered", 30007),
    "5530008": ("failed", 30008),
    "5531610": ("failed", 21610),  # has sent STOP where we did not hear it
}
SILENT_ENDING = "5530000"  # no receipt ever comes: it stays "sent"

E164 = re.compile(r"\+[1-9]\d{7,14}")
JAPANESE = re.compile(r"\+81\d+")
JAPANESE_MOBILE = re.compile(r"\+81[789]0[1-9]\d{7}")
JAPANESE_LANDLINE = re.compile(r"\+81[1-9]\d{8}")
ALPHANUMERIC_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})

LONGEST_BODY = 1600
# The basic table of GSM 03.38 and, from the euro sign on, its extension, whose characters count twice.
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_TWICE = frozenset("€[\\]^{|}~\f")


def number_refusal(to: str) -> int | None:
    """The code that Twilio answers for this recipient, or None when it accepts the number."""
    if not E164.fullmatch(to):
        return 21211
    for ending, code in REFUSED_ENDINGS.items():
        if to.endswith(ending):
            return code
    if JAPANESE.fullmatch(to) and not JAPANESE_MOBILE.fullmatch(to):
        return 21614 if JAPANESE_LANDLINE.fullmatch(to) else 21211
    return None


def fate(to: str) -> tuple[str, int | None] | None:
    """(final status, error code) of an accepted message, or None when no receipt comes."""
    if to.endswith(SILENT_ENDING):
        return None
    return next((end for tail, end in FAILING_ENDINGS.items() if to.endswith(tail)), ("delivered", None))


def segments(body: str) -> int:
    """How many parts the text is billed as: 160/153 in GSM-7, 70/67 otherwise."""
    if all(char in GSM7 or char in GSM7_TWICE for char in body):
        units = sum(2 if char in GSM7_TWICE else 1 for char in body)
        return 1 if units <= 160 else -(-units // 153)
    units = len(body.encode("utf-16-le", "surrogatepass")) // 2
    return 1 if units <= 70 else -(-units // 67)
