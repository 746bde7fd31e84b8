"""The figures that stand in the text of the money rules, each by the function of the product that it is about. Those of its
table of events are `tests.billing.test_every_event`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from billing.fees.agreements import agree
from billing.fees.rules import compute
from billing.fees.terms import Basis, Conditions, Mode, Rule, Tier
from billing.parts import Parts
from billing.payments.allocation import allocate
from billing.payments.register import load_payment
from billing.payments.returns import reverse
from portal import clock
from portal.money import decimal_string, exponent, parse_amount, share, split
from portal.tenancy.database import transaction
from portal.tenancy.migrate import ROOT
from tests.billing.fees.test_fee_rules import EUROS, FLAT, LADDER, agreed, facts
from tests.billing.money import NOON, TODAY, pay, wrong
from tests.billing.money import agreed as agreed_flat
from tests.cases.casework import placed_case
from tests.people import Cast

ROUNDED = {
    "25 % of 33.33 is 8.33": (share(3_333, Decimal("0.25")), 833),
    "three of them are 24.99, not 25.00": (3 * share(3_333, Decimal("0.25")), 2_499),
    "a half is rounded up": (share(2, Decimal("0.25")), 1),
    "and down below nought, so that a reversal is its mirror": (share(-2, Decimal("0.25")), -1),
    "100.00 / 3 = 33.34 + 33.33 + 33.33": (split(10_000, [1, 1, 1]), [3_334, 3_333, 3_333]),
    "a tie goes to the earlier part": (split(1, [1, 1]), [1, 0]),
    "the largest remainder goes first": (split(10, [1, 1, 4]), [2, 2, 6]),
    "a yen has no minor unit": ((exponent("JPY"), parse_amount("1234", "JPY"), decimal_string(1_234, "JPY")), (0, 1_234, "1234")),
    "a dinar has three digits": ((exponent("KWD"), parse_amount("1.250", "KWD"), decimal_string(1_250, "KWD")), (3, 1_250, "1.250")),
    "Civil Code 561: costs, interest, then principal": (
        allocate(3_000_000, Parts(10_000_000, 500_000, 300_000)).parts, Parts(2_200_000, 500_000, 300_000),
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", ROUNDED)
def test_what_the_rules_say_of_rounding_and_dividing_comes_out(said: str) -> None:
    found, expected = ROUNDED[said]
    assert found == expected


def _tiers(basis: Basis, mode: Mode) -> Rule:
    return Rule(basis=basis, mode=mode, tiers=LADDER, conditions=EUROS)


def _fee(rule: Rule, received: int, before: int = 0) -> int:
    return compute(agreed(rule, FLAT), facts(received, paid_before=before)).fee_minor


MARGINAL, WHOLE = (_tiers(Basis.PAYMENT_AMOUNT, mode) for mode in (Mode.MARGINAL, Mode.WHOLE))
TO_DATE, TO_DATE_WHOLE = (_tiers(Basis.PAID_TO_DATE, mode) for mode in (Mode.MARGINAL, Mode.WHOLE))
FEES: dict[str, tuple[Callable[[], int], int]] = {
    "10,000 marginal": (lambda: _fee(MARGINAL, 1_000_000), 2_350_00),
    "10,000 whole": (lambda: _fee(WHOLE, 1_000_000), 2_000_00),
    "1,500 to date": (lambda: _fee(TO_DATE, 150_000), 450_00),
    "the next 1,000": (lambda: _fee(TO_DATE, 100_000, 150_000), 275_00),
    "the next 1,000 after the first went back": (lambda: _fee(TO_DATE, 100_000, 100_000), 300_00),
    "1,500 to date, whole": (lambda: _fee(TO_DATE_WHOLE, 150_000), 450_00),
    "the next 1,000, whole": (lambda: _fee(TO_DATE_WHOLE, 100_000, 150_000), 250_00),
    "a tier includes its upper bound": (lambda: _fee(WHOLE, 200_000), 600_00),
    "10,000 settled for 8,000 at 15 %": (
        lambda: compute(agreed(Rule(tiers=(Tier(None, Decimal("0.15")),))), facts(share(1_000_000, Decimal("0.8")))).fee_minor,
        1_200_00,
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", FEES)
def test_what_the_rules_say_of_fees_comes_out(said: str) -> None:
    compute_fee, expected = FEES[said]
    assert compute_fee() == expected


async def test_fees_on_what_was_paid_to_date_follow_the_payments_and_reversals_of_a_case(cast: Cast) -> None:
    """1,500 → 450.00; 1,000 → 275.00; the first reversed −450.00; the next 1,000 → 300.00."""
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_000_000)
    rules = [_tiers(Basis.PAID_TO_DATE, Mode.MARGINAL), replace(FLAT, conditions=Conditions())]
    with clock.at(NOON - timedelta(days=90)):
        async with transaction(cast.owner.actor.scope):
            await agree(cast.owner.actor, cast.brandt.id, rules, TODAY - timedelta(days=90))
    first = await pay(cast.finance, case_id, 150_000)
    second = await pay(cast.finance, case_id, 100_000)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            reversal: UUID = await reverse(cast.finance.actor, first.id, "returned_by_bank", TODAY)
            back = await load_payment(cast.finance.actor, reversal)
    third = await pay(cast.finance, case_id, 100_000)
    assert [one.fee_minor for one in (first, second, back, third)] == [450_00, 275_00, -450_00, 300_00]
    assert await wrong(cast.nordkai.id) == []


async def test_three_payments_of_a_case_are_rounded_each_by_itself(cast: Cast) -> None:
    await agreed_flat(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=10_000)
    paid = [await pay(cast.finance, case_id, 3_333) for _ in range(3)]
    assert [one.fee_minor for one in paid] == [833, 833, 833]


ROUNDS = re.compile(r"\b(round|trunc)\(")


def rounds(path: Path) -> bool:
    """Whether what stands in a file for the database to read rounds something: all of SQL, the strings of Python."""
    text = path.read_text()
    if not ROUNDS.search(text) or path.suffix == ".sql":
        return bool(ROUNDS.search(text))
    strings = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return any(ROUNDS.search(each) for each in strings if isinstance(each, str))


def test_no_query_rounds_money_besides_the_one_function_that_does() -> None:
    files = [path for folder in ("billing", "cases", "portal") for path in (ROOT / folder).rglob("*.*")]
    known = {path for path in files if path.suffix in (".py", ".sql")}
    assert [path for path in known if not path.is_relative_to(ROOT / "portal" / "bench") and rounds(path)] == []
