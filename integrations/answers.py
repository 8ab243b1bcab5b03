"""A body from outside, read as a model: what it does not allow is told by its places alone."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

_Model = TypeVar("_Model", bound=BaseModel)


class Misshapen(Exception):
    """A body that the model does not allow; its text repeats no value."""


def read_model(model: type[_Model], body: bytes) -> _Model:
    """The body as that model; raises Misshapen."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        # Only places: pydantic would also hand out the input, which may be personal, or a code.
        places = ", ".join("/".join(map(str, each["loc"])) or "the whole" for each in error.errors(include_input=False))
        raise Misshapen(places) from None
