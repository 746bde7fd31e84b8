"""Knowing a debtor again: two clients write the same company in two ways, and the agency has one debtor.

Under this name a company is found without looking at anybody else: the same name, written alike or not, in the same
country and postal code. Two persons may well have that in common, so that one more thing must be the same of a person.
What is less alike is scored (`cases.matching`).
"""

from cases.intake.draft import DebtorDraft, DebtorKind
from cases.matching.evidence import normal_phone, normal_street
from cases.matching.names import folded, without_form
from cases.matching.numbers import number_key

_BAR = " | "
_LONGEST = 200
"""An index takes no more than a part of a page."""


def match_name(name: str) -> str:
    """The name as debtors are matched by: what is typed differently and means the same comes out the same.

    The legal form stands behind a bar in one spelling: ``Müller  G.m.b.H.`` gives ``müller | gmbh``. Never empty: a
    name of signs alone is kept as it is.
    """
    core, form = without_form(folded(name))
    return f"{core}{_BAR}{form}" if form else core or name.strip()


def told_apart_by(debtor: DebtorDraft) -> str:
    """What must be the same, beside name and place, for a person to be one that is known: the street; where none is
    given a number, an e-mail address or a telephone number. Empty for a company, and where nothing is given."""
    if debtor.kind is not DebtorKind.PERSON:
        return ""
    numbers = number_key(debtor.tax_id) or number_key(debtor.registration_number)
    known = normal_street(debtor.address.street) or numbers or debtor.email.casefold() or normal_phone(debtor.phone)
    return known[:_LONGEST]
