"""One person at two doors, on PostgreSQL: found by the number it goes to or by a code, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.asker import Asker, Found
from bot.filing import standings
from bot.lookups import look_up
from bot.parts import Parts
from bot.store import known_claims, submissions
from bot.store.db import transaction
from bot.store.known_claims import NUMBER_HOLDS, Known, Whose
from bot.store.outgoing import NewOutgoing
from bot.store.submissions import NewSubmission, Withdrawal
from dialogs.rules.claim import make_receipt_no
from dialogs.steps import Lookup
from tests.bot.refunds_house import APRIL, application, counter

NUMBER = "+819011112222"  # where the URL of the applications goes
SETTINGS = {
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
}


def asker(parts: Parts, channel: str = "sms", user: str = NUMBER) -> Asker:
    return Asker(parts.vault.fingerprint(channel, user), parts.campaign, "ja", APRIL)


def ask(parts: Parts, name: str, who: Asker, **args: Any) -> Found:
    """Look it up; what was shown is written down, as a turn writes it."""
    found = look_up(parts, Lookup(name, name, args), who)
    with transaction(parts.db) as connection:
        for each in found.sends:
            if isinstance(each, Known):
                known_claims.know(connection, each)
    return found


def found_by(parts: Parts, who: Asker) -> list[str]:
    return [one.receipt_no for one in standings(parts, Whose(who.person))]


def filed(parts: Parts, serial: int = 1) -> NewSubmission:
    """An application that came by LINE; its URL goes to NUMBER."""
    row = application(parts, serial)
    with transaction(parts.db) as connection:
        target = parts.vault.fingerprint("sms", NUMBER)
        connection.execute("UPDATE submissions SET target = %s", [target])
    return row


def test_a_number_that_was_silent_for_long_shows_the_end_of_a_paper_again(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row, me = filed(parts), replace(asker(parts), channel="sms")
        with transaction(parts.db) as connection:
            connection.execute("UPDATE submissions SET person = target")
        late = replace(me, at=row.acted_at + NUMBER_HOLDS + timedelta(seconds=1))
        in_time = replace(me, at=row.acted_at + NUMBER_HOLDS)
        assert [row.receipt_no] == [one.receipt_no for one in standings(parts, in_time.whose)]
        assert {"waiting": 0} == ask(parts, "claims_here", in_time).result
        assert [] == standings(parts, late.whose)
        assert {"waiting": 1} == ask(parts, "claims_here", late).result
        assert {"claim": "wrong"} == ask(parts, "show_here", late, digits="0000").result
        assert {"claim": "right"} == ask(parts, "show_here", late, digits=row.receipt_no[-4:]).result
        assert [row.receipt_no] == [one.receipt_no for one in standings(parts, late.whose)]
        assert {"waiting": 0} == ask(parts, "claims_here", late).result


def test_a_line_account_is_its_persons_for_ever(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row = application(parts, 1)
        late = Asker(row.person, parts.campaign, "ja", row.acted_at + 2 * NUMBER_HOLDS, channel="line")
        assert [row.receipt_no] == [one.receipt_no for one in standings(parts, late.whose)]


def test_the_number_and_the_end_of_a_paper_show_the_claim_to_its_person(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row, me = filed(parts), asker(parts)
        assert [] == found_by(parts, me)
        assert {"waiting": 1} == ask(parts, "claims_here", me).result
        assert {"claim": "right"} == ask(parts, "show_here", me, digits=row.receipt_no[-4:], n=1).result
        assert [row.receipt_no] == found_by(parts, me)
        assert {"waiting": 0} == ask(parts, "claims_here", me).result
        with transaction(parts.db) as connection:
            assert submissions.withdraw(connection, Withdrawal(row.receipt_no, me.person, APRIL))


def test_the_end_of_a_coupons_number_does_as_well(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        filed(parts)
        assert {"claim": "right"} == ask(parts, "show_here", asker(parts), digits="0001", n=1).result


def test_each_application_at_one_number_is_shown_by_its_own_papers_alone(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        before, mine, me = filed(parts, 1), filed(parts, 2), asker(parts)
        assert {"claim": "right"} == ask(parts, "show_here", me, digits=mine.receipt_no[-4:], n=1).result
        assert [mine.receipt_no] == found_by(parts, me)
        assert {"claim": "right"} == ask(parts, "show_here", me, digits=before.receipt_no[-4:], n=2).result
        assert {before.receipt_no, mine.receipt_no} == set(found_by(parts, me))


def test_what_is_shown_counts_within_the_very_turn(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row, me = filed(parts), asker(parts)
        shown = look_up(parts, Lookup("here", "show_here", {"digits": row.receipt_no[-4:], "n": 1}), me).sends
        ids = tuple(each.id for each in shown if isinstance(each, Known))
        at_once = Asker(me.person, me.campaign, "ja", APRIL, shown=ids)
        assert [row.receipt_no] == look_up(parts, Lookup("w", "withdrawable", {}), at_once).result["receipt_nos"]
        assert [] == look_up(parts, Lookup("w", "withdrawable", {}), me).result["receipt_nos"]


def test_by_sms_also_who_filed_there_shows_a_coupon_to_take_it_back(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row, me = filed(parts), replace(asker(parts), channel="sms")
        with transaction(parts.db) as connection:
            connection.execute("UPDATE submissions SET person = %s", [me.person])
        assert ask(parts, "withdrawable", me).result["paper"]
        assert not ask(parts, "withdrawable", replace(me, channel="line")).result["paper"]
        given = {"receipt_no": row.receipt_no}
        assert {"coupon": "wrong"} == ask(parts, "own_paper", me, digits=row.receipt_no[-4:], **given).result
        assert {"coupon": "right"} == ask(parts, "own_paper", me, digits="0001", **given).result
        assert {"coupon": "wrong"} == ask(parts, "own_paper", asker(parts, user="+8190"), digits="0001", **given).result


def test_another_number_is_shown_nothing_and_guesses_come_to_an_end(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row, other = filed(parts), asker(parts, user="+819099999999")
        assert {"waiting": 0} == ask(parts, "claims_here", other).result
        assert {"claim": "wrong"} == ask(parts, "show_here", other, digits=row.receipt_no[-4:], n=1).result
        assert {"claim": "wrong"} == ask(parts, "show_here", asker(parts, "line"), digits=row.receipt_no[-4:]).result
        guesser = asker(parts)
        words = [ask(parts, "show_here", guesser, digits="0000", n=n).result["claim"] for n in range(6)]
        assert ["wrong"] * 5 + ["too_often"] == words
        assert [] == found_by(parts, guesser)


def test_elsewhere_it_is_the_receipt_number_and_the_code(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        row, me = filed(parts), asker(parts, "line", "U1")
        sent = ask(parts, "send_code_to_claim", me, receipt_no=row.receipt_no, n=1)
        (message,) = sent.sends
        assert isinstance(message, NewOutgoing)
        assert ["sms", NUMBER] == parts.vault.open_json(message.address, "address")
        text = parts.vault.open_json(message.body, "body")[0]["text"]
        code = next(word for word in text.replace("（", " ").split() if word.isdigit())
        given = {"receipt_no": row.receipt_no, "ticket": sent.result["ticket"]}
        wrong = "000000" if code != "000000" else "111111"
        assert {"code": "wrong"} == ask(parts, "check_code_of_claim", me, said=wrong, **given).result
        assert {"code": "right"} == ask(parts, "check_code_of_claim", me, said=code, **given).result
        ask(parts, "know_claim", me, receipt_no=row.receipt_no)
        assert [row.receipt_no] == found_by(parts, me)


def test_a_number_that_nobody_has_is_answered_alike_and_nothing_is_sent(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, **SETTINGS) as parts:
        me = asker(parts, "line", "U1")
        sent = ask(parts, "send_code_to_claim", me, receipt_no=make_receipt_no(77), n=1)
        assert ((), {"sent", "ticket"}, True) == (sent.sends, set(sent.result), sent.result["sent"])
        given = {"receipt_no": make_receipt_no(77), "ticket": sent.result["ticket"]}
        words = [ask(parts, "check_code_of_claim", me, said="123456", **given).result["code"] for _ in range(5)]
        assert ["wrong"] * 5 == words
        again = ask(parts, "send_code_to_claim", me, receipt_no=make_receipt_no(77), n=2)
        assert {"sent": False, "why": "too_many"} == again.result
