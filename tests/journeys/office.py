"""What the office does meanwhile in a recording: coupons come in, refunds are checked, filed, released and paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot import refund_files, refunds, returned_transfers
from dialogs.rules.refund import ReturnReason
from integrations.zengin import load_sender
from tests.bot.refunds_house import check
from tests.journeys.house import PROJECT
from tests.journeys.studio import House

SENDER = PROJECT / "sample-data" / "refund-sender.toml"


class Office:
    """Commands by their first word; each gives what is seen at the desk, a line each."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._acts: Mapping[str, Callable[[str], Iterator[str]]] = {
            "coupon": self._coupon,
            "check": self._check,
            "make": self._make,
            "release": self._release,
            "export": self._export,
            "paid": self._paid,
            "back": self._back,
        }

    def does(self, what: str) -> list[str]:
        """«check 佐藤», «release 田中»: the word, and by whom; a refusal is seen as what it says."""
        word, _, rest = what.partition(" ")
        try:
            return [f"office| {line}" for line in self._acts[word](rest)]
        except refunds.RefundError as refused:
            return [f"office| refused: {refused}"]

    def _coupon(self, said: str) -> Iterator[str]:
        self.house.import_coupon(said)
        yield from ()

    def _check(self, by: str) -> Iterator[str]:
        for number in self._asked_for():
            yield f"{number}: {check(self.house.parts, number, by=by)} yen"

    def _make(self, by: str) -> Iterator[str]:
        for file in refund_files.make_files(self.house.parts, load_sender(SENDER), by=by):
            yield f"file {file.number}: {file.lines} × {file.total} yen, paid on {file.pay_on}"

    def _release(self, by: str) -> Iterator[str]:
        yield refund_files.release_file(self.house.parts, self._file(), by=by).state

    def _export(self, by: str) -> Iterator[str]:
        content = refund_files.export(self.house.parts, self._file(), by=by).decode("cp932")
        yield from (f"{line}|" for line in content.split("\r\n") if line)

    def _paid(self, by: str) -> Iterator[str]:
        yield f"{refund_files.mark_paid(self.house.parts, self._file(), by=by)} paid"

    def _back(self, by: str) -> Iterator[str]:
        for number in self._asked_for():
            returned_transfers.take_back(self.house.parts, number, reason=ReturnReason.WRONG_NAME, by=by)
            yield f"{number}: came back"

    def _asked_for(self) -> list[str]:
        return [number for (number,) in self.house.rows("SELECT receipt_no FROM refunds ORDER BY receipt_no")]

    def _file(self) -> int:
        (number,) = self.house.rows("SELECT max(number) FROM refund_files")[0]
        return int(number)
