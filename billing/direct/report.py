"""Reporting that the debtor paid the client itself. The same payment reported twice, by whomever, is one report."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.direct.mail import ask_client
from billing.direct.register import COLUMNS, Report, load_report, report
from billing.direct.tables import Reporter, ReportStatus
from billing.spoken import Spoken
from cases.casework import CaseFile, load_case, tell
from cases.invoices.naming import named_invoice
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.money import LARGEST_MINOR
from portal.pages.formats import date_full, money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_one, sql_value

NEAR: Final = timedelta(days=5)
"""A bank may take so long: the day on which the debtor paid and the one on which the client had it are one payment's."""
LONGEST_NOTE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What is reported, as it was entered. ``another`` says that it is no payment that was reported already."""

    amount_minor: int | None
    paid_on: date | None
    note: str = ""
    invoice_id: UUID | None = None
    """The invoice that it was for, where somebody says so."""
    document_id: UUID | None = None
    another: bool = False


INSERT: Final = """
insert into direct_payment_reports (id, agency_id, client_id, case_id, token, currency, amount_minor, paid_on, note,
                                    document_id, reporter, reported_by, reported_by_name, reported_at, client_has_it,
                                    answered_by_name, answered_at, invoice_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
on conflict (agency_id, token) do nothing returning id
"""

# Among those that stand, or were posted: what was declined may be reported again.
ALIKE: Final = f"""
select {COLUMNS} from direct_payment_reports
where agency_id = $1 and case_id = $2 and amount_minor = $3 and paid_on between $4 and $5 and status <> 'declined'
order by abs(paid_on - $6::date), id limit 1
"""  # noqa: S608 - own column names
BOOKED: Final = """
select received_on from payments p
where agency_id = $1 and case_id = $2 and channel = 'direct' and amount_minor = $3 and received_on between $4 and $5
  and reverses is null and not exists (select from payments b where b.agency_id = $1 and b.reverses = p.id) limit 1
"""
DOCUMENT: Final = "select id from documents where agency_id = $1 and case_id = $2 and id = $3"


async def report_paid(actor: Actor, case_id: UUID, paid: Paid, token: UUID) -> Report:
    """Report a payment to the client; gives the report, also when it was reported before.

    ``token`` is the form's or the call's. A client's report of what the debtor reported is its answer to it.

    Raises:
        NotFound: there is no such case or document for the actor.
        Refused: it cannot be such a payment, or one like it was posted already.
    """
    reporter = reporter_of(actor)
    actor.require("claim.pay" if reporter is Reporter.DEBTOR else "direct_payments.report")
    case = await load_case(actor, case_id, lock=True)
    if (known := await _by_token(actor, case, token)) is not None:
        return known
    amount, day = await check_paid(actor, case, paid)
    await named_invoice(actor, case, paid.invoice_id)
    await _check_proof(actor, case, paid.document_id)
    if not paid.another and (first := await _alike(actor, case, amount, day)) is not None:
        return await _joined(actor, case, first, paid, reporter)
    return await _keep(actor, case, paid, amount, day, reporter, token)


async def _check_proof(actor: Actor, case: CaseFile, document_id: UUID | None) -> None:
    """The proof is a document of the same case, which everybody here may name; a debtor sees no documents as rows."""
    async with with_the_agencys_eyes(actor):
        if document_id and await sql_value(DOCUMENT, actor.agency_id, case.id, document_id) is None:
            raise NotFound


def reporter_of(actor: Actor) -> Reporter:
    """On whose side the actor stands."""
    if actor.kind == "debtor":
        return Reporter.DEBTOR
    return Reporter.STAFF if actor.is_staff else Reporter.CLIENT


async def _by_token(actor: Actor, case: CaseFile, token: UUID) -> Report | None:
    row = await sql_one(
        f"select {COLUMNS} from direct_payment_reports where agency_id = $1 and token = $2 and case_id = $3",  # noqa: S608 - own names
        *(actor.agency_id, token, case.id),
    )
    return report(row) if row is not None else None


async def check_paid(actor: Actor, case: CaseFile, paid: Paid) -> tuple[int, date]:
    """Whether this can be such a payment; gives its amount and day.

    Raises:
        Refused: it cannot, with the field.
    """
    if paid.amount_minor is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if not 0 < paid.amount_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="amount", code="bad_amount")
    if paid.paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid.paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    if paid.paid_on < case.placed_on:
        raise Refused(
            N_(
                "What was paid before %(day)s is not in this claim any more, or corrects it. Please write to us about it."
            )
            if actor.kind == "debtor"
            else N_("The case was placed on %(day)s; what was paid before lowers the claim, it is no payment here."),
            field="paid_on",
            code="before_placement",
            day=Spoken(date_full, case.placed_on),
        )
    if len(paid.note) > LONGEST_NOTE:
        raise Refused(N_("At most %(limit)s characters."), field="note", code="too_long", limit=LONGEST_NOTE)
    return paid.amount_minor, paid.paid_on


async def _alike(actor: Actor, case: CaseFile, amount: int, day: date) -> Report | None:
    """A report of the same amount about the same day.

    Raises:
        Refused: such a payment was posted already, without a report or with one.
    """
    span = (day - NEAR, day + NEAR)
    row = await sql_one(ALIKE, actor.agency_id, case.id, amount, *span, day)
    if row is not None and row["status"] == ReportStatus.REPORTED:
        return report(row)
    booked = await sql_value(BOOKED, actor.agency_id, case.id, amount, *span)
    if booked is not None:
        raise Refused(
            N_("A payment of %(amount)s on %(day)s is booked already. If this is another one, say so below."),
            field="another",
            code="reported_already",
            amount=Spoken(money, amount, case.currency),
            day=Spoken(date_full, booked),
        )
    return None


async def _joined(actor: Actor, case: CaseFile, first: Report, paid: Paid, reporter: Reporter) -> Report:
    """The same payment, reported by the other side: one report. What the client says of it is its answer."""
    if reporter is Reporter.CLIENT and first.waits_for_client:
        await answered(actor, case, first, Said(True, paid.amount_minor, paid.paid_on, paid.note))
    return await load_report(actor, first.id)


async def _keep(
    actor: Actor, case: CaseFile, paid: Paid, amount: int, day: date, reporter: Reporter, token: UUID
) -> Report:
    report_id, now, of_client = new_id(), clock.now(), reporter is Reporter.CLIENT
    note = paid.note.strip()
    kept = await sql_value(
        INSERT,
        *(report_id, actor.agency_id, case.client_id, case.id, token, case.currency, amount, day, note),
        *(paid.document_id, reporter, actor.user_id, "" if reporter is Reporter.DEBTOR else actor.name, now),
        *((True, actor.name, now) if of_client else (None, "", None)),
        paid.invoice_id,
    )
    if kept is None:
        raise NotFound  # the token is of a form for another case
    facts = {
        "report_id": report_id,
        "amount_minor": amount,
        "currency": case.currency,
        "paid_on": day,
        "reporter": reporter,
    }
    async with with_the_agencys_eyes(actor) as portal:  # a debtor writes neither timeline nor trail
        await tell(actor, case, "direct_payment.reported", "money", {**facts, "note": note})
        await record(
            actor, "direct_payment.reported", "direct_payment", report_id, client_id=case.client_id,
            facts={name: fact for name, fact in facts.items() if name != "report_id"} | {"case_id": case.id},
            personal={"note": note} if note else None,
        )  # fmt: skip
        if not of_client:
            await ask_client(portal, report_id, case.client_id)
    return await load_report(actor, report_id)


@dataclass(frozen=True, slots=True)
class Said:
    """What the client says of a reported payment: whether it has the money, and what stands in its books."""

    has_it: bool
    amount_minor: int | None = None
    paid_on: date | None = None
    note: str = ""


ANSWER: Final = """
update direct_payment_reports set client_has_it = $3, client_amount_minor = $4, client_paid_on = $5, client_note = $6,
                                  answered_by_name = $7, answered_at = $8
where agency_id = $1 and id = $2 and status = 'reported' and client_has_it is null
"""


async def answer(actor: Actor, report_id: UUID, said: Said) -> Report:
    """The client says whether it was paid, and how much, and when.

    Raises:
        NotFound: there is no such report for the actor.
        Refused: nothing is asked any more, or what stands in its books cannot be.
    """
    actor.require("direct_payments.answer")
    found = await load_report(actor, report_id)
    case = await load_case(actor, found.case_id, lock=True)
    found = await load_report(actor, report_id)
    if not found.waits_for_client:
        raise Refused(N_("This was answered already."), code="answered")
    if said.has_it:
        amount, day = said.amount_minor or found.amount_minor, said.paid_on or found.paid_on
        checked, on = await check_paid(actor, case, Paid(amount_minor=amount, paid_on=day, note=said.note))
        said = Said(True, checked, on, said.note)
    await answered(actor, case, found, said)
    return await load_report(actor, report_id)


async def answered(actor: Actor, case: CaseFile, found: Report, said: Said) -> None:
    """Keep what the client said. The caller holds the case."""
    note = said.note.strip()
    own = (said.amount_minor, said.paid_on) if said.has_it else (None, None)
    await sql(ANSWER, actor.agency_id, found.id, said.has_it, *own, note, actor.name, clock.now())
    facts: dict[str, object] = {
        "amount_minor": said.amount_minor or found.amount_minor,
        "currency": found.currency,
        "client_has_it": said.has_it,
    }
    await tell(actor, case, "direct_payment.answered", "money", {**facts, "note": note})
    await record(
        actor, "direct_payment.answered", "direct_payment", found.id, client_id=case.client_id,
        facts={**facts, "case_id": case.id}, personal={"note": note} if note else None,
    )  # fmt: skip
