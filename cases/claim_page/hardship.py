"""A debtor says that it cannot pay: income and outgoings of a month, and what follows for the agency.

What is left over is computed and shown; what it means for the case, a person decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cases.casework import Next, NextAction, load_case, set_next, tell
from cases.claim_page.overview import own_case
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_one

AGAIN_AFTER: Final = timedelta(days=1)
"""What was stated is not stated anew before then: a double click, or somebody who is nervous."""
MOST_DEPENDANTS: Final = 30
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A month of a debtor, in minor units of the case's currency."""

    income_minor: int
    housing_minor: int
    fixed_minor: int
    dependants: int
    could_pay_minor: int

    @property
    def surplus_minor(self) -> int:
        """What is left of the income after housing and other fixed costs; below nought when it does not reach."""
        return self.income_minor - self.housing_minor - self.fixed_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardship(Household):
    """What a debtor stated, and when."""

    currency: str
    note: str
    stated_at: datetime


INSERT: Final = """
insert into hardship_statements (id, agency_id, client_id, case_id, currency, income_minor, housing_minor, fixed_minor,
                                 dependants, could_pay_minor, note, stated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
LATEST: Final = """
select income_minor, housing_minor, fixed_minor, dependants, could_pay_minor, currency, note, stated_at
from hardship_statements where agency_id = $1 and case_id = $2 order by stated_at desc limit 1
"""


def check_household(household: Household) -> None:
    """Whether a month can be so.

    Raises:
        Refused: there are too many to support, or more could be paid than comes in.
    """
    if not 0 <= household.dependants <= MOST_DEPENDANTS:
        raise Refused(
            N_("A whole number from 0 to %(most)s."), field="dependants", code="bad_number", most=MOST_DEPENDANTS
        )
    if household.could_pay_minor > household.income_minor:
        raise Refused(N_("This is more than your income."), field="could_pay", code="over_income")


async def state_hardship(actor: Actor, household: Household, note: str) -> UUID:
    """Write down that the debtor cannot pay; looking at it is what comes next. Gives the statement's id.

    Raises:
        Refused: the case is closed, an amount will not do, or it was stated less than a day ago.
    """
    actor.require("claim.answer")
    check_household(household)
    case = await load_case(actor, (await own_case(actor)).id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    now, statement_id = clock.now(), new_id()
    before = await latest_hardship(actor, case.id)
    if before is not None and now - before.stated_at < AGAIN_AFTER:
        raise Refused(N_("You have told us already. We answer as soon as we can."), code="stated_already")
    await sql(
        INSERT,
        *(statement_id, actor.agency_id, case.client_id, case.id, case.currency, household.income_minor),
        *(household.housing_minor, household.fixed_minor, household.dependants, household.could_pay_minor, note, now),
    )
    async with with_the_agencys_eyes(actor) as portal:
        # What they earn is nobody's but theirs and ours: the timeline and the trail have only that it was said.
        await tell(actor, case, "hardship.stated", "contact", {"statement_id": statement_id}, client_sees=False)
        await record(actor, "hardship.stated", "case", case.id, facts={"statement_id": statement_id})
        following = Next(NextAction.REVIEW, now, case.next_action_user_id, reason="hardship")
        await set_next(portal, case, following)
        await refresh(portal, case.id)
    return statement_id


async def latest_hardship(actor: Actor, case_id: UUID) -> Hardship | None:
    """What the debtor of a case stated last; for staff and the debtor.

    Raises:
        NotFound: a client asks.
    """
    if actor.client_id is not None:
        raise NotFound
    row = await sql_one(LATEST, actor.agency_id, case_id)
    return Hardship(**row) if row else None
