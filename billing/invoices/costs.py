"""Costs that the agency advanced and nobody repaid: the client is asked for them (O Dr1200 Cr1240). They are passed on as
they were paid, in the client's name and for its account, so that they bear no VAT.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.costs.register import CostFile, costs_of_each
from billing.costs.rules import taken_off
from billing.invoices.issue import DUE_DAYS
from billing.invoices.issue import INSERT as INVOICE
from billing.invoices.journals import issued
from billing.invoices.tables import InvoiceKind
from cases.casework import load_case
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.ledger.journal import cr, post
from portal.ledger.tables import Book
from portal.numbering import next_number
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one

# What is the client's to pay now: of closed cases, of those whose costs no debtor repays to us, and what was never a debtor's.
# What a debtor may still repay waits.
_OPEN: Final = """
with costs as (
    select o.case_id, o.client_id, o.currency,
           sum(case when o.on_debtor then o.amount_minor - coalesce(i.amount, 0) else 0 end) as on_debtor,
           sum(case when o.on_debtor then 0 else o.amount_minor - coalesce(i.amount, 0) end) as on_client,
           min(o.paid_on) filter (where o.amount_minor > coalesce(i.amount, 0)) as since
    from case_costs o
    left join (select cost_id, sum(amount_minor) as amount from invoiced_costs where agency_id = $1 group by cost_id) i
        on i.cost_id = o.id
    where o.agency_id = $1 and o.advanced_by = 'agency' and o.taken_back_at is null
    group by o.case_id, o.client_id, o.currency),
still_open as (
    select costs.case_id, costs.client_id, costs.currency, since, on_client,
           on_debtor - coalesce((select sum(costs_kept_minor) from payments p
                                 where p.agency_id = $1 and p.case_id = costs.case_id), 0) as on_debtor,
           c.status = 'closed' or not k.costs_first as given_up, k.name as client_name
    from costs join cases c on c.agency_id = $1 and c.id = costs.case_id
    join clients k on k.agency_id = $1 and k.id = costs.client_id)
"""

OPEN_COSTS: Final = f"""
{_OPEN}
select client_id, client_name, currency, min(since) as since,
       sum(on_client + case when given_up then on_debtor else 0 end)::bigint as owed_minor,
       sum(case when given_up then 0 else on_debtor end)::bigint as waiting_minor
from still_open group by client_id, client_name, currency having sum(on_client + on_debtor) > 0
order by client_name, client_id, currency
"""  # noqa: S608 - constants

TO_INVOICE: Final = f"""
{_OPEN}
select case_id, given_up from still_open
where client_id = $2 and currency = $3 and on_client + case when given_up then on_debtor else 0 end > 0 order by case_id
"""  # noqa: S608 - constants

KEEP: Final = """
insert into invoiced_costs (agency_id, client_id, case_id, cost_id, invoice_id, amount_minor, case_number, debtor_name)
select $1, o.client_id, o.case_id, o.id, $2, n.amount_minor, c.number, c.debtor_name
from unnest($3::uuid[], $4::bigint[]) as n (cost_id, amount_minor)
join case_costs o on o.agency_id = $1 and o.id = n.cost_id
join cases c on c.agency_id = $1 and c.id = o.case_id
"""

CLOSED: Final = """
select id from cases
where agency_id = $1 and client_id = $2 and currency = $3 and id = any($4) and status = 'closed' order by id for no key update
"""
STILL_ASKED: Final = """
select i.cost_id, sum(i.amount_minor)::bigint as minor from invoiced_costs i
join case_costs o on o.agency_id = i.agency_id and o.id = i.cost_id
where i.agency_id = $1 and i.invoice_id = $2 group by i.cost_id, o.paid_on having sum(i.amount_minor) > 0
order by o.paid_on desc, i.cost_id desc
"""
TAKE_OFF: Final = """
insert into invoiced_costs (agency_id, client_id, case_id, cost_id, invoice_id, credit_note_id, amount_minor, case_number,
                            debtor_name)
select $1, i.client_id, i.case_id, i.cost_id, i.invoice_id, $3, -n.minor, i.case_number, i.debtor_name
from unnest($4::uuid[], $5::bigint[]) as n (cost_id, minor)
join invoiced_costs i on i.agency_id = $1 and i.invoice_id = $2 and i.cost_id = n.cost_id and i.credit_note_id is null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCosts:
    """What the agency advanced for a client in a currency and nobody repaid, in minor units."""

    client_id: UUID
    client_name: str
    currency: str
    owed_minor: int
    """What the client may be asked for now."""
    waiting_minor: int
    """What debtors of open cases may still repay."""
    since: date | None


async def open_costs(actor: Actor) -> list[OpenCosts]:
    """What was advanced and is not repaid, by client."""
    actor.require("invoices.issue")
    return [OpenCosts(**row) for row in await sql(OPEN_COSTS, actor.agency_id)]


async def invoice_costs(actor: Actor, client_id: UUID, currency: str) -> UUID:
    """Ask a client for the costs that no debtor will repay: of closed cases, and those that are its alone to bear; gives
    the invoice's id.

    Raises:
        NotFound: there is no such client here.
        Refused: there are none.
    """
    actor.require("invoices.issue")
    if await sql_one("select from clients where agency_id = $1 and id = $2", actor.agency_id, client_id) is None:
        raise NotFound
    await _hold(actor, client_id, currency)
    given_up = {row["case_id"]: row["given_up"] for row in await sql(TO_INVOICE, actor.agency_id, client_id, currency)}
    costs = await costs_of_each(actor, list(given_up))
    return await _issue(
        actor, client_id, currency, [cost for cost in costs if given_up[cost.case_id] or not cost.on_debtor]
    )


async def invoice_costs_of(actor: Actor, case_id: UUID) -> UUID:
    """Ask the client of a case for all that was advanced for it and is not repaid, whatever its debtor may still pay.

    Raises:
        NotFound: there is no such case here.
        Refused: nothing is open.
    """
    actor.require("invoices.issue")
    case = await load_case(actor, case_id, lock=True)
    return await _issue(actor, case.client_id, case.currency, await costs_of_each(actor, [case.id]))


async def invoice_costs_of_closed(actor: Actor, client_id: UUID, currency: str, case_ids: Sequence[UUID]) -> None:
    """Ask a client for what is open of some of its cases that are closed; where there is nothing, nothing happens."""
    actor.require("invoices.issue")
    held = await sql(CLOSED, actor.agency_id, client_id, currency, list(case_ids))
    costs = await costs_of_each(actor, [row["id"] for row in held])
    if any(cost.open_minor > 0 for cost in costs):
        await _issue(actor, client_id, currency, costs)


async def open_again(actor: Actor, invoice_id: UUID, credit_note_id: UUID, minor: int) -> None:
    """A credit note took so much off an invoice of costs that was issued in error: as much of them is open again, the
    latest first. The caller holds the invoice.
    """
    rows = await sql(STILL_ASKED, actor.agency_id, invoice_id)
    found = taken_off([(row["cost_id"], row["minor"]) for row in rows], minor)
    await sql(TAKE_OFF, actor.agency_id, invoice_id, credit_note_id, list(found), list(found.values()))


async def _hold(actor: Actor, client_id: UUID, currency: str) -> None:
    """No debtor repays any of it meanwhile: whoever books a payment holds its case."""
    await sql(
        "select from cases where agency_id = $1 and id in (select case_id from case_costs where agency_id = $1"
        " and client_id = $2 and currency = $3 and taken_back_at is null) order by id for no key update",
        *(actor.agency_id, client_id, currency),
    )


async def _issue(actor: Actor, client_id: UUID, currency: str, costs: Sequence[CostFile]) -> UUID:
    owed = [cost for cost in costs if cost.open_minor > 0]
    total = sum(cost.open_minor for cost in owed)
    if not total:
        raise Refused(N_("Nothing that the agency advanced is open here."), code="nothing_owed")
    invoice_id, today = new_id(), await agency_day(actor)
    line = cr(Book.OPERATING, 1240, total, currency, client=client_id)
    async with savepoint():
        [journal_id] = await post(actor, [issued(invoice_id, client_id, [line], today)])
    number = f"INV-{await next_number(actor, 'invoices'):05d}"
    await sql(
        INVOICE,
        *(invoice_id, actor.agency_id, client_id, number, InvoiceKind.COSTS, currency),
        *(today, today + timedelta(days=DUE_DAYS), total, actor.user_id, actor.name, clock.now(), journal_id),
    )
    await sql(KEEP, actor.agency_id, invoice_id, [cost.id for cost in owed], [cost.open_minor for cost in owed])
    facts = {"number": number, "amount_minor": total, "currency": currency, "journal_id": journal_id}
    await record(actor, "invoice.issued", "client_invoice", invoice_id, client_id=client_id, facts=facts)
    await enqueue("papers.make", {"agency_id": actor.agency_id, "kind": "invoice", "id": invoice_id})
    return invoice_id
