"""The weights, judged on labelled pairs: nothing is linked wrongly, and hardly anything is overlooked."""

from collections import Counter

import pytest

from cases.matching.blocking import keys
from cases.matching.score import score
from cases.matching.verdict import Verdict, verdict
from tests.cases.matching.american import AMERICAN
from tests.cases.matching.chinese import CHINESE
from tests.cases.matching.european import EUROPEAN
from tests.cases.matching.pairs import Pair, Truth

PAIRS = (*EUROPEAN, *AMERICAN, *CHINESE)


def told(pair: Pair) -> str:
    """A pair with its score, as a person would ask about it."""
    scored = score(pair.a, pair.b)
    reasons = ", ".join(f"{reason.points:+d} {reason.sentence}" for reason in scored.reasons)
    return f"{pair.why}: {pair.a.name} / {pair.b.name} is {pair.truth}, scored {scored.total}: {reasons}"


def test_what_is_linked_by_itself_is_one_debtor_and_what_is_one_debtor_is_seldom_overlooked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counted = Counter((pair.truth, verdict(score(pair.a, pair.b))) for pair in PAIRS)
    linked = sum(count for (_, what), count in counted.items() if what is Verdict.LINK)
    same = sum(count for (truth, _), count in counted.items() if truth is Truth.SAME)
    right, noticed = counted[Truth.SAME, Verdict.LINK], same - counted[Truth.SAME, Verdict.APART]
    with capsys.disabled():
        print(f"\n{len(PAIRS)} pairs: {right} of {linked} links right, {noticed} of {same} same debtors noticed")  # noqa: T201
    assert len(PAIRS) >= 120
    assert right == linked
    assert noticed >= 0.95 * same


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.truth is not Truth.SAME], ids=lambda pair: pair.why)
def test_a_doubt_is_never_linked(pair: Pair) -> None:
    assert verdict(score(pair.a, pair.b)) is not Verdict.LINK, told(pair)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.truth is Truth.DIFFERENT], ids=lambda pair: pair.why)
def test_two_debtors_trouble_nobody(pair: Pair) -> None:
    assert verdict(score(pair.a, pair.b)) is Verdict.APART, told(pair)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.truth is Truth.ASK], ids=lambda pair: pair.why)
def test_what_cannot_be_said_is_shown_to_a_person(pair: Pair) -> None:
    assert verdict(score(pair.a, pair.b)) is Verdict.ASK, told(pair)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.truth is not Truth.DIFFERENT], ids=lambda p: p.why)
def test_a_pair_worth_a_look_is_found_by_a_key(pair: Pair) -> None:
    assert keys(pair.a) & keys(pair.b), told(pair)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.why)
def test_a_score_does_not_ask_who_came_first(pair: Pair) -> None:
    assert score(pair.a, pair.b).total == score(pair.b, pair.a).total
