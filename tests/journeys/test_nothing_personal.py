"""A whole case leaves nothing personal in logs, and nothing readable in the database."""

from __future__ import annotations

from contextlib import closing

from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON, House
from tests.journeys.player import PrivatePage, Traveller

SECRETS = ("SECRET_KEYS", "LINE_CHANNEL_SECRETS", "TWILIO_AUTH_TOKEN", "CLAIMS_SERVE_KEY", "DATABASE_URL")


def test_a_whole_case_leaves_nothing_personal_behind(own_house: MakeHouse) -> None:
    house = own_house(LOG_LEVEL="debug")
    house.start()
    house.emulator.clock.set(NOON)
    # Troubles make the code say more than a smooth day does.
    house.emulator.faults.set(
        {
            "line": [{"do": "status", "status": 500, "share": 0.1}, {"do": "drop_before", "share": 0.1}],
            "twilio.create": [{"do": "status", "status": 429, "times": 1}],
            "seed": 5,
        }
    )
    by_sms, by_mail = Traveller(house, next(SERIALS)), Traveller(house, next(SERIALS), mail="taro@example.co.jp")
    personal = [word for person in (by_sms, by_mail) for word in _case(house, person)]
    house.settle()
    said = house.said()
    assert [] == [word for word in personal if word in said]
    assert [] == [name for name in SECRETS if house.values[name].split(":", 1)[-1] in said]
    assert '"event": "submission.settled"' in said
    readable = _database(house)
    coupon_numbers = {row[0] for row in house.rows("SELECT number FROM coupons")}
    hidden = [word for word in personal if word not in coupon_numbers]
    assert [] == [word for word in hidden if word in readable or word.encode().hex() in readable]


def _case(house: House, person: Traveller) -> list[str]:
    """Go through the whole case; every word that must not be read afterwards."""
    coupon = house.coupon()
    person.begins()
    person.is_eligible()
    link = person.names_coupons([coupon])
    with closing(PrivatePage(link)) as page:
        page.open()
        page.send(choice="agree")
        page.send(answer="！？")  # refused, with its reason
        page.send(answer=person.name)
        page.send(answer=person.national)
        page.send(answer=person.target)
        code = person.code()
        page.send(answer=code)
    person.applies()
    url = person.reward_url()
    assert person.reward_page()
    parts = [person.number, person.national, person.national[3:], "栃木　花子", "花子", person.line.id, code, coupon]
    return [*filter(None, (*parts, person.mail)), link.rpartition("/")[2], url.rpartition("/")[2]]


def _database(house: House) -> str:
    tables = [row[0] for row in house.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    queries = [f"SELECT t::text FROM {table} t" for table in tables]  # noqa: S608 - the tables are our own
    return "\n".join(str(row) for query in queries for row in house.rows(query))
