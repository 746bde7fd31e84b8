"""How sure it is what a bank line is for: reasons that add up, and nothing booked by itself that should not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.bank.matching.rules import Candidate, Code, Expected, Incoming, rank, score, together
from billing.bank.matching.said import likeness, read_texts
from billing.bank_details.account import creditor_reference

DAY = date(2026, 11, 23)
NOWAK = Candidate(
    case_id=UUID(int=1), number="2026-00207", reference="KD-77120", currency="EUR", balance_minor=12_512_50,
    debtor_name="Nowak Hydraulika Sp. z o.o.", invoices=(("FV 3/812", 4_000_00), ("FV 3/813", 8_512_50)),
    instalment=Expected(1_787_50, DAY - timedelta(days=3)),
)  # fmt: skip
DUVAL = Candidate(
    case_id=UUID(int=2), number="2026-00190", reference="24102", currency="EUR", balance_minor=1_100_00,
    debtor_name="Duval Pompes SARL",
)  # fmt: skip


def came(minor: int, text: str = "", payer: str = "", **more: Any) -> Incoming:
    return Incoming(amount_minor=minor, currency="EUR", on=DAY, said=read_texts([text]), payers=(payer,), **more)


def found(incoming: Incoming, candidate: Candidate = NOWAK) -> set[Code]:
    return set(score(incoming, candidate).codes)


@pytest.mark.parametrize(
    ("incoming", "candidate", "certain"),
    [
        (came(500_00, "2026-00207 part", "NOWAK HYDRAULIKA"), NOWAK, True),
        (came(12_512_50, creditor_reference("2026-00207")), NOWAK, True),
        (came(4_000_00, "FV 3/812", "NOWAK HYDRAULIKA SP Z O O"), NOWAK, True),
        (came(1_787_50, "RATA LISTOPAD", "NOWAK HYDRAULIKA"), NOWAK, False),  # amount and name alone
        (came(12_512_50, "", "NOWAK HYDRAULIKA"), NOWAK, False),
        (came(1_787_50, "RATA", "NOWAK HYDRAULIKA"), replace(NOWAK, paid_from_here=True), True),
        (came(500_00, "2026-00207", "K LINDQVIST"), NOWAK, False),
        (came(12_600_00, "2026-00207", "NOWAK HYDRAULIKA"), NOWAK, False),  # too much
        (came(500_00, "2026-00207", "NOWAK HYDRAULIKA"), replace(NOWAK, is_open=False), False),
        (came(500_00, "2026-00207", "NOWAK HYDRAULIKA"), replace(NOWAK, is_disputed=True), False),
        (came(500_00, "2026-00207", "NOWAK HYDRAULIKA"), replace(NOWAK, undone_before=True), False),
        (came(500_00, "2026-00207", "NOWAK HYDRAULIKA"), replace(NOWAK, currency="USD"), False),
    ],
)  # fmt: skip
def test_a_line_is_booked_by_itself_only_where_it_names_its_case_and_nothing_speaks_against_it(
    incoming: Incoming, candidate: Candidate, certain: bool
) -> None:
    [best] = rank(incoming, [candidate])
    assert best.is_certain() is certain


def test_references_are_whole_words_and_survive_what_banks_do_to_them() -> None:
    assert Code.CLIENT_REFERENCE in found(came(1, "Kunde kd 77120 danke"))
    assert Code.CLIENT_REFERENCE not in found(came(1, "KD-771209"))
    assert Code.INVOICE_NUMBER in found(came(1, "FV3812, FV 3/813"))
    reference = creditor_reference("2026-00207")
    grouped = " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
    assert Code.STRUCTURED_REFERENCE in found(came(1, f"Zahlung {grouped} vielen Dank"))
    assert Code.STRUCTURED_REFERENCE not in found(came(1, reference.replace("RF", "RF9")[:-1]))
    assert Code.CASE_NUMBER in found(came(1, "Az 2026 - 00207"))
    assert Code.JOINED_NUMBER in found(came(1, "AZ 202600207"))
    assert Code.CASE_NUMBER not in found(came(1, "12026-00207"))
    # A year or a house number is no reference of anybody.
    assert not read_texts(["Rechnung von 2026, Hafenstr. 1001"]).names("2026")


def test_names_are_the_same_without_form_accents_and_order() -> None:
    assert likeness("NOWAK HYDRAULIKA", "Nowak Hydraulika Sp. z o.o.", "company") > 0.9
    assert likeness("MUELLER, JAN", "Jan Müller", "person") == 1
    assert likeness("BAUMGART ROHRBAU UND ANLAGENTECH", "Baumgart Rohrbau und Anlagentechnik GmbH", "company") > 0.9
    assert likeness("K LINDQVIST", "Lindqvist Rör AB", "company") < 0.8
    assert likeness("上海瑞丰贸易有限公司", "瑞丰贸易（上海）有限公司", "company") == 1
    assert likeness("", "Nowak", "company") == 0


def test_a_reference_of_one_case_with_the_name_of_another_waits_for_a_person() -> None:
    best, *_ = rank(came(1_100_00, "2026-00207", "DUVAL POMPES SARL"), [NOWAK, DUVAL])
    assert best.candidate is NOWAK
    assert Code.NAME_OF_ANOTHER in best.codes and not best.is_certain()
    near, *_ = rank(came(5_00, "2026-00207 2026-00190"), [NOWAK, DUVAL])
    assert {Code.SEVERAL_NAMED, Code.RUNNER_UP} <= near.codes


def test_a_line_that_names_several_cases_is_divided_where_they_add_up_to_it() -> None:
    other = replace(DUVAL, case_id=UUID(int=3), number="2026-00238", reference="24160", balance_minor=811_25)
    incoming = came(1_911_25, "FACTURES 24102 + 24160", "DUVAL POMPES SARL")
    several = together(incoming, rank(incoming, [DUVAL, other, NOWAK]))
    assert several is not None
    assert [(part.candidate.number, part.amount_minor) for part in several.parts] == [
        ("2026-00190", 1_100_00),
        ("2026-00238", 811_25),
    ]
    assert several.confidence == 100
    assert together(came(1_911_26, "24102 24160"), rank(incoming, [DUVAL, other])) is None


texts = st.sampled_from(
    ["", "2026-00207", "KD-77120", "FV 3/812", "2026-00190", "RATA", creditor_reference("2026-00207")]
)
payers = st.sampled_from(["", "NOWAK HYDRAULIKA", "NOVAK HYDRAULICS", "K LINDQVIST", "DUVAL POMPES"])


@settings(max_examples=60)
@given(
    st.lists(texts, max_size=3).map(" ".join), payers, st.integers(1, 20_000_00) | st.just(1_787_50) | st.just(12_512_50),
    st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_reasons_add_up_and_amount_and_name_alone_are_never_enough(
    text: str, payer: str, minor: int, known: bool, disputed: bool, is_open: bool
) -> None:
    candidate = replace(NOWAK, paid_from_here=known, is_disputed=disputed, is_open=is_open)
    incoming = came(minor, text, payer)
    told = score(incoming, candidate)
    assert told.confidence == max(0, min(100, sum(reason.weight for reason in told.reasons)))
    if told.is_certain():
        assert is_open and not disputed and minor <= candidate.balance_minor
        assert told.has_reference or (known and Code.INSTALMENT in told.codes)
    named = score(came(minor, f"{text} 2026-00207", payer), candidate)
    assert named.confidence >= told.confidence or Code.INVOICES_NAMED in told.codes
