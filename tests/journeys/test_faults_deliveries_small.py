"""A small run of what `make faults` does to a mailing: nobody is without a message, and nobody has two."""

from __future__ import annotations

from bench.faults_deliveries import Plan, own_engines, run


def test_a_mailing_survives_kills_restarts_and_a_provider_that_fails() -> None:
    with own_engines() as (engines, folder):
        small = Plan(people=200, web=1, workers=2, seconds_between=2.0, engines_every=6.0, most_seconds=600)
        report = run(small, engines, folder, print)
    assert dict.fromkeys(report.broken, 0) == report.broken
    assert 200 <= report.counts["texts at the provider"] + report.counts["mails at the relay"]
