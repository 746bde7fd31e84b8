"""What holds of every score, whatever is compared."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.matching.evidence import DebtorFacts
from cases.matching.names import read_name
from cases.matching.score import Reason, Score, reasons_from, score
from cases.matching.verdict import Verdict, verdict
from cases.matching.weights import ASK, LINK, WEIGHTS, Finding
from portal.pages.text import CHINESE, speaking

CODE = "91310115MA1K3X7T2L"
NAMES = (
    "Müller GmbH", "Mueller GmbH", "Müller AG", "Müller", "Orlik Holding GmbH", "Orlik GmbH", "Wohnpark Elbe 1 GmbH",
    "Wohnpark Elbe 2 GmbH", "Hans Schmidt", "Schmidt, Hans", "Peter Schmidt", "H. Schmidt", "Karl Ambros jun.",
    "Karl Ambros sen.", "上海华远贸易有限公司", "北京华远贸易有限公司", "上海华远贸易有限公司杭州分公司", "王伟", "n/a", "---",
)  # fmt: skip
FIELDS = {
    "registration_number": ("HRB 1234", "HRB 9876", CODE),
    "tax_id": ("DE136695714", "136695714", "DE274539180", CODE),
    "email": ("a@orlik.de", "b@orlik.de", "c@gmx.de", "d@kowal.pl"),
    "phone": ("+4940330011", "040 330011", "+862162001122"),
    "street": ("Hafenstr. 1", "Hafenstraße 1", "Ring 7"),
    "postal_code": ("20457", "80331", "LS1 4AP"),
    "city": ("Hamburg", "München", "上海"),
    "country": ("DE", "AT", "CN"),
}
CONFLICTS = {
    "registration_number": ("HRB 111", "HRB 222"),
    "tax_id": ("DE309182730", "DE812345673"),
    "email": ("x@one.example", "y@two.example"),
    "phone": ("+15550001111", "+442070002222"),
    "street": ("Oak Avenue 1", "Elm Road 22"),
    "postal_code": ("11111", "99999"),
    "city": ("Oslo", "Porto"),
    "country": ("FR", "NO"),
}

debtors = st.builds(
    DebtorFacts,
    st.sampled_from(("company", "person")),
    st.sampled_from(NAMES) | st.text(max_size=30),
    *(st.sampled_from(("", *values)) for values in FIELDS.values()),
)


@given(debtors, debtors)
def test_a_score_is_out_of_a_hundred_and_its_reasons_add_up_to_it(a: DebtorFacts, b: DebtorFacts) -> None:
    scored = score(a, b)
    assert 0 <= scored.total <= 100
    assert sum(reason.points for reason in scored.reasons) == scored.total


@given(debtors, debtors)
def test_it_does_not_matter_who_came_first(a: DebtorFacts, b: DebtorFacts) -> None:
    def finding(scored: Score) -> list[tuple[Finding, int]]:
        return [(reason.finding, reason.points) for reason in scored.reasons]

    assert score(a, b).total == score(b, a).total
    assert finding(score(a, b)) == finding(score(b, a))


@given(debtors)
def test_a_debtor_is_known_again_where_there_is_enough_to_know_it_by(debtor: DebtorFacts) -> None:
    assume(read_name(debtor.name, debtor.kind).tokens and debtor.postal_code)
    assume(debtor.kind == "company" or debtor.phone)
    assert verdict(score(debtor, debtor)) is Verdict.LINK


@given(debtors, debtors, st.data())
def test_more_that_agrees_never_lowers_a_score(a: DebtorFacts, b: DebtorFacts, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(FIELDS)))
    value = data.draw(st.sampled_from(FIELDS[field]))
    unknown = score(replace(a, **{field: ""}), replace(b, **{field: ""}))
    assert score(replace(a, **{field: value}), replace(b, **{field: value})).total >= unknown.total


@given(debtors, debtors, st.sampled_from(sorted(CONFLICTS)))
def test_more_that_differs_never_raises_a_score(a: DebtorFacts, b: DebtorFacts, field: str) -> None:
    one, other = CONFLICTS[field]
    unknown = score(replace(a, **{field: ""}), replace(b, **{field: ""}))
    assert score(replace(a, **{field: one}), replace(b, **{field: other})).total <= unknown.total


@given(debtors, debtors)
def test_different_registration_numbers_never_link_by_themselves(a: DebtorFacts, b: DebtorFacts) -> None:
    one, other = CONFLICTS["registration_number"]
    assert score(replace(a, registration_number=one), replace(b, registration_number=other)).total < LINK


@given(debtors, debtors)
def test_reasons_are_the_same_when_they_are_read_back(a: DebtorFacts, b: DebtorFacts) -> None:
    scored = score(a, b)
    assert reasons_from(scored.as_facts()) == scored.reasons


@given(st.integers(0, 100), st.integers(0, 100))
def test_the_thresholds_are_in_order(low: int, high: int) -> None:
    order = [Verdict.APART, Verdict.ASK, Verdict.LINK]
    low, high = sorted((low, high))
    assert 0 < ASK < LINK <= 100
    assert order.index(verdict(Score(low, ()))) <= order.index(verdict(Score(high, ())))


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_has_a_sentence_in_both_languages(finding: Finding) -> None:
    params = {"percent": 90, "word": "Holding", "domain": "orlik.de", "ceiling": 91, "because": "sister"}
    english = str(Reason(finding, 1, params).sentence)
    with speaking(CHINESE):
        assert str(Reason(finding, 1, params).sentence) != english


@pytest.mark.parametrize(("one", "other"), [("+4940330011", "+4940330012"), ("+49403015811", "+49403007988"),
                                            ("040 330011", "+49 30 330011")])  # fmt: skip
def test_two_telephone_numbers_are_not_one(one: str, other: str) -> None:
    debtor = DebtorFacts("company", "Orlik GmbH", country="DE", city="Hamburg")
    found = {reason.finding for reason in score(replace(debtor, phone=one), replace(debtor, phone=other)).reasons}
    assert Finding.PHONE_SAME not in found


def test_what_agrees_brings_points_and_what_differs_takes_them() -> None:
    for finding, weight in WEIGHTS.items():
        told = finding.value
        assert not (told.endswith(("_same", "_near", "_alike")) and min(weight.company, weight.person) <= 0), told
        assert not (told.endswith(("_differs", "_differ", "_other")) and max(weight.company, weight.person) > 0), told
