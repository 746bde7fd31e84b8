"""Disputes: the debtor says that the claim is not right, and collection of that part waits for an answer."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.contact.wording import Sum
from cases.invoices.naming import named_invoice
from cases.invoices.register import standing_of
from cases.invoices.rules import Invoice
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_one

REASONS = {
    "not_received": N_("Goods not received"),
    "defective": N_("Goods defective"),
    "price": N_("Price is wrong"),
    "paid": N_("Already paid"),
    "not_ours": N_("Not our debt"),
    "other": N_("Another reason"),
}

ANSWER_WITHIN = timedelta(days=3)


async def dispute(
    actor: Actor,
    case_id: UUID,
    reason: str,
    *,
    amount_minor: int | None = None,
    note: str = "",
    invoice_id: UUID | None = None,
) -> UUID:
    """Record a dispute of ``amount_minor`` of the case, or of all of it; answering it is what comes next.

    Of an invoice it is that much of what is open of it, or all of that.

    Raises:
        Refused: the case is closed, the reason is unknown, or the amount is not within the balance, or what is open of the
            invoice; a debtor has one open already.
    """
    actor.require("claim.answer" if actor.kind == "debtor" else "cases.work")
    case = await load_case(actor, case_id, lock=True)
    check_dispute(case, reason, amount_minor)
    of = await disputed_invoice(actor, case, invoice_id, amount_minor)
    if of is not None:
        amount_minor = amount_minor or of.payable_minor
    if actor.kind != "debtor":
        return await _open(actor, actor, case, reason, amount_minor, note, of)
    if await open_dispute(actor, case_id):
        raise Refused(N_("You have told us already, and we have not answered yet."), code="open_already")
    async with with_the_agencys_eyes(actor) as portal:
        return await _open(actor, portal, case, reason, amount_minor, note, of)


async def disputed_invoice(
    actor: Actor, case: CaseFile, invoice_id: UUID | None, amount_minor: int | None
) -> Invoice | None:
    """The invoice that is disputed, where one is named.

    Raises:
        Refused: it is none of the case, or less of it is open and not disputed yet.
    """
    if await named_invoice(actor, case, invoice_id) is None:
        return None
    of = next(one for one in (await standing_of(actor, case)).invoices if one.id == invoice_id)
    if not of.payable_minor:
        raise Refused(
            N_("Nothing is open of this invoice that could be disputed."), field="invoice", code="nothing_open"
        )
    if amount_minor is not None and amount_minor > of.payable_minor:
        raise Refused(
            N_("%(amount)s is open of this invoice."),
            field="amount",
            code="over_invoice",
            amount=Sum(of.payable_minor, case.currency),
        )
    return of


def check_dispute(case: CaseFile, reason: str, amount_minor: int | None) -> None:
    """Whether a case can be disputed so.

    Raises:
        Refused: it is closed, the reason is unknown, or the amount is not within the balance.
    """
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if reason not in REASONS:
        raise Refused(N_("Please choose."), field="reason", code="missing")
    if amount_minor is not None and not 0 < amount_minor <= case.balance_minor:
        raise Refused(N_("More than the balance."), field="amount", code="over_balance")


async def open_dispute(actor: Actor, case_id: UUID) -> asyncpg.Record | None:
    """The latest dispute of a case that waits for an answer: its reason, amount, invoice and when it was opened."""
    return await sql_one(
        "select d.reason, d.amount_minor, d.opened_at, i.number from disputes d"
        " left join invoices i on i.agency_id = d.agency_id and i.id = d.invoice_id"
        " where d.agency_id = $1 and d.case_id = $2 and d.answered_at is null order by d.opened_at desc limit 1",
        *(actor.agency_id, case_id),
    )


async def _open(
    actor: Actor, follows: Actor, case: CaseFile, reason: str, amount_minor: int | None, note: str, of: Invoice | None
) -> UUID:
    """Write the dispute of ``actor`` down; what comes of it is set as ``follows``, who works for the agency."""
    now = clock.now()
    row = await sql_one(
        "insert into disputes (agency_id, client_id, case_id, amount_minor, reason, note, opened_by, opened_at, invoice_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        *(
            actor.agency_id,
            case.client_id,
            case.id,
            amount_minor,
            reason,
            note,
            actor.user_id,
            now,
            of.id if of else None,
        ),
    )
    assert row is not None
    facts: dict[str, object] = {"reason": reason, "amount_minor": amount_minor, "currency": case.currency}
    if of is not None:
        facts["number"] = of.number
    await tell(actor, case, "dispute.opened", "contact", {**facts, "note": note})
    await record(
        actor,
        "dispute.opened",
        "case",
        case.id,
        client_id=case.client_id,
        facts=facts,
    )
    user_id = follows.user_id or case.next_action_user_id
    await set_next(follows, case, Next(NextAction.ANSWER_DISPUTE, now + ANSWER_WITHIN, user_id, reason="dispute"))
    await refresh(follows, case.id)
    return UUID(str(row["id"]))


async def answer(actor: Actor, dispute_id: UUID, text: str, following: Next) -> UUID:
    """Answer a dispute, which ends its hold on contact; gives the case's id.

    Raises:
        NotFound: there is no such dispute here.
        Refused: it was answered already, or the answer is empty.
    """
    actor.require("cases.work")
    found = await sql_one(
        "select case_id, answered_at from disputes where agency_id = $1 and id = $2", actor.agency_id, dispute_id
    )
    if found is None:
        raise NotFound
    if not text:
        raise Refused(N_("Please fill this in."), field="answer", code="missing")
    case = await load_case(actor, found["case_id"], lock=True)
    answered = await sql(
        "update disputes set answered_at = $3, answer = $4 where agency_id = $1 and id = $2 and answered_at is null returning id",
        *(actor.agency_id, dispute_id, clock.now(), text),
    )
    if not answered:
        raise Refused(N_("This dispute was answered already."), code="answered")
    await tell(actor, case, "dispute.answered", "contact", {"answer": text})
    await record(actor, "dispute.answered", "case", case.id, client_id=case.client_id, facts={"dispute_id": dispute_id})
    await set_next(actor, case, following)
    await refresh(actor, case.id)
    return case.id
