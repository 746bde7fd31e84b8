"""Credit notes for money that went back after its remittance: fee and VAT of each payment are given back, and said so.

They were booked with the payment that went back (event 9 of the money rules). The credit note comes with the statement, or the
invoice, that tells the client of the claw-back, and corrects one earlier statement: its rate and its treatment of VAT hold.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from portal import clock
from portal.audit.record import Event, record_each
from portal.identity import new_id
from portal.jobs import enqueue_each
from portal.numbering import next_numbers
from portal.people.actor import Actor
from portal.tenancy.database import sql

SERIES: Final = "credit notes"

GIVEN_BACK: Final = """
select b.client_id, b.currency, l.statement_id, sum(b.fee_minor)::bigint as net_minor, sum(b.vat_minor)::bigint as vat_minor,
       array_agg(b.id) as clawbacks, t.id as told_by
from clawbacks b
join payments back on back.agency_id = b.agency_id and back.id = b.payment_id
join statement_lines l on l.agency_id = back.agency_id and l.payment_id = back.reverses
left join statements t on t.agency_id = b.agency_id and t.id = b.statement_id
where b.agency_id = $1 and b.credit_note_id is null and b.fee_minor > 0 and {told}
group by b.client_id, b.currency, l.statement_id, t.id order by b.client_id, l.statement_id
"""
BY_RUN: Final = GIVEN_BACK.format(told="t.run_id = $2")
BY_INVOICE: Final = GIVEN_BACK.format(told="b.invoice_id = $2")

INSERT: Final = """
insert into credit_notes (id, agency_id, client_id, number, why, statement_id, told_by, currency, issued_on, net_minor, vat_rate,
                          vat_minor, vat_treatment, total_minor, client_name, client_address, client_vat_number, agency_name,
                          agency_address, agency_vat_number, issued_by, issued_by_name, issued_at)
select n.id, a.id, k.id, n.number, 'went_back', s.id, n.told_by, s.currency, $7, n.net_minor, s.vat_rate, n.vat_minor,
       s.letterhead ->> 'vat_treatment', n.net_minor + n.vat_minor, k.name, k.address, k.vat_number, a.name, a.address,
       a.vat_number, $8, $9, $10
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $11::bigint[])
     as n (id, number, statement_id, told_by, net_minor, vat_minor)
join statements s on s.agency_id = $1 and s.id = n.statement_id
join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join agencies a on a.id = s.agency_id
"""
NAMED: Final = """
update clawbacks b set credit_note_id = n.id from unnest($2::uuid[], $3::uuid[]) as n (id, clawback_id)
where b.agency_id = $1 and b.id = n.clawback_id
"""


async def credit_by_run(actor: Actor, run_id: UUID, on: date) -> None:
    """Make the credit notes for the claw-backs of which the statements of a run tell. Call it last, like `next_numbers`."""
    await _credit(actor, await sql(BY_RUN, actor.agency_id, run_id), on)


async def credit_by_invoice(actor: Actor, invoice_id: UUID, on: date) -> None:
    """Make those for the claw-backs that an invoice asks for and no statement told of. Call it last."""
    await _credit(actor, await sql(BY_INVOICE, actor.agency_id, invoice_id), on)


async def _credit(actor: Actor, given_back: Sequence[asyncpg.Record], on: date) -> None:
    if not given_back:
        return
    ids = [new_id() for _ in given_back]
    numbers = [f"CN-{number:05d}" for number in await next_numbers(actor, SERIES, len(ids))]
    of_each = {
        name: [row[name] for row in given_back] for name in ("statement_id", "told_by", "net_minor", "vat_minor")
    }
    await sql(
        INSERT,
        *(actor.agency_id, ids, numbers, of_each["statement_id"], of_each["told_by"], of_each["net_minor"]),
        *(on, actor.user_id, actor.name, clock.now(), of_each["vat_minor"]),
    )
    pairs = [(note_id, each) for note_id, row in zip(ids, given_back, strict=True) for each in row["clawbacks"]]
    await sql(NAMED, actor.agency_id, [note_id for note_id, _ in pairs], [clawback_id for _, clawback_id in pairs])
    events = [
        Event(
            note_id,
            {
                "number": number,
                "amount_minor": row["net_minor"] + row["vat_minor"],
                "currency": row["currency"],
                "vat_minor": row["vat_minor"],
                "corrected_id": row["statement_id"],
            },
            client_id=row["client_id"],
        )
        for note_id, number, row in zip(ids, numbers, given_back, strict=True)
    ]
    await record_each(actor, "credit_note.issued", "credit_note", events)
    await enqueue_each(
        "papers.make",
        [{"agency_id": actor.agency_id, "kind": "credit_note", "id": note_id} for note_id in ids],
    )
