from dataclasses import replace
from datetime import timedelta

from cases.intake.check import CheckContext, check_rows
from cases.intake.csv_file import COLUMNS, read_placement_file
from cases.intake.digest import content_digest
from tests.cases.intake.placements import CONTEXT, TODAY, csv_text, row


def digest(text, context=CONTEXT, encoding="utf-8"):
    with read_placement_file([text.encode(encoding)]) as file:
        return content_digest(checked.draft for checked in check_rows(file, context) if checked.draft)


ROWS = [row(0), row(1, DebtorName="Müller GmbH", DueDate=""), row(2)]


def test_the_same_cases_in_another_file_are_the_same_content():
    first = digest(csv_text(ROWS))
    assert first == digest(csv_text(ROWS, delimiter=";", columns=list(reversed(COLUMNS))), encoding="cp1252")
    assert first == digest(csv_text([each | {"Country": each["Country"].lower()} for each in ROWS]))


def test_other_terms_or_another_day_do_not_make_other_content():
    later = CheckContext(TODAY + timedelta(days=40), terms_days=14)
    assert digest(csv_text(ROWS)) == digest(csv_text(ROWS), later)


def test_any_other_word_order_or_amount_is_other_content():
    first = digest(csv_text(ROWS))
    for column in COLUMNS:
        if column not in ("InvoiceDate", "DueDate", "Country", "CurrencyCode", "PrincipalAmount"):
            changed = [ROWS[0], ROWS[1], ROWS[2] | {column: "x" + ROWS[2][column]}]
            assert digest(csv_text(changed)) != first, column
    assert digest(csv_text([*ROWS[:2], ROWS[2] | {"PrincipalAmount": "8412.01"}])) != first
    assert digest(csv_text([*ROWS[:2], ROWS[2] | {"DueDate": "2026-07-03"}])) != first
    assert digest(csv_text(ROWS[::-1])) != first
    assert digest(csv_text(ROWS[:2])) != first


def test_the_field_a_word_stands_in_matters():
    with read_placement_file([csv_text([row()]).encode()]) as file:
        (checked,) = check_rows(file, CONTEXT)
    assert checked.draft
    moved = replace(checked.draft, reference="", description=checked.draft.reference)
    assert content_digest([moved]) != content_digest([checked.draft])
