"""How a payment is used up."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.parts import Parts
from billing.payments.allocation import allocate, order_of
from portal.ledger.tables import Component

owed_parts = st.builds(Parts, *(st.integers(0, 10**12) for _ in range(3)))
orders = st.sampled_from([None, *permutations(Component)])


def test_costs_come_first_then_interest_then_principal() -> None:
    """Civil Code of China, article 561: 30,000 on 100,000 with 5,000 interest and 3,000 costs."""
    owed = Parts(10_000_000, 500_000, 300_000)
    paid = allocate(3_000_000, owed)
    assert paid.parts == Parts(2_200_000, 500_000, 300_000)
    assert (owed - paid.parts).principal_minor == 7_800_000


def test_a_client_may_have_agreed_another_order() -> None:
    owed = Parts(1_000, 200, 100)
    assert allocate(1_100, owed, order_of("principal,interest,costs")).parts == Parts(1_000, 100, 0)


def test_pro_rata_gives_the_rest_to_the_largest_remainder() -> None:
    assert allocate(100, Parts(100, 100, 100), order_of("pro_rata")).parts == Parts(34, 33, 33)


def test_what_is_more_than_owed_stands_apart() -> None:
    paid = allocate(26_500, Parts(24_000))
    assert (paid.parts, paid.surplus_minor) == (Parts(24_000), 2_500)


def test_everything_is_surplus_when_nothing_is_owed() -> None:
    for order in (None, order_of("costs,interest,principal")):
        assert allocate(500, Parts(), order).surplus_minor == 500


@pytest.mark.parametrize("agreed", ["", "costs", "costs,costs,principal", "costs,interest,principal,tips"])
def test_an_order_names_every_component_once(agreed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        order_of(agreed)


@pytest.mark.parametrize("amount", [0, -1])
def test_only_money_received_is_allocated(amount: int) -> None:
    with pytest.raises(ValueError, match="only money"):
        allocate(amount, Parts(100))


@given(amount=st.integers(1, 4 * 10**12), owed=owed_parts, order=orders)
def test_the_parts_add_up_and_no_component_is_overpaid(
    amount: int, owed: Parts, order: tuple[Component, ...] | None
) -> None:
    paid = allocate(amount, owed, order)
    assert paid.parts.total_minor + paid.surplus_minor == amount
    assert min(paid.parts.amounts) >= 0
    assert min((owed - paid.parts).amounts) >= 0
    assert paid.surplus_minor == 0 or (owed - paid.parts).total_minor == 0
