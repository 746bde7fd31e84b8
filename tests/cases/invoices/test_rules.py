"""Which invoices a payment reaches: what was agreed, and what holds for every claim."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.invoices.rules import Paper, Standing, reach, stand

DUE = date(2026, 5, 1)


def paper(place: int, amount: int, *, due: int = 0, credited: int = 0, paid: int = 0, disputed: int = 0) -> Paper:
    return Paper(
        id=UUID(int=place),
        number=f"RE-{place}",
        issued_on=None,
        due_on=DUE + timedelta(days=due),
        amount_minor=amount,
        credited_minor=credited,
        paid_minor=paid,
        disputed_minor=disputed,
    )


def reached(standing: Standing, amount: int, *named: int) -> list[tuple[int, int, bool]]:
    shares = reach(amount, standing, [UUID(int=place) for place in named])
    return [(share.invoice_id.int if share.invoice_id else 0, share.amount_minor, share.named) for share in shares]


def test_the_oldest_due_is_paid_first_and_what_is_on_no_invoice_last() -> None:
    standing = stand([paper(2, 300, due=30), paper(1, 400, due=0), paper(3, 200, due=30)], 1_000)
    assert [invoice.number for invoice in standing.invoices] == ["RE-1", "RE-2", "RE-3"]
    assert (standing.rest_minor, standing.open_minor) == (100, 1_000)
    assert reached(standing, 500) == [(1, 400, False), (2, 100, False)]
    assert reached(standing, 950) == [(1, 400, False), (2, 300, False), (3, 200, False), (0, 50, False)]


def test_what_the_debtor_names_is_paid_first_in_the_order_of_the_naming() -> None:
    standing = stand([paper(1, 400), paper(2, 300, due=30), paper(3, 200, due=60)], 900)
    assert reached(standing, 450, 3, 2) == [(3, 200, True), (2, 250, True)]
    assert reached(standing, 600, 2, 2, 99) == [(2, 300, True), (1, 300, False)], (
        "an invoice of another case says nothing"
    )


def test_a_disputed_invoice_is_left_alone_even_where_the_debtor_names_it() -> None:
    standing = stand([paper(1, 400, disputed=400), paper(2, 300, disputed=100, due=30)], 700)
    assert reached(standing, 200, 1) == [(2, 200, False)]
    assert stand([paper(1, 400)], 400, whole=True).invoices[0].payable_minor == 0


def test_what_came_off_the_whole_claim_comes_off_the_oldest_that_is_open() -> None:
    """A credit of 100 names the second invoice; a correction of 450 names none: 400 of it are the first's, 50 the second's."""
    standing = stand([paper(1, 400), paper(2, 500, due=30, credited=100)], 800 - 450)
    assert [(one.off_minor, one.open_minor) for one in standing.invoices] == [(400, 0), (150, 350)]
    assert standing.invoices[1].days_overdue(DUE + timedelta(days=31)) == 1
    assert standing.invoices[0].days_overdue(DUE + timedelta(days=31)) == 0, "nothing of it is open"


minors = st.integers(0, 10**9)
papers = st.lists(
    st.builds(
        lambda amount, due, credited, paid, disputed: (amount, due, credited, paid, disputed),
        st.integers(1, 10**9), st.integers(0, 3), minors, minors, minors,
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(papers, minors, minors, st.lists(st.integers(0, 6), max_size=4), st.booleans())
def test_for_every_claim_parts_add_up_and_no_invoice_gets_more_than_is_open_and_undisputed(
    given_papers: list[tuple[int, int, int, int, int]], principal: int, amount: int, named: list[int], whole: bool
) -> None:
    known = [
        paper(place, minor, due=due, credited=min(credited, minor), paid=min(paid, minor - min(credited, minor)), disputed=disputed)
        for place, (minor, due, credited, paid, disputed) in enumerate(given_papers, start=1)
    ]  # fmt: skip
    standing = stand(known, principal, whole=whole)
    assert standing.open_minor == principal, "what is open of invoices and on none is the balance"
    for invoice in standing.invoices:
        assert invoice.off_minor + invoice.paid_minor + invoice.open_minor == invoice.amount_minor
        assert min(invoice.off_minor, invoice.open_minor, invoice.disputed_minor, invoice.payable_minor) >= 0
    pays = min(amount, principal)
    shares = reach(pays, standing, [UUID(int=place) for place in named])
    assert sum(share.amount_minor for share in shares) == pays
    assert all(share.amount_minor > 0 for share in shares)
    by_id = {invoice.id: invoice for invoice in standing.invoices}
    got = {share.invoice_id: share.amount_minor for share in shares}
    assert len(got) == len(shares), "each invoice once"
    for id, minor in got.items():
        assert id is None or minor <= by_id[id].payable_minor
    order = [by_id[UUID(int=place)] for place in dict.fromkeys(named) if UUID(int=place) in by_id]
    order += [invoice for invoice in standing.invoices if invoice not in order]
    left = pays
    for invoice in order:
        assert got.get(invoice.id, 0) == min(left, invoice.payable_minor), "those named first, then the oldest due"
        left -= got.get(invoice.id, 0)
    after = stand(
        [
            Paper(
                id=one.id, number=one.number, issued_on=None, due_on=one.due_on, amount_minor=one.amount_minor,
                credited_minor=one.credited_minor, paid_minor=one.paid_minor + got.get(one.id, 0),
                disputed_minor=one.disputed_minor,
            )
            for one in known
        ],
        principal - pays,
    )  # fmt: skip
    if not whole and not any(one.disputed_minor for one in known):
        assert [one.open_minor for one in after.invoices] == [
            one.open_minor - got.get(one.id, 0) for one in standing.invoices
        ], "what a payment reaches is less open by it, and nothing else"
