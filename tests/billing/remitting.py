"""Remittances, for tests: terms of a client, a run led through its steps, and what the ledger has of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billing.bank.confirming import confirm_account
from billing.bank_details import change
from billing.bank_details.account import Account
from billing.bank_details.change import propose
from billing.remittance.approve import approve
from billing.remittance.draft import prepare, review
from billing.remittance.pay import pay as confirm
from billing.remittance.proof import Proof
from billing.remittance.run import Run, load_run
from portal import clock
from portal.ledger.balances import balance
from portal.people.agency_time import agency_day
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY
from tests.people import PASSWORD, Cast, Client, Person

PROOF = Proof(password=PASSWORD)


async def terms(
    owner: asyncpg.Connection,
    client: Client,
    *,
    vat: str = "0",
    floor_minor: int = 0,
    method: str = "net",
    prefix: str = "",
) -> None:
    """Give a client of the cast its terms."""
    await owner.execute(
        "update clients set vat_rate = $2, vat_treatment = $3, remittance_floor_minor = $4, statement_prefix = $5 where id = $1",
        *(client.id, Decimal(vat), "standard" if Decimal(vat) else "outside", floor_minor),
        prefix or f"C{client.id.hex[-6:].upper()}",
    )
    await owner.execute("update remittance_terms set remittance_method = $2 where client_id = $1", client.id, method)


async def own_confirmed(person: Person, account_id: UUID, settings: Settings, *, at: datetime = NOON) -> None:
    """Let the agency's part of runs go to an account of its own that somebody else entered."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            await confirm_account(person.actor, account_id, PROOF, settings.secret_key)


async def paid_into(cast: Cast, client: Client, settings: Settings, account: Account, *, at: datetime = NOON) -> UUID:
    """An account of a client, entered by the owner and confirmed by finance."""
    with clock.at(at):
        async with transaction(cast.owner.actor.scope):
            detail_id = await propose(cast.owner.actor, account, client.id)
        async with transaction(cast.finance.actor.scope):
            await change.confirm(cast.finance.actor, detail_id, PROOF, settings.secret_key)
    return detail_id


async def prepared(
    person: Person,
    currency: str = "GBP",
    *,
    through: date = TODAY,
    at: datetime = NOON,
    reviewed: bool = True,
    only_due: bool = False,
) -> UUID:
    """A run, reviewed by whoever prepared it."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            run_id = await prepare(person.actor, currency, through, only_due=only_due)
            if reviewed:
                await review(person.actor, run_id)
            return run_id


async def approved(
    person: Person, run_id: UUID, settings: Settings, *, at: datetime = NOON, proof: Proof = PROOF
) -> None:
    """Approve a run."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            await approve(person.actor, run_id, proof, settings.secret_key)


async def paid(
    person: Person, run_id: UUID, *, on: date = TODAY, reference: str = "SEPA 1", at: datetime = NOON
) -> None:
    """Confirm that a run was paid."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            await confirm(person.actor, run_id, on, reference)


async def remitted(cast: Cast, settings: Settings, currency: str = "GBP", *, at: datetime = NOON) -> UUID:
    """A whole run, prepared by one person, approved by another, paid."""
    with clock.at(at):
        async with transaction(cast.finance.actor.scope, read_only=True):
            day = await agency_day(cast.finance.actor)
    run_id = await prepared(cast.finance, currency, through=day, at=at)
    await approved(cast.second_finance, run_id, settings, at=at)
    await paid(cast.finance, run_id, on=day, at=at)
    return run_id


async def look(person: Person, run_id: UUID) -> Run:
    """The run as it is now."""
    async with transaction(person.actor.scope, read_only=True):
        return await load_run(person.actor, run_id)


async def statements(owner: asyncpg.Connection, run_id: UUID) -> list[asyncpg.Record]:
    """A run's statements by client."""
    return await owner.fetch("select * from statements where run_id = $1 order by client_id", run_id)


async def statement(owner: asyncpg.Connection, run_id: UUID) -> asyncpg.Record:
    """A run's only statement."""
    (only,) = await statements(owner, run_id)
    return only


@dataclass(frozen=True, slots=True)
class Books:
    """Balances of one client in one currency, each positive on its own side."""

    bank: int
    funds: int
    payable: int
    due_to_operating: int
    receivable: int
    accrued: int
    vat: int
    own_bank: int


async def books(client: Client, currency: str = "GBP") -> Books:
    """What the ledger has."""
    async with transaction(as_job(client.agency_id), read_only=True):
        of_client = {
            account: await balance(client.agency_id, account, currency, client=client.id)
            for account in (2000, 2010, 1200, 1210)
        }
        of_agency = {
            account: await balance(client.agency_id, account, currency) for account in (1000, 2040, 2100, 1100)
        }
    return Books(
        of_agency[1000], of_client[2000], of_client[2010], of_agency[2040], of_client[1200], of_client[1210],
        of_agency[2100], of_agency[1100],
    )  # fmt: skip


async def booked(owner: asyncpg.Connection, statement_id: UUID, kind: str) -> list[str]:
    """A journal of a statement, as the rules write it: ``T Dr2000 80000``, in minor units."""
    rows = await owner.fetch(
        "select l.book, l.account, l.amount_minor from journals j join journal_lines l on l.journal_id = j.id"
        " where j.source = 'remittance' and j.external_id = $1 order by l.position",
        f"{statement_id}:{kind}",
    )
    return [
        f"{row['book'][0].upper()} {'Dr' if row['amount_minor'] > 0 else 'Cr'}{row['account']} {abs(row['amount_minor'])}"
        for row in rows
    ]
