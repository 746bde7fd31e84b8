"""What clients transfer for their invoices, in one or in several transfers to the agency's own account (event 7)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from billing.invoices.journals import SOURCE, paid
from billing.invoices.register import Invoice, load_invoice
from billing.invoices.settle import settle
from billing.payments.split import one_line
from billing.spoken import Spoken
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.journal import post, reverse
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one, sql_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer that paid an invoice or a part of it, in minor units of the invoice's currency."""

    id: UUID
    invoice_id: UUID
    amount_minor: int
    paid_on: date
    reference: str
    journal_id: UUID
    booked_by_name: str
    booked_at: datetime
    taken_back_on: date | None
    taken_back_by_name: str


COLUMNS: Final = ", ".join(Transfer.__slots__)
OF_INVOICE: Final = f"""
select {COLUMNS} from invoice_payments where agency_id = $1 and invoice_id = $2 order by paid_on, id
"""  # noqa: S608 - own names
ONE: Final = f"""
select {COLUMNS} from invoice_payments where agency_id = $1 and id = $2
"""  # noqa: S608 - own names
TWIN: Final = """
select amount_minor, journal_id from invoice_payments
where agency_id = $1 and invoice_id = $2 and paid_on = $3 and reference = $4 and taken_back_at is null
"""
INSERT: Final = """
insert into invoice_payments (id, agency_id, client_id, invoice_id, amount_minor, paid_on, reference, journal_id, booked_by,
                              booked_by_name, booked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
TAKE_BACK: Final = """
update invoice_payments
set taken_back_on = $3, taken_back_by_name = $4, taken_back_at = $5, taken_back_journal_id = $6
where agency_id = $1 and id = $2
"""


async def pay_invoice(
    actor: Actor,
    invoice_id: UUID,
    paid_on: date | None,
    reference: str,
    amount_minor: int | None = None,
    bank_account_id: UUID | None = None,
) -> UUID:
    """Book that a client paid an invoice, or a part of it, on a day under the bank's reference; gives the journal's id.

    Without an amount it is what is left. The same transfer again changes nothing. ``bank_account_id`` is the account at
    the bank that it reached, where a statement says it.

    Raises:
        NotFound: there is no such invoice here.
        Refused: day or reference is missing, the day will not do, the amount is nought or more than what is left, or this
            transfer is booked with another amount.
    """
    actor.require("invoices.issue")
    invoice = await load_invoice(actor, invoice_id, lock=True)
    day, named = await _day(actor, invoice, paid_on), one_line(reference)
    if not named:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    twin = await sql_one(TWIN, actor.agency_id, invoice.id, day, named)
    if twin is not None and amount_minor in (None, twin["amount_minor"]):
        return UUID(str(twin["journal_id"]))
    amount = _amount(invoice, amount_minor, booked_minor=twin["amount_minor"] if twin else None)
    payment_id = new_id()
    async with savepoint():
        draft = paid(payment_id, invoice.client_id, amount, invoice.currency, day, bank_account_id)
        [journal_id] = await post(actor, [draft])
    await sql(
        INSERT,
        *(payment_id, actor.agency_id, invoice.client_id, invoice.id, amount, day, named, journal_id),
        *(actor.user_id, actor.name, clock.now()),
    )
    await settle(actor, invoice.id)
    facts = {"number": invoice.number, "amount_minor": amount, "currency": invoice.currency, "paid_on": day}
    await record(
        actor, "invoice.paid", "client_invoice", invoice.id, client_id=invoice.client_id,
        facts={**facts, "left_minor": invoice.left_minor - amount, "journal_id": journal_id}, personal={"reference": named},
    )  # fmt: skip
    return journal_id


async def _day(actor: Actor, invoice: Invoice, paid_on: date | None) -> date:
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    if paid_on < invoice.issued_on:
        raise Refused(N_("It was not issued by then."), field="paid_on", code="before_issue")
    return paid_on


def _amount(invoice: Invoice, amount_minor: int | None, booked_minor: int | None) -> int:
    """What is booked of a transfer, no more than what is left."""
    if booked_minor is not None:
        raise Refused(
            N_("A transfer of this day and reference is booked already, with %(amount)s."),
            field="reference", code="booked_already", amount=Spoken(money, booked_minor, invoice.currency),
        )  # fmt: skip
    if not invoice.left_minor:
        raise Refused(N_("Nothing of this invoice is left to be paid."), code="settled")
    amount = invoice.left_minor if amount_minor is None else amount_minor
    if amount <= 0:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if amount > invoice.left_minor:
        raise Refused(
            N_("Only %(left)s of it is left to be paid. Book that; what came on top is explained by itself."),
            field="amount", code="too_much", left=Spoken(money, invoice.left_minor, invoice.currency),
        )  # fmt: skip
    return amount


async def take_payment_back(actor: Actor, payment_id: UUID) -> None:
    """Undo a transfer that was booked in error; the invoice is open again by as much. Taken back before, nothing happens.

    Raises:
        NotFound: there is no such transfer here.
        Refused: a bank line was matched to it, which is taken back there.
    """
    actor.require("invoices.issue")
    payment = await load_payment(actor, payment_id)
    invoice = await load_invoice(actor, payment.invoice_id, lock=True)
    if (await load_payment(actor, payment_id)).taken_back_on is not None:
        return
    if await sql_value(MATCHED, actor.agency_id, payment.journal_id):
        raise Refused(N_("A bank line was matched to this transfer: take the match back there."), code="matched")
    await undo_payment(actor, invoice, payment)


MATCHED: Final = (
    "select exists (select from bank_matches where agency_id = $1 and journal_id = $2 and undone_at is null)"
)


async def undo_payment(actor: Actor, invoice: Invoice, payment: Transfer) -> UUID:
    """Undo a transfer of an invoice that the caller holds, whoever booked it; gives the journal that mirrors it."""
    today = await agency_day(actor)
    async with savepoint():
        journal_id = await reverse(actor, payment.journal_id, SOURCE, f"{payment.id}:taken back", today)
    await sql(TAKE_BACK, actor.agency_id, payment.id, today, actor.name, clock.now(), journal_id)
    await settle(actor, invoice.id)
    facts = {"number": invoice.number, "amount_minor": payment.amount_minor, "currency": invoice.currency}
    await record(
        actor, "invoice.payment_taken_back", "client_invoice", invoice.id, client_id=invoice.client_id,
        facts={**facts, "paid_on": payment.paid_on, "journal_id": journal_id},
    )  # fmt: skip
    return journal_id


async def payments_of(actor: Actor, invoice_id: UUID) -> list[Transfer]:
    """The transfers of an invoice, also those taken back, by day."""
    return [Transfer(**row) for row in await sql(OF_INVOICE, actor.agency_id, invoice_id)]


async def load_payment(actor: Actor, payment_id: UUID) -> Transfer:
    """A transfer of an invoice.

    Raises:
        NotFound: there is none that the actor may see.
    """
    actor.require("invoices.read")
    row = await sql_one(ONE, actor.agency_id, payment_id)
    if row is None:
        raise NotFound
    return Transfer(**row)
