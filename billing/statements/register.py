"""Statements: one, a page of them, and their lines. Clients see them from the approval on."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank_details.register import MASKED
from billing.fees.sentence import Explanation, explain
from billing.tables import Channel
from cases.clients import VatTreatment
from cases.remittance_terms import RemittanceMethod
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 100
LIST_PAGE: Final = 50
EXPORT_PAGE: Final = 1000

RECEIVED_TEXTS: Final = {
    Channel.BANK: N_("us, bank"),
    Channel.CARD: N_("us, card"),
    Channel.DIRECT_DEBIT: N_("us, direct debit"),
    Channel.CHEQUE: N_("us, cheque"),
    Channel.CASH: N_("us, cash"),
    Channel.DIRECT: N_("you"),
    Channel.GOODS: N_("you, goods"),
    Channel.SET_OFF: N_("you, set-off"),
    Channel.AT_CLOSE: N_("none, at close"),
    Channel.BANKS: N_("kept by banks"),
}
"""Who received a payment, said to the client."""

VAT_WORDINGS: Final = {
    VatTreatment.STANDARD: N_("on the fee total, once"),
    VatTreatment.REVERSE_CHARGE: N_("Reverse charge: the recipient of the service accounts for the VAT."),
    VatTreatment.EXEMPT: N_("The service is exempt from VAT."),
    VatTreatment.OUTSIDE: N_("The service is outside the scope of VAT."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Agency and client as they were when the statement was approved; of a draft, as they are."""

    agency_name: str
    agency_address: str
    agency_licence: str
    agency_vat_number: str
    client_name: str
    client_address: str
    client_country: str
    client_vat_number: str
    account: str
    """The country and the last four characters of the account that was paid: DE4471; empty when none was known."""
    vat_treatment: VatTreatment

    @property
    def masked_account(self) -> str:
        """The account as it is shown: DE•• •••• 4471."""
        return f"{self.account[:2]}•• •••• {self.account[2:]}" if self.account else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a client is told about one remittance. Minor units; ``carried_*`` and ``clawed_*`` are below nought for what it owes."""

    id: UUID
    client_id: UUID
    client_name: str
    run_id: UUID
    number: str | None
    currency: str
    method: RemittanceMethod
    period_from: date
    period_to: date
    status: str
    collected_minor: int
    direct_minor: int
    brought_minor: int
    """What we held for the client before these books began."""
    costs_minor: int
    """What repays costs that the agency had advanced."""
    fees_minor: int
    vat_rate: Decimal
    vat_minor: int
    carried_in_minor: int
    carried_out_minor: int
    clawed_in_minor: int
    clawed_out_minor: int
    invoiced_fees_minor: int
    invoiced_vat_minor: int
    credited_minor: int
    net_minor: int
    payout_currency: str | None
    """What it is paid out in, where that is another currency; the two below are in it."""
    quoted_rate: Decimal | None
    payout_minor: int | None
    """What is promised, at the quoted rate; None before it is quoted."""
    executed_rate: Decimal | None
    exchanged_on: date | None
    exchanged_minor: int | None
    """What is paid after the exchange, with a gain or loss that is the client's; None before it."""
    payments: int
    deferred: bool
    invoice_id: UUID | None
    invoice_number: str | None
    invoice_due_on: date | None
    letterhead: Letterhead
    approved_at: datetime | None
    approved_by_name: str
    paid_on: date | None
    closed_at: datetime | None
    closed_by_name: str

    @property
    def is_draft(self) -> bool:
        """Whether only the agency sees it."""
        return self.status == "draft"

    @property
    def lines_net_minor(self) -> int:
        """What the lines leave the client, before VAT and what was carried."""
        return self.collected_minor - self.direct_minor - self.costs_minor - self.fees_minor

    @property
    def kept_minor(self) -> int:
        """What is kept back of the money we held for the client."""
        return self.collected_minor - self.direct_minor + self.brought_minor - self.net_minor

    @property
    def invoiced_minor(self) -> int:
        """What its invoice asks for: fees and VAT that are not kept back, less what is given back."""
        return self.invoiced_fees_minor + self.invoiced_vat_minor - self.credited_minor

    @property
    def vat_wording(self) -> str:
        """How its fees are taxed, a msgid."""
        return VAT_WORDINGS[self.letterhead.vat_treatment]

    @property
    def file_name(self) -> str:
        """The name of its files, without an ending."""
        return f"{self.number or 'draft'}-{self.currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One payment on a statement, in minor units; ``net_minor`` is before VAT on the fee."""

    id: UUID
    statement_id: UUID
    statement_number: str | None
    client_name: str
    position: int
    payment_id: UUID
    case_id: UUID
    case_number: str
    reference: str
    debtor_name: str
    received_on: date
    currency: str
    gross_minor: int
    principal_minor: int
    interest_minor: int
    costs_minor: int
    fee_minor: int
    fee_rate: Decimal
    vat_minor: int
    costs_kept_minor: int
    """What of it repays costs that the agency had advanced."""
    net_minor: int
    channel: Channel
    received_by: str
    reverses: UUID | None
    fee_facts: str

    @property
    def received_text(self) -> str:
        """Who received it, a msgid."""
        return N_("went back") if self.reverses else RECEIVED_TEXTS[self.channel]

    @property
    def explanation(self) -> Explanation:
        """Its fee in words."""
        return explain(json.loads(self.fee_facts))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a statement's lines are payments, how many of these went back or the client received itself."""

    payments: int
    """Without minimum fees at close, which are lines of their own."""
    went_back: int
    direct: int


# A statement calls its client what it was called when it was approved.
CALLED: Final = "coalesce(s.letterhead -> 'client' ->> 'name', k.name) as client_name"

COLUMNS: Final = f"""
s.id, s.client_id, {CALLED}, s.run_id, s.number, s.currency, s.method, s.period_from, s.period_to, s.status,
s.collected_minor, s.direct_minor, s.brought_minor, s.costs_minor, s.fees_minor, s.vat_rate, s.vat_minor, s.carried_in_minor, s.carried_out_minor,
s.clawed_in_minor, s.clawed_out_minor, s.invoiced_fees_minor, s.invoiced_vat_minor, s.credited_minor,
i.id as invoice_id, i.number as invoice_number, i.due_on as invoice_due_on, s.net_minor, s.payout_currency, s.quoted_rate, s.payout_minor, x.rate as executed_rate,
x.on_day as exchanged_on, x.paid_minor as exchanged_minor,
s.payments, s.deferred, s.approved_at, s.approved_by_name, s.paid_on, s.closed_at, s.closed_by_name, s.letterhead
"""
FROM: Final = """
from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
left join client_invoices i on i.agency_id = s.agency_id and i.statement_id = s.id
left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
"""

LIST: Final = f"""
select {COLUMNS} {FROM}
where s.agency_id = $1 and s.status <> 'draft' and ($2::uuid is null or s.client_id = $2)
  and ($3::uuid is null or (s.period_to, s.id) < (select b.period_to, b.id from statements b
                                                  where b.agency_id = $1 and b.id = $3))
order by s.period_to desc, s.id desc limit $4
"""  # noqa: S608 - constants

OF_RUN: Final = f"select {COLUMNS} {FROM} where s.agency_id = $1 and s.run_id = $2 order by k.name, k.id"

BESIDE: Final = """
select id, currency from statements
where agency_id = $1 and client_id = $2 and period_to = $3 and status <> 'draft' order by currency, id
"""

LINE: Final = f"""
select l.id, l.statement_id, s.number as statement_number, {CALLED}, l.position, l.payment_id, l.case_id,
       l.case_number, c.reference, l.debtor_name, l.received_on, s.currency, l.gross_minor, p.principal_minor,
       p.interest_minor, p.costs_minor, l.fee_minor, p.fee_rate, l.vat_minor, l.costs_kept_minor, l.net_minor, p.channel, p.received_by,
       p.reverses, p.fee_facts
from statements s join statement_lines l on l.agency_id = s.agency_id and l.statement_id = s.id
join payments p on p.agency_id = l.agency_id and p.id = l.payment_id
join cases c on c.agency_id = l.agency_id and c.id = l.case_id
join clients k on k.agency_id = s.agency_id and k.id = s.client_id
"""  # noqa: S608 - constants

LINES: Final = f"{LINE} where s.agency_id = $1 and s.id = $2 and l.position > $3 order by l.position limit $4"

LINES_OF_RUN: Final = f"""
{LINE} where s.agency_id = $1 and s.run_id = $2 and (l.statement_id, l.position) > ($3, $4)
order by l.statement_id, l.position limit $5
"""

LETTERHEAD_NOW: Final = f"""
select jsonb_build_object(
    'agency', jsonb_build_object('name', a.name, 'address', a.address, 'licence', a.licence, 'vat_number', a.vat_number),
    'client', jsonb_build_object('name', k.name, 'address', k.address, 'country', k.country, 'vat_number', k.vat_number,
                                 'account', {MASKED}),
    'vat_treatment', k.vat_treatment)::text as letterhead
from agencies a join clients k on k.agency_id = a.id
left join bank_details d on d.agency_id = a.id and d.client_id = k.id and d.status = 'in_force' and d.currency = $3
where a.id = $1 and k.id = $2
"""  # noqa: S608 - constants


async def load_statement(actor: Actor, statement_id: UUID) -> Statement:
    """A statement that the actor may see.

    Raises:
        NotFound: there is none, it is another client's, or the actor works for the client and it is not approved.
    """
    row = await sql_one(
        f"select {COLUMNS} {FROM} where s.agency_id = $1 and s.id = $2",
        *(actor.agency_id, statement_id),
    )
    if row is None:
        raise NotFound
    if row["status"] != "draft":
        return _statement(row, row["letterhead"])
    paid_in = row["payout_currency"] or row["currency"]
    now = await sql_one(LETTERHEAD_NOW, actor.agency_id, row["client_id"], paid_in)
    if now is None:
        raise NotFound
    return _statement(row, now["letterhead"])


async def list_statements(
    actor: Actor, client_id: UUID | None = None, before: UUID | None = None, limit: int = LIST_PAGE
) -> tuple[list[Statement], bool]:
    """One page of approved and closed statements, the latest period first, and whether there are more behind it."""
    rows = await sql(LIST, actor.agency_id, client_id, before, limit + 1)
    return [_statement(row, row["letterhead"]) for row in rows[:limit]], len(rows) > limit


async def statements_of_run(actor: Actor, run_id: UUID) -> list[Statement]:
    """The statements of a run by client."""
    return [_statement(row, row["letterhead"]) for row in await sql(OF_RUN, actor.agency_id, run_id)]


async def beside(actor: Actor, statement: Statement) -> list[tuple[str, UUID]]:
    """The client's statements through the same day, by currency: a month that was paid in several."""
    rows = await sql(BESIDE, actor.agency_id, statement.client_id, statement.period_to)
    return [(row["currency"], row["id"]) for row in rows]


async def lines_of(
    actor: Actor, statement_id: UUID, after: int = 0, limit: int = PAGE
) -> tuple[list[StatementLine], bool]:
    """One page of a statement's lines behind a position, in order, and whether there are more."""
    rows = await sql(LINES, actor.agency_id, statement_id, after, limit + 1)
    return [_line(row) for row in rows[:limit]], len(rows) > limit


async def lines_of_run(
    actor: Actor, run_id: UUID, after: tuple[UUID, int] | None = None, limit: int = PAGE
) -> tuple[list[StatementLine], bool]:
    """One page of the lines of a run's statements, one statement after the other, and whether there are more."""
    rows = await sql(LINES_OF_RUN, actor.agency_id, run_id, *(after or (UUID(int=0), 0)), limit + 1)
    return [_line(row) for row in rows[:limit]], len(rows) > limit


async def every_line(actor: Actor, statement_id: UUID) -> AsyncIterator[StatementLine]:
    """All lines in order, without holding them all at once."""
    after, more = 0, True
    while more:
        page, more = await lines_of(actor, statement_id, after, EXPORT_PAGE)
        for line in page:
            yield line
            after = line.position


async def counts_of(actor: Actor, statement_id: UUID) -> Counts:
    """How many lines are payments, money that went back, and the client's own receipts."""
    row = await sql_one(
        "select count(*) as payments, count(*) filter (where p.reverses is not null) as went_back,"
        " count(*) filter (where p.received_by = 'client') as direct"
        " from statement_lines l join payments p on p.agency_id = l.agency_id and p.id = l.payment_id"
        " where l.agency_id = $1 and l.statement_id = $2 and p.channel <> 'at_close'",
        *(actor.agency_id, statement_id),
    )
    assert row is not None
    return Counts(row["payments"], row["went_back"], row["direct"])


def _statement(row: asyncpg.Record, letterhead: str) -> Statement:
    head = _letterhead(json.loads(letterhead), row["client_name"])
    return Statement(**{**dict(row), "method": RemittanceMethod(row["method"]), "letterhead": head})


def _letterhead(kept: dict[str, dict[str, str]], client_name: str) -> Letterhead:
    agency, client = kept.get("agency", {}), kept.get("client", {})
    return Letterhead(
        agency_name=agency.get("name", ""),
        agency_address=agency.get("address", ""),
        agency_licence=agency.get("licence", ""),
        agency_vat_number=agency.get("vat_number", ""),
        client_name=client.get("name", client_name),
        client_address=client.get("address", ""),
        client_country=client.get("country", ""),
        client_vat_number=client.get("vat_number", ""),
        account=client.get("account", ""),
        vat_treatment=VatTreatment(str(kept.get("vat_treatment", VatTreatment.OUTSIDE))),
    )


def _line(row: asyncpg.Record) -> StatementLine:
    return StatementLine(**{**dict(row), "channel": Channel(row["channel"])})
