"""A debtor that is itself a client."""

from dataclasses import replace

import pytest

from cases.matching.conflicts import as_profile, likeliest
from cases.matching.profile import Profile
from portal.identity import new_id

BRANDT = as_profile(new_id(), "Brandt & Söhne Antriebe GmbH", "DE", "DE136695714")
OTHERS = [as_profile(new_id(), "Suzhou Lanting Bearings Co., Ltd.", "CN"), as_profile(new_id(), "Müller", "DE")]
DEBTOR = Profile(new_id(), "company", "Brandt und Soehne Antriebe G.m.b.H.", country="DE", city="Kiel")


def test_a_name_alone_makes_a_conflict_possible_and_a_vat_number_certain() -> None:
    possible = likeliest(DEBTOR, [*OTHERS, BRANDT])
    assert possible is not None
    assert (possible.client, possible.certain) == (BRANDT, False)
    certain = likeliest(replace(DEBTOR, tax_ids=("DE 136 695 714",)), [*OTHERS, BRANDT])
    assert certain is not None
    assert certain.certain


@pytest.mark.parametrize("debtor", [
    replace(DEBTOR, country="AT"), replace(DEBTOR, tax_ids=("DE274539180",)),
    replace(DEBTOR, name="Müller AG"), replace(DEBTOR, name="Brandt Möbel GmbH"),
])  # fmt: skip
def test_somebody_else_is_no_conflict(debtor: Profile) -> None:
    assert likeliest(debtor, [*OTHERS, BRANDT]) is None
