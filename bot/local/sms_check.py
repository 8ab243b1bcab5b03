"""What `bot check` says of the providers of SMS: whether they take us, and what is left to pay them with."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

from bot.parts import Parts, vonage_config
from integrations.channel import SendError
from integrations.sms.channel import SmsChannel
from integrations.sms.vonage import NotOurs, VonageBulk

TWILIO_SID = re.compile(r"AC[0-9a-f]{32}")
TWILIO_TOKEN = re.compile(r"[0-9a-f]{32}")
PAY_IN = "Pay in there: nothing goes out without it."
Told = tuple[str, str, str]  # name, what is found, how to mend it


def sms_found(parts: Parts) -> Iterator[Told]:
    """Twilio, then Vonage where it is set."""
    yield _twilio(parts)
    if parts.settings.vonage_application_id:
        yield _vonage(parts)


def _twilio(parts: Parts) -> Told:
    settings, channel = parts.settings, parts.channels.get("sms")
    if not isinstance(channel, SmsChannel) or settings.twilio_auth_token is None:
        return "SMS", "is not set: no code and no URL goes by SMS", ""
    if not TWILIO_SID.fullmatch(settings.twilio_account_sid):
        return "SMS", "TWILIO_ACCOUNT_SID has not its form", "It is AC and 32 hexadecimal digits."
    if not TWILIO_TOKEN.fullmatch(settings.twilio_auth_token.get_secret_value()):
        return "SMS", "TWILIO_AUTH_TOKEN has not its form", "It is 32 hexadecimal digits; look at the console."
    try:
        money = channel.balance()
    except SendError as wrong:
        mend = "Compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN with Twilio's console."
        return "SMS", f"Twilio does not take us ({wrong.code})", mend
    says = f"Twilio takes us, sent as {settings.twilio_from}"
    if money is None:
        return "SMS", f"{says}; what is left to pay with, its main account alone is told", ""
    left, currency = money
    return "SMS", f"{says}; {left:,.2f} {currency} are left", "" if left > 0 else PAY_IN


def _vonage(parts: Parts) -> Told:
    name, settings = "SMS by Vonage", parts.settings
    try:
        left = asyncio.run(_asked(parts))
    except OSError as wrong:
        return name, f"its key cannot be read ({type(wrong).__name__})", "Correct VONAGE_PRIVATE_KEY_FILE."
    except NotOurs:
        mend = (
            "Take the private key of that very application, or its id: VONAGE_PRIVATE_KEY_FILE, VONAGE_APPLICATION_ID."
        )
        return name, "the private key is not that of the application", mend
    except SendError as wrong:
        mend = "Compare VONAGE_API_KEY, VONAGE_API_SECRET and VONAGE_APPLICATION_ID with Vonage's dashboard."
        return name, f"does not take us ({wrong.code})", mend
    says = f"takes us, sent as {settings.vonage_from}; {left:,.2f} EUR are left"
    return name, says, "" if left > 0 else PAY_IN


async def _asked(parts: Parts) -> float:
    client = VonageBulk(vonage_config(parts.settings), connections=1)
    try:
        await client.check_key()
        return await client.balance()
    finally:
        await client.close()
