"""Which case comes next, and why."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases.queues.score import Band, PaymentSigns, ScoreFacts, TermName, chance_of_payment, score

TODAY = date(2026, 11, 24)
VECTOR = ScoreFacts(Decimal("10000"), 95, broken=1)

facts_of = st.builds(
    ScoreFacts,
    balance=st.decimals(Decimal("-1000"), Decimal("10000000"), places=2),
    days_past_due=st.integers(-100, 5000),
    broken=st.integers(0, 9),
    chance=st.decimals(0, 1, places=3),
    limitation_ends=st.none() | st.dates(TODAY - timedelta(400), TODAY + timedelta(400)),
    callback_due=st.booleans(),
    promise_broken_today=st.booleans(),
    plan_in_grace=st.booleans(),
)


def test_ten_thousand_at_95_days_with_one_broken_promise_scores_54_7():
    scored = score(VECTOR, TODAY)
    assert scored.total == Decimal("54.7")
    assert scored.band == Band.SCORE
    assert scored.as_facts() == {
        "balance": "24.0",
        "age": "13.2",
        "chance": "10.0",
        "broken": "7.5",
        "limitation": "0.0",
    }


def test_the_line_that_says_why_names_the_terms_that_bring_most():
    assert score(VECTOR, TODAY).leading() == ((TermName.BALANCE, 24), (TermName.AGE, 13), (TermName.CHANCE, 10))
    assert score(replace(VECTOR, balance=Decimal(0), days_past_due=0, broken=0), TODAY).leading() == (
        (TermName.CHANCE, 10),
    )


def test_the_bands_stand_before_any_score():
    rich = replace(VECTOR, balance=Decimal(10_000_000), days_past_due=900, broken=5)
    ordered = [
        replace(VECTOR, limitation_ends=TODAY + timedelta(59)),
        replace(VECTOR, callback_due=True, promise_broken_today=True),
        replace(VECTOR, promise_broken_today=True, plan_in_grace=True),
        replace(VECTOR, plan_in_grace=True),
        rich,
        VECTOR,
    ]
    shuffled = [ordered[place] for place in (3, 0, 5, 2, 4, 1)]
    assert sorted(shuffled, key=lambda facts: score(facts, TODAY).order) == ordered


def test_limitation_is_near_in_its_last_60_days_and_not_once_it_is_over():
    def band_at(days: int) -> Band:
        return score(replace(VECTOR, limitation_ends=TODAY + timedelta(days)), TODAY).band

    assert [band_at(days) for days in (60, 59, 0, -1)] == [Band.SCORE, Band.LIMITATION, Band.LIMITATION, Band.SCORE]


@given(facts_of)
def test_a_score_lies_between_0_and_100_and_its_terms_add_up(facts):
    scored = score(facts, TODAY)
    assert 0 <= scored.total <= 100
    assert abs(sum(term.points for term in scored.terms) - scored.total) <= Decimal("0.05")
    assert scored.total == scored.total.quantize(Decimal("0.1"))


@given(facts_of, st.decimals(0, 100_000, places=2), st.integers(0, 500), st.integers(0, 5))
def test_more_owed_longer_due_and_more_broken_never_scores_less(facts, more, days, broken):
    before = score(facts, TODAY).total
    for heavier in (
        replace(facts, balance=facts.balance + more),
        replace(facts, days_past_due=facts.days_past_due + days),
        replace(facts, broken=facts.broken + broken),
        replace(facts, chance=Decimal(1)),
        replace(facts, limitation_ends=TODAY),
    ):
        assert score(heavier, TODAY).total >= before


def test_of_a_debtor_nobody_knows_the_chance_is_a_half():
    assert chance_of_payment(PaymentSigns()) == Decimal("0.5")


def test_kept_promises_and_conversations_raise_the_chance_and_broken_ones_lower_it():
    assert chance_of_payment(PaymentSigns(kept=1, calls=2, right_party_contacts=1)) == Decimal("0.75")
    assert chance_of_payment(PaymentSigns(broken=3)) == Decimal("0.30")
    assert chance_of_payment(PaymentSigns(calls=5, reachable=False)) == Decimal("0.25")
    assert chance_of_payment(PaymentSigns(days_past_due=730)) == Decimal("0.35")


@given(st.builds(PaymentSigns, kept=st.integers(0, 9), partly_kept=st.integers(0, 9), broken=st.integers(0, 9),
                 calls=st.integers(0, 30), right_party_contacts=st.integers(0, 5),
                 reachable=st.sampled_from([None, True, False]), days_past_due=st.integers(-10, 5000)))  # fmt: skip
def test_a_chance_is_never_nothing_and_never_certain(signs):
    assert Decimal("0.05") <= chance_of_payment(signs) <= Decimal("0.95")
    assert chance_of_payment(replace(signs, kept=signs.kept + 1)) >= chance_of_payment(signs)
    assert chance_of_payment(replace(signs, broken=signs.broken + 1)) <= chance_of_payment(signs)
