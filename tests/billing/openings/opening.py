"""Opening balances, for tests: accounts at banks, pieces, and each step by its person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from billing.openings.approve import approve
from billing.openings.document import give_proof
from billing.openings.items import GivenItem, add_items
from billing.openings.prepare import begin, set_balances
from billing.openings.propose import propose
from billing.openings.prove import prove_openings
from billing.openings.register import Opening, load_opening
from billing.openings.tables import ItemKind
from portal import clock
from portal.identity import new_id
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY, wrong
from tests.billing.remitting import PROOF
from tests.people import Agency, Client, Person

BEGAN = TODAY - timedelta(days=10)
"""The first day of the books."""
LIST = b"client,reference,amount\nBrandt,OLD-1,1\n"


async def did(person: Person, do: Callable[..., Awaitable[Any]], *args: Any, at: datetime = NOON, **more: Any) -> Any:
    """Do something in a transaction of its own."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await do(person.actor, *args, **more)


async def account(
    owner: asyncpg.Connection, agency: Agency, currency: str = "GBP", book: str = "trust", position: int = 1
) -> UUID:
    """One of the agency's bank accounts, entered today."""
    bank_account_id = new_id()
    await owner.execute(
        "insert into bank_accounts (id, agency_id, book, currency, position, name, account_number, opened_on, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *(bank_account_id, agency.id, book, currency, position, f"{book} {position}", bank_account_id.hex[-8:].upper()),
        *(TODAY, NOON),
    )
    return bank_account_id


def piece(
    minor: int | None, client: Client | None = None, *, kind: ItemKind | None = None, reference: str = "OLD-1",
    debtor: str = "Hofmann GmbH", on: date | None = BEGAN - timedelta(days=30),
) -> GivenItem:  # fmt: skip
    """A piece: a client's money, or nobody's."""
    return GivenItem(
        kind=kind or (ItemKind.FUNDS if client else ItemKind.SUSPENSE), client_id=client.id if client else None,
        reference=reference, debtor_name=debtor, received_on=on, amount_minor=minor,
    )  # fmt: skip


async def drafted(
    person: Person, currency: str, banks: Mapping[UUID, int], pieces: Sequence[GivenItem], *, proof: bool = True,
    on: date = BEGAN, **figures: int,
) -> UUID:  # fmt: skip
    """A draft, with what proves it."""
    opening_id: UUID = await did(person, begin, currency, on)
    await did(person, set_balances, opening_id, on, banks, figures)
    if pieces:
        await did(person, add_items, opening_id, pieces)
    if proof:
        with clock.at(NOON):
            await give_proof(person.actor, opening_id, "closing list.csv", LIST)
    return opening_id


async def approved(person: Person, opening_id: UUID, settings: Settings, *, shown: int | None = None) -> Opening:
    """Approve what is shown."""
    version = shown or (await did(person, load_opening, opening_id)).version
    await did(person, approve, opening_id, version, PROOF, settings.secret_key)
    found: Opening = await did(person, load_opening, opening_id)
    return found


async def opened(
    first: Person, second: Person, settings: Settings, currency: str, banks: Mapping[UUID, int],
    pieces: Sequence[GivenItem], **figures: int,
) -> Opening:  # fmt: skip
    """The whole way: written and proposed by one, approved by another."""
    opening_id = await drafted(first, currency, banks, pieces, **figures)
    await did(first, propose, opening_id)
    return await approved(second, opening_id, settings)


async def faults(agency: Agency) -> list[str]:
    """What the proofs of the books and of opening balances find wrong."""
    async with transaction(as_job(agency.id), read_only=True):
        _, found = await prove_openings(agency.id)
    return [*await wrong(agency.id), *found]
