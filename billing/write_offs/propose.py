"""Proposing to write off what is owed, or a part of it; and taking the proposal back before anybody answered."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from billing.write_offs.effect import Effect, foresee
from billing.write_offs.register import WriteOffFile, load_write_off
from billing.write_offs.rules import Wanted
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell, works_here
from cases.contact.calendar import add_working_days
from cases.opening import OPENS
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import sql_value

FOLLOW_AFTER: Final = 3
"""Working days after which somebody asks what has become of a proposal."""
WAITS: Final = "write_off_proposed"
"""The reason of the next action while a proposal waits."""

INSERT: Final = """
insert into write_offs (id, agency_id, client_id, case_id, currency, principal_minor, interest_minor, costs_minor,
                        owed_minor, claimed_minor, forgiven_minor, fee_minor, reason, note, rung, checks, ladder_id,
                        asked_by, asked_by_name, asked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::jsonb, $17, $18, $19, $20)
on conflict do nothing returning id
"""
PROPOSED: Final = "select id from write_offs where agency_id = $1 and case_id = $2 and status = 'proposed'"
MADE: Final = "select id from write_offs where agency_id = $1 and id = $2 and case_id = $3"


async def propose(
    actor: Actor, case_id: UUID, wanted: Wanted, token: UUID, *, shown: str | None = None
) -> WriteOffFile:
    """Propose a write-off; ``token`` is the form's, and the same form sent again gives what it made before.

    ``shown`` is the fingerprint of the effect that a person saw: nothing else is proposed in its place.

    Raises:
        NotFound: there is no such case here.
        Refused: it will not do, as `foresee` says; nothing says why; or another one waits for an answer.
    """
    actor.require("write_offs.propose")
    case = await load_case(actor, case_id, lock=True)
    if await sql_value(MADE, actor.agency_id, token, case.id):
        return await load_write_off(actor, token)
    effect = await foresee(actor, case, wanted)
    if not wanted.note.strip():
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    if shown is not None and shown != effect.fingerprint:
        raise Refused(N_("Please look at what it does to the claim again, and propose it then."), code="not_shown")
    if await sql_value(PROPOSED, actor.agency_id, case.id):
        raise Refused(N_("Another write-off waits for an answer."), code="proposed_already")
    await _keep(actor, case, effect, wanted.note.strip(), token)
    day = add_working_days(await agency_day(actor), FOLLOW_AFTER, case.debtor_country, case.debtor_region)
    at = datetime.combine(day, OPENS, await agency_zone(actor))
    await set_next(actor, case, Next(NextAction.REVIEW, at, actor.user_id, case.next_action_queue_id, WAITS))
    await refresh(actor, case.id)
    return await load_write_off(actor, token)


async def _keep(actor: Actor, case: CaseFile, effect: Effect, note: str, write_off_id: UUID) -> None:
    rung = effect.authority.rung.name.lower()
    checks = json.dumps([check.as_facts() for check in effect.authority.checks])
    kept = await sql_value(
        INSERT,
        *(write_off_id, actor.agency_id, case.client_id, case.id, case.currency, *effect.parts.amounts),
        *(case.balance_minor, effect.claimed_minor, effect.forgiven_minor, effect.fee_minor, effect.reason, note),
        *(rung, checks, effect.ladder_id, actor.user_id, actor.name, clock.now()),
    )
    if kept is None:
        raise NotFound  # the form's token belongs to something else
    await say(actor, case, await load_write_off(actor, write_off_id), "write_off.proposed", note)


async def withdraw(actor: Actor, write_off_id: UUID) -> WriteOffFile:
    """Take a proposal back; withdrawn again, it stays as it is.

    Raises:
        NotFound: there is no such proposal here.
        Refused: it was decided already.
    """
    actor.require("write_offs.propose")
    case = await load_case(actor, (await load_write_off(actor, write_off_id)).case_id, lock=True)
    write_off = await load_write_off(actor, write_off_id)
    if await sql_value(WITHDRAW, actor.agency_id, write_off.id) is None:
        raise Refused(N_("This was decided already."), code="decided")
    await say(actor, case, write_off, "write_off.withdrawn")
    await go_on(actor, case, write_off)
    return await load_write_off(actor, write_off.id)


WITHDRAW: Final = """
update write_offs set status = 'withdrawn' where agency_id = $1 and id = $2 and status = 'proposed' returning id
"""


async def say(actor: Actor, case: CaseFile, write_off: WriteOffFile, kind: str, text: str = "") -> None:
    """Say on the case's timeline and in the audit what became of a write-off; ``text`` is what a person wrote."""
    facts: dict[str, object] = {
        "write_off_id": write_off.id,
        "amount_minor": write_off.total_minor,
        "currency": write_off.currency,
        "reason": str(write_off.reason),
        "rung": write_off.rung,
    }
    await tell(actor, case, kind, "money", {**facts, "text": text})
    await record(
        actor, kind, "write_off", write_off.id, client_id=case.client_id, facts={**facts, "case_id": case.id},
        personal={"text": text} if text else None,
    )  # fmt: skip


async def go_on(actor: Actor, case: CaseFile, write_off: WriteOffFile) -> None:
    """Nothing is waited for any more: who proposed it looks at the case, or its queue where they have left the agency.

    The caller holds the case's row.
    """
    if case.is_open and case.next_action_reason == WAITS:
        person = write_off.asked_by if await works_here(actor, write_off.asked_by) else None
        whose = (person, case.next_action_queue_id)
        await set_next(actor, case, Next(NextAction.REVIEW, clock.now(), *whose, "write_off_decided"))
    await refresh(actor, case.id)
