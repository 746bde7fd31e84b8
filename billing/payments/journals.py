"""The journals of payments: cash, claim and fee together, as events 2, 3, 4, 12, 13 and 16 of the money
rules book them."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

from billing.fees.terms import Payee
from billing.payments.after_recall import brought_back
from billing.payments.register import Payment
from billing.payments.split import Split
from billing.tables import Channel
from cases.interest.post import drafts_of, keep
from portal.ledger import journal
from portal.ledger.journal import JournalDraft, Line, cr, dr, owe_less, post
from portal.ledger.tables import Book, Component
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql_value

SOURCE = "payment"
"""The source of payments and their reversals; promises are judged by it (`cases.promises.make`)."""


async def post_receipt(actor: Actor, split: Split, external_id: str) -> UUID:
    """Post a payment; gives the journal's id. Raises as `portal.ledger.journal.post` does, with nothing done."""
    drafts = await drafts_of(actor, split.case, split.interest)
    drafts.append(JournalDraft(SOURCE, external_id, kind_of(split), split.received_on, tuple(lines(split))))
    if split.recalled is not None and split.allocation.parts.total_minor:
        drafts.append(brought_back(split.case, split.allocation.parts, split.received_on, external_id))
    async with savepoint():
        posted = await post(actor, drafts)
        await keep(actor, split.case, split.interest, posted)
        return posted[len(split.interest)]


def kind_of(split: Split) -> str:
    """What a payment's journal is called."""
    if split.suspense_id is not None:
        return "match"
    direct = "receipt" if split.received_by is Payee.AGENCY else "direct payment"
    other = {Channel.GOODS: "goods returned", Channel.SET_OFF: "set-off", Channel.BANKS: "kept by banks"}
    return other.get(split.channel, direct)


def lines(split: Split) -> Iterator[Line]:
    """The lines of a payment's journal. A payment to the client itself brings no cash: what of it repays costs that we
    advanced its next statement takes. A fee of nought has no line."""
    client, currency, parts = split.case.client_id, split.currency, split.allocation.parts
    if split.received_by is Payee.AGENCY:
        account = split.bank_account_id if split.cash == 1000 else None
        yield dr(Book.TRUST, split.cash, split.amount_minor - split.banks_kept_minor, currency, bank_account=account)
        if split.banks_kept_minor:
            yield dr(Book.TRUST, 1090, split.banks_kept_minor, currency)
            yield dr(Book.OPERATING, 5020, split.banks_kept_minor, currency)
            yield cr(Book.OPERATING, 2190, split.banks_kept_minor, currency)
        if parts.total_minor > split.costs_kept_minor:
            yield cr(Book.TRUST, 2000, parts.total_minor - split.costs_kept_minor, currency, client=client)
        if split.costs_kept_minor:
            yield cr(Book.TRUST, 2040, split.costs_kept_minor, currency)
            yield dr(Book.OPERATING, 1220, split.costs_kept_minor, currency)
            yield cr(Book.OPERATING, 1240, split.costs_kept_minor, currency, client=client)
        if split.allocation.surplus_minor:
            yield cr(Book.TRUST, 2030, split.allocation.surplus_minor, currency)
        if split.held_minor:
            yield cr(Book.TRUST, 2020, split.held_minor, currency)
    if split.charge is not None and split.charge.fee_minor:
        yield from processor_cost(5000, split.charge.fee_minor, currency)
    for component in Component:
        if parts.on(component):
            yield from owe_less(split.case.id, component, parts.on(component), currency, client=client)
    if split.fee.fee_minor:
        yield dr(Book.OPERATING, 1210, split.fee.fee_minor, currency, client=client)
        yield cr(Book.OPERATING, 4000, split.fee.fee_minor, currency)


def processor_cost(account: int, minor: int, currency: str) -> Iterator[Line]:
    """What the processor keeps or takes for itself: the agency's cost on an account, owed to the trust until it is paid in."""
    yield dr(Book.TRUST, 1090, minor, currency)
    yield cr(Book.TRUST, 1010, minor, currency)
    yield dr(Book.OPERATING, account, minor, currency)
    yield cr(Book.OPERATING, 2190, minor, currency)


ACCOUNT: Final = """
select coalesce((
    select m.bank_account_id from bank_matches m join bank_accounts b on b.agency_id = $1 and b.id = m.bank_account_id
    where m.agency_id = $1 and m.journal_id = $2 and m.undone_at is null and b.book = 'trust' limit 1), (
    select bank_account_id from journal_lines
    where agency_id = $1 and journal_id = $2 and account = 1000 and bank_account_id is not null limit 1))
"""


async def bank_account_of(actor: Actor, journal_id: UUID) -> UUID | None:
    """The account whose bank told of a journal, else the one that it names: what goes back of its money leaves there."""
    found: UUID | None = await sql_value(ACCOUNT, actor.agency_id, journal_id)
    return found


async def post_return(actor: Actor, payment: Payment, external_id: str, on: date) -> UUID:
    """Post the mirror of a payment's journal; gives its id. Raises as `portal.ledger.journal.reverse` does."""
    async with savepoint():
        return await journal.reverse(actor, payment.journal_id, SOURCE, external_id, on)
