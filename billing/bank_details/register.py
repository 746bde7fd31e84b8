"""Accounts as they are kept: what is in force, what waits, and what was in force before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank_details.account import Account
from billing.bank_details.tables import DetailStatus
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

REST_DAYS: Final = 3
"""So long nothing is paid to a client's changed account (money rules, trust and remittance)."""
MASKED: Final = "coalesce(left(nullif(d.iban, ''), 2) || right(d.iban, 4), '••' || right(d.account_number, 4), '')"
"""SQL for a document: the country and the last four of a client's account ``d``, DE4471; empty where there is none."""
FIELDS: Final = ("currency", "holder", "iban", "account_number", "bank_name", "branch", "bank_code", "bic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One version of an account, with who entered and who confirmed it."""

    id: UUID
    client_id: UUID | None
    version: int
    account: Account
    status: DetailStatus
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    ended_by_name: str
    ended_at: datetime | None

    @property
    def currency(self) -> str:
        """What is paid into it."""
        return self.account.currency

    def payable_from(self, zone: tzinfo) -> date:
        """The first day on which a client's money may go there: a changed account rests for days after it was confirmed,
        so that whoever was told of the change can still speak up. The first account of all changes nothing.
        """
        if self.version == 1 or self.decided_at is None:
            return date.min
        return self.decided_at.astimezone(zone).date() + timedelta(days=REST_DAYS)


SELECT: Final = "select * from bank_details where agency_id = $1"
AGENCYS: Final = f"{SELECT} and client_id is null"
HOLDERS: Final = f"{SELECT} and coalesce(client_id, agency_id) = coalesce($2, $1)"


def _detail(row: asyncpg.Record) -> Detail:
    names = [name for name in Detail.__slots__ if name not in ("account", "status")]
    account = Account(**{name: row[name] for name in FIELDS})
    return Detail(account=account, status=DetailStatus(row["status"]), **{name: row[name] for name in names})


async def load_detail(actor: Actor, detail_id: UUID) -> Detail:
    """One version.

    Raises:
        NotFound: there is none for the actor.
    """
    row = await sql_one(f"{SELECT} and id = $2", actor.agency_id, detail_id)
    if row is None:
        raise NotFound
    return _detail(row)


async def all_details(actor: Actor, client_id: UUID | None = None) -> dict[str, list[Detail]]:
    """Every version of the agency's accounts, or of a client's, by currency, the latest first."""
    found: dict[str, list[Detail]] = {}
    for row in await sql(f"{HOLDERS} order by currency, version desc", actor.agency_id, client_id):
        found.setdefault(row["currency"], []).append(_detail(row))
    return found


async def accounts_in_force(actor: Actor, client_id: UUID) -> list[Detail]:
    """Where a client's money goes, by currency."""
    rows = await sql(f"{HOLDERS} and status = 'in_force' order by currency", actor.agency_id, client_id)
    return [_detail(row) for row in rows]


async def where_paid(actor: Actor, client_id: UUID) -> list[str]:
    """Where a client's money goes, as it is shown: ``EUR •••• 3000``."""
    in_force = await accounts_in_force(actor, client_id)
    return [f"{each.currency} •••• {(each.account.iban or each.account.account_number)[-4:]}" for each in in_force]


async def account_in_force(actor: Actor, currency: str, at: datetime | None = None) -> Account | None:
    """Where debtors pay in a currency now, or were told to at a moment; None where there is no account.

    What was told at a moment never changes, so that a letter of that moment is the same whenever it is made.
    """
    if at is None:
        row = await sql_one(f"{AGENCYS} and currency = $2 and status = 'in_force'", actor.agency_id, currency)
    else:
        shown = (
            "decided_at <= $3 and (ended_at is null or ended_at > $3) and status in ('in_force', 'replaced', 'ended')"
        )
        row = await sql_one(
            f"{AGENCYS} and currency = $2 and {shown} order by version desc limit 1", actor.agency_id, currency, at
        )
    return _detail(row).account if row is not None else None
