"""Rule packs: contact rules as data. A lawyer confirms a pack before an agency relies on it."""

from collections.abc import Sequence

from cases.contact.packs import company
from cases.contact.rules import Rule


def shipped() -> Sequence[Rule]:
    """Every rule this version brings, of every pack, whether or not it is in force today."""
    return company.RULES
