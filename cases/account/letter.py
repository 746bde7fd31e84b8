"""The letter of an account to its debtor: interest to its day is fixed by it, so that the balance it names is what is owed.

Interest stands beside the balance until something names it (`cases.interest.post`). A letter does: all of it to the day
comes into the books first, on every open case of the account, and the letter is set from the books. On the same day
nothing more has accrued, so that the letter made again is the same letter.
"""

from typing import Final
from uuid import UUID

from cases.account.register import Account, account_of, cases_of_account
from cases.casework import load_case, tell
from cases.interest.post import post_interest
from portal.audit.record import record
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql_value

MADE: Final = """
select exists (select from case_events
               where agency_id = $1 and case_id = $2 and kind = 'account_letter.made' and facts ->> 'through' = $3
                 and (facts ->> 'balance_minor')::bigint = $4)
"""
"""Whether the letter of that day and balance is on the case's timeline."""


async def fix_for_letter(actor: Actor, case_id: UUID) -> Account:
    """Post the interest of an account to today for a letter, and give the account as the letter tells it.

    Raises:
        NotFound: there is no such case here.
        Refused: the period is closed, or as `portal.ledger.journal.post`.
    """
    actor.require("interest.set")
    case = await load_case(actor, case_id)
    today, minor = await agency_day(actor), 0
    # One debtor has a few cases with a creditor; each is held, in one order, while its interest is worked out.
    for each in sorted(of.id for of in await cases_of_account(actor, case)):
        minor += await post_interest(actor, await load_case(actor, each, lock=True), today)
    account = await account_of(actor, await load_case(actor, case.id), today)
    if not minor and await sql_value(MADE, actor.agency_id, case.id, today.isoformat(), account.balance_minor):
        return account
    facts = {
        "balance_minor": account.balance_minor,
        "interest_minor": minor,
        "currency": case.currency,
        "through": today,
    }
    await tell(actor, case, "account_letter.made", "money", facts)
    await record(actor, "account_letter.made", "case", case.id, client_id=case.client_id, facts=facts)
    return account
