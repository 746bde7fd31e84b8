"""What stands on an account, on a date or by now. Balances are in minor units and positive on the account's own side.

Everything runs in the caller's transaction and sees what its scope may see; ``on`` includes the whole day, and None
means every posted line, also one dated ahead.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.ledger.accounts import CHART
from portal.ledger.tables import Component
from portal.tenancy.database import sql, sql_value

BALANCE = """
select coalesce(sum(amount_minor), 0)::bigint from journal_lines
where agency_id = $1 and account = $2 and currency = $3 and coalesce(client_id, agency_id) = coalesce($4, $1)
  and effective_on <= coalesce($5::date, 'infinity') and account < 9000
"""


async def balance(
    agency_id: UUID, account: int, currency: str, *, client: UUID | None = None, on: date | None = None
) -> int:
    """The balance of an account of the trust or operating book; a client's account needs its ``client``."""
    value = await sql_value(BALANCE, agency_id, account, currency, client, on)
    return CHART[account].sign * int(value)


def found_elsewhere(day: str) -> str:
    """SQL: what the bank told of on the account ``b`` and the books had on another by a day, less what was the other way
    round. ``day`` is an expression of SQL; null means at all.
    """
    return f"""(
    select coalesce(sum(case m.bank_account_id when b.id then m.amount_minor else -m.amount_minor end), 0)::bigint
    from bank_matches m
    where m.agency_id = b.agency_id and m.instead_of is not null and b.id in (m.bank_account_id, m.instead_of)
      and m.undone_at is null and m.effective_on <= coalesce({day}, 'infinity'))"""  # noqa: S608 - our own query


BANK_BALANCE = f"""
select coalesce(sum(l.amount_minor), 0)::bigint + {found_elsewhere("$3::date")} from bank_accounts b
left join ledger_moved($3) l on l.account = case b.book when 'trust' then 1000 else 1100 end and l.currency = b.currency
     and (l.bank_account_id = b.id or (l.bank_account_id is null and b.position = 1))
where b.agency_id = $1 and b.id = $2 group by b.agency_id, b.id
"""  # noqa: S608 - our own query


async def bank_balance(agency_id: UUID, bank_account_id: UUID, *, on: date | None = None) -> int:
    """What stands on one of the agency's bank accounts by the books; nought when the agency has no such account."""
    return int(await sql_value(BANK_BALANCE, agency_id, bank_account_id, on) or 0)


async def client_funds(agency_id: UUID, client_id: UUID, currency: str, *, on: date | None = None) -> int:
    """Money received for a client and not yet in a remittance (2000)."""
    return await balance(agency_id, 2000, currency, client=client_id, on=on)


async def remittance_payable(agency_id: UUID, client_id: UUID, currency: str, *, on: date | None = None) -> int:
    """Approved for a client and not yet paid (2010)."""
    return await balance(agency_id, 2010, currency, client=client_id, on=on)


async def accrued_fees(agency_id: UUID, client_id: UUID, currency: str, *, on: date | None = None) -> int:
    """Fees earned and on no statement yet (1210)."""
    return await balance(agency_id, 1210, currency, client=client_id, on=on)


async def suspense(agency_id: UUID, currency: str, *, on: date | None = None) -> int:
    """Money received that belongs to nobody known yet (2020)."""
    return await balance(agency_id, 2020, currency, on=on)


async def debtor_balance(agency_id: UUID, case_id: UUID, *, on: date | None = None) -> dict[Component, int]:
    """What a case owes by component, from the MEMO book. By now, the columns of ``cases`` say the same."""
    rows = await sql(
        """
        select component, sum(amount_minor)::bigint as owed from journal_lines
        where agency_id = $1 and case_id = $2 and account = 9000 and effective_on <= coalesce($3::date, 'infinity')
        group by component
        """,
        agency_id,
        case_id,
        on,
    )
    owed = {Component(row["component"]): row["owed"] for row in rows}
    return {component: owed.get(component, 0) for component in Component}


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One line of a trial balance: an account of one holder in one currency, positive on its own side."""

    account: int
    currency: str
    client_id: UUID | None
    balance_minor: int


async def trial_balance(agency_id: UUID, *, on: date | None = None) -> list[AccountBalance]:
    """Every account of the trust and operating books that is not nought, by currency, account and client."""
    rows = await sql(
        """
        select account, currency, client_id, sum(amount_minor)::bigint as amount from journal_lines
        where agency_id = $1 and account < 9000 and effective_on <= coalesce($2::date, 'infinity')
        group by account, currency, client_id having sum(amount_minor) <> 0
        order by currency, account, client_id
        """,
        agency_id,
        on,
    )
    return [
        AccountBalance(row["account"], row["currency"], row["client_id"], CHART[row["account"]].sign * row["amount"])
        for row in rows
    ]
