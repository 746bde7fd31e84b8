"""Links and what they make one."""

from itertools import combinations
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.debtor_links.compare import choose
from cases.matching.groups import Groups, oldest_of
from cases.matching.score import Score

DEBTORS = [UUID(int=number) for number in range(1, 7)]
PAIRS = [(later, earlier) for earlier, later in combinations(DEBTORS, 2)]
pairs = st.lists(st.sampled_from(PAIRS), unique=True, max_size=8)


@given(pairs)
@settings(max_examples=50)
def test_debtors_are_one_under_the_oldest_that_links_lead_to(links: list[tuple[UUID, UUID]]) -> None:
    oldest = oldest_of(DEBTORS, links)
    assert all(oldest[one] == oldest[other] for one, other in links)
    assert all(first <= member and oldest[first] == first for member, first in oldest.items())
    assert len(set(oldest.values())) >= len(DEBTORS) - len(links)


@given(pairs, pairs, st.lists(st.integers(70, 100), min_size=8, max_size=8))
@settings(max_examples=100)
def test_no_score_makes_one_of_two_that_somebody_told_apart(
    found: list[tuple[UUID, UUID]], apart: list[tuple[UUID, UUID]], scores: list[int]
) -> None:
    worth = {pair: Score(total, ()) for pair, total in zip(found, scores, strict=False) if pair not in apart}
    links, questions = choose(worth, Groups({debtor: debtor for debtor in DEBTORS}, apart))
    oldest = oldest_of(DEBTORS, links)
    assert all(oldest[one] != oldest[other] for one, other in apart)
    assert all(oldest[one] != oldest[other] for one, other in questions)
    # A link more than needed would keep together what somebody takes apart.
    assert len(links) == len(DEBTORS) - len(set(oldest.values()))
