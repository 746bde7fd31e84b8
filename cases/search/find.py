"""What a few letters or digits find. Names are compared without case and accents; two Chinese characters are enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from portal.people.actor import Actor
from portal.tenancy.database import sql

SHOWN: Final = 50
DEBTORS: Final = 12
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Cases, best first, and for staff the agency's debtors and clients; whether there are more of them than shown."""

    cases: Sequence[asyncpg.Record] = ()
    more: bool = False
    debtors: Sequence[asyncpg.Record] = ()
    more_debtors: bool = False
    clients: Sequence[asyncpg.Record] = ()

    def __bool__(self) -> bool:
        return bool(self.cases or self.debtors or self.clients)


# Few enough to be read one by one under row-level security.
CLIENTS = """
select id, name, country from clients
where agency_id = $1 and ' ' || name_fold(name) like search_pattern($2) order by name limit 20
"""


async def find(actor: Actor, query: str) -> Found:
    """Everything the actor may see that fits: cases by number, reference, invoice number or part of a debtor's name.

    People of a client search their own cases, with the debtor as they placed it; the agency's record of a debtor is
    never looked at for them.
    """
    actor.require("cases.read")
    text = " ".join(query.replace("\0", "").split())[:LONGEST]
    if len(text) < 1:
        return Found()
    cases = await sql("select * from search_cases($1, $2)", text, SHOWN + 1)
    if not actor.may("debtors.read"):
        return Found(cases[:SHOWN], len(cases) > SHOWN)
    debtors = await sql("select * from search_debtors($1, $2)", text, DEBTORS + 1)
    return Found(
        cases[:SHOWN],
        len(cases) > SHOWN,
        debtors=debtors[:DEBTORS],
        more_debtors=len(debtors) > DEBTORS,
        clients=await sql(CLIENTS, actor.agency_id, text),
    )
