"""What stands on the accounts, counted anew from what the registers say: payments, suspense, statements, exchanges, invoices,
costs, refunds and what the processor told of its charges."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final
from uuid import UUID

import asyncpg

from portal.money import share
from portal.tenancy.database import as_job, sql, transaction
from tests.billing.history.world import World

Key = tuple[int, UUID | None, str]
"""Account, client where it has one, and currency."""
Sums = defaultdict[Key, int]
Rows = list[asyncpg.Record]

ACCOUNTS: Final = (1000, 1010, 1090, 1900, 2000, 2010, 2020, 2030, 2040, 1200, 1210, 1230, 1240, 2100)
ASKED: Final = {
    "lines": """
        select account, client_id, currency, sum(amount_minor)::bigint as amount from journal_lines
        where agency_id = $1 and account < 9000 group by account, client_id, currency""",
    "payments": """
        select p.client_id, p.currency, p.received_by = 'agency' as ours, p.amount_minor as amount, p.costs_kept_minor as costs,
               p.surplus_minor as surplus, p.held_minor as held, p.charge_id, p.processor_fee_minor as kept, p.suspense_id,
               exists (select from clawbacks b where b.agency_id = p.agency_id and b.payment_id = p.id) as clawed,
               p.fee_minor as fee, s.status
        from payments p
        left join statement_lines l on l.agency_id = p.agency_id and l.payment_id = p.id
        left join statements s on s.agency_id = l.agency_id and s.id = l.statement_id
        where p.agency_id = $1""",
    "suspense": "select currency, amount_minor as amount, status, payment_id from suspense where agency_id = $1",
    "refunds": """
        select currency, amount_minor as amount, way, payment_id is null as of_suspense, exists (
            select from payments back where back.agency_id = f.agency_id and back.reverses = f.payment_id) as went_back
        from refunds f where agency_id = $1 and status = 'paid'""",
    "clawbacks": "select client_id, currency, owed_minor as owed, vat_minor as vat from clawbacks where agency_id = $1",
    "costs": """
        select o.client_id, o.currency,
               case when o.advanced_by = 'agency' and o.taken_back_at is null then o.amount_minor else 0 end as amount,
               coalesce((select sum(amount_minor) from invoiced_costs i where i.agency_id = $1 and i.cost_id = o.id), 0)::bigint
                   as invoiced
        from case_costs o where o.agency_id = $1""",
    "payouts": "select currency, amount_minor as amount from payouts where agency_id = $1 and journal_id is not null",
    "statements": """
        select s.*, r.status as run_status, x.bought_minor, x.paid_minor, x.drawn_minor,
               (select coalesce(sum(vat_minor), 0) from statement_lines l where l.agency_id = $1 and l.statement_id = s.id) as lines_vat
        from statements s join remittance_runs r on r.agency_id = s.agency_id and r.id = s.run_id
        left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
        where s.agency_id = $1 order by r.approved_at, s.id""",
    "runs": "select currency, interest_minor as interest from remittance_runs where agency_id = $1 and drawn_on is not null",
    "invoices": "select client_id, currency, total_minor as total from client_invoices where agency_id = $1 and kind = 'clawback'",
    "transfers": """
        select i.client_id, i.currency, p.amount_minor as amount from invoice_payments p
        join client_invoices i on i.agency_id = $1 and i.id = p.invoice_id where p.agency_id = $1 and p.taken_back_at is null""",
    "notes": """
        select n.client_id, n.currency, n.net_minor as net, n.vat_minor as vat, i.kind, n.why from credit_notes n
        join client_invoices i on i.agency_id = $1 and i.id = n.invoice_id
        where n.agency_id = $1 and n.why in ('error', 'agreed')""",
    "charges": """
        select c.charge_id, c.currency, c.amount_minor
                   - coalesce((select sum(r.amount_minor) from card_refunds r
                               where r.agency_id = $1 and r.card_payment_id = c.id and r.status = 'succeeded'), 0)
                   - coalesce((select sum(case when b.return_id is null then b.amount_minor else 0 end) from chargebacks b
                               where b.agency_id = $1 and b.card_payment_id = c.id and b.reversal_id is not null), 0) as has,
               coalesce((select sum(f.amount_minor) from refunds f join payments p on p.agency_id = $1 and p.id = f.payment_id
                         where f.agency_id = $1 and p.charge_id = c.charge_id and f.way = 'bank' and f.status = 'paid'), 0) as sent,
               coalesce((select sum(l.amount_minor) from journals j join journal_lines l on l.agency_id = $1 and l.journal_id = j.id
                         where j.agency_id = $1 and l.account = 5010 and j.kind in ('loss', 'loss made good')
                           and split_part(j.external_id, ' ', 1) = c.charge_id), 0) as lost
        from card_payments c where c.agency_id = $1 and c.payment_id is not null""",
}  # fmt: skip


async def agree(world: World) -> None:
    """The books are what the registers say."""
    async with transaction(as_job(world.agency_id), read_only=True):
        rows = {name: await sql(query, world.agency_id) for name, query in ASKED.items()}
    stands = {(row["account"], row["client_id"], row["currency"]): row["amount"] for row in rows["lines"]}
    should: Sums = defaultdict(int)
    for account, currency, minor in world.moved:
        should[account, None, currency] += minor
    _payments(should, rows["payments"])
    _beside_payments(should, rows)
    _statements(should, rows["statements"])
    _invoices(should, rows)
    for account, _, currency in [key for key in stands if key[0] == 5010]:
        # What the processor took for itself, and what went back twice.
        should[1010, None, currency] -= stands[account, None, currency]
        should[1090, None, currency] += stands[account, None, currency]
    held = {key: amount for key, amount in stands.items() if key[0] in ACCOUNTS and amount}
    assert held == {key: amount for key, amount in should.items() if amount}
    for row in rows["charges"]:
        # Nothing is lost as long as the processor gave no more of a charge back than it took.
        assert max(0, -row["has"]) <= row["lost"] <= max(0, row["sent"] - row["has"]), dict(row)


def _payments(should: Sums, payments: Rows) -> None:
    for row in payments:
        client, currency, settled = row["client_id"], row["currency"], row["status"] in ("approved", "closed")
        ours = row["amount"] if row["ours"] else 0
        if row["ours"] and row["suspense_id"] is None:
            bank = 1010 if row["charge_id"] else 1000
            should[bank, None, currency] += ours + row["surplus"] + row["held"] - row["kept"]
            should[1090, None, currency] += row["kept"]
        should[2030, None, currency] -= row["surplus"]
        waits = not settled and not row["clawed"]
        repaid = row["costs"] if row["ours"] else 0
        # What went back after its remittance is advanced by us.
        should[1090, None, currency] -= ours if row["clawed"] else 0
        should[2000, client, currency] -= ours - repaid if waits else 0
        should[2040, None, currency] -= repaid if waits else 0
        should[1240, client, currency] -= 0 if waits and not row["ours"] else row["costs"]
        should[1210, client, currency] += 0 if settled or row["clawed"] else row["fee"]


def _beside_payments(should: Sums, rows: dict[str, Rows]) -> None:
    for row in rows["costs"]:
        should[1240, row["client_id"], row["currency"]] += row["amount"] - row["invoiced"]
        should[1200, row["client_id"], row["currency"]] += row["invoiced"]
    for row in rows["suspense"]:
        should[1000, None, row["currency"]] += row["amount"] if row["payment_id"] is None else 0
        should[2020, None, row["currency"]] -= row["amount"] if row["status"] in ("waiting", "asked", "approved") else 0
    for row in rows["refunds"]:
        bank, currency = 1000 if row["way"] == "bank" else 1010, row["currency"]
        # Of a payment that went back afterwards it is our loss, which is counted where the processor's losses are.
        if not row["of_suspense"]:
            should[1010 if row["went_back"] else 2030, None, currency] += row["amount"]
        should[bank, None, currency] -= row["amount"]
    for row in rows["clawbacks"]:
        should[1230, row["client_id"], row["currency"]] += row["owed"]
        should[2100, None, row["currency"]] += row["vat"]
    for row in rows["payouts"]:
        should[1000, None, row["currency"]] += row["amount"]
        should[1010, None, row["currency"]] -= row["amount"]
    for row in rows["runs"]:
        should[1000, None, row["currency"]] -= row["interest"]
        should[2040, None, row["currency"]] += row["interest"]


def _statements(should: Sums, statements: Rows) -> None:
    carried: dict[tuple[Any, str], int] = defaultdict(int)
    for row in statements:
        client, currency = row["client_id"], row["currency"]
        assert row["vat_minor"] == share(row["fees_minor"], row["vat_rate"]), dict(row)
        assert row["deferred"] or row["vat_minor"] == row["lines_vat"]
        assert row["run_status"] != "cancelled" and row["net_minor"] >= 0
        if row["status"] == "draft":
            continue
        ours = row["collected_minor"] - row["direct_minor"]
        assert row["carried_in_minor"] == -carried[client, currency], "each begins where the one before it ended"
        carried[client, currency] = -row["carried_out_minor"]
        invoiced = row["invoiced_fees_minor"] + row["invoiced_vat_minor"] - row["credited_minor"]
        should[1200, client, currency] += invoiced + row["carried_in_minor"] - row["carried_out_minor"]
        should[1230, client, currency] += row["clawed_in_minor"] - row["clawed_out_minor"]
        should[2100, None, currency] -= row["vat_minor"]
        if row["payout_currency"] is not None:
            _abroad(should, row, ours)
        elif row["status"] == "closed":
            should[1000, None, currency] -= ours
        else:
            should[2010, client, currency] -= row["net_minor"]
            should[2040, None, currency] -= ours - row["net_minor"]


def _abroad(should: Sums, row: asyncpg.Record, ours: int) -> None:
    """A statement that is paid out in another currency: promised, exchanged, paid."""
    currency, target, net, client = row["currency"], row["payout_currency"], row["net_minor"], row["client_id"]
    is_closed = row["status"] == "closed"
    should[1000 if is_closed else 2040, None, currency] -= ours - net
    if row["bought_minor"] is None:
        should[1900, None, currency] -= net
        should[1900, None, target] += row["payout_minor"]
        should[2010, client, target] -= row["payout_minor"]
        return
    should[1000, None, currency] -= net
    should[1000, None, target] += row["bought_minor"]
    # What the bank bought and operating makes good is the client's, and what is over the agency's.
    should[1090, None, target] += row["paid_minor"] + row["drawn_minor"] - row["bought_minor"]
    should[1000 if is_closed else 2040, None, target] -= row["drawn_minor"]
    if is_closed:
        should[1000, None, target] -= row["paid_minor"]
    else:
        should[2010, client, target] -= row["paid_minor"]


def _invoices(should: Sums, rows: dict[str, Rows]) -> None:
    for row in rows["invoices"]:
        should[1200, row["client_id"], row["currency"]] += row["total"]
        should[1230, row["client_id"], row["currency"]] -= row["total"]
    for row in rows["transfers"]:
        should[1200, row["client_id"], row["currency"]] -= row["amount"]
    for row in rows["notes"]:
        client, currency = row["client_id"], row["currency"]
        should[2100, None, currency] += row["vat"]
        if row["kind"] == "costs" and row["why"] == "error":
            continue  # its costs are open again, and count no more as invoiced
        should[1200, client, currency] -= row["net"] + row["vat"]
        should[1230, client, currency] += row["net"] if row["kind"] == "clawback" else 0
