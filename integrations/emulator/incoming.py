"""What every request of the counter goes through: the troubles that are set, and the wire record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from flask import Flask, Response, g, request

from integrations.emulator.cut import cut_answer
from integrations.emulator.faults import SPOILING, Fault
from integrations.emulator.wire import Exchange
from integrations.emulator.world import World

PARTIES = frozenset({"chatwoot", "line", "office", "oidc", "twilio", "vendor", "vonage"})
TIMEOUT_SECONDS = 30.0
DELAY_SECONDS = 3.0
AFTER = {"drop_after": "drop_before", "timeout_after": "timeout", "status_after": "status"}

FaultAnswer = Callable[[int], Response]


def json_answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body."""
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, headers=dict(headers or {}), content_type="application/json")


def install(app: Flask, world: World, fault_answers: Mapping[str, FaultAnswer]) -> None:
    """Hang the troubles and the record around the endpoints of all who are called over HTTP."""

    def before() -> Response | None:
        if request.blueprint not in PARTIES:
            return None
        g.started = time.monotonic()
        later: list[Fault] = []
        g.later = later
        for fault in world.faults.draw(str(request.endpoint)):
            if fault.do in AFTER:
                later.append(fault)
            elif fault.do in SPOILING:
                g.spoilt = fault.do
            elif answer := _strike(fault, fault.do, fault_answers[str(request.blueprint)]):
                return answer
        return None

    def after(response: Response) -> Response:
        if request.blueprint not in PARTIES or "started" not in g:
            return response
        for fault in g.later:
            response = _strike(fault, AFTER[fault.do], fault_answers[str(request.blueprint)]) or response
        world.wire.record(_exchange(world, response))
        return response

    app.before_request(before)
    app.after_request(after)


def _strike(fault: Fault, do: str, answer: FaultAnswer) -> Response | None:
    """Suffer this trouble; the answer that takes the place of the true one, if any."""
    if do == "status":
        return answer(fault.status)
    if do == "delay":
        time.sleep(fault.lasts(DELAY_SECONDS))
        return None
    if do == "timeout":
        time.sleep(fault.lasts(TIMEOUT_SECONDS))
    g.cut = True
    return cut_answer()


def _exchange(world: World, response: Response) -> Exchange:
    cut = "cut" in g
    return Exchange(
        at=world.clock.now().isoformat(),
        direction="in",
        party=str(request.blueprint),
        method=request.method,
        url=request.url,
        status=0 if cut else response.status_code,
        ms=(time.monotonic() - g.started) * 1000,
        headers=_headers(),
        body=request.get_data(),
        response=b"" if cut or response.is_streamed else response.get_data(),
        note="the emulator cut the connection" if cut else "",
    )


def _headers() -> dict[str, str]:
    return dict(request.headers.items())
