"""LINE: its webhook in our words, our words as its messages."""

from integrations.line.channel import LineChannel, LineConfig

__all__ = ["LineChannel", "LineConfig"]
