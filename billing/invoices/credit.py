"""A credit note for an invoice that was issued in error, or for which less was agreed: what is left of it is asked for no more."""

from typing import Final
from uuid import UUID

from billing.invoices.costs import open_again
from billing.invoices.journals import credited
from billing.invoices.register import Invoice, load_invoice
from billing.invoices.reversals import SERIES
from billing.invoices.settle import settle
from billing.invoices.tables import CreditReason, InvoiceKind
from billing.remittance.run import alone
from billing.spoken import Spoken
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.jobs import enqueue
from portal.ledger.journal import post
from portal.money import split
from portal.numbering import next_number
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

BY_HAND: Final = (CreditReason.ERROR, CreditReason.AGREED)
"""Why a person takes something off an invoice."""

_GIVEN_BACK_ON: Final = {InvoiceKind.FEES: 4090, InvoiceKind.CLAWBACK: 1230, InvoiceKind.COSTS: 1240}
"""Fees are given up, as by a payment that went back; money that went back is owed again, and the next remittance takes it;
costs are open again: a debtor may still repay them, and another invoice ask for them."""


def given_back_on(kind: InvoiceKind, why: str) -> int:
    """The account that a credit note puts back what its invoice asked for. Costs of which the agency agreed to bear some
    are not open again: what it bears lowers what it earned, as any fee that it gives up.
    """
    return 4090 if why == CreditReason.AGREED and kind is InvoiceKind.COSTS else _GIVEN_BACK_ON[kind]


INSERT: Final = """
insert into credit_notes (id, agency_id, client_id, number, why, invoice_id, currency, issued_on, net_minor, vat_rate, vat_minor,
                          vat_treatment, total_minor, client_name, client_address, client_vat_number, agency_name,
                          agency_address, agency_vat_number, issued_by, issued_by_name, issued_at, journal_id)
select $3, i.agency_id, i.client_id, $4, $5, i.id, i.currency, $6, $7::bigint, i.vat_rate, $8::bigint, i.vat_treatment, $7::bigint + $8::bigint, i.client_name,
       i.client_address, i.client_vat_number, i.agency_name, i.agency_address, i.agency_vat_number, $9, $10, $11, $12
from client_invoices i where i.agency_id = $1 and i.id = $2
"""
ISSUED_BEFORE: Final = "select exists (select from credit_notes where agency_id = $1 and id = $2 and invoice_id = $3)"
CREDITED_VAT: Final = """
select coalesce(sum(vat_minor), 0)::bigint from credit_notes where agency_id = $1 and invoice_id = $2
"""
# What an invoice asked for in vain is told of by the next statement, or asked for by another.
ASKED_NO_MORE: Final = "update clawbacks set invoice_id = null where agency_id = $1 and invoice_id = $2"


async def credit_invoice(actor: Actor, invoice_id: UUID, why: str, amount_minor: int | None, token: UUID) -> UUID:
    """Take an amount with its VAT off an invoice, or all that is left of it; gives the credit note's id.

    ``token`` is the form's and becomes that id, so that the same form sent again takes off nothing more.

    Raises:
        NotFound: there is no such invoice here.
        Refused: the reason is missing, or the amount is nought or more than what is left to be paid.
    """
    actor.require("invoices.issue")
    await alone(actor, (await load_invoice(actor, invoice_id)).currency)
    invoice = await load_invoice(actor, invoice_id, lock=True)
    if await sql_value(ISSUED_BEFORE, actor.agency_id, token, invoice.id):
        return token
    if why not in BY_HAND:
        raise Refused(N_("Please choose why."), field="why", code="missing")
    net_minor, vat_minor = await _parts(actor, invoice, _amount(invoice, amount_minor))
    note_id, today = token, await agency_day(actor)
    account, currency = given_back_on(invoice.kind, why), invoice.currency
    async with savepoint():
        draft = credited(note_id, invoice.client_id, account, net_minor, vat_minor, currency, today)
        [journal_id] = await post(actor, [draft])
    number = f"CN-{await next_number(actor, SERIES):05d}"
    await sql(
        INSERT,
        *(actor.agency_id, invoice.id, note_id, number, why, today, net_minor, vat_minor),
        *(actor.user_id, actor.name, clock.now(), journal_id),
    )
    await settle(actor, invoice.id)
    if account == 1240:
        await open_again(actor, invoice.id, note_id, net_minor)
    if net_minor + vat_minor == invoice.total_minor:
        await sql(ASKED_NO_MORE, actor.agency_id, invoice.id)
    facts = {"number": number, "amount_minor": net_minor + vat_minor, "currency": currency, "vat_minor": vat_minor}
    await record(
        actor, "credit_note.issued", "credit_note", note_id, client_id=invoice.client_id,
        facts={**facts, "because": str(why), "invoice_id": invoice.id, "journal_id": journal_id},
    )  # fmt: skip
    await enqueue("papers.make", {"agency_id": actor.agency_id, "kind": "credit_note", "id": note_id})
    return note_id


def _amount(invoice: Invoice, amount_minor: int | None) -> int:
    amount = invoice.left_minor if amount_minor is None else amount_minor
    if not invoice.left_minor:
        raise Refused(N_("Nothing of this invoice is left to be paid."), code="settled")
    if amount <= 0:
        raise Refused(N_("Please fill this in."), field="credit", code="missing")
    if amount > invoice.left_minor:
        raise Refused(
            N_("Only %(left)s of it is left to be paid: a credit note takes off no more."),
            field="credit", code="too_much", left=Spoken(money, invoice.left_minor, invoice.currency),
        )  # fmt: skip
    return amount


async def _parts(actor: Actor, invoice: Invoice, amount_minor: int) -> tuple[int, int]:
    """Net and VAT of what is taken off, so that all credit notes of an invoice together divide as it does."""
    _, vat_so_far = split(invoice.corrected_minor + amount_minor, [invoice.net_minor, invoice.vat_minor])
    vat_minor = vat_so_far - await sql_value(CREDITED_VAT, actor.agency_id, invoice.id)
    return amount_minor - vat_minor, vat_minor
