"""From a journal to the page of whatever made it."""

from __future__ import annotations

import asyncpg
import pytest

from billing.books.sources import sources_of
from billing.invoices.credit import credit_invoice
from billing.invoices.pay import pay_invoice
from portal.errors import Forbidden
from portal.identity import new_id
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import TODAY, agreed, pay
from tests.billing.remitting import remitted, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Person


async def led(person: Person, journal_id: object) -> set[str]:
    async with transaction(person.actor.scope, read_only=True):
        return {source.url for source in await sources_of(person.actor, journal_id)}  # type: ignore[arg-type]


async def test_every_journal_of_a_gross_remittance_leads_to_what_made_it(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.2", method="gross")
    await agreed(cast, cast.brandt)
    paid = await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 10_000)
    run_id = await remitted(cast, settings)
    invoice_id = await owner.fetchval("select id from client_invoices where agency_id = $1", cast.nordkai.id)
    async with transaction(cast.finance.actor.scope):
        await pay_invoice(cast.finance.actor, invoice_id, TODAY, "SEPA 7", 1_000)
        note_id = await credit_invoice(cast.finance.actor, invoice_id, "agreed", 500, new_id())
    statement_id = await owner.fetchval("select id from statements where run_id = $1", run_id)
    kinds = {
        row["kind"]: await led(cast.auditor, row["id"])
        for row in await owner.fetch(
            "select id, kind from journals where agency_id = $1 and source <> 'placement'", cast.nordkai.id
        )
    }
    assert kinds == {
        "receipt": {f"/payments/{paid.id}"},
        "approval": {f"/statements/{statement_id}"},
        "paid": {f"/statements/{statement_id}"},
        "invoice": {f"/invoices/{invoice_id}"},
        "invoice paid": {f"/invoices/{invoice_id}"},
        "credit note": {f"/credit-notes/{note_id}"},
    }


async def test_another_agency_and_a_negotiator_are_led_nowhere(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 10_000)
    journal_id = await owner.fetchval("select journal_id from payments where agency_id = $1", cast.nordkai.id)
    assert await led(cast.huadong_finance, journal_id) == set()
    with pytest.raises(Forbidden):
        await led(cast.negotiator, journal_id)
