"""A photo of the coupon while its inquiry number is asked: what its code says is offered, never taken unasked.

Reading a picture is the host's: hear() ends with a lookup that names the message, and learn() comes back with what was
read. The result leaves the record as soon as it is used. What stays is only the number in the question that waits, so
a replay needs no picture, and none has to be kept.
"""

from __future__ import annotations

from dataclasses import replace

from dialogs.coupon_questions import InquiryNumber
from dialogs.engine import Turn
from dialogs.message import Inbound
from dialogs.reaction import Reaction
from dialogs.steps import Lookup, Say
from dialogs.walking import ask_aside, show

# Why a picture gave no number: no code in it that could be read, more than one, or it could not be had just now.
WHY_NONE = {
    "unread": "photo.unread",
    "several": "photo.several",
    "later": "photo.later",
    "not_here": "cannot_read.image",
}


def to_be_read(said: Inbound, now: Turn) -> Lookup | None:
    """What the host is to find out before this turn can be taken; None when nothing, or nothing more."""
    if said.kind != "image" or not isinstance(now.asking, InquiryNumber):
        return None
    lookup = _lookup(said)
    return None if now.record.get(lookup.record_key, {}).get("d") == lookup.digest else lookup


def take_photo(reaction: Reaction, now: Turn) -> Reaction | None:
    """Offer the number that was read, or say why there is none; None for a picture that was not looked at."""
    record = dict(reaction.state.record)
    read = record.pop(_lookup(reaction.said).record_key, None)
    if read is None:
        return None
    reaction = replace(reaction, state=replace(reaction.state, record=record))
    if read["v"]["number"]:
        return offer_number(replace(reaction, manner="photo"), read["v"]["number"], now)
    return show(reaction.then(Say(WHY_NONE[read["v"]["why"]]), manner="unreadable"), now)


def offer_number(reaction: Reaction, number: str, now: Turn) -> Reaction:
    return ask_aside(reaction, "photo", now=now, about=number)


def _lookup(said: Inbound) -> Lookup:
    return Lookup("photo", "photo", {"channel": said.address.channel, "message": said.message_id})
