"""Off which parts of a claim a write-off comes, and whose word it needs, for any claim there could be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.parts import Parts
from billing.plans.authority import Floor, Ladder, Matter, Rung
from billing.write_offs.rules import Share, Wanted, divide, whose_word
from billing.write_offs.words import How
from cases.write_offs import Reason, closes_as
from portal.errors import Refused

minor = st.integers(0, 10**12)
claims = st.builds(Parts, minor, minor, minor).filter(lambda owed: owed.total_minor > 0)


def wanted(how: How, **more: object) -> Wanted:
    return Wanted(how=how, reason=Reason.UNECONOMICAL, note="x", **more)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(owed=claims, data=st.data())
def test_a_part_comes_off_interest_then_costs_then_principal_and_adds_up(owed: Parts, data: st.DataObject) -> None:
    amount = data.draw(st.integers(1, owed.total_minor))
    parts = divide(wanted(How.PART, amount_minor=amount), owed)
    assert parts.total_minor == amount
    left = owed - parts
    assert min(*parts.amounts, *left.amounts) >= 0
    assert not (parts.costs_minor and left.interest_minor), "costs only once no interest is left"
    assert not (parts.principal_minor and (left.interest_minor or left.costs_minor)), "principal last"
    assert divide(wanted(How.NAMED, named=parts.amounts), owed) == parts
    assert divide(wanted(How.ALL), owed) == owed


@settings(max_examples=40)
@given(owed=claims, over=st.integers(1, 10**6), place=st.integers(0, 2))
def test_never_more_comes_off_than_is_owed_and_never_nothing(owed: Parts, over: int, place: int) -> None:
    named = list(owed.amounts)
    named[place] += over
    for wrong, field in (
        (wanted(How.PART, amount_minor=owed.total_minor + over), "amount"),
        (wanted(How.PART, amount_minor=-over), "amount"),
        (wanted(How.PART), "amount"),
        (wanted(How.NAMED, named=tuple(named)), ("principal", "interest", "costs")[place]),
        (wanted(How.NAMED, named=(0, None, 0)), "principal"),
    ):
        with pytest.raises(Refused) as refusal:
            divide(wrong, owed)
        assert refusal.value.field == field


def test_goodwill_lets_interest_and_costs_go_and_never_principal() -> None:
    goodwill = replace(wanted(How.PART, amount_minor=50), reason=Reason.GOODWILL)
    assert divide(goodwill, Parts(100, 30, 20)) == Parts(0, 30, 20)
    with pytest.raises(Refused, match="another reason"):
        divide(replace(goodwill, amount_minor=51), Parts(100, 30, 20))


LADDER = Ladder("EUR", floors=(Floor(100, None, Decimal(75)), Floor(None, None, Decimal(65))))


def share(claimed: int, forgiven: int, days: int = 126) -> Share:
    return Share(claimed_minor=claimed, forgiven_minor=forgiven, claimed_in_limits_minor=claimed,
                 forgiven_in_limits_minor=forgiven, days_past_due=days)  # fmt: skip


def test_the_floors_of_settlements_say_whose_word_a_write_off_needs() -> None:
    for forgiven, rung in (
        (35_000, Rung.OWN),
        (35_001, Rung.SUPERVISOR),
        (45_000, Rung.SUPERVISOR),
        (45_001, Rung.CLIENT),
    ):
        assert whose_word(LADDER, share(100_000, forgiven)).rung is rung, forgiven
    assert whose_word(LADDER, share(100_000, 30_000, days=99)).rung is Rung.SUPERVISOR
    assert whose_word(LADDER, share(100_000, 100_000)).rung is Rung.CLIENT
    capped = whose_word(replace(LADDER, most_forgiven_minor=20_000), share(100_000, 20_001))
    assert (capped.rung, capped.checks[-1].matter) == (Rung.CLIENT, Matter.FORGIVEN)


@settings(max_examples=40)
@given(claimed=st.integers(1, 10**12), data=st.data())
def test_more_given_up_never_needs_a_lower_word(claimed: int, data: st.DataObject) -> None:
    less, more = sorted(data.draw(st.tuples(*[st.integers(0, claimed)] * 2)))
    assert whose_word(LADDER, share(claimed, less)).rung <= whose_word(LADDER, share(claimed, more)).rung


def test_a_case_closes_as_its_reason_says_or_as_settled_where_something_was_paid() -> None:
    assert closes_as(Reason.INSOLVENT, was_paid=True) == "debtor_insolvent"
    assert closes_as(Reason.SMALL_BALANCE, was_paid=True) == "settled_in_full"
    assert closes_as(Reason.CLIENT_AGREED, was_paid=False) == "uneconomical"
