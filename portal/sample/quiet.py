"""Accounts of the sample world whose own story has been told: something more may come of each, once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case
from portal import clock
from portal.money import exponent
from portal.people.permissions import Role
from portal.sample.acts import Account, Event
from portal.sample.founding import Office
from portal.tenancy.database import sql_value, transaction

NEWEST: Final = """
select id from cases
where agency_id = $1 and id = any($2) and ($3::uuid is null or client_id = $3) and ($4 = '' or currency = $4)
  and status = 'active' and agreement = '' and recall_asked_on is null and on_hold_until is null
  and situation in ('working', 'no_contact', 'promise_broken', 'new') and not id = any($5)
order by $6 and balance_minor < placed_minor, number desc limit 1
"""


@dataclass
class QuietCases:
    """Those of one agency. ``events`` are those of the stories, after which an account is left alone."""

    office: Office
    events: Sequence[Event]
    taken: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.last: dict[int, tuple[Account, datetime]] = {}
        for event in self.events:
            known = self.last.get(id(event.account))
            if known is None or event.at > known[1]:
                self.last[id(event.account)] = (event.account, event.at)

    async def take(self, *, of_first_client: bool = False, unpaid: bool = False, currency: str = "") -> CaseFile:
        """The newest open case whose story is over, and which nobody has agreed anything on; it is given once. ``unpaid``
        looks first among those on which nothing was paid.
        """
        reader = self.office.one(Role.NEGOTIATOR)
        over = [account.case_id for account, at in self.last.values() if at < clock.now() and account.case_id]
        client = self.office.clients[self.office.plan.clients[0].key] if of_first_client else None
        async with transaction(reader.scope, read_only=True):
            found = await sql_value(NEWEST, reader.agency_id, over, client, currency, list(self.taken), unpaid)
            assert found is not None, "the stories leave too few cases of this kind"
            case = await load_case(reader, found)
        self.taken.add(case.id)
        return case

    def account_of(self, case: CaseFile) -> Account:
        """What a case was before it was placed."""
        return next(account for account, _ in self.last.values() if account.case_id == case.id)


def part_of(case: CaseFile, percent: int) -> int:
    """So many per cent of what is owed, in whole units of the currency."""
    unit: int = 10 ** exponent(case.currency)
    return max(1, case.balance_minor * percent // 100 // unit) * unit
