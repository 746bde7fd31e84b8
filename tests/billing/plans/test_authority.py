"""Whose word an agreement needs: the negotiator's, a supervisor's, the client's."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.parts import Parts
from billing.plans.authority import (
    Authority,
    Check,
    Claim,
    Floor,
    Ladder,
    Length,
    Matter,
    Rung,
    as_content,
    authority,
    ladder_in,
    shipped,
)
from billing.plans.schedule import schedule
from billing.plans.terms import Schedule, Terms

LADDER = shipped("EUR", 2)
MADE_ON = date(2026, 11, 24)


def plan(count: int, down_percent: int = 10, **changed: Any) -> Schedule:
    said: dict[str, Any] = {"first_on": date(2026, 12, 31), "down_on": MADE_ON, "down_minor": down_percent * 100_00}
    owed = Parts(10_000_00)
    return schedule(Terms(currency="EUR", made_on=MADE_ON, owed=owed, count=count, **(said | changed)))


def settlement(percent: str, count: int = 1, days: int = 10) -> Schedule:
    forgiven = 10_000_00 - int(Decimal(percent) * 100_00)
    return schedule(
        Terms(
            currency="EUR",
            made_on=MADE_ON,
            owed=Parts(10_000_00),
            forgiven_minor=forgiven,
            first_on=MADE_ON + timedelta(days=days),
            count=count,
        )
    )


def needed(made: Schedule, days_past_due: int = 50, ladder: Ladder = LADDER) -> Authority:
    return authority(ladder, made, Claim(made.terms.owed.total_minor, made.terms.forgiven_minor, days_past_due))


@pytest.mark.parametrize(
    ("months", "rung"), [(9, Rung.OWN), (10, Rung.SUPERVISOR), (12, Rung.SUPERVISOR), (13, Rung.CLIENT)]
)
def test_a_longer_plan_needs_a_higher_word(months: int, rung: Rung) -> None:
    assert needed(plan(months)).rung is rung


@pytest.mark.parametrize(
    ("percent", "rung"), [(10, Rung.OWN), (9, Rung.SUPERVISOR), (5, Rung.SUPERVISOR), (4, Rung.CLIENT)]
)
def test_a_smaller_first_payment_needs_a_higher_word(percent: int, rung: Rung) -> None:
    assert needed(plan(3, percent)).rung is rung


def test_what_is_paid_whole_in_one_payment_needs_no_first_part() -> None:
    assert needed(plan(1, 0)).rung is Rung.OWN


def test_larger_balances_may_have_longer_plans() -> None:
    ladder = replace(LADDER, lengths=(Length(1_000_00, 3, 6), Length(None, 9, 12)))
    assert authority(ladder, plan(4), Claim(1_000_00, 0, 50)).rung is Rung.SUPERVISOR
    assert authority(ladder, plan(4), Claim(1_000_01, 0, 50)).rung is Rung.OWN


@pytest.mark.parametrize(
    ("days", "balance", "percent"),
    [(99, 4_999_99, 80), (99, 5_000_00, 75), (100, 4_999_99, 65), (100, 5_000_00, 65)],
)
def test_the_floor_goes_by_age_and_balance(days: int, balance: int, percent: int) -> None:
    assert LADDER.floor_for(days, balance).percent == percent


@pytest.mark.parametrize(
    ("offer", "rung"),
    [("75", Rung.OWN), ("74.99", Rung.SUPERVISOR), ("65", Rung.SUPERVISOR), ("64.99", Rung.CLIENT)],
)
def test_a_settlement_climbs_the_ladder_by_its_offer(offer: str, rung: Rung) -> None:
    assert needed(settlement(offer)).rung is rung


def test_a_settlement_in_many_payments_or_late_is_the_clients_to_decide() -> None:
    assert needed(settlement("90", count=4, days=0)).rung is Rung.CLIENT
    assert needed(settlement("90", days=91)).rung is Rung.CLIENT
    assert needed(settlement("90", days=90)).rung is Rung.OWN


def test_much_forgiven_is_the_clients_to_decide_however_high_the_offer() -> None:
    strict = replace(LADDER, most_forgiven_minor=500_00)
    assert needed(settlement("95"), ladder=strict).rung is Rung.OWN
    assert needed(settlement("94.99"), ladder=strict).rung is Rung.CLIENT


def test_what_was_looked_at_can_be_read_again_years_later() -> None:
    found = needed(settlement("74.99"))
    again = tuple(Check.from_facts(check.as_facts()) for check in found.checks)
    assert again == found.checks
    assert [check.matter for check in found.checks] == [Matter.OFFER, Matter.PAYMENTS, Matter.DAYS]


def test_limits_are_stored_and_read_unchanged() -> None:
    ladder = replace(LADDER, most_forgiven_minor=7, lengths=(Length(5, 1, 2), Length(None, 3, 4)))
    assert ladder_in(as_content(ladder)) == ladder


def test_limits_that_leave_claims_out_are_none() -> None:
    with pytest.raises(ValueError):
        Ladder("EUR", lengths=(Length(5, 1, 2),))
    with pytest.raises(ValueError):
        Ladder("EUR", floors=(Floor(100, None, Decimal(80)),))
