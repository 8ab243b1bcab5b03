"""Days that no calendar reaches and signs that no key types: the pages of the console answer all the same."""

from __future__ import annotations

import pytest

from tests.bot.console.desk import at_work, hire
from tests.bot.web.counter import Browser, Counter

FAR_DAYS = ("from=0001-01-01", "to=0001-01-01", "from=9999-12-31", "to=9999-12-31", "from=0001-01-01&to=9999-12-31")


@pytest.fixture
def aoi(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "aoi", "admin", name="管理 葵"))


@pytest.mark.parametrize("page", ["audit", "audit.csv", "funnel", "funnel.csv"])
def test_days_that_no_calendar_reaches_are_those_at_its_end(aoi: Browser, page: str) -> None:
    assert [200] * len(FAR_DAYS) == [aoi.client.get(f"/console/{page}?{days}").status_code for days in FAR_DAYS]


def test_a_sign_that_no_key_types_is_left_out(counter: Counter, aoi: Browser) -> None:
    assert 200 == aoi.client.get("/console/audit?who=%00test").status_code
    assert "職員を加えた" in aoi.get("/console/audit?who=te%00st").text
    for path, field in (("/console/search", "q"), ("/console/history", "sought")):
        assert "見つかりません" in aoi.get(path).post(path, **{field: "1234\x0056"}).text
    aoi.get("/console/staff").post("/console/staff", name="佐藤\x00 花子\x1f", login="ha\x00nako", role="agent")
    assert "佐藤 花子" in aoi.get("/console/staff").text
    assert 404 == aoi.post("/console/staff/ha%00nako", do="end-sessions").page.status_code
