"""The arithmetic of fees: the vectors of the money rules, and what must hold for any payment."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.fees.rules import Facts, Fee, compute
from billing.fees.terms import (
    AgeFrom,
    Agreement,
    Basis,
    Conditions,
    Limits,
    Mode,
    Payee,
    Rule,
    Surcharge,
    SurchargeKind,
    Tier,
)
from billing.parts import Parts
from portal.ledger.tables import Component

PLACED = date(2026, 5, 18)
FLAT = Rule(tiers=(Tier(None, Decimal("0.25")),))
LADDER = (Tier(200_000, Decimal("0.30")), Tier(500_000, Decimal("0.25")), Tier(None, Decimal("0.20")))
EUROS = Conditions(currency="EUR")


def facts(
    received: int = 0,
    *,
    parts: Parts | None = None,
    currency: str = "EUR",
    received_on: date = date(2026, 10, 2),
    age: int = 142,
    placed: int = 1_000_000,
    received_by: Payee = Payee.AGENCY,
    stage: str = "amicable",
    paid_before: int = 0,
    fees_before: int = 0,
) -> Facts:
    return Facts(
        currency=currency,
        placed_minor=placed,
        placed_on=PLACED,
        oldest_due_on=PLACED - timedelta(days=age),
        received_on=received_on,
        parts=parts or Parts(received),
        received_by=received_by,
        stage=stage,
        paid_before=Parts(paid_before),
        fees_before_minor=fees_before,
    )


def agreed(*rules: Rule) -> Agreement:
    return Agreement(rules=rules, version=2, effective_from=date(2026, 3, 1))


def outcomes(fee: Fee) -> list[tuple[object, object]]:
    rules = fee.explanation["rules"]
    assert isinstance(rules, list)
    return [(rule["outcome"], rule.get("code")) for rule in rules]


def test_a_flat_fee_is_the_rate_of_the_payment() -> None:
    fee = compute(agreed(FLAT), facts(50_000))
    assert (fee.fee_minor, fee.rate) == (12_500, Decimal("0.25"))
    assert outcomes(fee) == [("fits", "flat")]


def test_three_payments_of_33_33_are_rounded_one_by_one() -> None:
    assert [compute(agreed(FLAT), facts(3_333)).fee_minor for _ in range(3)] == [833, 833, 833]


@pytest.mark.parametrize(("paid", "fee"), [(2, 1), (1, 0), (3, 1), (6, 2)])
def test_a_half_cent_is_rounded_up(paid: int, fee: int) -> None:
    assert compute(agreed(FLAT), facts(paid)).fee_minor == fee


@pytest.mark.parametrize(("rate", "fee"), [("0", 0), ("1", 50_000), ("0.000001", 0), ("0.333333", 16_667)])
def test_rates_from_nothing_to_everything(rate: str, fee: int) -> None:
    assert compute(agreed(Rule(tiers=(Tier(None, Decimal(rate)),))), facts(50_000)).fee_minor == fee


@pytest.mark.parametrize(("currency", "paid", "fee"), [("JPY", 1_001, 250), ("JPY", 1_002, 251), ("KWD", 1_250, 313)])
def test_yen_and_dinars_round_to_their_own_smallest_unit(currency: str, paid: int, fee: int) -> None:
    assert compute(agreed(FLAT), facts(paid, currency=currency)).fee_minor == fee


def test_components_that_bear_no_fee_are_left_out() -> None:
    rule = Rule(tiers=FLAT.tiers, components=frozenset({Component.PRINCIPAL, Component.INTEREST}))
    fee = compute(agreed(rule), facts(parts=Parts(30_000, 10_000, 10_000)))
    assert fee.fee_minor == 10_000
    assert compute(agreed(rule), facts(parts=Parts(0, 0, 10_000))).fee_minor == 0


def test_the_first_rule_that_fits_by_age_wins_and_the_others_say_why_not() -> None:
    def old(days: int, rate: str) -> Rule:
        return Rule(basis=Basis.AGE_AT_PLACEMENT, tiers=(Tier(days, Decimal(rate)),))

    free = Rule(tiers=(Tier(None, Decimal(0)),), conditions=Conditions(within_days=14))
    rest = Rule(tiers=(Tier(None, Decimal("0.35")),))
    fee = compute(agreed(free, old(120, "0.20"), old(180, "0.25"), old(730, "0.30"), rest), facts(50_000))
    assert (fee.fee_minor, fee.rate) == (12_500, Decimal("0.25"))
    assert outcomes(fee) == [
        ("skipped", "after_free_days"),
        ("skipped", "over_last_tier"),
        ("fits", "age_at_placement"),
        ("not_reached", None),
        ("not_reached", None),
    ]


@pytest.mark.parametrize(("age", "rate"), [(-5, "0.20"), (120, "0.20"), (121, "0.25"), (180, "0.25"), (731, "0.35")])
def test_a_tier_includes_its_upper_bound(age: int, rate: str) -> None:
    tiers = (
        Tier(120, Decimal("0.20")),
        Tier(180, Decimal("0.25")),
        Tier(730, Decimal("0.30")),
        Tier(None, Decimal("0.35")),
    )
    assert compute(agreed(Rule(basis=Basis.AGE_AT_PLACEMENT, tiers=tiers)), facts(50_000, age=age)).rate == Decimal(
        rate
    )


@pytest.mark.parametrize(("placed", "rate"), [(29_999, "0.50"), (200_000, "0.28"), (200_001, "0.20")])
def test_the_amount_placed_picks_the_tier(placed: int, rate: str) -> None:
    tiers = (Tier(30_000, Decimal("0.50")), Tier(200_000, Decimal("0.28")), Tier(None, Decimal("0.20")))
    rule = Rule(basis=Basis.PLACED_AMOUNT, tiers=tiers, conditions=EUROS)
    assert compute(agreed(rule, FLAT), facts(50_000, placed=placed)).rate == Decimal(rate)


@pytest.mark.parametrize(("mode", "fee"), [(Mode.MARGINAL, 235_000), (Mode.WHOLE, 200_000)])
def test_a_payment_of_10_000_over_three_tiers(mode: Mode, fee: int) -> None:
    rule = Rule(basis=Basis.PAYMENT_AMOUNT, mode=mode, tiers=LADDER, conditions=EUROS)
    assert compute(agreed(rule, FLAT), facts(1_000_000)).fee_minor == fee


@pytest.mark.parametrize(("mode", "fees"), [(Mode.MARGINAL, (45_000, 27_500)), (Mode.WHOLE, (45_000, 25_000))])
def test_paid_to_date_looks_at_what_came_before(mode: Mode, fees: tuple[int, int]) -> None:
    rule = Rule(basis=Basis.PAID_TO_DATE, mode=mode, tiers=LADDER, conditions=EUROS)
    first = compute(agreed(rule, FLAT), facts(150_000))
    second = compute(agreed(rule, FLAT), facts(100_000, paid_before=150_000))
    assert (first.fee_minor, second.fee_minor) == fees


def test_paid_to_date_is_net_of_reversals() -> None:
    rule = Rule(basis=Basis.PAID_TO_DATE, mode=Mode.MARGINAL, tiers=LADDER, conditions=EUROS)
    # 1,500 came, then 1,000; the 1,500 went back; the next 1,000 starts at 1,000.
    assert compute(agreed(rule, FLAT), facts(100_000, paid_before=250_000 - 150_000)).fee_minor == 30_000


def test_a_settlement_pays_the_fee_on_what_was_paid() -> None:
    rule = Rule(tiers=(Tier(None, Decimal("0.15")),))
    assert compute(agreed(rule), facts(800_000)).fee_minor == 120_000


def test_direct_payments_may_have_a_rate_of_their_own() -> None:
    direct = Rule(tiers=(Tier(None, Decimal("0.10")),), conditions=Conditions(received_by=Payee.CLIENT))
    assert compute(agreed(direct, FLAT), facts(10_000, received_by=Payee.CLIENT)).fee_minor == 1_000
    assert compute(agreed(direct, FLAT), facts(10_000)).fee_minor == 2_500


@pytest.mark.parametrize(("kind", "added", "fee"), [("points", "0.05", 30_000), ("relative", "0.1", 27_500)])
def test_accounts_older_than_a_bound_bear_a_surcharge(kind: str, added: str, fee: int) -> None:
    rule = Rule(tiers=FLAT.tiers, surcharge=Surcharge(730, SurchargeKind(kind), Decimal(added)))
    assert compute(agreed(rule), facts(100_000, age=730)).fee_minor == 25_000
    assert compute(agreed(rule), facts(100_000, age=731)).fee_minor == fee


def test_a_fee_is_rounded_once_from_the_exact_rate_half_up() -> None:
    """0.05001 and a twentieth of it are 0.0525105: of 1,000,000.00 that is 52,510.50, and the rate is kept as 0.052511."""
    rule = Rule(
        tiers=(Tier(None, Decimal("0.05001")),), surcharge=Surcharge(1, SurchargeKind.RELATIVE, Decimal("0.05"))
    )
    fee = compute(agreed(rule), facts(100_000_000))
    assert (fee.fee_minor, fee.rate) == (5_251_050, Decimal("0.052511"))
    sliced = Rule(
        basis=Basis.PAYMENT_AMOUNT,
        mode=Mode.MARGINAL,
        tiers=(Tier(1, Decimal(1)), Tier(None, Decimal(0))),
        conditions=EUROS,
    )
    on_two_millions = compute(agreed(sliced, FLAT), facts(2_000_000))
    assert (on_two_millions.fee_minor, on_two_millions.rate) == (1, Decimal("0.000001")), "half a millionth is one"


def test_slices_bear_the_surcharge_each_on_its_own_rate() -> None:
    rule = Rule(
        basis=Basis.PAYMENT_AMOUNT,
        mode=Mode.MARGINAL,
        tiers=LADDER,
        conditions=EUROS,
        surcharge=Surcharge(100, SurchargeKind.RELATIVE, Decimal("0.1")),
    )
    assert compute(agreed(rule, FLAT), facts(1_000_000)).fee_minor == 258_500, "2,350.00 and a tenth"


def test_an_agreement_says_whether_accounts_age_from_their_issue() -> None:
    by_age = Rule(basis=Basis.AGE_AT_PLACEMENT, tiers=(Tier(120, Decimal("0.20")), Tier(None, Decimal("0.30"))))
    seen = replace(facts(100_000, age=100), oldest_issued_on=PLACED - timedelta(days=130))
    assert compute(agreed(by_age), seen).fee_minor == 20_000
    issued = replace(agreed(by_age), age_from=AgeFrom.ISSUED)
    assert compute(issued, seen).fee_minor == 30_000
    assert compute(issued, replace(seen, oldest_issued_on=None)).fee_minor == 20_000, "no date of issue is known"


def test_each_stage_may_have_a_rate_of_its_own() -> None:
    legal = Rule(tiers=(Tier(None, Decimal("0.40")),), conditions=Conditions(stages=("legal", "forwarded")))
    assert compute(agreed(legal, FLAT), facts(10_000, stage="legal")).fee_minor == 4_000
    assert compute(agreed(legal, FLAT), facts(10_000)).fee_minor == 2_500


def test_a_rule_for_debtors_abroad_is_passed_over_at_home_with_its_reason() -> None:
    abroad = Rule(tiers=(Tier(None, Decimal("0.35")),), conditions=Conditions(foreign=True))
    at_home = compute(agreed(abroad, FLAT), facts(10_000))
    assert at_home.fee_minor == 2_500 and at_home.explanation["rules"][0]["code"] == "not_foreign"  # type: ignore[index]
    assert compute(agreed(abroad, FLAT), replace(facts(10_000), foreign=True)).fee_minor == 3_500


@pytest.mark.parametrize(("day", "fee"), [(0, 0), (14, 0), (15, 2_500)])
def test_the_free_days_end_with_their_last_day(day: int, fee: int) -> None:
    free = Rule(tiers=(Tier(None, Decimal(0)),), conditions=Conditions(within_days=14))
    paid = facts(10_000, received_on=PLACED + timedelta(days=day))
    assert compute(agreed(free, FLAT), paid).fee_minor == fee


def test_a_minimum_takes_no_more_than_the_money_received() -> None:
    rule = Rule(tiers=FLAT.tiers, minimum_minor=5_000, conditions=EUROS)
    assert compute(agreed(rule, FLAT), facts(30_000)).fee_minor == 7_500
    assert compute(agreed(rule, FLAT), facts(10_000)).fee_minor == 5_000
    assert compute(agreed(rule, FLAT), facts(4_000)).fee_minor == 4_000


def test_limits_per_case_look_at_the_fees_so_far() -> None:
    rule = Rule(tiers=FLAT.tiers, minimum_minor=5_000, maximum_minor=20_000, limits=Limits.CASE, conditions=EUROS)
    assert compute(agreed(rule, FLAT), facts(8_000)).fee_minor == 5_000
    assert compute(agreed(rule, FLAT), facts(8_000, fees_before=5_000)).fee_minor == 2_000
    assert compute(agreed(rule, FLAT), facts(80_000, fees_before=5_000)).fee_minor == 15_000
    assert compute(agreed(rule, FLAT), facts(80_000, fees_before=25_000)).fee_minor == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"tiers": ()},
        {"tiers": (Tier(10, Decimal("0.1")),)},
        {"tiers": (Tier(None, Decimal("1.01")),)},
        {"tiers": (Tier(None, Decimal("-0.01")),)},
        {"tiers": (Tier(None, Decimal("0.0000001")),)},
        {"tiers": (Tier(5, Decimal("0.1")), Tier(5, Decimal("0.2"))), "basis": Basis.DAYS},
        {"tiers": (Tier(None, Decimal("0.1")), Tier(5, Decimal("0.2"))), "basis": Basis.DAYS},
        {"tiers": FLAT.tiers, "basis": Basis.DAYS, "mode": Mode.MARGINAL},
        {"tiers": LADDER, "basis": Basis.PAYMENT_AMOUNT},
        {"tiers": FLAT.tiers, "minimum_minor": 100},
        {"tiers": FLAT.tiers, "components": frozenset()},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Rule(**wrong)  # type: ignore[arg-type]


def test_an_agreement_ends_with_a_rule_that_always_fits() -> None:
    with pytest.raises(ValueError, match="default"):
        agreed(FLAT, Rule(tiers=FLAT.tiers, conditions=EUROS))
    with pytest.raises(ValueError, match="default"):
        Agreement(rules=())


rates = st.integers(0, 1_000_000).map(lambda millionths: Decimal(millionths).scaleb(-6))
amounts = st.integers(1, 10**12)


@given(rate=rates, parts=st.builds(Parts, *(st.integers(0, 10**12) for _ in range(3))))
def test_a_fee_is_never_more_than_the_payment_and_within_half_a_cent_of_exact(rate: Decimal, parts: Parts) -> None:
    fee = compute(agreed(Rule(tiers=(Tier(None, rate),))), facts(parts=parts))
    assert 0 <= fee.fee_minor <= parts.total_minor
    assert abs(Fraction(rate) * parts.total_minor - fee.fee_minor) <= Fraction(1, 2)


@given(
    payments=st.lists(amounts, min_size=1, max_size=8),
    bounds=st.lists(amounts, min_size=1, max_size=4, unique=True),
    tier_rates=st.lists(rates, min_size=5, max_size=5),
)
def test_slices_by_paid_to_date_add_up_to_those_of_one_payment(
    payments: list[int], bounds: list[int], tier_rates: list[Decimal]
) -> None:
    tiers = tuple(Tier(bound, rate) for bound, rate in zip([*sorted(bounds), None], tier_rates, strict=False))
    rule = Rule(basis=Basis.PAID_TO_DATE, mode=Mode.MARGINAL, tiers=tiers, conditions=EUROS)
    whole = compute(agreed(rule, FLAT), facts(sum(payments))).fee_minor
    one_by_one = [
        compute(agreed(rule, FLAT), facts(paid, paid_before=sum(payments[:place]))).fee_minor
        for place, paid in enumerate(payments)
    ]
    assert abs(sum(one_by_one) - whole) <= len(payments)
