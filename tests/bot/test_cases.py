"""Cases on PostgreSQL: one live one for a person, a kind and a coupon; mended only while nobody has taken it up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot import cases
from bot.asker import Asker
from bot.lookups import LOOKUPS
from bot.parts import Parts
from bot.store import cases as kept
from bot.store.db import autocommit, transaction
from dialogs.rules.cases import OVER, CaseDetails, read_case_no
from tests.bot.refunds_house import APRIL, counter

HANAKO, TARO = b"hanako", b"taro"
TWICE = {"kind": "B2", **CaseDetails(number="TG12345678", prefecture="09", shop="日光見本屋", times="two").plain()}


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        opened.redis.flushdb()
        yield opened


def tell(
    parts: Parts, told: dict[str, Any], person: bytes = HANAKO, before: dict[str, Any] | None = None, origin: str = ""
) -> dict[str, Any]:
    """What a turn would do: look it up, and write what is planned, once."""
    asker = Asker(person, parts.campaign, "ja", APRIL, origin=origin, channel="line", before=before or {})
    found = LOOKUPS["open_case"](parts, told, asker)
    with transaction(parts.db) as connection:
        for row in found.sends:
            assert isinstance(row, kept.NewCase | kept.MendedCase)
            assert kept.write(connection, row)
    return found.result


def stands(parts: Parts, told: dict[str, Any], person: bytes = HANAKO) -> dict[str, Any]:
    asker = Asker(person, parts.campaign, "ja", APRIL)
    return LOOKUPS["case_standing"](parts, told, asker).result


def moved_to(parts: Parts, state: str) -> None:
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE cases SET state = %s", [state])


def rows(parts: Parts, query: str) -> list[tuple[Any, ...]]:
    with autocommit(parts.db) as connection:
        return connection.execute(query.encode()).fetchall()


def test_what_was_told_is_on_record_sealed_under_a_number_of_its_own(parts: Parts) -> None:
    told = tell(parts, TWICE)
    case = kept.by_no(parts.db, told["case_no"])
    assert case
    assert ("opened", "B2", "opened", 2) == (told["case"], case.kind, case.state, case.campaign_version)
    assert told["case_no"] == read_case_no(told["case_no"])
    details = cases.open_details(parts, case)
    assert details == CaseDetails(number="TG12345678", prefecture="09", shop="日光見本屋", times="two")
    assert "日光".encode() not in (case.details or b"")


def test_who_tells_the_same_again_hears_the_number_they_have_and_how_it_stands(parts: Parts) -> None:
    assert {"case": "none"} == stands(parts, TWICE)
    first = tell(parts, TWICE)
    moved_to(parts, "checking")
    known = {"case": "known", "case_no": first["case_no"], "state": "checking"}
    assert known == stands(parts, TWICE)
    assert known == tell(parts, {**TWICE, "shop": "別の店"})
    assert [(1,)] == rows(parts, "SELECT count(*) FROM cases")


def test_another_kind_another_coupon_and_another_person_are_cases_of_their_own(parts: Parts) -> None:
    told = [
        tell(parts, TWICE),
        tell(parts, {**TWICE, "kind": "B1"}),
        tell(parts, {**TWICE, "number": "TG87654321"}),
        tell(parts, {**TWICE, "number": ""}),
        tell(parts, TWICE, TARO),
    ]
    assert ["opened"] * 5 == [each["case"] for each in told]
    assert 5 == len({each["case_no"] for each in told})
    assert "known" == tell(parts, {**TWICE, "number": "", "shop": "別の店"})["case"]
    assert {"case": "none"} == stands(parts, {**TWICE, "kind": "OTHER"})


@pytest.mark.parametrize("state", [str(state) for state in OVER])
def test_what_is_over_can_be_told_anew(parts: Parts, state: str) -> None:
    first = tell(parts, TWICE)
    moved_to(parts, state)
    assert {"case": "none"} == stands(parts, TWICE)
    second = tell(parts, TWICE, before=first)
    assert ("opened", True) == (second["case"], second["case_no"] != first["case_no"])


def test_who_corrects_a_slip_mends_the_case_that_waits(parts: Parts) -> None:
    first = tell(parts, TWICE)
    mended = {**TWICE, "kind": "B1", "number": "TG87654321", "shop": "別の店"}
    assert {"case": "mended", "case_no": first["case_no"]} == tell(parts, mended, before=first)
    assert "known" == stands(parts, mended)["case"]
    assert {"case": "none"} == stands(parts, TWICE)
    case = kept.by_no(parts.db, first["case_no"])
    assert case
    assert ("B1", "別の店") == (case.kind, getattr(cases.open_details(parts, case), "shop", None))


def test_what_staff_have_taken_up_is_not_changed_under_their_hands(parts: Parts) -> None:
    first = tell(parts, TWICE)
    moved_to(parts, "checking")
    told = tell(parts, {**TWICE, "number": "TG87654321"}, before=first)
    assert {"case": "with_staff", "case_no": first["case_no"]} == told
    assert {"case": "none"} == stands(parts, {**TWICE, "number": "TG87654321"})


def test_nobody_mends_a_case_that_is_another_persons(parts: Parts) -> None:
    first = tell(parts, TWICE)
    with pytest.raises(AssertionError):
        tell(parts, {**TWICE, "shop": "別の店"}, TARO, before=first)


def test_two_turns_at_once_open_one_case(parts: Parts) -> None:
    asker = Asker(HANAKO, parts.campaign, "ja", APRIL, channel="line")
    planned = [LOOKUPS["open_case"](parts, TWICE, asker).sends[0] for _ in range(4)]

    def write(row: Any) -> bool:
        with transaction(parts.db) as connection:
            return kept.write(connection, row)

    with ThreadPoolExecutor(4) as at_once:
        assert [False, False, False, True] == sorted(at_once.map(write, planned))


def test_there_is_an_end_to_how_many_one_person_or_one_address_opens(parts: Parts) -> None:
    told = [tell(parts, {**TWICE, "number": f"TG{n:08}"})["case"] for n in range(11)]
    assert ["opened"] * 10 + ["too_many"] == told
    many = [tell(parts, TWICE, f"visitor {n}".encode(), origin="203.0.113.7")["case"] for n in range(31)]
    assert ["opened"] * 30 + ["too_many"] == many


def test_the_database_counts_as_over_what_the_table_of_states_does(parts: Parts) -> None:
    indexes = rows(parts, "SELECT indexdef FROM pg_indexes WHERE indexname IN ('one_live_case', 'case_waiting')")
    assert [{str(state) for state in OVER}] * 2 == [set(re.findall(r"'(\w+)'::text", row[0])) for row in indexes]


def test_staff_see_first_what_has_waited_longest_and_what_is_over_last(parts: Parts) -> None:
    first, second, third = (tell(parts, {**TWICE, "number": f"TG{n:08}"})["case_no"] for n in range(3))
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE cases SET state = 'closed' WHERE case_no = %s", [first])
        listed = [case.case_no for case in kept.listed(connection, [parts.campaign.id], state=None, most=9)]
        closed = [case.case_no for case in kept.listed(connection, [parts.campaign.id], state="closed", most=9)]
        counts = kept.counts(connection, parts.campaign.id)
    assert ([second, third, first], [first], {"closed": 1, "opened": 2}) == (listed, closed, counts)
    assert [third, second, first] == [case.case_no for case in kept.of_person(parts.db, HANAKO)]


def test_the_oldest_that_wait_are_listed_first_of_whichever_campaign(parts: Parts) -> None:
    for number in range(4):
        tell(parts, TWICE | {"number": f"TG1234567{number}"})
    aged = """
    WITH n AS (SELECT id, row_number() OVER (ORDER BY id) n FROM cases)
    UPDATE cases SET acted_at = acted_at - n * interval '1 day', campaign = CASE WHEN n IN (1, 4) THEN 'a' ELSE 'b' END,
        state = CASE n WHEN 4 THEN 'closed' ELSE 'opened' END
    FROM n WHERE n.id = cases.id
    """
    with autocommit(parts.db) as connection:
        connection.execute(aged)
        found = [case.campaign for case in kept.listed(connection, ["a", "b"], state=None, most=3)]
    assert ["b", "b", "a"] == found
