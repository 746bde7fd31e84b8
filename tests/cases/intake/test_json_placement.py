import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake.as_given import Limits
from cases.intake.check import CheckContext
from cases.intake.draft import DebtorKind
from cases.intake.issue import Code, FileError, FileFault, Severity
from cases.intake.json_placement import drafts_from_json, read_json_placement
from cases.intake.summary import Control, Summary, compare
from tests.cases.intake.placements import CONTEXT, TODAY, codes, issue


def invoice(number="RE-1", **changed):
    return {"number": number, "issued_on": "2026-06-02", "due_on": "2026-07-02", "amount": "100.00"} | changed


def case(reference="K-1", **changed):
    return {
        "reference": reference,
        "debtor": {
            "kind": "company",
            "name": "宁波海川五金制品有限公司",
            "email": "ar@haichuan.example",
            "phone": "+86 574 8765 4321",
            "language": "zh-Hans",
            "address": {"street": "中山路 1", "postal_code": "315000", "city": "宁波", "region": "", "country": "CN"},
        },
        "currency": "CNY",
        "invoices": [invoice("RE-1"), invoice("RE-2", amount="0.50")],
        "description": "Valves, delivered in May",
    } | changed


def check(payload, context=CONTEXT):
    summary = Summary()
    placement, rows = drafts_from_json(payload, context, summary)
    return placement, list(rows), summary


def check_case(**changed):
    _, (checked,), _ = check({"cases": [case(**changed)]})
    return checked


def test_a_placement_of_two_invoices_becomes_a_draft():
    placement, (checked,), summary = check(
        {"reference": "2026-11", "control": {"count": 1, "totals": {"CNY": "100.50"}}, "cases": [case()]}
    )
    assert (placement.reference, placement.issues) == ("2026-11", ())
    assert placement.control == Control(1, {"CNY": 10050})
    assert codes(checked) == []
    assert checked.draft
    assert [(each.number, each.amount_minor) for each in checked.draft.invoices] == [("RE-1", 10000), ("RE-2", 50)]
    assert (checked.draft.debtor.language, checked.draft.debtor.phone) == ("zh-Hans", "+8657487654321")
    assert summary.totals["CNY"].amount_minor == checked.draft.total_minor == 10050
    assert compare(placement.control, summary) == ()


def test_a_person_may_be_a_debtor_and_nothing_else():
    debtor = case()["debtor"]
    checked = check_case(debtor=debtor | {"kind": "person"})
    assert checked.draft
    assert checked.draft.debtor.kind is DebtorKind.PERSON
    assert codes(check_case(debtor=debtor | {"kind": "robot"})) == [("debtor.kind", Code.UNKNOWN_KIND)]


def test_money_as_a_number_is_refused():
    for amount in (100.5, 100):
        checked = check_case(invoices=[invoice(amount=amount)])
        assert codes(checked) == [("invoices[0].amount", Code.AMOUNT_IS_NUMBER)]


def test_faults_are_named_by_their_place_in_the_case():
    debtor = case()["debtor"]
    checked = check_case(
        debtor=debtor | {"address": debtor["address"] | {"country": "China"}},
        currency="RMB",
        invoices=[invoice("RE-1"), invoice("RE-1", amount="1.234", issued_on="02.06.2026")],
    )
    assert codes(checked) == [
        ("debtor.address.country", Code.UNKNOWN_COUNTRY),
        ("currency", Code.UNKNOWN_CURRENCY),
        ("invoices[1].number", Code.DUPLICATE_INVOICE),
        ("invoices[1].amount", Code.TOO_MANY_DECIMALS),
        ("invoices[1].issued_on", Code.BAD_DATE),
    ]
    assert [each.proposal for each in checked.issues] == ["CN", "CNY", None, None, "2026-06-02"]


def test_what_is_missing_is_named():
    assert set(codes(check_case(reference=None, debtor=None, currency="", invoices=[]))) == {
        ("reference", Code.MISSING),
        ("debtor.name", Code.MISSING),
        ("debtor.address.country", Code.MISSING),
        ("debtor.address.street", Code.ADDRESS_MISSING),
        ("currency", Code.MISSING),
        ("invoices[0].number", Code.MISSING),
    }


def test_a_reference_placed_twice_names_the_other_case():
    _, rows, _ = check({"cases": [case("A"), case("B"), case("A")]})
    found = issue(rows[2], Code.DUPLICATE_REFERENCE)
    assert (found.row, found.params["other_row"]) == (3, 1)


def test_unknown_fields_are_reported_and_left_out():
    placement, (checked,), _ = check(
        {"cases": [case(due_date="2026-01-01", invoices=[invoice(total="1")])], "sender": "ERP"}
    )
    assert [(each.field, each.severity) for each in placement.issues] == [("sender", Severity.WARNING)]
    assert codes(checked) == [("due_date", Code.UNKNOWN_FIELD), ("invoices[0].total", Code.UNKNOWN_FIELD)]
    assert checked.ready


def test_a_wrong_type_is_said_once_and_not_as_missing():
    checked = check_case(reference=17, debtor=[], invoices={"number": "1"})
    assert ("reference", Code.WRONG_TYPE) in codes(checked)
    assert ("reference", Code.MISSING) not in codes(checked)
    assert "text" in issue(check_case(reference=17), Code.WRONG_TYPE).text()
    _, rows, summary = check({"cases": ["K-1", None, case()]})
    assert [each.ready for each in rows] == [False, False, True]
    assert summary.with_errors == 2


@pytest.mark.parametrize("payload", [None, [], "x", 1, {}, {"cases": {}}, {"cases": None}])
def test_a_payload_of_another_shape_is_refused(payload):
    with pytest.raises(FileError) as refused:
        read_json_placement(payload)
    assert refused.value.code is FileFault.BAD_PAYLOAD
    assert refused.value.text()


def test_no_cases_and_too_many_are_refused():
    with pytest.raises(FileError) as refused:
        read_json_placement({"cases": []})
    assert refused.value.code is FileFault.NO_ROWS
    with pytest.raises(FileError) as refused:
        check({"cases": [case(), case()]}, CheckContext(TODAY, limits=Limits(rows=1)))
    assert refused.value.code is FileFault.TOO_MANY_ROWS


def test_more_invoices_than_a_case_holds_are_an_error_of_the_case():
    context = CheckContext(TODAY, limits=Limits(invoices_per_case=1))
    _, (checked,), _ = check({"cases": [case()]}, context)
    assert codes(checked) == [("invoices[0].number", Code.TOO_MANY_INVOICES)]


def test_control_figures_that_differ_are_errors_of_the_placement():
    payload = {"control": {"count": 2, "totals": {"CNY": "100.00", "EUR": "1.00"}}, "cases": [case()]}
    placement, _, summary = check(payload)
    found = compare(placement.control, summary)
    assert [(each.row, each.field) for each in found] == [
        (0, "control.count"),
        (0, "control.totals.CNY"),
        (0, "control.totals.EUR"),
    ]
    assert {each.code for each in found} == {Code.CONTROL_MISMATCH}
    assert found[1].params == {"expected": "100.00", "read": "100.50"}


@pytest.mark.parametrize(
    ("control", "path", "code"),
    [
        ("2", "control", Code.WRONG_TYPE),
        ({"count": "2"}, "control.count", Code.WRONG_TYPE),
        ({"count": True}, "control.count", Code.WRONG_TYPE),
        ({"totals": []}, "control.totals", Code.WRONG_TYPE),
        ({"totals": {"EUR": 1.5}}, "control.totals.EUR", Code.AMOUNT_IS_NUMBER),
        ({"totals": {"EUR": "1,5"}}, "control.totals.EUR", Code.BAD_AMOUNT),
        ({"totals": {"RMB": "1.50"}}, "control.totals.RMB", Code.UNKNOWN_CURRENCY),
    ],
)
def test_a_control_figure_that_cannot_be_read_is_never_taken_for_absent(control, path, code):
    (only,) = read_json_placement({"control": control, "cases": [case()]}).issues
    assert (only.field, only.code, only.severity) == (path, code, Severity.ERROR)


def test_half_a_character_is_refused_not_stored():
    checked = check_case(description=json.loads('"\\ud800"'))
    assert codes(checked) == [("description", Code.CONTROL_CHARACTERS)]
    assert read_json_placement({"reference": "\x00", "cases": [case()]}).issues[0].code is Code.CONTROL_CHARACTERS


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from(["reference", "debtor", "currency", "invoices", "x"]), anything), anything, anything
)
def test_any_payload_is_checked_or_refused(changed, control, other):
    payload = {"control": control, "reference": other, "cases": [case(**changed), other]}
    placement, rows, summary = check(payload)
    assert summary.rows == len(rows) == 2
    for checked in rows:
        assert checked.ready == (not checked.errors)
    for found in [*placement.issues, *compare(placement.control, summary), *rows[0].issues, *rows[1].issues]:
        assert found.text()
