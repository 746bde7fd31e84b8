"""Payment files as they are kept: made once, with their digest, and handed out as the same bytes ever after."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from billing.bank_details.account import Account
from billing.payment_files.transfers import Payer, Plan, can_pay
from billing.payment_files.writing import written
from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

COLUMNS: Final = "id, run_id, bank_account_id, currency, file_name, sha256, execution_on, payments, total_minor, made_by_name, made_at"
FIND: Final = f"select {COLUMNS} from payment_files where agency_id = $1"  # noqa: S608 - own column names
OWN_FIELDS: Final = ("currency", "holder", "iban", "account_number", "bank_name", "bank_code", "bic")
"""What is kept of an account of the agency's own: all but the branch."""
LAST: Final = f"{FIND} and run_id is null order by id desc limit 20"
PAYERS: Final = """
select id, name, currency, coalesce(nullif(holder, ''), name) as holder, iban, account_number, bank_name, bank_code, bic
from bank_accounts where agency_id = $1 and book = 'trust' and closed_on is null order by currency, position
"""
INSERT: Final = """
insert into payment_files (id, agency_id, run_id, bank_account_id, currency, file_name, content, sha256, execution_on, payments,
                           total_minor, made_by, made_by_name, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A payment file that was made."""

    id: UUID
    run_id: UUID | None
    bank_account_id: UUID
    """The trust account that pays."""
    currency: str
    file_name: str
    sha256: bytes
    execution_on: date
    payments: int
    total_minor: int
    made_by_name: str
    made_at: datetime


async def payers(actor: Actor) -> list[Payer]:
    """The open trust accounts, by currency in their order."""
    return [
        Payer(row["id"], row["name"], Account(**{name: row[name] for name in OWN_FIELDS}))
        for row in await sql(PAYERS, actor.agency_id)
    ]


async def payer_of(actor: Actor, currency: str) -> Payer | None:
    """The first trust account of a currency that a file can be paid from."""
    return next((one for one in await payers(actor) if one.account.currency == currency and can_pay(one.account)), None)


async def keep_file(
    actor: Actor, file_id: UUID, plan: Plan, payer: Payer, name: str, run_id: UUID | None = None
) -> Made:
    """Write a file and keep it under an id that no other has. What it pays is the caller's to hold and to tell of."""
    content = await asyncio.to_thread(written, plan, payer, file_id.hex, clock.now())
    of = (file_id, actor.agency_id, run_id, payer.id, plan.currency, name, content, sha256(content).digest())
    figures = (plan.execution_on, len(plan.transfers), plan.total_minor)
    await sql(INSERT, *of, *figures, actor.user_id, actor.name, clock.now())
    made = await made_file(actor, file_id)
    assert made is not None
    return made


async def made_file(actor: Actor, file_id: UUID) -> Made | None:
    """A file, if it was made."""
    row = await sql_one(f"{FIND} and id = $2", actor.agency_id, file_id)
    return Made(**row) if row is not None else None


async def last_files_of_refunds(actor: Actor) -> list[Made]:
    """The files of refunds, the newest first."""
    return [Made(**row) for row in await sql(LAST, actor.agency_id)]


async def content_of_file(actor: Actor, file_id: UUID) -> bytes:
    """The bytes of a file that was made, as they were made."""
    row = await sql_one("select content from payment_files where agency_id = $1 and id = $2", actor.agency_id, file_id)
    assert row is not None
    return bytes(row["content"])


def facts_of(made: Made) -> dict[str, object]:
    """What the trail says of a file."""
    return {
        "payments": made.payments, "currency": made.currency, "total_minor": made.total_minor,
        "execution_on": made.execution_on, "sha256": made.sha256.hex(),
    }  # fmt: skip
