"""What `portal verify` proves of the bank's word: each account is what the books say, by the items that lie between."""

from uuid import UUID

from billing.reconciliation.bank import accounts_on
from portal import clock
from portal.check import proof
from portal.people.actor import system


@proof("banks' statements and the ledger differ by known items alone", "{} accounts with statements")
async def prove_banks(agency_id: UUID) -> tuple[int, list[str]]:
    """Each account by its last statement: the bank's closing balance, with what one of both tells and the other not, is what
    the books have there, and what stood there before the first statement.
    """
    told = [
        one for one in await accounts_on(system(agency_id), clock.now().date()) if one.unexplained_minor is not None
    ]
    wrong = [
        f"account {one.id}: the bank and the ledger differ by {one.unexplained_minor} {one.currency}"
        for one in told
        if one.unexplained_minor
    ]
    return len(told), wrong
