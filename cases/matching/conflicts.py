"""Whether a debtor is itself a client of the agency: then the agency would collect from whom it works for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cases.matching.profile import Profile, compare, keys_of
from cases.matching.score import Score
from cases.matching.verdict import Verdict, verdict


@dataclass(frozen=True, slots=True)
class Likeness:
    """The client a debtor seems to be. ``certain`` by the rules that link two debtors; a name alone is possible only."""

    client: Profile
    score: Score
    certain: bool


def as_profile(client_id: UUID, name: str, country: str = "", vat_number: str = "") -> Profile:
    """A client as debtors are compared: a name, and where its terms say so a country and a VAT number."""
    return Profile(client_id, "company", name, country, tax_ids=(vat_number,) if vat_number else ())


def likeliest(debtor: Profile, clients: Iterable[Profile]) -> Likeness | None:
    """The client that a debtor most likely is, if it may be any."""
    known = keys_of(debtor).keys()
    alike = [(compare(debtor, client), client) for client in clients if known & keys_of(client).keys()]
    found = max(alike, key=lambda pair: pair[0].total, default=None)
    if found is None or verdict(found[0]) is Verdict.APART:
        return None
    return Likeness(found[1], found[0], certain=verdict(found[0]) is Verdict.LINK)
