"""Drawing an agreement up, and offering it: from then on its terms stand, and its payments are written down."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from billing.plans.authority import Rung
from billing.plans.sketch import Sketch, Wish, sketch
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.contact.calendar import add_working_days
from cases.interest.post import post_interest
from cases.opening import OPENS, next_working_morning
from cases.plans.ending import say_agreement
from cases.plans.register import PlanFile, load_plan, plans_of
from cases.plans.tables import PlanStatus
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.people.behalf import on_behalf
from portal.tenancy.database import sql, sql_value

FOLLOW_AFTER: Final = 3
"""Working days after which somebody asks what has become of an offer."""

TERMS: Final = (
    "currency",
    "made_on",
    "principal_minor",
    "interest_minor",
    "costs_minor",
    "forgiven_minor",
    "down_minor",
    "down_on",
    "instalments",
    "amount_minor",
    "rhythm",
    "anchor_day",
    "first_on",
    "day_off",
    "yearly_rate",
    "day_count",
    "country",
    "region",
    "allocation",
    "accelerates",
    "guarantor",
    "guarantor_address",
    "guarantor_phone",
    "guarantor_email",
    "why",
    "language",
    "by_debtor",
    "valid_until",
    "to_pay_minor",
    "fee_minor",
    "ends_on",
    "rung",
    "checks",
    "ladder_id",
    "break_days",
    "break_misses",
    "tolerance_days",
    "made_by",
    "made_by_name",
)
"""What is written of an agreement each time it is saved, in this order."""

_PLACES: Final = ", ".join(f"${number}" for number in range(9, 9 + len(TERMS)))
INSERT: Final = f"""
insert into plans (id, agency_id, client_id, case_id, version, replaces_id, created_at, changed_at, {", ".join(TERMS)})
values ($1, $2, $3, $4, $5, $6, $7, $8, {_PLACES})
"""  # noqa: S608 - own column names
_SETS: Final = ", ".join(f"{name} = ${number}" for number, name in enumerate(TERMS, start=5))
UPDATE: Final = f"""
update plans set saved = saved + 1, changed_at = $4, {_SETS}
where agency_id = $1 and id = $2 and status = 'draft' and saved = $3 returning id
"""  # noqa: S608 - own column names


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft that a form shows: who saves over a newer one is told."""

    plan_id: UUID
    saved: int


async def save(actor: Actor, case_id: UUID, wish: Wish, draft: Draft | None = None) -> UUID:
    """Keep an agreement as a draft, for the agency's people alone; gives its id.

    Raises:
        NotFound: there is no such case or draft here.
        Refused: it makes no agreement, the case is not worked, or somebody saved the draft meanwhile.
    """
    actor.require("cases.work")
    case = await workable(actor, case_id)
    drawn = await sketch(actor, case, wish)
    plan_id = await _write(actor, drawn, draft)
    await record(actor, "plan.drawn_up", "plan", plan_id, facts=_facts(drawn), personal=_personal(wish))
    return plan_id


async def offer(
    actor: Actor, case_id: UUID, wish: Wish, draft: Draft | None = None, *, shown: str | None = None
) -> UUID:
    """Offer an agreement; gives its id, also when this very offer is out already.

    Within the negotiator's own authority it is approved by that; else it waits for whose word it needs. ``shown`` is the
    fingerprint of what a person saw, and nothing else is offered in its place.

    Raises:
        NotFound: there is no such case or draft here.
        Refused: it makes no agreement, the case is not worked, its client has no fee agreement, or another offer is out.
    """
    actor.require("cases.work")
    case = await workable(actor, case_id)
    return await put_forward(actor, actor, await sketch(actor, case, wish), draft, shown=shown)


async def put_forward(
    actor: Actor, said_by: Actor, drawn: Sketch, draft: Draft | None = None, *, shown: str | None = None
) -> UUID:
    """Put out what was drawn up for a case that the caller holds; ``said_by`` is who offers or proposes it.

    Raises:
        Refused: as `offer` says.
    """
    if drawn.outlook is None:
        raise Refused(N_("This client has no fee agreement yet: the owner makes one."), code="no_agreement")
    if shown is not None and shown != drawn.fingerprint:
        raise Refused(N_("Please look at the payments again, and offer it then."), code="not_shown")
    out = next((plan for plan in await plans_of(actor, drawn.case) if plan.status in OUT), None)
    if out is not None:
        if _is_same(out, drawn):
            return out.id
        raise Refused(N_("An offer is out already. Withdraw it before you make another."), code="offer_out")
    await post_interest(on_behalf(actor), drawn.case, drawn.schedule.terms.made_on)
    plan_id = await _write(actor, drawn, draft)
    await _put_out(actor, said_by, drawn, plan_id)
    return plan_id


OUT: Final = (PlanStatus.OFFERED, PlanStatus.APPROVED)


def _is_same(out: PlanFile, drawn: Sketch) -> bool:
    """Whether what is out is what somebody sends once more: twice clicked, or from the page before."""
    made = drawn.schedule
    return (out.made_on, out.owed_minor, out.to_pay_minor, out.ends_on, out.valid_until, out.guarantor) == (
        *(made.terms.made_on, made.terms.owed.total_minor, made.to_pay_minor, made.ends_on),
        *(drawn.wish.valid_until, drawn.wish.guarantor),
    )


async def workable(actor: Actor, case_id: UUID) -> CaseFile:
    """The case, its row held, if anything may be agreed on it now.

    Raises:
        NotFound: there is no such case here.
        Refused: it is closed, not in work yet, or asked back.
    """
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if case.status is not CaseStatus.ACTIVE:
        raise Refused(N_("The case is not in work yet."), code="not_in_work")
    if case.recall_asked_on is not None:
        raise Refused(N_("The client has asked for this case back. Answer that first."), code="recall_pending")
    return case


async def _write(actor: Actor, drawn: Sketch, draft: Draft | None) -> UUID:
    now = clock.now()
    if draft is not None:
        await load_plan(actor, draft.plan_id)
        done = await sql_value(UPDATE, actor.agency_id, draft.plan_id, draft.saved, now, *_values(actor, drawn))
        if done is None:
            raise Refused(N_("Somebody else changed this draft meanwhile."), code="changed_meanwhile")
        return draft.plan_id
    before = await plans_of(actor, drawn.case)
    running = next((plan.id for plan in before if plan.is_running), None)
    version = before[0].version + 1 if before else 1
    plan_id = new_id()
    await sql(
        INSERT,
        *(plan_id, actor.agency_id, drawn.case.client_id, drawn.case.id, version, running, now, now),
        *_values(actor, drawn),
    )
    return plan_id


def _values(actor: Actor, drawn: Sketch) -> tuple[object, ...]:
    """In the order of `TERMS`."""
    made, terms, wish = drawn.schedule, drawn.schedule.terms, drawn.wish
    breaks = drawn.breaks
    return (
        *(terms.currency, terms.made_on, *terms.owed.amounts, terms.forgiven_minor),
        *(terms.down_minor, terms.down_on, terms.count, terms.amount_minor),
        *(terms.rhythm.value, terms.anchor_day, terms.first_on, terms.day_off.value, terms.yearly_rate),
        *(terms.day_count, terms.country, terms.region, drawn.client.allocation),
        *(wish.accelerates, wish.guarantor, wish.guarantor_address, wish.guarantor_phone, wish.guarantor_email),
        *(wish.why, wish.language, wish.by_debtor, wish.valid_until),
        *(made.to_pay_minor, drawn.outlook.fee_minor if drawn.outlook else 0, made.ends_on),
        *(drawn.authority.rung.name.lower(), json.dumps([check.as_facts() for check in drawn.authority.checks])),
        *(drawn.ladder.id, breaks.days, breaks.misses, breaks.tolerance_days, actor.user_id, actor.name),
    )


PUT_OUT: Final = """
update plans set status = $3, offered_at = $4, approved_at = $5, changed_at = $4 where agency_id = $1 and id = $2
"""

ADD_LINES: Final = """
insert into plan_lines (agency_id, client_id, case_id, plan_id, position, nominal_on, due_on, principal_minor,
                        interest_minor, costs_minor, plan_interest_minor, fee_minor, left_minor)
select $1, $2, $3, $4, l.* from unnest($5::int[], $6::date[], $7::date[], $8::bigint[], $9::bigint[], $10::bigint[],
                                       $11::bigint[], $12::bigint[], $13::bigint[]) as l
"""


async def _put_out(actor: Actor, said_by: Actor, drawn: Sketch, plan_id: UUID) -> None:
    case, now = drawn.case, clock.now()
    own = drawn.authority.rung is Rung.OWN
    status = PlanStatus.APPROVED if own else PlanStatus.OFFERED
    await sql(PUT_OUT, actor.agency_id, plan_id, status.value, now, now if own else None)
    assert drawn.outlook is not None
    lines = [
        (
            line.position,
            line.nominal_on,
            line.due_on,
            *line.pays.amounts,
            line.interest_minor,
            fee.fee_minor,
            line.left_minor,
        )
        for line, fee in zip(drawn.schedule.lines, drawn.outlook.fees, strict=True)
    ]
    columns = (list(column) for column in zip(*lines, strict=True))
    await sql(ADD_LINES, actor.agency_id, case.client_id, case.id, plan_id, *columns)
    facts = _facts(drawn)
    kind = "plan.proposed" if drawn.wish.by_debtor else "plan.offered"
    await tell(said_by, case, kind, "money", {"plan_id": plan_id, **facts})
    await record(said_by, kind, "plan", plan_id, client_id=case.client_id, facts=facts, personal=_personal(drawn.wish))
    await say_offered(actor, case, is_settlement=drawn.schedule.terms.is_settlement)
    await set_next(actor, case, await _follow_up(actor, case, answer=drawn.wish.by_debtor and not own))
    await refresh(actor, case.id)
    if own:
        await enqueue("plans.write_agreement", {"agency_id": actor.agency_id, "plan_id": plan_id})


async def say_offered(actor: Actor, case: CaseFile, *, is_settlement: bool) -> None:
    """What is offered shows on the case, unless something that was agreed before still runs."""
    if case.agreement not in ("plan_running", "plan_in_grace"):
        await say_agreement(actor, case.id, "settlement_offered" if is_settlement else "plan_offered")


async def _follow_up(actor: Actor, case: CaseFile, *, answer: bool) -> Next:
    """Somebody asks what has become of an offer; what a debtor proposed is looked at on the next morning."""
    zone, today = await agency_zone(actor), await agency_day(actor)
    whose = (actor.user_id or case.next_action_user_id, case.next_action_queue_id)
    if answer:
        return Next(NextAction.FOLLOW_OFFER, next_working_morning(clock.now(), zone), *whose, "proposed")
    day = add_working_days(today, FOLLOW_AFTER, case.debtor_country, case.debtor_region)
    return Next(NextAction.FOLLOW_OFFER, datetime.combine(day, OPENS, zone), *whose, "offered")


def _facts(drawn: Sketch) -> dict[str, object]:
    made = drawn.schedule
    return {
        "amount_minor": made.to_pay_minor,
        "forgiven_minor": made.terms.forgiven_minor,
        "currency": made.terms.currency,
        "payments": len(made.lines),
        "first_on": made.lines[0].due_on,
        "ends_on": made.ends_on,
        "fee_minor": drawn.outlook.fee_minor if drawn.outlook else None,
        "rung": drawn.authority.rung.name.lower(),
        "valid_until": drawn.wish.valid_until,
    }


def _personal(wish: Wish) -> dict[str, str] | None:
    """What a person wrote, or who is named: erasable, and no fact of the chain."""
    typed = {
        "guarantor": wish.guarantor,
        "address": wish.guarantor_address,
        "phone": wish.guarantor_phone,
        "email": wish.guarantor_email,
        "text": wish.why,
    }
    return {name: text for name, text in typed.items() if text} or None
