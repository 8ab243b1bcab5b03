"""The client of a gift vendor, or of what translates for one, that speaks openapi.yaml."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from pydantic import BaseModel

from integrations.answers import Misshapen, read_model
from integrations.call import Answer, CallFailed, Request, SharedKey, open_http, send
from integrations.rewards.circuit import Circuit
from integrations.rewards.code import RewardCode
from integrations.rewards.document import CodePart, GiftPart, OrderPart, Problem
from integrations.rewards.vendor import (
    Gift,
    GiftStatus,
    Order,
    VendorAway,
    VendorError,
    VendorRefused,
    VendorUnknown,
    check_request_id,
)

REFUSALS = frozenset({400, 404, 409, 413, 415, 422})
# Answered before anything was done, so there is no doubt about an effect.
TURNED_AWAY = {401: "unauthorised", 402: "insufficient_funds", 403: "forbidden", 429: "busy"}

_Part = TypeVar("_Part", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class HttpRewardsConfig:
    """Where the vendor is, without a slash at the end, and our key there. Times are seconds."""

    url: str
    key: str = field(default="", repr=False)
    connect_seconds: float = 2.0
    read_seconds: float = 5.0


class HttpRewards:
    """A Vendor at the other end of HTTP; all threads of a process share one. close() ends its connections.

    Nothing is repeated here: whoever asks has a row with a due time for it.
    """

    def __init__(self, config: HttpRewardsConfig, *, circuit: Circuit | None = None) -> None:
        self._config = config
        self._http = open_http(config.connect_seconds)
        self._key = SharedKey(config.key)
        self._circuit = circuit or Circuit()

    def close(self) -> None:
        self._http.close()

    def issue(self, request_id: str, order: Order) -> Gift:
        """A gift for that order; the same id and order again give the same gift. Raises VendorError."""
        body = OrderPart(
            amount=order.amount, brands=list(order.brands), choose_until=order.choose_until.isoformat()
        ).model_dump_json()
        return _gift(self._act("PUT", request_id, body=body), request_id)

    def get(self, request_id: str) -> Gift | None:
        """The gift of that id as it stands, None if there is none. Raises VendorAway, whatever goes wrong."""
        try:
            answer = self._ask("GET", request_id)
            if answer.status == 404 and _word(answer) == "no-such-gift":
                return None
            return _gift(answer, request_id)
        except VendorError as error:
            raise VendorAway(error.reason, error.retry_after) from error

    def cancel(self, request_id: str) -> Gift:
        """End a gift that is not redeemed; one that was cancelled before stays so. Raises VendorError."""
        return _gift(self._act("POST", request_id, "/cancellation"), request_id)

    def redeem(self, request_id: str, brand: str) -> RewardCode:
        """The code of a gift in that brand; once redeemed, the same code again. Raises VendorError."""
        answer = self._act("POST", request_id, "/redemption", body=json.dumps({"brand": brand}))
        part = _read(answer, CodePart)
        if part.brand != brand:
            raise VendorUnknown("nonsense")
        return RewardCode(part.code, part.pin, part.url, part.expires_on)

    def _act(self, method: str, request_id: str, path: str = "", *, body: str = "{}") -> Answer:
        return self._ask(method, request_id, path, body=body.encode())

    def _ask(self, method: str, request_id: str, path: str = "", *, body: bytes = b"") -> Answer:
        check_request_id(request_id)
        if rest := self._circuit.rest():
            raise VendorAway("resting", rest)
        request = Request(
            method, f"{self._config.url}/gifts/{request_id}{path}", body, seconds=self._config.read_seconds
        )
        try:
            answer = send(self._http, request, self._key.headers())
        except CallFailed as failed:
            self._circuit.failed()
            raise (VendorAway if failed.surely_not_done else VendorUnknown)(failed.reason) from failed
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        if answer.status >= 500:
            self._circuit.failed()
        else:
            self._circuit.answered()


def _gift(answer: Answer, request_id: str) -> Gift:
    part = _read(answer, GiftPart)
    if part.request_id != request_id:
        raise VendorUnknown("nonsense")
    return Gift(part.request_id, part.vendor_ref, GiftStatus(part.status), part.amount, part.brand, part.url)


def _read(answer: Answer, model: type[_Part]) -> _Part:
    if answer.status != 200 or answer.media_type != "application/json":
        _fail(answer)
    try:
        return read_model(model, answer.body)
    except Misshapen:
        raise VendorUnknown("nonsense") from None


def _fail(answer: Answer) -> NoReturn:
    problem = _problem(answer)
    seconds = float(answer.retry_after) if answer.retry_after.isascii() and answer.retry_after.isdigit() else None
    if answer.status in TURNED_AWAY:
        raise VendorAway(TURNED_AWAY[answer.status], seconds)
    if answer.status in REFUSALS and problem and problem.word:
        raise VendorRefused(problem.word.replace("-", "_"))
    if answer.status == 503 and problem and problem.surely_not_done:
        raise VendorAway("unavailable", seconds)
    raise VendorUnknown("unavailable" if answer.status == 503 else "failed" if answer.status >= 500 else "nonsense")


def _word(answer: Answer) -> str:
    problem = _problem(answer)
    return problem.word if problem else ""


def _problem(answer: Answer) -> Problem | None:
    if answer.media_type != "application/problem+json":
        return None
    try:
        return read_model(Problem, answer.body)
    except Misshapen:
        return None
