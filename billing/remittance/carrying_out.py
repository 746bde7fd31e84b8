"""The job that prepares or approves a run of many clients, in the name of whoever asked for it.

It does all of it in one transaction, which ends what was asked for as well: killed, it is as if it had not begun, and the
queue runs it again; done, it finds nothing more to do. What is refused meanwhile stands on the run with its reason.
"""

from typing import Final
from uuid import UUID

import asyncpg

from billing.remittance.acts import Act, end
from billing.remittance.approve import approve_held
from billing.remittance.draft import work_out
from billing.remittance.run import alone, load_run
from portal.errors import Forbidden, Refused
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.pages.text import N_, speaking, translate
from portal.people.actor import Actor, system
from portal.people.permissions import Role
from portal.tenancy.database import sql_one, transaction

ASKED: Final = """
select r.act_by, r.act_by_name, m.role, m.id as membership_id, u.language, u.time_zone, a.name as agency_name, a.base_currency
from remittance_runs r join agencies a on a.id = r.agency_id
left join memberships m on m.agency_id = r.agency_id and m.user_id = r.act_by and m.client_id is null and m.ended_at is null
left join users u on u.id = m.user_id and u.disabled_at is null
where r.agency_id = $1 and r.id = $2 and r.act <> ''
"""


@job("remittances.act")
async def act(payload: Payload) -> None:
    """Do what was asked for, or keep why not."""
    portal, run_id = system(UUID(payload["agency_id"])), UUID(payload["run_id"])
    async with transaction(portal.scope, read_only=True):
        asked = await sql_one(ASKED, portal.agency_id, run_id)
    if asked is None:
        return
    try:
        if asked["language"] is None:
            raise Forbidden("remittances.prepare")
        await _carry_out(_person(portal.agency_id, asked), run_id)
    except (Refused, Forbidden) as error:
        async with transaction(portal.scope):
            run = await load_run(portal, run_id, lock=True)
            if run.act:
                await end(portal, run, _reason(asked, error))


async def _carry_out(actor: Actor, run_id: UUID) -> None:
    async with transaction(actor.scope):
        await alone(actor, (await load_run(actor, run_id)).currency)
        run = await load_run(actor, run_id, lock=True)
        if not run.act:
            return
        await end(actor, run)
        if run.act == Act.APPROVE:
            await approve_held(actor, run)
        else:
            await work_out(actor, run, Act(run.act))


def _person(agency_id: UUID, asked: asyncpg.Record) -> Actor:
    """Whoever asked, with the rights they have by now."""
    return Actor(
        kind="user",
        agency_id=agency_id,
        agency_name=asked["agency_name"],
        base_currency=asked["base_currency"],
        role=Role(asked["role"]),
        user_id=asked["act_by"],
        membership_id=asked["membership_id"],
        name=asked["act_by_name"],
        language=asked["language"],
        time_zone=asked["time_zone"],
    )


def _reason(asked: asyncpg.Record, error: Refused | Forbidden) -> str:
    with speaking(asked["language"] or "en", asked["time_zone"] or "UTC"):
        if isinstance(error, Refused):
            return translate(error.message, **error.params)
        return translate(N_("%(name)s may not do this any more."), name=asked["act_by_name"])
