"""Recording an outcome: it stands at once, or waits for the client where it takes value off the client's claim."""

from datetime import datetime
from typing import Final
from uuid import UUID

from billing.outcomes.effect import foresee, renamed
from billing.outcomes.register import OutcomeFile, load_outcome
from billing.outcomes.rules import Wanted
from billing.outcomes.words import RECOVERING, RESTING, Status
from billing.payments.receipts import record as post_payment
from billing.payments.split import Split
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.contact.calendar import add_working_days
from cases.opening import OPENS
from cases.pauses import rest
from cases.promises.make import withdraw_open
from cases.situation import refresh
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Forbidden, NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_value

ASK_AGAIN_AFTER: Final = 5
"""Working days after which somebody asks the client what has become of a proposal."""
WAITS: Final = "outcome_proposed"
"""The reason of the next action while a proposal waits."""

INSERT: Final = """
insert into outcomes (id, agency_id, client_id, case_id, document_id, kind, status, "on", until, currency, value_minor,
                      what, agreed_with, guarantor, security, ranking, ground, interest_frozen, effect, asked_by,
                      asked_by_name, asked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::jsonb, $20, $21, $22)
on conflict do nothing returning id
"""
PROPOSED: Final = "select id from outcomes where agency_id = $1 and case_id = $2 and status = 'proposed'"
DOCUMENT: Final = """
select id from documents where agency_id = $1 and case_id = $2 and id = $3 and state = 'released'
"""


async def record_outcome(
    actor: Actor, case_id: UUID, wanted: Wanted, token: UUID, *, shown: str | None = None
) -> OutcomeFile:
    """Record what came of a case; ``token`` is the form's, and the same form sent again gives what it made before.

    Goods and set-off that the agency records wait for the client's word; those that the client reports are posted. The
    rest stands at once. ``shown`` is the fingerprint of the effect that a person saw: nothing else comes in its place.

    Raises:
        NotFound: there is no such case or document for the actor.
        Forbidden: the actor is a client's and reports what is not the client's to report.
        Refused: it will not do; the text says why, beside its field.
    """
    actor.require("cases.work" if actor.is_staff else "outcomes.confirm")
    if not actor.is_staff and wanted.kind not in RECOVERING:
        raise Forbidden
    case = await load_case(actor, case_id, lock=True)
    if (again := await _made_before(actor, case, token)) is not None:
        return again
    split = await foresee(actor, case, wanted)
    if split is not None and shown is not None and shown != split.fingerprint:
        raise Refused(N_("Please look at what it does to the claim again, and save it then."), code="not_shown")
    if split is not None and await sql_value(PROPOSED, actor.agency_id, case.id):
        raise Refused(N_("Another one waits for the client's word."), code="proposed_already")
    if wanted.document_id and not await sql_value(DOCUMENT, actor.agency_id, case.id, wanted.document_id):
        raise NotFound
    status = Status.PROPOSED if split is not None and actor.is_staff else Status.STANDS
    await _keep(actor, case, wanted, token, status, split)
    await _follow(actor, case, wanted, status, token)
    return await load_outcome(actor, token)


async def _made_before(actor: Actor, case: CaseFile, token: UUID) -> OutcomeFile | None:
    made = "select id from outcomes where agency_id = $1 and id = $2 and case_id = $3"
    return await load_outcome(actor, token) if await sql_value(made, actor.agency_id, token, case.id) else None


async def _keep(
    actor: Actor, case: CaseFile, wanted: Wanted, outcome_id: UUID, status: Status, split: Split | None
) -> None:
    kept = await sql_value(
        INSERT,
        *(outcome_id, actor.agency_id, case.client_id, case.id, wanted.document_id, wanted.kind, status),
        *(wanted.on, wanted.until, case.currency, wanted.value_minor, wanted.what.strip(), wanted.agreed_with.strip()),
        *(wanted.guarantor.strip(), wanted.security, wanted.ranking, wanted.ground, wanted.interest_frozen),
        *(as_json(effect_of(split)), actor.user_id, actor.name, clock.now()),
    )
    if kept is None:
        raise NotFound  # the form's token belongs to something else
    facts: dict[str, object] = {
        "outcome_id": outcome_id,
        "outcome": str(wanted.kind),
        "amount_minor": wanted.value_minor,
        "currency": case.currency,
        "on": wanted.on,
        "until": wanted.until,
    }
    done = f"outcome.{'proposed' if status is Status.PROPOSED else 'recorded'}"
    typed = {"text": wanted.what.strip(), "note": wanted.agreed_with.strip(), "guarantor": wanted.guarantor.strip()}
    await tell(actor, case, done, "money", {**facts, "text": wanted.what.strip()})
    await record(
        actor, done, "outcome", outcome_id, client_id=case.client_id, facts={**facts, "case_id": case.id},
        personal={name: text for name, text in typed.items() if text},
    )  # fmt: skip


def effect_of(split: Split | None) -> dict[str, object]:
    """What was shown of an outcome that takes value off the claim, in minor units."""
    if split is None:
        return {}
    parts = split.allocation.parts
    return {
        "principal_minor": parts.principal_minor,
        "interest_minor": parts.interest_minor,
        "costs_minor": parts.costs_minor,
        "fee_minor": split.fee.fee_minor,
        "balance_minor": split.case.balance_minor,
        "balance_after_minor": split.balance_after_minor,
    }


async def _follow(actor: Actor, case: CaseFile, wanted: Wanted, status: Status, outcome_id: UUID) -> None:
    if status is Status.PROPOSED:
        await set_next(actor, case, await _ask_again(actor, case))
        await refresh(actor, case.id)
    elif wanted.kind in RECOVERING:
        await post_value(actor, case, await load_outcome(actor, outcome_id))
    elif wanted.kind in RESTING and wanted.until is not None:
        await withdraw_open(actor, [case.id], clock.now())
        await rest(actor, case, wanted.until, wanted.hold_reason)


async def _ask_again(actor: Actor, case: CaseFile) -> Next:
    day = add_working_days(await agency_day(actor), ASK_AGAIN_AFTER, case.debtor_country, case.debtor_region)
    at = datetime.combine(day, OPENS, await agency_zone(actor))
    return Next(NextAction.ASK_CLIENT, at, actor.user_id, case.next_action_queue_id, WAITS)


POSTED: Final = "update outcomes set payment_id = $3 where agency_id = $1 and id = $2"


async def post_value(actor: Actor, case: CaseFile, outcome: OutcomeFile, shown: str | None = None) -> None:
    """Take the value of goods or a set-off off the claim, with the fee on it. The caller holds the case's row.

    It is a payment that the client has received: what follows from one follows from this, and it is taken back like one.

    Raises:
        Refused: it is more than is owed and not disputed, or not what was ``shown``.
    """
    async with with_the_agencys_eyes(actor) as portal:
        try:
            payment_id = await post_payment(
                portal, case.id, outcome.value_minor, outcome.on, outcome.kind.value, token=outcome.id, shown=shown
            )
        except Refused as error:
            raise renamed(error) from None
        await sql(POSTED, actor.agency_id, outcome.id, payment_id)
        case = await load_case(portal, case.id)
        if case.is_open and case.next_action_reason == WAITS:
            whose = (outcome.asked_by, case.next_action_queue_id)
            await set_next(portal, case, Next(NextAction.CALL, clock.now(), *whose, "outcome_decided"))
            await refresh(portal, case.id)
