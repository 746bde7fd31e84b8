"""Cases for tests, written as a placement leaves them, without going through a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from portal.identity import new_id
from portal.ledger.journal import JournalDraft, owe_more, post
from portal.ledger.tables import Component
from portal.people.actor import system
from portal.tenancy.database import sql, sql_value, transaction
from tests.people import Agency, Client

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A working Monday, eleven in Berlin."""


async def placed_case(
    agency: Agency,
    client: Client,
    *,
    amount_minor: int = 100_000,
    currency: str = "EUR",
    debtor: str = "Müller Maschinenbau GmbH",
    country: str = "DE",
    phone: str = "+493055501420",
    person: str = "Sabine Weber",
    next_at: datetime = MONDAY - timedelta(hours=1),
    due_on: date = date(2026, 7, 20),
    placed_at: datetime = MONDAY - timedelta(days=20),
) -> UUID:
    """A case with a debtor, an authorised person who has a number, one invoice, and its claim posted."""
    actor = system(agency.id)
    case_id, debtor_id, person_id = new_id(), new_id(), new_id()
    async with transaction(actor.scope):
        await sql(
            "insert into debtors (id, agency_id, name, match_name, country, city, postal_code, created_at)"
            " values ($1, $2, $3, $4, $5, 'Berlin', '10115', $6)",
            *(debtor_id, agency.id, debtor, f"{debtor.lower()} {debtor_id}", country, placed_at),
        )
        await sql(
            "insert into debtor_people (id, agency_id, debtor_id, name, position, authorised, created_at)"
            " values ($1, $2, $3, $4, 'accounts payable', true, $5)",
            *(person_id, agency.id, debtor_id, person, placed_at),
        )
        await sql(
            "insert into contact_points (agency_id, debtor_id, person_id, client_id, kind, value, created_at)"
            " values ($1, $2, $3, $4, 'phone', $5, $6)",
            *(agency.id, debtor_id, person_id, client.id, phone, placed_at),
        )
        number = await sql_value("select count(*) + 1 from cases where agency_id = $1", agency.id)
        await sql(
            "insert into cases (id, agency_id, client_id, debtor_id, number, reference, status, currency, placed_minor,"
            " placed_on, oldest_due_on, debtor_name, debtor_country, debtor_city, next_action, next_action_at,"
            " next_action_queue_id, last_activity_at, created_at)"
            " values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9, $10, $11, $12, 'Berlin', 'first_call', $13, $14, $15, $15)",
            *(
                case_id,
                agency.id,
                client.id,
                debtor_id,
                f"2026-{number:05}",
                f"R-{case_id.int % 10**8:08}",
                currency,
                amount_minor,
            ),
            *(placed_at.date(), due_on, debtor, country, next_at, agency.queue_id, placed_at),
        )
        await sql(
            "insert into invoices (agency_id, client_id, case_id, number, issued_on, due_on, amount_minor)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            *(agency.id, client.id, case_id, f"INV-{number}", due_on - timedelta(days=30), due_on, amount_minor),
        )
        claim = owe_more(case_id, Component.PRINCIPAL, amount_minor, currency, client=client.id)
        await post(actor, [JournalDraft("placement", str(case_id), "placement", placed_at.date(), claim)])
    return case_id
