"""What a broken connection to a provider of SMS means for the message that was on it."""

from __future__ import annotations

import aiohttp

from integrations.channel import Misconfigured, OutcomeUnknown, SendError, SendLater


def wire_error(wrong: Exception) -> SendError:
    """Whatever broke before a connection stood was surely not sent."""
    name = type(wrong).__name__
    match wrong:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.InvalidURL():
            return Misconfigured(name)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return SendLater(name)
        case _:
            return OutcomeUnknown(name)
