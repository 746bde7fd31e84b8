"""What a negotiator sees on one case, gathered for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import phonenumbers

from cases.casework import CaseFile, load_case
from cases.contact.check import Contact, Known, Point, known, open_disputes, question
from cases.contact.decision import Decision
from cases.contact.engine import Lamp, decide, lamp
from cases.contact.guard import lamp_text
from cases.contact.packs.company import RULES
from cases.contact.question import Channel, Direction, Purpose
from cases.debtor_links.elsewhere import Elsewhere, elsewhere
from cases.intake.draft import CreditKind
from cases.interest.accrue import Accrual, accrued
from cases.invoices.register import standing_of
from cases.invoices.rules import Standing
from cases.pauses import REST_REASONS
from cases.queues.work import queues
from portal import clock
from portal.pages.text import N_, Text
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value


@dataclass(frozen=True, slots=True)
class LitPoint:
    """A number or address with its lamp."""

    contact: Contact
    point: Point
    lamp: Lamp
    text: Text

    @property
    def shown(self) -> str:
        """The number as it is written between countries, or the address as it is."""
        if self.point.kind != "phone":
            return self.point.value
        try:
            number = phonenumbers.parse(self.point.value, None)
        except phonenumbers.NumberParseException:
            return self.point.value
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@dataclass(frozen=True, slots=True)
class Desk:
    """A case on the table: the file, its people with their lamps, and what is open on it."""

    case: CaseFile
    client_name: str
    debtor: Known
    elsewhere: Elsewhere
    zone: str
    points: tuple[LitPoint, ...]
    standing: Standing
    credits: Sequence[asyncpg.Record]
    disputes: Sequence[asyncpg.Record]
    promise: asyncpg.Record | None
    accrual: Accrual | None
    colleagues: Sequence[asyncpg.Record]
    queues: Sequence[tuple[UUID, Text | str]]
    holder: str | None
    today: date
    now: datetime

    @property
    def days(self) -> int:
        """Days past due."""
        return self.case.days_past_due(self.today)

    @property
    def purpose_matters(self) -> bool:
        """Whether something holds contact that asks for payment, but not every contact."""
        case = self.case
        return bool(self.disputes) or case.agreement == "plan_running" or case.hold_reason in REST_REASONS

    def callable(self) -> list[LitPoint]:
        """The points that can be called."""
        return [lit for lit in self.points if lit.point.kind == "phone"]


CREDITS = """
select kind, number, "on", amount_minor from case_credits where agency_id = $1 and case_id = $2 order by "on" nulls last, id
"""
CREDIT_TEXTS: Mapping[str, str] = {
    CreditKind.CREDIT_NOTE: N_("Credit note %(number)s"),
    CreditKind.PAYMENT: N_("Payment %(number)s"),
}
DISPUTES = """
select d.id, d.amount_minor, d.reason, d.note, d.opened_at, i.number from disputes d
left join invoices i on i.agency_id = d.agency_id and i.id = d.invoice_id
where d.agency_id = $1 and d.case_id = $2 and d.answered_at is null order by d.opened_at
"""
PROMISE = """
select amount_minor, received_minor, due_on, status, level from promises
where agency_id = $1 and case_id = $2 and status <> 'withdrawn' order by created_at desc limit 1
"""
COLLEAGUES = """
select u.id, u.name from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id is null and m.ended_at is null and m.role in ('owner', 'manager', 'negotiator')
order by u.name limit 100
"""


async def lay_out(actor: Actor, case_id: UUID) -> Desk:
    """Gather a case for the workbench.

    Raises:
        NotFound: it never existed, or it is another agency's.
    """
    case = await load_case(actor, case_id)
    now = clock.now()
    debtor = (await known(actor, [case.debtor_id], now))[case.debtor_id]
    disputes = (await open_disputes(actor, [case.id])).get(case.id, ())
    lit = []
    zone = "UTC"
    for contact in debtor.contacts:
        for point in contact.points:
            channel = Channel.CALL if point.kind == "phone" else Channel.EMAIL
            asked = question(case, debtor, disputes, now, channel, contact=contact, point=point)
            burning = lamp(asked, RULES)
            lit.append(LitPoint(contact, point, burning, lamp_text(burning, now)))
    places = question(case, debtor, disputes, now, Channel.CALL).places
    zone = places[0].zone if places else zone
    promise = await sql(PROMISE, actor.agency_id, case.id)
    held = case.claimed_until is not None and case.claimed_until >= now
    return Desk(
        case=case,
        client_name=await sql_value(
            "select name from clients where agency_id = $1 and id = $2", actor.agency_id, case.client_id
        ),
        debtor=debtor,
        elsewhere=await elsewhere(actor, case),
        zone=zone,
        points=tuple(lit),
        standing=await standing_of(actor, case),
        credits=await sql(CREDITS, actor.agency_id, case.id),
        disputes=await sql(DISPUTES, actor.agency_id, case.id),
        promise=promise[0] if promise else None,
        accrual=await accrued(actor, case, await agency_day(actor)),
        colleagues=await sql(COLLEAGUES, actor.agency_id),
        queues=await queues(actor),
        holder=await sql_value("select name from users where id = $1", case.claimed_by) if held else None,
        today=now.astimezone(ZoneInfo(actor.time_zone)).date(),
        now=now,
    )


async def ask(
    actor: Actor, desk: Desk, point_id: UUID | None, direction: Direction, purpose: Purpose = Purpose.COLLECTION
) -> tuple[Decision, LitPoint | None]:
    """The guard's full answer about calling one point, or the likeliest, now."""
    chosen = next((lit for lit in desk.callable() if lit.point.id == point_id), None)
    if chosen is None and (first := desk.debtor.first_point("phone")):
        chosen = next(lit for lit in desk.points if lit.point.id == first[1].id)
    disputes = (await open_disputes(actor, [desk.case.id])).get(desk.case.id, ())
    asked = question(
        desk.case,
        desk.debtor,
        disputes,
        desk.now,
        Channel.CALL,
        contact=chosen.contact if chosen else None,
        point=chosen.point if chosen else None,
        direction=direction,
        purpose=purpose,
    )
    return decide(asked, RULES), chosen
