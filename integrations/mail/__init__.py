"""Mail: our words as a message, handed to a relay."""

from integrations.mail.channel import MailChannel, MailConfig

__all__ = ["MailChannel", "MailConfig"]
