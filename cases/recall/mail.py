"""The client is told by e-mail what became of a recall: whoever asked, and its administrators."""

from typing import Final
from uuid import UUID

from cases.recall.placement.mail import enqueue_placement_mails
from cases.recall.register import RecallFile
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, transaction

READERS: Final = """
select m.user_id from memberships m
where m.agency_id = $1 and m.client_id = $2 and m.ended_at is null
  and (m.role = 'admin' or m.user_id = (select asked_by from recalls where agency_id = $1 and id = $3))
"""


async def enqueue_mails(actor: Actor, recall: RecallFile, outcome: str) -> None:
    """One mail a reader, so that a worker that dies between two of them sends none twice.

    Of a case that was asked for with its placement, the mail of the placement tells.
    """
    if recall.placement_recall_id is not None:
        await enqueue_placement_mails(actor, recall.placement_recall_id, recall.client_id)
        return
    for row in await sql(READERS, actor.agency_id, recall.client_id, recall.id):
        payload = {"agency_id": actor.agency_id, "recall_id": recall.id, "user_id": row["user_id"], "outcome": outcome}
        await enqueue("recalls.mail", payload)


ONE: Final = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name, c.id as case_id, c.number, c.reference, r.answer
from recalls r
join cases c on c.agency_id = r.agency_id and c.id = r.case_id
join agencies a on a.id = r.agency_id
join memberships m on m.agency_id = r.agency_id and m.client_id = r.client_id and m.ended_at is null
join users u on u.id = m.user_id and u.disabled_at is null
where r.agency_id = $1 and r.id = $2 and u.id = $3
"""


@job("recalls.mail")
async def mail_outcome(payload: Payload) -> None:
    """Tell one of them, unless they left meanwhile. The debtor's name stays behind the sign-in."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        found = await sql_one(ONE, actor.agency_id, UUID(payload["recall_id"]), UUID(payload["user_id"]))
    if found is None:
        return
    await send_mail(
        found["email"],
        f"cases/recall_{payload['outcome']}.txt",
        language=found["language"],
        time_zone=found["time_zone"],
        told=found,
    )
