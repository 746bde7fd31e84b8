"""What a claim has in common with one placed before: the score, its reasons, and who may see them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake.issue import Code
from cases.intake.likeness import Likeness, Pair, same_invoice, same_reference
from cases.intake.stored import StoredRow
from portal.pages.text import CHINESE, speaking
from tests.cases.intake.handing import checked, look, placed, placed_by_a_system
from tests.cases.intake.placements import csv_text, row
from tests.cases.intake.test_correcting_rows import correct, row_of
from tests.people import Cast

NEAR = Likeness(
    number=Pair("re 24188", "RE-024188"), debtor=Pair("Pompe SPA", "Pompe S.p.A."), currency="EUR", amount_minor=841200
)
SAME_DAY = replace(NEAR, number=Pair("RE-1", "RE-2"), due_on=date(2026, 7, 2))


@pytest.mark.parametrize(
    ("likeness", "score"),
    [
        (same_reference("RE-1"), 100),
        (same_invoice("Pompe S.p.A.", "Pompe S.p.A.", "EUR", "RE-1", 100), 100),
        (same_invoice("Pompe SPA", "Pompe S.p.A.", "EUR", "RE-1", 100), 95),
        (NEAR, 90),
        (SAME_DAY, 70),
    ],
)
def test_the_less_two_claims_are_written_alike_the_lower_the_score(likeness: Likeness, score: int) -> None:
    assert likeness.score == score


def test_the_reasons_name_both_values_in_the_readers_language() -> None:
    assert NEAR.words() == (
        "Score 90 of 100: nearly the same invoice number, “re 24188” and there “RE-024188” (35); the same debtor,"
        " “Pompe SPA” and there “Pompe S.p.A.” (25); the same amount, 8412.00 EUR (30)."
    )
    assert "another invoice number, “RE-1” and there “RE-2” (0)" in SAME_DAY.words()
    with speaking(CHINESE):
        assert "the same" not in SAME_DAY.words() and "RE-2" in SAME_DAY.words()


@settings(max_examples=50, deadline=None)
@given(st.booleans(), st.booleans(), st.booleans(), st.integers(1, 10**12))
def test_a_score_is_the_sum_of_its_reasons_and_never_more_than_a_hundred(
    number: bool, debtor: bool, due: bool, amount: int
) -> None:
    likeness = Likeness(
        number=Pair("1", "1" if number else "01"),
        debtor=Pair("A", "A" if debtor else "a"),
        currency="EUR",
        amount_minor=amount,
        due_on=date(2026, 7, 2) if due and not number else None,
    )
    points = [int(part.rpartition("(")[2].rstrip(").")) for part in likeness.words().split("; ")]
    assert likeness.score == sum(points) <= 100


def told(found: StoredRow) -> list[tuple[Code, int | None]]:
    return [(issue.code, issue.likeness.score if issue.likeness else None) for issue in found.issues]


CASE = {
    "reference": "CASE-1",
    "debtor": {"name": "Ferretti Pompe SpA", "address": {"country": "IT", "postal_code": "25124"}},
    "currency": "EUR",
    "invoices": [{"number": "API-7", "amount": "50.00", "due_on": "2026-01-31"}],
}
OTHER = {"PrincipalAmount": "77.00", "DueDate": "2026-08-01"}


async def test_what_looks_like_an_own_case_or_an_earlier_row_may_be_placed_and_says_so(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    await placed(cast.lanting_submitter.actor, [row(5, **OTHER)])  # a sibling's, of which nothing may show
    await placed(actor, [row(0)])
    placement = await checked(
        actor,
        csv_text([
            row(0),
            row(0, InvoiceNumber="re 0024188", DebtorName="FERRETTI POMPE SPA", DueDate="2026-07-09"),
            row(1),
            row(2, PrincipalAmount="8413.00"),
            row(3, PrincipalAmount="8413.00"),
            row(4, PrincipalAmount="8413.00", DueDate="2026-07-03"),
            row(6, **OTHER),
        ]),
    )  # fmt: skip
    rows = [await row_of(actor, placement, number) for number in range(2, 9)]
    assert [(each.state, told(each)) for each in rows] == [
        ("duplicate", [(Code.ALREADY_PLACED, 100)]),
        ("warning", [(Code.LOOKS_LIKE_CASE, 90)]),
        ("warning", [(Code.LOOKS_LIKE_CASE, 75)]),
        ("ready", []),
        ("warning", [(Code.LOOKS_LIKE_ROW, 75)]),
        ("ready", []),
        ("ready", []),
    ]
    assert rows[1].duplicate_of == rows[0].duplicate_of is not None
    assert rows[4].duplicate_of is None and rows[4].issues[0].params["other_row"] == 5
    assert (placement.ready, placement.summary["warnings"], placement.bad) == (6, 3, 1)


async def test_a_corrected_row_is_compared_anew_as_are_those_that_looked_like_it(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    await placed_by_a_system(actor, [CASE])
    placement = await checked(actor, csv_text([row(1), row(2), row(3, PrincipalAmount="9.00")]))
    assert [told(await row_of(actor, placement, number)) for number in (2, 3, 4)] == [
        [],
        [(Code.LOOKS_LIKE_ROW, 75)],
        [],
    ]

    await correct(actor, placement, 2, invoices__0__amount="7.00")
    assert (await row_of(actor, placement, 3)).state == "ready"
    await correct(actor, placement, 2, invoices__0__amount="9.00")
    assert told(await row_of(actor, placement, 4)) == [(Code.LOOKS_LIKE_ROW, 75)]
    found = await correct(actor, placement, 3, invoices__0__number="API/007", invoices__0__amount="50.00")
    assert told(found) == [(Code.LOOKS_LIKE_CASE, 90)]
    assert (await look(actor, placement)).summary["warnings"] == 2
