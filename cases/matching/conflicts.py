"""Whether a debtor is itself a client of the agency: then the agency would collect from whom it works for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cases.matching.blocking import keys
from cases.matching.evidence import DebtorFacts
from cases.matching.score import Score, score
from cases.matching.verdict import Verdict, verdict


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A client as far as it is known: a name, and where its terms say so a country and a VAT number."""

    id: UUID
    name: str
    country: str = ""
    vat_number: str = ""

    @property
    def facts(self) -> DebtorFacts:
        """The client as debtors are compared."""
        return DebtorFacts("company", self.name, tax_id=self.vat_number, country=self.country)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The client a debtor seems to be. ``certain`` by the rules that link two debtors; a name alone is possible only."""

    client: ClientFacts
    score: Score
    certain: bool


def conflict_of(debtor: DebtorFacts, clients: Iterable[ClientFacts]) -> Conflict | None:
    """The client that a debtor most likely is, if it may be any."""
    known = keys(debtor)
    alike = [(score(debtor, client.facts), client) for client in clients if known & keys(client.facts)]
    found = max(alike, key=lambda pair: pair[0].total, default=None)
    if found is None or verdict(found[0]) is Verdict.APART:
        return None
    return Conflict(found[1], found[0], certain=verdict(found[0]) is Verdict.LINK)
