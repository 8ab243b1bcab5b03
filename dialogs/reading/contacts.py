"""Phone numbers and mail addresses, and how they are shown masked."""

import re
import unicodedata
from difflib import get_close_matches
from typing import Literal, NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from dialogs.reading.numerals import fold_dashes, kanji_to_digits
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import tidy

_POLITE = r"(?:です|でお願いします|になります|でございます)?[。、!]*"
_BEFORE_PHONE = re.compile("^[^0-9+(〇零○一二三四五六七八九]+")
_AFTER_PHONE = re.compile(rf"(?:\s*\([^0-9()]+\))?{_POLITE}$")
_LETTER_FOR_ZERO = re.compile("(?<=[0-9])[oO](?=[0-9-])")
_BEFORE_MAIL = re.compile(r"^(?:[^!-~]*(?:は|が|\s)|[^@]*:)\s*")
_AFTER_MAIL = re.compile(rf"(?:[。、\s]+[^!-~]+|{_POLITE})$")
_PHONE_CHARACTERS = re.compile(r"(?=.*[0-9])\+?[0-9()\-./ ]+")
_INTERNATIONAL = re.compile(r"^(?:\+|00|010)81(?:\(0\)|0)?")
_MOBILE = re.compile(r"\+81[6-9]0[0-9]{8}")
_NO_SMS: dict[int, str] = {
    PhoneNumberType.FIXED_LINE: "phone_landline",
    PhoneNumberType.VOIP: "phone_ip",
    PhoneNumberType.PAGER: "phone_pager",
    PhoneNumberType.TOLL_FREE: "phone_toll_free",
}

# Carriers gave out addresses with such dots until about 2009, and the people of seventy still have them.
_CARRIER = re.compile(
    r"(?:docomo\.ne\.jp|ezweb\.ne\.jp|[a-z0-9]+\.ezweb\.ne\.jp|au\.com|(?:i\.)?softbank\.(?:ne\.)?jp"
    r"|[a-z]\.vodafone\.ne\.jp|disney\.ne\.jp|y-?mobile\.ne\.jp|willcom\.com|wm\.pdx\.ne\.jp)"
)
_KNOWN_DOMAINS = (
    *("docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp", "rakumail.jp"),
    *("gmail.com", "yahoo.co.jp", "ymail.ne.jp", "icloud.com", "me.com", "outlook.jp", "outlook.com", "hotmail.com"),
    *("hotmail.co.jp", "live.jp", "nifty.com", "mail.com", "yahoo.com", "ymail.com", "live.com", "mac.com", "msn.com"),
)


_LONGEST_MAIL = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_NEAR = 0.8


class MailReading(NamedTuple):
    """A mail address as it is kept, the one perhaps meant instead, and whether the form is worth asking back."""

    address: str
    suggestion: str | None
    unusual: bool


def read_mobile(said: str) -> str:
    """A Japanese mobile number (060/070/080/090) in E.164; raises Unreadable "phone_…", one reason a kind."""
    number = _japanese_number(said)
    kind = phonenumbers.number_type(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if kind == PhoneNumberType.MOBILE and _MOBILE.fullmatch(e164):
        return e164
    raise Unreadable(_NO_SMS.get(kind, "phone_not_mobile"))


def read_phone(said: str) -> str:
    """Any valid Japanese phone number in E.164; raises Unreadable "phone_unknown", "phone_digits", "phone_foreign"."""
    return phonenumbers.format_number(_japanese_number(said), PhoneNumberFormat.E164)


def _japanese_number(said: str) -> phonenumbers.PhoneNumber:
    text = kanji_to_digits(fold_dashes(_AFTER_PHONE.sub("", _BEFORE_PHONE.sub("", tidy(said)))))
    text = _LETTER_FOR_ZERO.sub("0", text)
    if not _PHONE_CHARACTERS.fullmatch(text):
        raise Unreadable("phone_unknown")
    dialled = _as_dialled(re.sub(r"[^0-9+()]", "", text))
    try:
        number = phonenumbers.parse(dialled, "JP")
    except phonenumbers.NumberParseException:
        raise Unreadable("phone_digits") from None
    if number.country_code != 81:
        raise Unreadable("phone_foreign")
    if not phonenumbers.is_valid_number(number):
        raise Unreadable("phone_digits")
    return number


def _as_dialled(digits: str) -> str:
    if re.fullmatch(r"81[1-9][0-9]{8,9}", digits):
        digits = f"+{digits}"
    return re.sub("[()]", "", _INTERNATIONAL.sub("0", digits))


def read_mail(said: str) -> MailReading:
    """A mail address, its domain in small letters, never changed otherwise.

    `suggestion` is the whole address with a well-known domain in place of a near one; `unusual` marks the carriers'
    old forms (a..b@, a.@). Raises Unreadable "mail_unknown", "mail_several", "mail_not_ascii", "mail_domain",
    "mail_dots".
    """
    local, domain = _mail_parts(_AFTER_MAIL.sub("", _BEFORE_MAIL.sub("", tidy(said, limit=_LONGEST_MAIL))))
    unusual = _has_stray_dots(local)
    if unusual and not _CARRIER.fullmatch(domain):
        raise Unreadable("mail_dots")
    try:
        # The carriers' old forms are valid only as a quoted local part (RFC 5321 4.1.2).
        validate_email(
            smtp_form(f"{local}@{domain}"),
            check_deliverability=False,
            allow_quoted_local=unusual,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError:
        raise Unreadable("mail_unknown" if _is_domain(domain) else "mail_domain") from None
    near = None if domain in _KNOWN_DOMAINS else get_close_matches(domain, _KNOWN_DOMAINS, n=1, cutoff=_NEAR)
    return MailReading(f"{local}@{domain}", f"{local}@{near[0]}" if near else None, unusual)


def smtp_form(address: str) -> str:
    """A kept address as it stands in an SMTP envelope: an old carrier form needs its local part in quotes."""
    local, _, domain = address.rpartition("@")
    return f'"{local}"@{domain}' if _has_stray_dots(local) else address


def _has_stray_dots(local: str) -> bool:
    return ".." in local or local.startswith(".") or local.endswith(".")


def _mail_parts(text: str) -> tuple[str, str]:
    text = re.sub(r"\s*@\s*", "@", text.strip(" <>「」()\"'、,。")).removeprefix("mailto:")
    if text.count("@") > 1:
        raise Unreadable("mail_several")
    # Japanese keyboards give these for a full stop and a hyphen; none of them can stand in an address.
    local, at, domain = fold_dashes(text.replace("。", ".")).partition("@")
    if not at or not local or " " in local:
        raise Unreadable("mail_unknown")
    if not (local + domain).isascii():
        raise Unreadable("mail_not_ascii")
    return local, domain.lower()


def _is_domain(domain: str) -> bool:
    return re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", domain) is not None


def read_contact(said: str) -> str:
    """Any Japanese phone number (E.164) or a mail address; raises what read_phone and read_mail raise."""
    return read_mail(said).address if _is_mail(said) else read_phone(said)


def read_target(said: str) -> tuple[Literal["sms", "mail"], str]:
    """Where the URL goes: a mobile number or a mail address (notice 2, 受取案内配信先); raises what read_mobile and
    read_mail raise."""
    return ("mail", read_mail(said).address) if _is_mail(said) else ("sms", read_mobile(said))


def _is_mail(said: str) -> bool:
    text = tidy(said, limit=_LONGEST_MAIL)
    if "@" in text:
        return True
    if re.search("[0-9〇零一二三四五六七八九]", text) is None or re.search(r"[a-z]\.[a-z]", text, re.IGNORECASE):
        raise Unreadable("contact_unknown")
    return False


def in_japan(number: str) -> str:
    """An E.164 number of Japan as people write it there: 090-1234-5678."""
    national = "0" + number.removeprefix("+81") if number.startswith("+81") else number
    if re.fullmatch(r"0[5-9]0\d{8}", national):
        return f"{national[:3]}-{national[3:7]}-{national[7:]}"
    return national


def mask_phone(number: str) -> str:
    """090-****-5678: the first group and the last, of an E.164 or a Japanese number; **** of anything else."""
    try:
        parsed = phonenumbers.parse(number, "JP")
    except phonenumbers.NumberParseException:
        return "****"
    groups = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL).split("-")
    return f"{groups[0]}-****-{groups[-1]}" if len(groups) == 3 else "****"


def mask_mail(address: str) -> str:
    """h***@example.jp: the first character and the domain; *** of anything else."""
    local, at, domain = address.rpartition("@")
    return f"{local[0]}***@{domain}" if at and local else "***"


def mask_name(name: str) -> str:
    """栃***: the first character as it is drawn, with the variant selector that belongs to it."""
    name = name.strip()
    drawn = 1
    while drawn < len(name) and unicodedata.category(name[drawn]).startswith("M"):
        drawn += 1
    return f"{name[:drawn]}***" if name else "***"
