"""LINE notification messages: to a telephone number, whether or not its owner is a friend of the account.

LINE's yes says nothing of arriving. It delivers where the number is the one that its owner has proven to LINE within
180 days and they take such messages; who has never decided is asked, and has a day. The one receipt is the webhook
event `delivery`, which carries our tag (webhook.delivered_tag). There is no retry key: an attempt whose answer was lost
is waited for like any other.
https://developers.line.biz/en/docs/partner-docs/line-notification-messages/
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from integrations.bulk import Letter
from integrations.line.bulk import LineBulk


class NoticeBulk(LineBulk):
    """A BulkSender of flexible notices, whose words LINE has reviewed beforehand."""

    name = "line_notice"
    path = "/bot/pnp/push"

    def recipient(self, letter: Letter) -> str:
        """The number as LINE wants it (E.164); without salt, so it stays personal."""
        return sha256(letter.to.encode()).hexdigest()

    def marks(self, letter: Letter) -> Mapping[str, str]:
        return {"X-Line-Delivery-Tag": letter.reference}
