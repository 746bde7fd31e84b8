"""Our journals read by another program: beancount adds up every account itself, and says what it finds wrong."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from beancount import loader
from beancount.core.data import Transaction

from billing.books.beancount import account_name, beancount_text
from billing.books.journals import Period
from portal.money import decimal_string
from portal.people.actor import system
from portal.tenancy.database import as_job, sql, transaction


async def told(agency_id: UUID, since: date, through: date) -> str:
    """The journals of a period as beancount text."""
    actor = system(agency_id)
    async with transaction(actor.scope, read_only=True):
        return "".join([piece async for piece in beancount_text(actor, Period(since, through))])


def found_wrong(text: str) -> list[str]:
    """What beancount finds wrong with a text: nothing, if every transaction balances and every account ends as stated."""
    _, errors, _ = loader.load_string(text)
    return [error.message for error in errors]


STANDS = """
select account, currency, component, client_id, sum(amount_minor)::bigint as minor from journal_lines
where agency_id = $1 and effective_on <= $2 group by account, currency, component, client_id
"""


async def differences(agency_id: UUID, since: date, through: date) -> list[str]:
    """What beancount finds wrong, and every account and currency of ours that it adds up to something else, or does not know:
    those that moved and stand at nought as well.
    """
    entries, errors, _ = loader.load_string(await told(agency_id, since, through))
    theirs: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                theirs[posting.account, posting.units.currency] += posting.units.number
    async with transaction(as_job(agency_id), read_only=True):
        rows = await sql(STANDS, agency_id, through)
    opened = {entry.account for entry in entries if hasattr(entry, "booking")}
    ours = {
        (account_name(row["account"], row["component"], row["client_id"].hex if row["client_id"] else None), row["currency"]):
        Decimal(decimal_string(row["minor"], row["currency"]))
        for row in rows
    }  # fmt: skip
    told_wrong = [
        f"{account} {currency}: {theirs.get((account, currency), Decimal())} there, {ours.get((account, currency))} here"
        for account, currency in sorted(ours.keys() | theirs.keys())
        if theirs.get((account, currency), Decimal()) != ours.get((account, currency)) or account not in opened
    ]
    return [*(error.message for error in errors), *told_wrong]
