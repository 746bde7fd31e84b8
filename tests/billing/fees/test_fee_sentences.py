"""Every fee has its sentence, in both languages, from what was stored."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.fees.rules import compute
from billing.fees.sentence import Explanation, explain
from billing.fees.terms import Agreement, Basis, Conditions, Mode, Payee, Rule, Surcharge, SurchargeKind, Tier
from billing.parts import Parts
from portal.ledger.tables import Component
from portal.pages.text import speaking
from tests.billing.fees.test_fee_rules import EUROS, FLAT, LADDER, agreed, facts


def stored(agreement: Agreement, *args: object, **values: object) -> Explanation:
    """As it comes back from the database."""
    fee = compute(agreement, facts(*args, **values))  # type: ignore[arg-type]
    return explain(json.loads(json.dumps(fee.explanation)))


@pytest.fixture(autouse=True)
def _english() -> object:
    with speaking("en", "Europe/Berlin"):
        yield


def spaced(text: object) -> str:
    return str(text).replace("\u00a0", " ")


def by_age() -> Agreement:
    def old(days: int, rate: str) -> Rule:
        return Rule(basis=Basis.AGE_AT_PLACEMENT, tiers=(Tier(days, Decimal(rate)),))

    free = Rule(tiers=(Tier(None, Decimal(0)),), conditions=Conditions(within_days=14))
    return agreed(
        free, old(120, "0.20"), old(180, "0.25"), old(730, "0.30"), Rule(tiers=(Tier(None, Decimal("0.35")),))
    )


def test_a_fee_by_age_says_how_old_the_account_was() -> None:
    fee = stored(by_age(), 50_000)
    assert spaced(fee.sentence) == (
        "25 % because the account was 142 days old when placed (rule 3 of agreement v2, from 1 Mar 2026);"
        " 500.00 × 25 % = 125.00."
    )
    assert fee.short == "142 days old when placed"
    assert [(rule["state"], spaced(rule["outcome"])) for rule in fee.rules] == [
        ("skipped", "paid on day 137, skipped"),
        ("skipped", "142 is over 120, skipped"),
        ("hit", "fits"),
        ("not_reached", "not reached"),
        ("not_reached", "not reached"),
    ]
    assert spaced(fee.rules[0]["text"]) == "First 14 days: no fee"
    assert ("Age when placed", "142 days") in fee.facts
    assert fee.total == ("Net to client, before VAT", "375.00")


def test_a_surcharge_is_said_with_the_age_that_brought_it() -> None:
    raised = Rule(tiers=FLAT.tiers, surcharge=Surcharge(100, SurchargeKind.POINTS, Decimal("0.05")))
    fee = stored(agreed(raised), 50_000)
    assert "30 % because one rate was agreed" in spaced(fee.sentence)
    assert spaced(fee.sentence).endswith(
        "500.00 × 30 % = 150.00. With the surcharge for its age of 142 days: 5 % points more over 100 days old."
    )
    assert spaced(fee.rules[0]["text"]) == "25 % of every payment; 5 % points more over 100 days old"


def test_a_flat_fee_says_that_one_rate_was_agreed() -> None:
    assert spaced(stored(agreed(FLAT), 50_000).sentence) == (
        "25 % because one rate was agreed for every payment (rule 1 of agreement v2, from 1 Mar 2026);"
        " 500.00 × 25 % = 125.00."
    )


def test_a_rounded_fee_shows_what_was_rounded() -> None:
    fee = stored(agreed(FLAT), 33_333)
    assert "333.33 × 25 % = 83.3325, rounded to 83.33" in spaced(fee.sentence)
    assert ("333.33 × 25 %, rounded half up", "83.33") in [(spaced(a), b) for a, b in fee.calculation]


def test_slices_are_shown_one_by_one() -> None:
    rule = Rule(basis=Basis.PAYMENT_AMOUNT, mode=Mode.MARGINAL, tiers=LADDER, conditions=EUROS)
    said = spaced(stored(agreed(rule, FLAT), 1_000_000).sentence)
    assert said.startswith("30 %, 25 %, 20 % because the payment was of 10,000.00")
    assert "2,000.00 × 30 % + 3,000.00 × 25 % + 5,000.00 × 20 % = 2,350.00" in said


def test_costs_without_a_fee_are_named() -> None:
    rule = Rule(tiers=FLAT.tiers, components=frozenset({Component.PRINCIPAL, Component.INTEREST}))
    lines = stored(agreed(rule), parts=Parts(46_000, 0, 4_000)).calculation
    assert ("To costs, no fee on it", "40.00") in lines
    assert ("To principal and interest", "460.00") in lines


def test_a_direct_payment_leaves_the_client_owing_the_fee() -> None:
    assert stored(agreed(FLAT), 20_000, received_by=Payee.CLIENT).total == ("Net to client, before VAT", "−50.00")


def test_a_reversal_says_whose_fee_went_back() -> None:
    original = compute(agreed(FLAT), facts(50_000)).explanation
    fee = explain({**original, "reverses": {"received_on": "2026-10-07"}})
    assert spaced(fee.sentence) == "The payment of 7 Oct 2026 went back, and with it exactly its fee of 125.00."
    assert fee.total == ("Net to client, before VAT", "−375.00")


@given(
    basis=st.sampled_from(list(Basis)),
    received=st.integers(1, 10**9),
    age=st.integers(-400, 4_000),
    payee=st.sampled_from(list(Payee)),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    language=st.sampled_from(["en", "zh-Hans"]),
    bound=st.integers(1, 10**6),
)
def test_every_fee_can_be_said_in_both_languages(
    basis: Basis, received: int, age: int, payee: Payee, currency: str, language: str, bound: int
) -> None:
    rule = Rule(
        basis=basis,
        tiers=(Tier(None, Decimal("0.175")),) if basis is Basis.FLAT else (Tier(bound, Decimal("0.175")),),
        conditions=Conditions(currency=currency, stages=("amicable",)),
    )
    other = Rule(tiers=FLAT.tiers, conditions=Conditions(received_by=Payee.CLIENT, within_days=3))
    legal = Rule(tiers=FLAT.tiers, conditions=Conditions(stages=("legal",)))
    agreement = agreed(other, legal, rule, FLAT)
    on = date(2026, 5, 18) + timedelta(days=received % 10)
    fee = stored(agreement, received, age=age, received_by=payee, currency=currency, received_on=on)
    with speaking(language):
        assert "×" in fee.sentence
        assert len(fee.rules) == 4
        assert fee.short
        assert fee.facts
        assert fee.calculation
        assert fee.total
