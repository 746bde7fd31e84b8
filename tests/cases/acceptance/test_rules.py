"""What an agency accepts: the rules by themselves."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.acceptance.rules import (
    CaseFacts,
    Code,
    DebtorKind,
    DocumentRule,
    Rules,
    as_content,
    judge,
    rules_in,
)

DAY = date(2026, 11, 23)
CLAIM = CaseFacts(
    currency="EUR", claim_minor=100_00, oldest_due_on=DAY - timedelta(days=90), placed_on=DAY, country="DE",
    debtor_kind="company",
)  # fmt: skip
CONTRACT = DocumentRule("contract", "EUR", 5_000_00, DebtorKind.COMPANY)


@pytest.mark.parametrize(
    ("rules", "changed", "codes"),
    [
        (Rules(), {}, []),
        (Rules(minimums={"EUR": 100_00}), {}, []),
        (Rules(minimums={"EUR": 100_01}), {}, ["below_minimum"]),
        (Rules(minimums={"USD": 1_000_00}), {}, []),
        (Rules(longest_days=90), {}, []),
        (Rules(longest_days=89), {}, ["too_old"]),
        (Rules(longest_days=0), {"oldest_due_on": DAY + timedelta(days=5)}, []),
        (Rules(countries=frozenset({"AT", "DE"})), {}, []),
        (Rules(countries=frozenset({"AT"})), {}, ["country_not_accepted"]),
        (Rules(documents=(CONTRACT,)), {}, []),
        (Rules(documents=(CONTRACT,)), {"claim_minor": 5_000_00}, ["document_missing"]),
        (Rules(documents=(CONTRACT,)), {"claim_minor": 5_000_00, "debtor_kind": "person"}, []),
        (Rules(documents=(CONTRACT,)), {"claim_minor": 5_000_00, "currency": "USD"}, []),
        (Rules(documents=(CONTRACT,)), {"claim_minor": 5_000_00, "documents": frozenset({"contract"})}, []),
        (Rules(documents=(DocumentRule("invoice"), DocumentRule("invoice", "EUR", 1))), {}, ["document_missing"]),
        (Rules({"EUR": 200_00}, 30, frozenset({"FR"}), (DocumentRule("invoice"),)), {}, [*Code]),
    ],
)
def test_a_claim_falls_short_of_what_is_said_and_of_nothing_else(
    rules: Rules, changed: dict[str, object], codes: list[str]
) -> None:
    assert [each.code for each in judge(rules, dataclasses.replace(CLAIM, **changed))] == codes


def test_a_shortfall_names_the_figures_of_the_rule_and_of_the_case() -> None:
    amount, age = judge(Rules({"EUR": 200_00}, 30), CLAIM)
    assert amount.params == {"minimum_minor": 200_00, "claim_minor": 100_00, "currency": "EUR"}
    assert age.params == {"days": 90, "longest_days": 30}


any_rules = st.builds(
    Rules,
    minimums=st.dictionaries(st.sampled_from(["EUR", "USD", "JPY"]), st.integers(1, 10**6)),
    longest_days=st.none() | st.integers(0, 400),
    countries=st.frozensets(st.sampled_from(["DE", "AT", "FR"])),
    documents=st.lists(
        st.builds(DocumentRule, st.sampled_from(["contract", "invoice"]), st.just("EUR"), st.integers(1, 10**6),
                  st.sampled_from(DebtorKind))
        | st.builds(DocumentRule, st.sampled_from(["contract", "invoice"]), debtor=st.sampled_from(DebtorKind)),
        max_size=3,
    ).map(tuple),
)  # fmt: skip
any_facts = st.builds(
    CaseFacts,
    currency=st.sampled_from(["EUR", "USD"]),
    claim_minor=st.integers(1, 10**6),
    oldest_due_on=st.dates(date(2025, 10, 1), date(2026, 12, 31)),
    placed_on=st.just(DAY),
    country=st.sampled_from(["DE", "AT", "CN"]),
    debtor_kind=st.sampled_from(["company", "person"]),
    documents=st.frozensets(st.sampled_from(["contract", "invoice"])),
)


@given(any_rules, any_facts)
@settings(max_examples=60)
def test_rules_are_kept_as_they_are_and_supplying_what_is_missing_meets_them(rules: Rules, facts: CaseFacts) -> None:
    assert rules_in(as_content(rules)) == rules
    found = judge(rules, facts)
    assert len({(each.code, each.kind) for each in found}) == len(found), "each is asked for once"
    supplied = dataclasses.replace(facts, documents=facts.documents | {each.kind for each in found if each.kind})
    assert judge(rules, supplied) == tuple(each for each in found if not each.kind)
    larger = dataclasses.replace(facts, claim_minor=facts.claim_minor + 1)
    assert (Code.BELOW_MINIMUM in {e.code for e in judge(rules, larger)}) <= (
        Code.BELOW_MINIMUM in {e.code for e in found}
    )
