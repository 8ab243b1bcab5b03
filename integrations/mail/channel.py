"""Mail by SMTP through a relay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address as Mailbox

from dialogs.message import Address, Inbound
from integrations.channel import BadSignature, Envelope, OutcomeUnknown, RawEvent, Receipt, unpaced
from integrations.mail.compose import compose, message_id, sendable
from integrations.mail.relay import Relay, RelayAddress


@dataclass(frozen=True, slots=True)
class MailConfig:
    """Raises nothing; MailChannel refuses a senseless smtp_url or mail_from with ValueError.

    smtp_url is smtp://user:pass@host:port, smtps://… or smtp://…?starttls=1; mail_from is a plain address, sender_name
    what people see beside it; host_name greets the relay ("" takes the domain of mail_from); timeout is in seconds.
    wait_turn gets the number of mails before they go out; it returns when their moment has come, or raises SendLater.
    """

    smtp_url: str = field(repr=False)
    mail_from: str
    sender_name: str
    host_name: str = ""
    timeout: float = 10
    reply_to: str = ""
    wait_turn: Callable[[int], None] = unpaced


class MailChannel:
    """The mail adapter: a mouth without an ear; safe for threads."""

    name = "mail"

    def __init__(self, config: MailConfig) -> None:
        self._config = config
        self._sender = Mailbox(config.sender_name, addr_spec=config.mail_from)
        host_name = config.host_name or self._sender.domain
        self._relay = Relay(RelayAddress.parse(config.smtp_url), host_name=host_name, timeout=config.timeout)

    def receive(self, headers: Mapping[str, str], body: bytes, *, url: str, now: datetime) -> Sequence[RawEvent]:
        """Nobody may tell us of mail over the web."""
        raise BadSignature

    def read(self, payload: bytes) -> Inbound:
        return Inbound("", Address(self.name, ""), datetime.fromtimestamp(0, UTC), "unknown")

    def send(self, envelope: Envelope) -> Receipt:
        message = compose(envelope, self._sender, reply_to=self._config.reply_to, date=datetime.now(UTC))
        self._config.wait_turn(1)
        queue_id = self._relay.deliver(self._config.mail_from, sendable(envelope.address.user), message)
        return Receipt(message_id(envelope.outgoing_id, self._config.mail_from), queue_id)

    def find_sent(self, envelope: Envelope, *, since: datetime) -> Receipt | None:
        """A relay answers no such question; the Message-ID, the same in every try, lets servers drop the double."""
        raise OutcomeUnknown("mail-has-no-lookup")

    def greet(self) -> None:
        """Connect to the relay and sign in, as a send would begin; raises SendError."""
        self._relay.greet()

    def close(self) -> None:
        """Hang up what is kept open."""
        self._relay.close()
