"""The agency's accounts as they are kept: what is shown, what waits, and what was shown before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank_details.account import Account
from billing.bank_details.tables import DetailStatus
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

FIELDS: Final = ("currency", "holder", "iban", "account_number", "bank_name", "branch", "bank_code", "bic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One version of an account, with who entered and who confirmed it."""

    id: UUID
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


SELECT: Final = "select * from bank_details where agency_id = $1"


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


async def all_details(actor: Actor) -> dict[str, list[Detail]]:
    """Every version by currency, the latest first."""
    found: dict[str, list[Detail]] = {}
    for row in await sql(f"{SELECT} order by currency, version desc", actor.agency_id):
        found.setdefault(row["currency"], []).append(_detail(row))
    return found


async def account_in_force(actor: Actor, currency: str, at: datetime | None = None) -> Account | None:
    """Where debtors pay in a currency now, or were told to at a moment; None where there is no account.

    What was told at a moment never changes, so that a letter of that moment is the same whenever it is made.
    """
    if at is None:
        row = await sql_one(f"{SELECT} and currency = $2 and status = 'in_force'", actor.agency_id, currency)
    else:
        shown = (
            "decided_at <= $3 and (ended_at is null or ended_at > $3) and status in ('in_force', 'replaced', 'ended')"
        )
        row = await sql_one(
            f"{SELECT} and currency = $2 and {shown} order by version desc limit 1", actor.agency_id, currency, at
        )
    return _detail(row).account if row is not None else None
