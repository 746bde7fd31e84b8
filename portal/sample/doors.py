"""The way to a debtor's page in the sample: a fresh private link for one case of each agency, as letters would bring it."""

from dataclasses import dataclass
from typing import Final

from cases.claim_page.links import make_link
from portal.people.actor import Actor
from portal.people.agencies import list_agencies
from portal.tenancy.database import sql_one, transaction

CASE: Final = """
select id, number, debtor_name, debtor_postal_code from cases
where agency_id = $1 and status = 'active' and debtor_postal_code <> '' and balance_minor > 0
order by situation = 'promise_open' desc, currency = $2 desc, number limit 1
"""
"""One whose debtor has promised something, in the agency's own currency where there is one."""


@dataclass(frozen=True, slots=True)
class Door:
    """A private link, and what proves to it that one is the debtor."""

    agency: str
    debtor: str
    address: str
    reference: str
    postal_code: str


async def open_doors() -> list[Door]:
    """A private link for each sample agency, made anew each time it is asked for."""
    agencies = [agency for agency in await list_agencies() if agency.is_sample]
    return [door for agency in agencies if (door := await _open(agency.actor, agency.name)) is not None]


async def _open(actor: Actor, agency: str) -> Door | None:
    async with transaction(actor.scope):
        case = await sql_one(CASE, actor.agency_id, actor.base_currency)
        if case is None:
            return None
        address = await make_link(actor, case["id"])
    return Door(agency, case["debtor_name"], address, case["number"], case["debtor_postal_code"])
