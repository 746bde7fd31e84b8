"""Knowing a debtor again: two clients write the same company in two ways, and the agency has one debtor.

Under this name a debtor is found without looking at anybody else: the same name, written alike or not, in the same
country and postal code. What is less alike is scored (`cases.matching`).
"""

from cases.matching.names import folded, without_form

_BAR = " | "


def match_name(name: str) -> str:
    """The name as debtors are matched by: what is typed differently and means the same comes out the same.

    The legal form stands behind a bar in one spelling: ``Müller  G.m.b.H.`` gives ``müller | gmbh``. Never empty: a
    name of signs alone is kept as it is.
    """
    core, form = without_form(folded(name))
    return f"{core}{_BAR}{form}" if form else core or name.strip()
