"""Invoices to clients: one, a page of them, and the claw-backs that could be invoiced. A client sees its own."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.invoices.paper import NEWEST, PAGE, Paper, columns
from billing.invoices.tables import InvoiceKind
from cases.clients import VatTreatment
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

KIND_TEXTS: Final = {
    InvoiceKind.CLAWBACK: N_("Money that went back after it was remitted"),
    InvoiceKind.FEES: N_("Fees that were not kept back"),
    InvoiceKind.COSTS: N_("Costs that were advanced and not repaid"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Paper):
    """An invoice to a client. Minor units of ``currency``."""

    kind: InvoiceKind
    due_on: date
    credited_minor: int
    paid_minor: int
    corrected_minor: int
    settled_on: date | None

    @property
    def left_minor(self) -> int:
        """What is left to be paid."""
        return self.total_minor - self.paid_minor - self.corrected_minor

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to be paid."""
        return self.settled_on is not None

    @property
    def vat_wording(self) -> str:
        """How it is taxed, a msgid."""
        return self.taxed_as(self.kind)

    @property
    def kind_text(self) -> str:
        """What it is about, a msgid."""
        return KIND_TEXTS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClawback:
    """What a client owes for money that went back (O1230), in minor units."""

    client_id: UUID
    client_name: str
    currency: str
    owed_minor: int
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A claw-back or a cost that an invoice asks for."""

    case_id: UUID
    case_number: str
    debtor_name: str
    on_day: date
    owed_minor: int
    cost_kind: str = ""
    """What was paid for; empty for a claw-back."""


COLUMNS: Final = ", ".join(columns(Invoice))
LIST: Final = f"""
select {COLUMNS} from client_invoices
where agency_id = $1 and id < $2 and ($3::uuid is null or client_id = $3) order by id desc limit $4
"""  # noqa: S608 - own names

OPEN_CLAWBACKS: Final = """
with owing as (
    select client_id, currency, sum(amount_minor)::bigint as owed_minor from journal_lines
    where agency_id = $1 and account = 1230 and account < 9000 group by client_id, currency having sum(amount_minor) > 0)
select o.client_id, k.name as client_name, o.currency, o.owed_minor,
       (select min(b.on_day) from clawbacks b
        where b.agency_id = $1 and b.client_id = o.client_id and b.currency = o.currency and b.invoice_id is null) as since
from owing o join clients k on k.agency_id = $1 and k.id = o.client_id
order by k.name, o.client_id, o.currency
"""

REASONS: Final = """
select case_id, case_number, debtor_name, on_day, owed_minor, cost_kind from (
    select id, case_id, case_number, debtor_name, on_day, owed_minor, '' as cost_kind from clawbacks
    where agency_id = $1 and invoice_id = $2
    union all
    select i.id, i.case_id, i.case_number, i.debtor_name, o.paid_on, i.amount_minor, o.kind from invoiced_costs i
    join case_costs o on o.agency_id = i.agency_id and o.id = i.cost_id
    where i.agency_id = $1 and i.invoice_id = $2 and i.credit_note_id is null) asked
order by on_day, id
"""


async def load_invoice(actor: Actor, invoice_id: UUID, *, lock: bool = False) -> Invoice:
    """An invoice; ``lock`` holds it until the transaction ends.

    Raises:
        NotFound: there is none that the actor may see.
    """
    actor.require("invoices.read")
    query = f"select {COLUMNS} from client_invoices where agency_id = $1 and id = $2"  # noqa: S608 - own names
    row = await sql_one(query + (" for update" if lock else ""), actor.agency_id, invoice_id)
    if row is None:
        raise NotFound
    return _invoice(row)


async def list_invoices(
    actor: Actor, client_id: UUID | None = None, before: UUID | None = None, limit: int = PAGE
) -> tuple[list[Invoice], bool]:
    """One page of invoices, the newest first, and whether there are more behind it."""
    actor.require("invoices.read")
    rows = await sql(LIST, actor.agency_id, before or NEWEST, client_id, limit + 1)
    return [_invoice(row) for row in rows[:limit]], len(rows) > limit


OF_RUN: Final = """
select count(*) filter (where exists (
           select from papers p where p.agency_id = i.agency_id and p.kind = 'invoice' and p.subject_id = i.id)) as made,
       count(*) as issued
from statements s
join client_invoices i on i.agency_id = s.agency_id and i.statement_id = s.id where s.agency_id = $1 and s.run_id = $2
"""


async def made_of_run(actor: Actor, run_id: UUID) -> tuple[int, int]:
    """Of how many invoices of a remittance run the document is made, and how many there are."""
    row = await sql_one(OF_RUN, actor.agency_id, run_id)
    assert row is not None
    return row["made"], row["issued"]


async def open_clawbacks(actor: Actor) -> list[OpenClawback]:
    """What clients owe for money that went back, and since when, by client."""
    actor.require("invoices.issue")
    return [OpenClawback(**row) for row in await sql(OPEN_CLAWBACKS, actor.agency_id)]


async def reasons_of(actor: Actor, invoice_id: UUID) -> list[Reason]:
    """The claw-backs or costs that an invoice asks for; of a claw-back a statement may have taken a part before."""
    return [Reason(**row) for row in await sql(REASONS, actor.agency_id, invoice_id)]


def _invoice(row: asyncpg.Record) -> Invoice:
    return Invoice(**{**row, "kind": InvoiceKind(row["kind"]), "vat_treatment": VatTreatment(row["vat_treatment"])})
