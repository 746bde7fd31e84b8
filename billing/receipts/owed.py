"""A receipt is owed from the moment a payment is posted: one row, written with the payment, and a job that makes it."""

from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from portal.identity import new_id
from portal.jobs import enqueue
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

OWE: Final = """
insert into payment_receipts (id, agency_id, client_id, case_id, payment_id, left_minor)
select $1, $2, $3, $4, $5, $6 where not exists (
    select from payments p join suspense s on s.agency_id = p.agency_id and s.id = p.suspense_id
    where p.agency_id = $2 and p.id = $5 and s.payment_id is not null)
on conflict (agency_id, payment_id) do nothing returning id
"""


async def owe_receipt(actor: Actor, case: CaseFile, payment_id: UUID) -> None:
    """Have a receipt made and sent once the payment is committed. ``case`` as it stands after all that followed.

    What waited in suspense as a part of an earlier payment stands on the receipt of that one.
    """
    receipt_id = await sql_value(
        OWE, *(new_id(), actor.agency_id, case.client_id, case.id, payment_id, case.balance_minor)
    )
    if receipt_id is not None:
        await enqueue("papers.make", {"agency_id": actor.agency_id, "kind": "receipt", "id": receipt_id})
