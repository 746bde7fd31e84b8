"""The client is told by e-mail how far the recall of a placement is: one mail for all of its cases."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from cases.recall.placement.asked import STATUS
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, transaction

COLLECTED_FOR: Final = timedelta(minutes=5)
"""Answers within this time are told in one mail."""

READERS: Final = """
select m.user_id from memberships m
where m.agency_id = $1 and m.client_id = $2 and m.ended_at is null
  and (m.role = 'admin' or m.user_id = (select asked_by from placement_recalls where agency_id = $1 and id = $3))
"""


async def enqueue_placement_mails(actor: Actor, placement_recall_id: UUID, client_id: UUID) -> None:
    """One mail a reader, a little later, with all that was answered until then."""
    for row in await sql(READERS, actor.agency_id, client_id, placement_recall_id):
        payload = {
            "agency_id": actor.agency_id,
            "placement_recall_id": placement_recall_id,
            "user_id": row["user_id"],
        }
        once = f"recalls.mail_placement {placement_recall_id} {row['user_id']}"
        await enqueue("recalls.mail_placement", payload, dedupe=once, after=COLLECTED_FOR)


ONE: Final = f"""
select u.email, u.name, u.language, u.time_zone, a.name as agency_name, p.id as placement_id,
       p.acknowledgement_number as number, r.cases, r.final, r.objected, r.pending, r.answers
from placement_recalls w
join placements p on p.agency_id = w.agency_id and p.id = w.placement_id
join agencies a on a.id = w.agency_id
join memberships m on m.agency_id = w.agency_id and m.client_id = w.client_id and m.ended_at is null
join users u on u.id = m.user_id and u.disabled_at is null
cross join lateral (
    select count(*) as cases, count(*) filter (where status = 'final') as final,
           count(*) filter (where status = 'objected') as objected, count(*) filter (where status = 'pending') as pending,
           (array_agg(distinct answer) filter (where status = 'objected'))[1:3] as answers
    from (select {STATUS} as status, r.answer
          from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
          where r.agency_id = w.agency_id and r.placement_recall_id = w.id) asked) r
where w.agency_id = $1 and w.id = $2 and u.id = $3
"""  # noqa: S608 - own expression


@job("recalls.mail_placement")
async def mail_placement(payload: Payload) -> None:
    """Tell one of them, unless they left meanwhile. The debtors' names stay behind the sign-in."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        found = await sql_one(ONE, actor.agency_id, UUID(payload["placement_recall_id"]), UUID(payload["user_id"]))
    if found is not None:
        await send_mail(
            found["email"],
            "cases/recall_placement.txt",
            language=found["language"],
            time_zone=found["time_zone"],
            told=found,
        )
