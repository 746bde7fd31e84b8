"""However a history is cut into files, each of its entries is kept once, and two equal payments stay two."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.bank.identity import Standing, key_of, new_entries
from billing.bank.reading.statement import Form, ReadEntry, ReadLine, ReadStatement
from tests.billing.bank.test_reading import MANIFEST, read

DAY = date(2026, 11, 2)


def entry(amount: int, day: int = 0, text: str = "rent", reference: str = "") -> ReadEntry:
    line = ReadLine(amount_minor=amount, text=text)
    booked_on = DAY + timedelta(days=day)
    return ReadEntry(booked_on=booked_on, amount_minor=amount, bank_reference=reference, lines=(line,))


def told(entries: list[ReadEntry], opening: int | None = None, form: Form = Form.CAMT) -> ReadStatement:
    """A statement; with an opening balance it proves its entries."""
    closing = None if opening is None else opening + sum(one.amount_minor for one in entries)
    return ReadStatement(
        form=form, account="1", currency="EUR", opening_minor=opening, closing_minor=closing, entries=tuple(entries)
    )


def kept(*statements: ReadStatement) -> list[Standing]:
    """What stands after statements were read one after the other."""
    standing: list[Standing] = []
    for one in statements:
        standing += [
            Standing(new.key, new.entry.booked_on, new.entry.amount_minor, new.occurrence, new.balance_minor,
                     one.form, bool(new.entry.bank_reference))
            for new in new_entries(one, standing)
        ]  # fmt: skip
    return standing


def amounts(*statements: ReadStatement) -> list[int]:
    return sorted(one.amount_minor for one in kept(*statements))


def test_two_equal_payments_of_a_day_stay_two_and_the_file_read_again_adds_none() -> None:
    twice = told([entry(100), entry(100)])
    assert amounts(twice) == [100, 100]
    assert amounts(twice, twice) == [100, 100]
    assert [one.occurrence for one in kept(twice)] == [1, 2]


def test_the_second_statement_of_a_day_brings_an_equal_payment_that_is_another() -> None:
    morning, afternoon = told([entry(100)], 0), told([entry(100)], 100)
    for order in ([morning, afternoon], [afternoon, morning], [morning, afternoon, morning, afternoon]):
        assert amounts(*order) == [100, 100]


def test_a_day_told_again_in_another_order_adds_nothing() -> None:
    early, late = (
        told([entry(50, text="a"), entry(30, text="b")], 0),
        told([entry(30, text="b"), entry(50, text="a")], 0),
    )
    assert amounts(early, late) == [30, 50]
    whole = told([entry(30, text="b"), entry(50, text="a"), entry(20, text="c")], 0)
    assert amounts(early, whole) == [20, 30, 50]


def test_without_balances_a_day_is_told_from_its_beginning() -> None:
    assert amounts(told([entry(100)]), told([entry(100), entry(100)])) == [100, 100]


def test_one_reference_on_two_amounts_is_two_entries() -> None:
    assert amounts(told([entry(100, reference="R"), entry(1000, reference="R")])) == [100, 1000]


def test_another_form_of_the_same_statement_adds_nothing_although_its_words_differ() -> None:
    camt = told([entry(100, text="Müller"), entry(100, text="Weiß")], 0)
    swift = told([entry(100, text="MUELLER"), entry(100, text="WEISS")], 0, Form.MT940)
    assert amounts(camt, swift) == amounts(swift, camt) == [100, 100]
    assert amounts(replace(camt, opening_minor=None), swift) == [100, 100]


def test_another_form_brings_what_has_another_reference() -> None:
    camt, swift = told([entry(100, reference="A")]), told([entry(100, reference="B")], form=Form.MT940)
    assert amounts(camt, swift) == [100, 100]


def test_capitals_and_blanks_make_no_other_payment() -> None:
    assert key_of(entry(1, text="Az 2026-004711")) == key_of(entry(1, text="AZ2026 004711 "))


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_any_bank_s_file_read_twice_adds_nothing(name: str) -> None:
    statements = read(name)
    for account in {one.account for one in statements}:
        of_account = [one for one in statements if one.account == account]
        assert (
            len(kept(*of_account, *of_account)) == len(kept(*of_account)) <= sum(len(one.entries) for one in of_account)
        )


HISTORIES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([100, 100, 250, 40]), st.sampled_from("ab")), min_size=1, max_size=14
)
"""Days, amounts and texts: few of each, so that many payments are equal."""


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.data())
def test_any_cut_of_a_history_with_balances_gives_each_entry_once(
    history: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    """Anywhere cut, overlapping as it likes, in any order, as long as the files hold all of it."""
    entries = [entry(amount, day, text) for day, amount, text in sorted(history, key=lambda one: one[0])]
    before = [0, *accumulate(one.amount_minor for one in entries)]
    count = len(entries)
    cuts = data.draw(st.lists(st.tuples(st.integers(0, count), st.integers(0, count)), max_size=6))
    pieces = [(min(cut), max(cut)) for cut in cuts] + [(at, at + 1) for at in range(count)]
    order = data.draw(st.permutations(pieces))
    files = [told(entries[begin:end], before[begin]) for begin, end in order]
    assert amounts(*files) == sorted(one.amount_minor for one in entries)


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.data())
def test_any_whole_days_without_balances_give_each_entry_once(
    history: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    """In any order, with the days of each file in any order too, in several forms."""
    entries = [entry(amount, day, text) for day, amount, text in sorted(history, key=lambda one: one[0])]
    spans = data.draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=5))
    spans = [*spans, (0, 1), (2, 3)]
    files = [
        told(data.draw(st.permutations([one for one in entries if min(span) <= (one.booked_on - DAY).days <= max(span)])))
        for span in data.draw(st.permutations(spans))
    ]  # fmt: skip
    assert amounts(*files) == sorted(one.amount_minor for one in entries)
