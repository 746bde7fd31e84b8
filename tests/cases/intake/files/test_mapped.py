from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake.as_given import Field, Limits
from cases.intake.files.column_map import Amount, AmountKind, Column, ColumnMap, Filter, Grouping, Source, When
from cases.intake.files.mapped import caption_of, mapped_cases
from cases.intake.files.master import read_master
from cases.intake.files.postings import LeftOut
from cases.intake.files.values import DecimalMark
from cases.intake.issue import Code, FileError, FileFault
from tests.cases.intake.files import corpus
from tests.cases.intake.files.mapping import amounts, at, cases, checked, claimed, credited, meaning, source, table

ONE = "C1;Meyer;R1;2026-01-05;2026-02-04;100.00;EUR"
TWO = "C1;Meyer;R2;2026-02-05;2026-03-07;50.00;EUR"
OTHER = "C2;Kurz;R3;2026-02-05;2026-03-07;70.00;EUR"
CREDIT = "C1;Meyer;G1;2026-03-01;;-30.00;EUR"


def by(grouping: Grouping, **changed: object) -> ColumnMap:
    return meaning(grouping=grouping, **changed)


def test_each_row_is_a_case_and_its_issues_speak_in_the_captions_of_the_file():
    given, _ = cases(ONE, OTHER, "C3;;R4;2026-02-05;;x;EUR")
    assert [(case.row, case.values[Field.REFERENCE], amounts(case)) for case in given] == [
        (2, "R1", ["100.00"]), (3, "R3", ["70.00"]), (4, "R4", ["x"]),
    ]  # fmt: skip
    good, _, bad = checked(given)
    assert good.draft is not None
    assert good.draft.debtor.name == "Meyer"
    assert [(issue.field, issue.code) for issue in bad.errors] == [("Name", Code.MISSING), ("Amount", Code.BAD_AMOUNT)]
    assert bad.cells == ("C3", "", "R4", "2026-02-05", "", "x", "EUR")


def test_a_credit_note_that_stands_alone_is_reported_as_what_it_is():
    _, credit = checked(cases(ONE, CREDIT)[0])
    assert [(issue.field, issue.code) for issue in credit.errors] == [("Amount", Code.NEGATIVE_AMOUNT)]


def test_the_postings_of_one_invoice_are_added_up_wherever_they_stand():
    payment = "C1;Meyer;R1;2026-04-01;;-40.00;EUR"
    given, mapped = cases(ONE, OTHER, payment, by=by(Grouping.INVOICE))
    assert [(case.row, case.values[Field.REFERENCE], amounts(case)) for case in given] == [
        (2, "R1", ["100.00"]),
        (3, "R3", ["70.00"]),
    ]
    assert credited(given[0]) == [("credit_note", "", "2026-04-01", "R1", "40.00")]
    first, second = checked(given)
    assert first.draft is not None
    assert str(first.draft.invoices[0].due_on) == "2026-02-04"
    assert first.draft.total_minor == 60_00
    assert (first.warnings, second.warnings) == ((), ())
    assert not mapped.tally.reasons


def test_a_credit_that_names_its_invoice_is_found_under_it_and_one_without_stays_what_it_is():
    known = by(Grouping.INVOICE, settles=source("Due"), type=source("Name"), debtor=Source())
    fields = {name: value for name, value in known.fields.items() if name is not Field.DUE_ON}
    fields[Field.NAME] = source("Account")
    given, _ = cases(
        "C1;Rechnung;R1;2026-01-05;;100.00;EUR",
        "C1;Zahlung 12;P1;2026-02-05;R1;-25.00;EUR",
        "C1;Gutschrift;G1;32.13.2026;R1;-5.00;EUR",
        "C1;Zahlung;P2;2026-02-06;R9;-7.00;EUR",
        "C1;Zahlung;P3;2026-02-07;R9;-8.00;EUR",
        by=replace(known, fields=fields),
    )
    assert [(case.row, amounts(case)) for case in given] == [(2, ["100.00"]), (5, ["-7.00"]), (6, ["-8.00"])]
    assert credited(given[0]) == [
        ("payment", "P1", "2026-02-05", "R1", "25.00"),
        ("credit_note", "G1", "32.13.2026", "R1", "5.00"),
    ]
    first, *alone = checked(given)
    assert [(issue.field, issue.code) for issue in first.errors] == [("Date (4)", Code.BAD_DATE)]
    assert [row.errors[0].code for row in alone] == [Code.NEGATIVE_AMOUNT] * 2


def test_an_invoice_that_is_settled_leaves_its_case_together_with_what_settled_it():
    given, _ = cases(ONE, TWO, "C1;Meyer;P1;2026-04-01;;-110.00;EUR", by=by(Grouping.DEBTOR))
    assert (amounts(given[0]), credited(given[0])) == (
        ["50.00"],
        [("credit_note", "P1", "2026-04-01", "R2", "10.00")],
    )
    (row,) = checked(given)
    assert [(issue.code, issue.params) for issue in row.warnings] == [(Code.CREDIT_TAKEN_OFF, {"amount": "100.00 EUR"})]


def test_interest_and_costs_are_claimed_beside_the_invoices_and_added_up_in_a_case():
    captions = ("Account", "Name", "Number", "Date", "Interest", "Fee", "More", "Amount", "Currency")
    known = meaning()
    fields = {
        **{name: at_of for name, at_of in known.fields.items() if name is not Field.DUE_ON},
        Field.NAME: Source((at("Name", captions),)),
        Field.NUMBER: Source((at("Number", captions),)),
        Field.ISSUED_ON: Source((at("Date", captions),)),
        Field.CURRENCY: Source((at("Currency", captions),)),
        Field.INTEREST: Source((at("Interest", captions),)),
        Field.COSTS: Source((at("Fee", captions), at("More", captions))),
    }
    amount = Amount(AmountKind.SIGNED, (at("Amount", captions),), mark=DecimalMark.COMMA)
    rows = (
        "C1;Meyer;R1;2026-01-05;1.001,50;5,00;2,50;100,00;EUR",
        "C1;Meyer;R2;2026-02-05;;;;50,00;EUR",
        "C2;Kurz;R3;2026-02-05;0,00;;;70,00;EUR",
        "C3;Lang;R4;2026-02-05;12,00;;;0,00;EUR",
    )
    for grouping, wanted in ((Grouping.ROW, [1109_00, 50_00, 70_00]), (Grouping.DEBTOR, [1159_00, 70_00])):
        by_map = meaning(fields=fields, amount=amount, grouping=grouping, debtor=Source((at("Account", captions),)))
        given = list(mapped_cases(table(*rows, captions=captions), by_map))
        *good, bad = checked(given)
        assert [row.draft.total_minor for row in good if row.draft] == wanted
        assert good[0].draft is not None
        assert (good[0].draft.interest_minor, good[0].draft.costs_minor) == (1001_50, 7_50)
        assert [issue.code for issue in bad.errors] == [Code.ZERO_AMOUNT], "interest alone is no claim, and is not lost"


def test_postings_that_settle_one_another_are_counted_and_become_no_case():
    given, mapped = cases(ONE, OTHER, "C1;Meyer;R1;2026-04-01;;-100.00;EUR", by=by(Grouping.INVOICE))
    assert [case.row for case in given] == [3]
    assert mapped.tally.reasons[LeftOut.SETTLED] == 2


def test_the_invoices_of_a_debtor_are_one_case_and_its_credits_come_off_the_oldest():
    given, _ = cases(TWO, OTHER, ONE, CREDIT, by=by(Grouping.DEBTOR))
    assert [(case.row, case.values[Field.REFERENCE], amounts(case)) for case in given] == [
        (2, "C1/R2", ["50.00", "100.00"]), (3, "C2/R3", ["70.00"]),
    ]  # fmt: skip
    assert credited(given[0]) == [("credit_note", "G1", "2026-03-01", "R1", "30.00")]
    first = checked(given)[0]
    assert first.draft is not None
    assert first.draft.total_minor == 120_00
    assert first.warnings == ()


def test_a_credit_comes_off_the_invoice_that_it_names():
    named = "C1;Meyer;G1;2026-03-01;R2;-30.00;EUR"
    known = by(Grouping.DEBTOR, settles=source("Due"))
    fields = {name: value for name, value in known.fields.items() if name is not Field.DUE_ON}
    given, _ = cases(
        "C1;Meyer;R1;2026-01-05;;100.00;EUR",
        "C1;Meyer;R2;2026-02-05;;50.00;EUR",
        named,
        by=replace(known, fields=fields),
    )
    assert amounts(given[0]) == ["100.00", "50.00"]
    assert [credit[3:] for credit in credited(given[0])] == [("R2", "30.00")]


def test_more_credit_than_debt_is_no_claim():
    given, _ = cases(TWO, "C1;Meyer;G1;2026-03-01;;-80.00;EUR", by=by(Grouping.DEBTOR))
    assert [amounts(case) for case in given] == [["-30.00"]]
    assert [issue.code for issue in checked(given)[0].errors] == [Code.NEGATIVE_AMOUNT]


def test_a_debtor_who_owes_in_two_currencies_is_two_cases():
    given, _ = cases(ONE, "C1;Meyer;R2;2026-01-05;;5.00;USD", OTHER, by=by(Grouping.DEBTOR))
    assert [case.values[Field.REFERENCE] for case in given] == ["C1/R1", "C1/R2", "C2/R3"]
    assert all(row.draft for row in checked(given))


def test_cases_may_be_made_by_a_column():
    known = by(Grouping.COLUMN, group_by=at("Name"), debtor=Source())
    given, _ = cases(ONE, OTHER, TWO, by=known)
    assert [(case.values[Field.REFERENCE], amounts(case)) for case in given] == [
        ("Meyer/R1", ["100.00", "50.00"]),
        ("Kurz/R3", ["70.00"]),
    ]
    assert caption_of(known, Field.REFERENCE) == "Name"


def test_an_issue_of_an_invoice_further_down_names_its_row():
    given, _ = cases(ONE, OTHER, "C1;Meyer;R2;31.2.2026;;50.00;EUR", by=by(Grouping.DEBTOR))
    assert [(issue.field, issue.code) for issue in checked(given)[0].errors] == [("Date (4)", Code.BAD_DATE)]


def test_an_amount_that_cannot_be_read_keeps_its_case_from_being_netted_away():
    given, _ = cases(ONE, "C1;Meyer;R2;2026-01-05;;1.2.3;EUR", by=by(Grouping.DEBTOR))
    assert [issue.field for issue in checked(given)[0].errors] == ["Amount (3)"]


def test_rows_without_what_groups_them_stand_alone():
    given, _ = cases(";;R1;2026-01-05;;1.00;EUR", ";;R2;2026-01-05;;2.00;EUR", by=by(Grouping.DEBTOR))
    assert [case.values[Field.REFERENCE] for case in given] == ["R1", "R2"]


def test_ragged_rows_are_errors_however_cases_are_made():
    ragged = "C1;Meyer;R2;2026-01-05;;1.00;EUR;too much"
    for grouping in (Grouping.ROW, Grouping.DEBTOR):
        given, _ = cases(ONE, ragged, by=by(grouping))
        bad = next(case for case in given if case.unreadable)
        assert [issue.code for issue in bad.issues] == [Code.RAGGED_ROW]
        assert bad.cells[-1] == "too much"


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-500, 500)), min_size=1, max_size=20))
def test_grouping_neither_makes_nor_loses_money(postings):
    rows = [f"{debtor};N;R{place};2026-01-05;;{amount}.00;EUR" for place, (debtor, amount) in enumerate(postings)]
    if not any(amount for _, amount in postings):
        return
    given, _ = cases(*rows, by=by(Grouping.DEBTOR))
    assert sum(map(claimed, given)) == sum(amount for _, amount in postings)


@pytest.mark.parametrize(
    ("when", "values", "kept"),
    [(When.FILLED, (), ["R2"]), (When.EMPTY, (), ["R1"]), (When.AMONG, ("PAID",), ["R2"]), (When.NOT_AMONG, ("paid ",), ["R1"])],
)  # fmt: skip
def test_a_filter_leaves_out_what_is_no_claim_and_counts_it(when, values, kept):
    rule = Filter(at("Due"), when, values)
    fields = {name: value for name, value in meaning().fields.items() if name is not Field.DUE_ON}
    known = replace(meaning(), fields=fields, filters=(rule,))
    given, mapped = cases("C1;A;R1;2026-01-05;Paid;1.00;EUR", "C1;A;R2;2026-01-05;;1.00;EUR", by=known)
    assert [case.values[Field.NUMBER] for case in given] == kept
    assert (mapped.tally.reasons[LeftOut.FILTERED], mapped.tally.filters[0]) == (1, 1)


def test_rows_that_are_no_claims_are_told_apart_and_counted():
    rows = (
        ONE,
        "Account;Name;Number;Date;Due;Amount;Currency",
        ";;Summe;;;100.00;EUR",
        ";;;;;100.00;EUR",
        "C1;Meyer;R9;2026-01-05;;0.00;EUR",
        "printed by Huber;;;;;;",
        "",
    )
    given, mapped = cases(*rows)
    assert [case.row for case in given] == [2]
    assert mapped.tally.reasons == {LeftOut.REPEATED_HEADER: 1, LeftOut.TOTAL: 2, LeftOut.ZERO: 1, LeftOut.TEXT: 1}
    assert mapped.blank_lines == 1


def test_a_debtor_called_total_is_no_total():
    given, mapped = cases("C1;Total Energies SA;R1;2026-01-05;;5.00;EUR", "C1;Total Energies SA;;;;5.00;EUR")
    assert [case.values[Field.NAME] for case in given] == ["Total Energies SA", "Total Energies SA"]
    assert not mapped.tally.reasons


def test_headings_name_the_debtor_even_one_called_total():
    fields = {**meaning().fields, Field.NAME: source("Account", heading=True)}
    known = meaning(fields=fields, debtor=Source())
    rows = (
        "Total Energies;;;;;;",
        ";;R1;2026-01-05;;5.00;EUR",
        "Total Total Energies;;;;;5.00;",
        "Kurz;;;;;;",
        ";;R2;2026-01-05;;5.00;EUR",
    )
    given, mapped = cases(*rows, by=known)
    assert [case.values[Field.NAME] for case in given] == ["Total Energies", "Kurz"]
    assert mapped.tally.reasons == {LeftOut.HEADING: 2, LeftOut.TOTAL: 1}


def test_fields_given_on_the_first_row_of_a_block_hold_until_the_next():
    known = meaning(carried=frozenset({Field.NAME}))
    given, _ = cases(ONE, ";;R2;2026-01-05;;5.00;EUR", OTHER, ";;R4;2026-01-05;;5.00;EUR", by=known)
    assert [case.values[Field.NAME] for case in given] == ["Meyer", "Meyer", "Kurz", "Kurz"]


def test_every_way_of_writing_an_amount():
    debit_credit = Amount(AmountKind.DEBIT_CREDIT, (at("Due"),), (at("Amount"),))
    indicated = Amount(AmountKind.INDICATED, (at("Amount"),), indicator=at("Due"))
    summed = Amount(AmountKind.SUMMED, (at("Due"), at("Amount")))
    first = Amount(AmountKind.SIGNED, (at("Due"), at("Amount")))
    fields = {name: value for name, value in meaning().fields.items() if name is not Field.DUE_ON}

    def read(amount: Amount, due: str, text: str) -> str:
        known = meaning(fields=fields, amount=amount, skip_zero=False)
        return amounts(cases(f"C1;A;R1;2026-01-05;{due};{text};EUR", by=known)[0][0])[0]

    assert read(debit_credit, "1,000.00", "200.00") == "800.00"
    assert read(debit_credit, "", "200.00") == "-200.00"
    assert read(indicated, "H", "200.00") == "-200.00"
    assert read(indicated, "H", "-200.00") == "-200.00"  # the sign is meant once
    assert read(indicated, "S", "200.00") == "200.00"
    assert read(summed, "1.50", "2.25") == "3.75"
    assert read(first, "", "2.25") == "2.25"
    assert read(first, "1.50", "2.25") == "1.50"


def test_a_code_of_the_client_may_be_given_a_meaning_and_a_part_of_a_cell_taken():
    fields = {
        **meaning().fields,
        Field.COUNTRY: source("Due", values={"391": "US", "406": "DE"}),
        Field.NAME: source("Name", before=";"),
        Field.NUMBER: source("Number", after="/"),
        Field.STREET: Source((at("Account"), at("Name")), joined=", "),
    }
    fields.pop(Field.DUE_ON)
    given, _ = cases('C1;"Meyer; Köln";x/77;2026-01-05;391;1.00;EUR', by=meaning(fields=fields))
    values = given[0].values
    assert [values[name] for name in (Field.COUNTRY, Field.NAME, Field.NUMBER, Field.STREET)] == [
        "US",
        "Meyer",
        "77",
        "C1, Meyer; Köln",
    ]


def test_references_that_a_spreadsheet_made_fractions_of_are_whole_again():
    given, _ = cases("200769623.0;A;1930659387.0;20200401.0;;1.00;人民币", by=meaning(grouping=Grouping.DEBTOR))
    values = given[0].values
    assert (values[Field.REFERENCE], values[Field.NUMBER], values[Field.ISSUED_ON], values[Field.CURRENCY]) == (
        "200769623/1930659387", "1930659387", "2020-04-01", "CNY",
    )  # fmt: skip


def test_columns_are_found_again_by_their_captions_and_their_absence_is_refused():
    moved = ("Currency", "Amount", "Due", "Date", "Number", "Name", "Account")
    given = list(mapped_cases(table("EUR;1.00;;2026-01-05;R1;Meyer;C1", captions=moved), meaning()))
    assert given[0].values[Field.NAME] == "Meyer"
    with pytest.raises(FileError) as refused:
        mapped_cases(table("1;2", captions=("Number", "Name")), meaning())
    assert (refused.value.code, refused.value.params) == (
        FileFault.MISSING_COLUMN, {"columns": "Date, Due, Currency, Account, Amount"},
    )  # fmt: skip


@pytest.mark.parametrize("grouping", [Grouping.ROW, Grouping.DEBTOR])
def test_more_rows_than_a_placement_may_have_and_none_at_all_are_refused(grouping):
    for rows, fault in (([ONE, TWO, OTHER], FileFault.TOO_MANY_ROWS), ([";;Summe;;;1.00;"], FileFault.NO_ROWS)):
        with pytest.raises(FileError) as refused:
            cases(*rows, by=by(grouping), limits=Limits(rows=2))
        assert refused.value.code == fault


def test_datev_nets_every_posting_per_account_and_invoice():
    name = "datev_opos_debitoren.csv"
    known = corpus.corrected_map(name)
    assert known.grouping is Grouping.INVOICE
    given = list(mapped := mapped_cases(corpus.opened(name), known))
    netting = corpus.MANIFEST[name]["netting"]
    open_amounts = [claimed(case) for case in given]
    assert len(given) == netting["nonzero_groups"]
    assert sum(amount > 0 for amount in open_amounts) == netting["positive_groups"]
    assert sum(amount for amount in open_amounts if amount > 0) == Decimal(netting["positive_sum"]["EUR"])
    assert mapped.tally.reasons[LeftOut.SETTLED] == 2 * (netting["groups"] - netting["nonzero_groups"])


def test_a_master_file_gives_names_and_addresses_by_the_debtors_number():
    master_table = corpus.opened("sap_customer_master.csv")
    master = read_master(master_table, corpus.proposed_map("sap_customer_master.csv"))
    assert len(master) == corpus.MANIFEST["sap_fbl5n_en_alv.xlsx"]["companion"]["rows"]
    name = "sap_fbl5n_en_alv.xlsx"
    given = list(mapped_cases(corpus.opened(name), corpus.corrected_map(name), master=master))
    driftwood = next(case for case in given if case.values[Field.NAME] == "Driftwood Marine")
    assert (driftwood.values[Field.STREET], driftwood.values[Field.COUNTRY]) == ("44 Station Road", "GB")
    nameless = {case.cells[0] for case in given if not case.values.get(Field.NAME)}
    assert nameless == set(corpus.MANIFEST[name]["companion"]["missing_accounts"])
    assert sum(row.draft is not None for row in checked(given)) > 200


def test_a_column_needs_no_source_to_be_stored():
    known = meaning(group_by=Column(0, "Account"), filters=(Filter(at("Due"), When.AMONG, ("x",)),))
    assert ColumnMap.from_facts(known.to_facts()) == known
    with pytest.raises(ValueError, match="no columns"):
        ColumnMap.from_facts({"fields": {}})
