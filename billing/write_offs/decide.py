"""Another person says yes or no to a write-off, with its effect before their eyes; approved, it is posted at once."""

from typing import Final
from uuid import UUID

from billing.write_offs.effect import Effect, foresee
from billing.write_offs.propose import go_on, say
from billing.write_offs.register import WriteOffFile, load_write_off
from billing.write_offs.rules import Wanted
from billing.write_offs.words import How, Status
from cases.casework import CaseFile, load_case, move
from cases.ending import end_open_matters, keep_within_balance
from cases.tables import CaseStatus
from portal import clock
from portal.errors import Forbidden, Refused
from portal.ledger.journal import JournalDraft, by_component, owe_less, post
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql

SOURCE: Final = "write-off"

PERMISSIONS: Final = {
    "own": "write_offs.confirm",
    "supervisor": "write_offs.approve",
    "client": "write_offs.decide",
}
"""What gives somebody the word that a write-off needs, by its rung."""

DECIDE: Final = """
update write_offs set status = $3, decided_by = $4, decided_by_name = $5, decided_at = $6, answer = $7
where agency_id = $1 and id = $2 and status = 'proposed' returning id
"""
POSTED: Final = "update write_offs set journal_id = $3, close_code = $4 where agency_id = $1 and id = $2"


def may_decide(actor: Actor, write_off: WriteOffFile) -> bool:
    """Whether this person's word is one that a proposal may wait for: with the right to it, and not who proposed it."""
    if write_off.status is not Status.PROPOSED or actor.user_id in (None, write_off.asked_by):
        return False
    return actor.may(PERMISSIONS[write_off.rung])


async def decide(
    actor: Actor, write_off_id: UUID, *, approved: bool, answer: str = "", shown: str | None = None
) -> WriteOffFile:
    """Approve a write-off, which posts it, or decline it with a reason; once, however often it is sent.

    Raises:
        NotFound: there is no such write-off for the actor.
        Forbidden: it waits for somebody else's word, or is the actor's own.
        Refused: it was decided otherwise, a refusal says no reason, or the case is not as it was when it was proposed
            or ``shown``.
    """
    actor.require("write_offs.read")
    case = await load_case(actor, (await load_write_off(actor, write_off_id)).case_id, lock=True)
    write_off = await load_write_off(actor, write_off_id)
    status = Status.APPROVED if approved else Status.DECLINED
    if write_off.status is status and write_off.decided_by == actor.user_id:
        return write_off
    if write_off.status is not Status.PROPOSED:
        raise Refused(N_("This was decided already."), code="decided")
    if not may_decide(actor, write_off):
        raise Forbidden
    if not approved and not answer.strip():
        raise Refused(N_("Please say why not."), field="answer", code="missing")
    values = (status, actor.user_id, actor.name, clock.now(), answer.strip())
    await sql(DECIDE, actor.agency_id, write_off.id, *values)
    await say(actor, case, write_off, f"write_off.{status}", answer.strip())
    async with with_the_agencys_eyes(actor) as portal:
        if approved:
            await _post(actor, portal, case, write_off, shown)
        await go_on(portal, await load_case(portal, case.id), write_off)
    return await load_write_off(actor, write_off.id)


async def foresee_again(portal: Actor, case: CaseFile, write_off: WriteOffFile) -> Effect:
    """What a proposal would do now.

    Raises:
        Refused: the case is not as it was when it was proposed: another amount is owed, or more would be given up.
    """
    again = Wanted(how=How.NAMED, reason=write_off.reason, named=write_off.parts.amounts)
    try:
        effect = await foresee(portal, case, again)
    except Refused as error:
        raise (_changed() if error.code == "out_of_range" else error) from None
    same = (effect.claimed_minor, effect.forgiven_minor) == (write_off.claimed_minor, write_off.forgiven_minor)
    if not same or (effect.left_minor == 0) is not write_off.is_all:
        raise _changed()
    return effect


def _changed() -> Refused:
    return Refused(
        N_("What is owed has changed since this was proposed. It is withdrawn or declined, and proposed anew."),
        code="changed_meanwhile",
    )


async def _post(actor: Actor, portal: Actor, case: CaseFile, write_off: WriteOffFile, shown: str | None) -> None:
    """Post an approved write-off, and close the case if nothing is left. The caller holds the case's row."""
    effect = await foresee_again(portal, case, write_off)
    if shown is not None and shown != effect.fingerprint:
        raise Refused(N_("Please look at what it does to the claim again, and approve it then."), code="not_shown")
    amounts = {component: write_off.parts.on(component) for component in Component}
    lines = by_component(owe_less, case.id, amounts, case.currency, client=case.client_id)
    draft = JournalDraft(SOURCE, str(write_off.id), "write-off", await agency_day(portal), lines)
    [journal_id] = await post(actor, [draft])
    await sql(POSTED, actor.agency_id, write_off.id, journal_id, effect.close_code)
    case = await load_case(portal, case.id)
    if effect.close_code:
        await end_open_matters(portal, [case], clock.now())
        await move(portal, case, CaseStatus.CLOSED, close_code=effect.close_code)
    else:
        await keep_within_balance(portal, case)
