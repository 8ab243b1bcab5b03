"""Our words as LINE's message objects.

plain text                  a text message
up to 6 choices             a Flex bubble with large buttons: they stay in the history, which quick replies do not
7 to 13 choices             quick replies
more                        numbered lines, to be answered by typing the number
date picker, card, link     a Flex bubble
too large for a bubble      the same in words
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from linebot.v3.messaging import (  # type: ignore[import-untyped]  # the SDK ships no types
    DatetimePickerAction,
    FlexBox,
    FlexBubble,
    FlexButton,
    FlexComponent,
    FlexMessage,
    FlexSeparator,
    FlexText,
    Message,
    PostbackAction,
    QuickReply,
    QuickReplyItem,
    TextMessage,
    URIAction,
)

from dialogs.message import Choice, DatePicker, Link, Outbound
from integrations.line import limits

# One palette; every pair is at least 4.5 : 1 (WCAG 2.2, 1.4.3).
INK = "#1B1F23"
MUTED = "#4A5560"
RULE = "#C9D1D6"
GREEN = "#0B5D3B"  # answers
NAVY = "#1F3A5F"  # opens something: a calendar, a page
QUIET = "#E3E8EB"  # beside a main answer; LINE writes on a secondary button in black

# LINE makes these tappable in a text message, and in a bubble it does not.
_TAPPABLE = re.compile(r"https?://|(?<!\d)0\d{1,4}-\d{1,4}-\d{3,4}(?!\d)")


def draw_all(outbounds: Sequence[Outbound]) -> list[Message]:
    """Message objects for one request, in order.

    Neighbouring texts are joined where there would be more than five objects (there can still be more than five after
    that). Quick replies move to the last object, because LINE shows only those of the last. Raises pydantic.v1's
    ValidationError where a value cannot be carried (data over 300 characters).
    """
    messages = [message for outbound in outbounds for message in draw(outbound)]
    if len(messages) > limits.MESSAGES:
        messages = _joined(messages)
    for earlier in messages[:-1]:
        if earlier.quick_reply:
            messages[-1].quick_reply = messages[-1].quick_reply or earlier.quick_reply
            earlier.quick_reply = None
    return messages


def draw(outbound: Outbound) -> list[Message]:
    """The message objects of one Outbound: one, or two where a text must stay tappable or is too long for one."""
    if not _wants_bubble(outbound) or _bytes_at_most(outbound) > limits.BUBBLE_BYTES:
        messages = [TextMessage(text=piece) for piece in limits.split_units(in_words(outbound))]
    elif outbound.card is None and _TAPPABLE.search(outbound.text):
        pieces = [TextMessage(text=piece) for piece in limits.split_units(outbound.text)]
        messages = [*pieces, _bubble(outbound, heading="")]
    else:
        messages = [_bubble(outbound, heading=outbound.text)]
    if messages and _wants_quick_replies(outbound):
        messages[-1].quick_reply = _quick_reply(outbound)
    return messages


def in_words(outbound: Outbound) -> str:
    """Everything in plain words; choices are numbered, unless quick replies show them."""
    card, link = outbound.card, outbound.link
    parts = [outbound.text]
    if card:
        parts.append("\n".join([card.title, *(f"{label}: {value}" for label, value in card.rows)]))
        parts.append(card.note)
    if link:
        parts.append(f"{link.label}\n{link.url}")
    if outbound.date_picker:
        parts.append(outbound.date_picker.or_typed)
    if not _wants_quick_replies(outbound):
        parts.append(_numbered(outbound.choices))
    return "\n\n".join(part for part in parts if part)


def _numbered(choices: Sequence[Choice]) -> str:
    return "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(choices, 1))


def _wants_bubble(outbound: Outbound) -> bool:
    link = outbound.link if outbound.link and len(outbound.link.url) <= limits.URI else None
    return bool(outbound.card or outbound.date_picker or link or 1 <= len(outbound.choices) <= limits.BUTTONS)


def _wants_quick_replies(outbound: Outbound) -> bool:
    if limits.BUTTONS < len(outbound.choices) <= limits.QUICK_REPLIES:
        return True
    return 0 < len(outbound.choices) <= limits.BUTTONS and _bytes_at_most(outbound) > limits.BUBBLE_BYTES


def _bytes_at_most(outbound: Outbound) -> int:
    """The bubble's JSON on the wire, from above: six bytes a UTF-16 unit, and the frame of each component."""
    rows = outbound.card.rows if outbound.card else ()
    texts = [outbound.text, *(part for row in rows for part in row)]
    texts += [outbound.card.title, outbound.card.note] if outbound.card else []
    texts += [part for choice in outbound.choices for part in (choice.value, choice.label, choice.label)]
    frames = 4000 + 150 * 2 * len(rows) + 300 * len(outbound.choices)
    return 6 * sum(limits.utf16_units(text) for text in texts) + frames


def _bubble(outbound: Outbound, *, heading: str) -> Message:
    # A list too long for buttons and quick replies stands in the body; a link too long for a button stands in words.
    body = [_text(heading)] if heading else []
    if outbound.card:
        body += _card(outbound, ruled=bool(heading))
    if outbound.date_picker and outbound.date_picker.or_typed:
        body.append(_text(outbound.date_picker.or_typed, size="md", color=MUTED, margin="md"))
    if len(outbound.choices) > limits.QUICK_REPLIES:
        body.append(_text(_numbered(outbound.choices), margin="lg"))
    if outbound.link and len(outbound.link.url) > limits.URI:
        body.append(_text(f"{outbound.link.label}\n{outbound.link.url}", size="md", margin="lg"))
    buttons = _buttons(outbound)
    return FlexMessage(
        alt_text=_alt_text(outbound),
        contents=FlexBubble(
            size="giga",
            body=FlexBox(layout="vertical", contents=body) if body else None,
            footer=FlexBox(layout="vertical", spacing="md", contents=buttons) if buttons else None,
        ),
    )


def _card(outbound: Outbound, *, ruled: bool) -> list[FlexComponent]:
    card = outbound.card
    if card is None:
        return []
    drawn = [FlexSeparator(margin="lg", color=RULE)] if ruled else []
    drawn.append(_text(card.title, size="xl", weight="bold", margin="lg" if ruled else None))
    for label, value in card.rows:
        drawn += [_text(label, size="md", color=MUTED, margin="lg")] if label else []
        drawn += [_text(value, margin="xs")] if value else []
    if card.note:
        drawn += [FlexSeparator(margin="lg", color=RULE), _text(card.note, size="md", margin="lg")]
    return drawn


def _buttons(outbound: Outbound) -> list[FlexComponent]:
    drawn = []
    if outbound.date_picker:
        drawn.append(_button(_pick(outbound.date_picker, outbound.ask_id), color=NAVY))
    if outbound.link and len(outbound.link.url) <= limits.URI:
        drawn.append(_button(_open(outbound.link), color=NAVY))
    if len(outbound.choices) <= limits.BUTTONS:
        for place, choice in enumerate(outbound.choices):
            quiet = place > 0 and outbound.card is not None
            action = _answer(outbound.ask_id, choice, label_limit=limits.FLEX_BUTTON_LABEL)
            drawn.append(_button(action, color=QUIET if quiet else GREEN, style="secondary" if quiet else "primary"))
    return drawn


def _text(
    text: str, size: str = "lg", *, color: str = INK, margin: str | None = None, weight: str | None = None
) -> FlexText:
    # scaling follows the letter size that the person chose in LINE
    return FlexText(text=text, size=size, color=color, margin=margin, weight=weight, wrap=True, scaling=True)


def _button(action: object, *, color: str, style: str = "primary") -> FlexButton:
    # a button does not wrap its label: a long one is shrunk, where it would otherwise end in …
    return FlexButton(action=action, color=color, style=style, height="md", adjust_mode="shrink-to-fit", scaling=True)


def _answer(ask_id: str, choice: Choice, *, label_limit: int) -> PostbackAction:
    return PostbackAction(
        label=limits.cut_graphemes(choice.label, label_limit),
        data=f"{ask_id}|{choice.value}",
        display_text=limits.cut_graphemes(choice.label, limits.DISPLAY_TEXT),
    )


def _pick(picker: DatePicker, ask_id: str) -> DatetimePickerAction:
    first, last = date.fromisoformat(limits.PICKER_FIRST), date.fromisoformat(limits.PICKER_LAST)
    low, high = max(picker.earliest, first), min(picker.latest, last)
    return DatetimePickerAction(
        label=limits.cut_graphemes(picker.label, limits.FLEX_BUTTON_LABEL),
        data=f"{ask_id}|",
        mode="date",
        initial=min(max(picker.initial, low), high).isoformat(),
        # LINE refuses bounds that are the same day
        min=low.isoformat() if low < high else None,
        max=high.isoformat(),
    )


def _open(link: Link) -> URIAction:
    return URIAction(label=limits.cut_graphemes(link.label, limits.FLEX_BUTTON_LABEL), uri=link.url)


def _quick_reply(outbound: Outbound) -> QuickReply:
    return QuickReply(
        items=[
            QuickReplyItem(action=_answer(outbound.ask_id, choice, label_limit=limits.QUICK_REPLY_LABEL))
            for choice in outbound.choices
        ]
    )


def _alt_text(outbound: Outbound) -> str:
    # Shown on a locked screen and in the list of chats: what a card's rows say of a person stays out of it.
    title = outbound.card.title if outbound.card else ""
    parts = [outbound.text, title, _numbered(outbound.choices)]
    labels = [part.label for part in (outbound.date_picker, outbound.link) if part]
    return limits.cut_units("\n".join(part for part in [*parts, *labels] if part), limits.ALT_TEXT_UNITS)


def _joined(messages: Sequence[Message]) -> list[Message]:
    joined: list[Message] = []
    for message in messages:
        last = joined[-1] if joined else None
        if isinstance(message, TextMessage) and isinstance(last, TextMessage) and not last.quick_reply:
            together = f"{last.text}\n\n{message.text}"
            if limits.utf16_units(together) <= limits.TEXT_UNITS:
                joined[-1] = TextMessage(text=together, quick_reply=message.quick_reply)
                continue
        joined.append(message)
    return joined
