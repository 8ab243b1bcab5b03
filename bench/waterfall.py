"""botbuilder-dialogs under the same task: as many questions in a WaterfallDialog, its state kept after every turn.

A program for the bench's own environment (`bench/requirements.lock`), so it imports nothing of the house:
`python bench/waterfall.py QUESTIONS SECONDS` prints {"turns": number, "seconds": time}.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from botbuilder.core import ConversationState, MemoryStorage, MessageFactory, TurnContext
from botbuilder.core.adapters import TestAdapter
from botbuilder.dialogs import DialogSet, DialogTurnResult, DialogTurnStatus, WaterfallDialog, WaterfallStepContext
from botbuilder.dialogs.prompts import PromptOptions, TextPrompt


async def ask(step: WaterfallStepContext) -> DialogTurnResult:
    return await step.prompt("text", PromptOptions(prompt=MessageFactory.text("Yes or no?")))


async def finish(step: WaterfallStepContext) -> DialogTurnResult:
    return await step.end_dialog(True)


def make_adapter(questions: int) -> TestAdapter:
    """A bot that asks so many questions again and again; what it knows goes through its storage at every turn."""
    state = ConversationState(MemoryStorage())
    dialogs = DialogSet(state.create_property("dialogs"))
    dialogs.add(TextPrompt("text"))
    dialogs.add(WaterfallDialog("questions", [*[ask] * questions, finish]))

    async def turn(context: TurnContext) -> None:
        dialog = await dialogs.create_context(context)
        result = await dialog.continue_dialog()
        if result.status == DialogTurnStatus.Empty:
            await dialog.begin_dialog("questions")
        await state.save_changes(context)

    return TestAdapter(turn)


async def main(questions: int, seconds: float) -> None:
    adapter = make_adapter(questions)
    await talk_through(adapter, questions)
    began, turns = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        turns += await talk_through(adapter, questions)
    print(json.dumps({"turns": turns, "seconds": time.perf_counter() - began}))


async def talk_through(adapter: TestAdapter, questions: int) -> int:
    """One conversation; gives its number of turns."""
    for _ in range(questions + 1):
        await adapter.receive_activity("yes")
    assert len(adapter.activity_buffer) == questions
    adapter.activity_buffer.clear()
    return questions + 1


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
