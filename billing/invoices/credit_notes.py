"""Credit notes: one, those of an invoice or told by a statement, and what one gives back line by line. A client sees its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.invoices.paper import NEWEST, PAGE, Paper, columns
from billing.invoices.tables import CreditReason, InvoiceKind
from cases.clients import VatTreatment
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

REASON_TEXTS: Final = {
    CreditReason.WENT_BACK: N_("Fees of money that went back"),
    CreditReason.ERROR: N_("The invoice was issued in error"),
    CreditReason.AGREED: N_("Less was agreed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote(Paper):
    """What is given back to a client, for a statement or else for an invoice. Minor units of ``currency``."""

    why: CreditReason
    invoice_id: UUID | None
    told_by: UUID | None
    """The later statement that tells of it."""
    statement_number: str | None
    invoice_number: str | None
    """Of the invoice that it corrects, or by which the corrected statement's fees were asked for."""
    invoice_kind: InvoiceKind | None

    @property
    def vat_wording(self) -> str:
        """How what it gives back was taxed, a msgid."""
        return self.taxed_as(self.invoice_kind)

    @property
    def reason_text(self) -> str:
        """Why it was made, a msgid."""
        return REASON_TEXTS[self.why]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """The fee of one payment that went back, as the corrected statement had it. Minor units."""

    note_number: str
    statement_number: str
    position: int
    """Of the payment's line on the corrected statement."""
    case_id: UUID
    case_number: str
    debtor_name: str
    paid_on: date
    went_back_on: date
    fee_minor: int
    vat_minor: int


OF_OTHERS: Final = ("statement_number", "invoice_number", "invoice_kind")
"""What its statement and its invoice say."""
KEPT: Final = ", ".join(f"n.{name}" for name in columns(CreditNote, OF_OTHERS))
SELECT: Final = f"""
select {KEPT}, s.number as statement_number, i.number as invoice_number, i.kind as invoice_kind
from credit_notes n
left join statements s on s.agency_id = n.agency_id and s.id = n.statement_id
left join client_invoices i on i.agency_id = n.agency_id and (i.id = n.invoice_id or i.statement_id = n.statement_id)
where n.agency_id = $1
"""  # noqa: S608 - own names

LINES: Final = """
select n.number as note_number, s.number as statement_number, l.position, b.case_id, b.case_number, b.debtor_name,
       l.received_on as paid_on, b.on_day as went_back_on, b.fee_minor, b.vat_minor
from credit_notes n
join clawbacks b on b.agency_id = n.agency_id and b.credit_note_id = n.id
join payments back on back.agency_id = b.agency_id and back.id = b.payment_id
join statement_lines l on l.agency_id = back.agency_id and l.payment_id = back.reverses
join statements s on s.agency_id = l.agency_id and s.id = l.statement_id
where n.agency_id = $1
"""
LINES_OF_NOTE: Final = f"{LINES} and n.id = $2 order by l.position"
LINES_TOLD_BY: Final = f"{LINES} and n.told_by = $2 order by n.number, l.position"


async def load_credit_note(actor: Actor, credit_note_id: UUID) -> CreditNote:
    """A credit note.

    Raises:
        NotFound: there is none that the actor may see.
    """
    actor.require("invoices.read")
    found = _notes(await sql(f"{SELECT} and n.id = $2", actor.agency_id, credit_note_id))
    if not found:
        raise NotFound
    return found[0]


async def notes_of_invoice(actor: Actor, invoice_id: UUID) -> list[CreditNote]:
    """What was taken off an invoice, the first first."""
    return _notes(await sql(f"{SELECT} and n.invoice_id = $2 order by n.id", actor.agency_id, invoice_id))


async def notes_told_by(actor: Actor, statement_id: UUID) -> list[CreditNote]:
    """The credit notes that a statement tells of, by number."""
    return _notes(await sql(f"{SELECT} and n.told_by = $2 order by n.number", actor.agency_id, statement_id))


async def list_credit_notes(
    actor: Actor, before: UUID | None = None, limit: int = PAGE
) -> tuple[list[CreditNote], bool]:
    """One page of credit notes, the newest first, and whether there are more behind it."""
    actor.require("invoices.read")
    rows = await sql(
        f"{SELECT} and n.id < $2 order by n.id desc limit $3", actor.agency_id, before or NEWEST, limit + 1
    )
    return _notes(rows[:limit]), len(rows) > limit


async def lines_of_note(actor: Actor, credit_note_id: UUID) -> list[CreditLine]:
    """The fees that a credit note gives back, by their lines on the corrected statement; none where it corrects an invoice."""
    return [CreditLine(**row) for row in await sql(LINES_OF_NOTE, actor.agency_id, credit_note_id)]


async def lines_told_by(actor: Actor, statement_id: UUID) -> list[CreditLine]:
    """The fees that are given back by the credit notes of which a statement tells."""
    return [CreditLine(**row) for row in await sql(LINES_TOLD_BY, actor.agency_id, statement_id)]


def _notes(rows: Sequence[asyncpg.Record]) -> list[CreditNote]:
    return [CreditNote(**{**row, **_words(row)}) for row in rows]


def _words(row: asyncpg.Record) -> dict[str, object]:
    return {
        "why": CreditReason(row["why"]),
        "vat_treatment": VatTreatment(row["vat_treatment"]),
        "invoice_kind": InvoiceKind(row["invoice_kind"]) if row["invoice_kind"] else None,
    }
