"""The schemas of openapi.yaml as pydantic models: what we send, and what we read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

PROBLEM_TYPE = "urn:madoguchi:rewards:"  # in front of the words of the document's table of problems
MOST_YEN = 2**31 - 1


def _read_date(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


class _Answer(BaseModel):
    # Whoever answers may know more than we ask for.
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class OrderPart(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    amount: Annotated[int, Field(ge=1, le=MOST_YEN)]
    brands: Annotated[list[str], Field(min_length=1, max_length=50)]
    choose_until: str


class GiftPart(_Answer):
    request_id: Annotated[str, Field(pattern=r"\A[0-9A-Za-z]{1,40}\z")]
    vendor_ref: Annotated[str, Field(min_length=1, max_length=200)]
    status: Literal["issued", "redeemed", "cancelled", "expired"]
    amount: Annotated[int, Field(ge=1, le=MOST_YEN)]
    brand: str | None = None
    url: str | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> GiftPart:
        if (self.status == "redeemed") != (self.brand is not None):
            raise ValueError("a gift has a brand once it is redeemed, and not before")
        return self


class CodePart(_Answer):
    brand: str
    code: Annotated[str, Field(pattern=r"\A[\x21-\x7e]{1,200}\z")]
    pin: Annotated[str, Field(pattern=r"\A[\x21-\x7e]{0,40}\z")] = ""
    # It becomes a link on our page.
    url: Annotated[str, Field(pattern=r"\A(https://[\x21-\x7e]{1,1990})?\z")] = ""
    expires_on: Annotated[date | None, BeforeValidator(_read_date)] = None


class Problem(_Answer):
    """An error as RFC 9457 has it; `surely_not_done` is our extension member."""

    type: str
    surely_not_done: bool = False

    @property
    def word(self) -> str:
        """The word of the document's table of problems, "" for a problem of others."""
        return self.type.removeprefix(PROBLEM_TYPE) if self.type.startswith(PROBLEM_TYPE) else ""
