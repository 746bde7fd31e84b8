"""A debtor that is itself a client."""

from dataclasses import replace

import pytest

from cases.matching.conflicts import ClientFacts, conflict_of
from cases.matching.evidence import DebtorFacts
from portal.identity import new_id

BRANDT = ClientFacts(new_id(), "Brandt & Söhne Antriebe GmbH", "DE", "DE136695714")
OTHERS = [ClientFacts(new_id(), "Suzhou Lanting Bearings Co., Ltd.", "CN"), ClientFacts(new_id(), "Müller", "DE")]
DEBTOR = DebtorFacts("company", "Brandt und Soehne Antriebe G.m.b.H.", country="DE", city="Kiel")


def test_a_name_alone_makes_a_conflict_possible_and_a_vat_number_certain() -> None:
    possible = conflict_of(DEBTOR, [*OTHERS, BRANDT])
    assert possible is not None
    assert (possible.client, possible.certain) == (BRANDT, False)
    certain = conflict_of(replace(DEBTOR, tax_id="DE 136 695 714"), [*OTHERS, BRANDT])
    assert certain is not None
    assert certain.certain


@pytest.mark.parametrize("debtor", [
    replace(DEBTOR, country="AT"), replace(DEBTOR, tax_id="DE274539180"), DebtorFacts("company", "Müller AG", country="DE"),
    DebtorFacts("company", "Brandt Möbel GmbH", country="DE"),
])  # fmt: skip
def test_somebody_else_is_no_conflict(debtor: DebtorFacts) -> None:
    assert conflict_of(debtor, [*OTHERS, BRANDT]) is None
