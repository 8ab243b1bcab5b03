"""SMS: Twilio's webhooks in our words, our words as its messages."""

from integrations.sms.channel import SmsChannel, SmsConfig
from integrations.sms.webhook import StatusEvent

__all__ = ["SmsChannel", "SmsConfig", "StatusEvent"]
