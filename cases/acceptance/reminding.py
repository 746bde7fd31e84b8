"""Mails of acceptance: one a morning to a client for whose word cases wait, and one for each case that was declined.

A mail holds counts, numbers and a link, and never whom a claim is against.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from cases.casework import load_case
from portal import clock
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import system
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql, sql_one, transaction

# Written to when something was asked since the morning before, and each Monday while anything waits at all.
DUE: Final = """
select c.client_id, max(q.asked_at) as latest
from cases c
join case_requirements q on q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null and q.answered_at is null
where c.agency_id = $1 and c.status = 'needs_info'
group by c.client_id having max(q.asked_at) >= $2 or $3
"""

PEOPLE: Final = """
select m.client_id, m.user_id from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id = any($2) and m.role in ('admin', 'submitter') and m.ended_at is null
  and u.disabled_at is null
order by m.client_id, m.user_id
"""


@job("acceptance.remind")
async def remind(payload: Payload) -> None:
    """Have a mail sent to whoever hands over for a client of whom cases ask something."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        now = clock.now()
        monday = now.astimezone(await agency_zone(actor)).isoweekday() == 1
        due = await sql(DUE, actor.agency_id, now - timedelta(days=1), monday)
        for person in await sql(PEOPLE, actor.agency_id, [row["client_id"] for row in due]):
            ids = {"agency_id": actor.agency_id, "client_id": person["client_id"], "user_id": person["user_id"]}
            await enqueue("acceptance.mail", ids, dedupe=f"acceptance.mail {person['client_id']} {person['user_id']}")


READER: Final = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name, k.name as client_name,
       (select count(*) from cases c
        where c.agency_id = m.agency_id and c.client_id = m.client_id and c.status = 'needs_info' and exists (
            select from case_requirements q
            where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null and q.answered_at is null)) as cases
from memberships m
join users u on u.id = m.user_id
join agencies a on a.id = m.agency_id
join clients k on k.agency_id = m.agency_id and k.id = m.client_id
where m.agency_id = $1 and m.client_id = $2 and m.user_id = $3
  and m.role in ('admin', 'submitter') and m.ended_at is null and u.disabled_at is null
"""


@job("acceptance.mail")
async def mail_digest(payload: Payload) -> None:
    """Tell one of them how many cases wait; nobody where that is over by now, or who left meanwhile."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        reader = await sql_one(READER, actor.agency_id, UUID(payload["client_id"]), UUID(payload["user_id"]))
    if reader is None or not reader["cases"]:
        return
    await send_mail(
        reader["email"],
        "cases/acceptance/waiting.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        cases=reader["cases"],
        name=reader["name"],
        agency_name=reader["agency_name"],
        client_name=reader["client_name"],
    )


@job("acceptance.tell_declined")
async def tell_declined(payload: Payload) -> None:
    """Have a mail sent to whoever hands over for the client whose case was declined."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        case = await load_case(actor, UUID(payload["case_id"]))
        for reader in await sql(PEOPLE, actor.agency_id, [case.client_id]):
            ids = {"agency_id": actor.agency_id, "case_id": case.id, "user_id": reader["user_id"]}
            await enqueue("acceptance.mail_declined", ids)


REASON: Final = """
select facts ->> 'reason' from case_events where agency_id = $1 and case_id = $2 and kind = 'case.declined'
order by at desc limit 1
"""


@job("acceptance.mail_declined")
async def mail_declined(payload: Payload) -> None:
    """Tell one of them that a case was declined, and why."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        case = await load_case(actor, UUID(payload["case_id"]))
        reader = await sql_one(READER, actor.agency_id, case.client_id, UUID(payload["user_id"]))
        told = await sql_one(REASON, actor.agency_id, case.id)
    if reader is None or told is None:
        return
    await send_mail(
        reader["email"],
        "cases/acceptance/declined.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        case=case,
        reason=told[0],
        name=reader["name"],
        agency_name=reader["agency_name"],
    )
