"""The files by which the bank pays an approved run: one transfer for each statement, and our own part to our own account.

A run has one for each currency that it pays: its own, and those that it was exchanged into. How a file is written, and who
cannot be paid by one, `billing.payment_files` says; whoever cannot is named.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.confirming import OwnPayee, own_payee
from billing.bank_details.account import Account
from billing.bank_details.register import FIELDS, load_detail
from billing.exchange.quotes import Pair, pairs_of
from billing.payment_files.keep import Made, content_of_file, facts_of, keep_file, made_file, payer_of
from billing.payment_files.transfers import LONGEST_TEXT, ByHand, Plan, Transfer, why_not
from billing.remittance.run import Run, load_run
from billing.tables import RunStatus
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import sql, sql_one

PAID: Final = """
select s.number, coalesce(s.payout_currency, s.currency) as currency,
       case when s.payout_currency is null then s.net_minor else coalesce(x.paid_minor, s.payout_minor) end as minor,
       s.payout_currency is not null and x.id is null as is_waiting, k.name as client_name, d.id as detail_id, coalesce(d.holder, '') as holder,
       coalesce(d.iban, '') as iban, coalesce(d.account_number, '') as account_number, coalesce(d.bank_name, '') as bank_name,
       coalesce(d.branch, '') as branch, coalesce(d.bank_code, '') as bank_code, coalesce(d.bic, '') as bic,
       coalesce(d.version, 1) as version,
       coalesce(d.status in ('replaced', 'ended'), false) as is_given_up
from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
left join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
where s.agency_id = $1 and s.run_id = $2 and s.status = 'approved' and not s.deferred and s.net_minor > 0 order by s.number
"""
OF_RUN: Final = "select id from payment_files where agency_id = $1 and run_id = $2 and currency = $3"


async def made_for(actor: Actor, run_id: UUID, currency: str) -> Made | None:
    """The file of a run in a currency, if it was made."""
    row = await sql_one(OF_RUN, actor.agency_id, run_id, currency)
    return await made_file(actor, row["id"]) if row is not None else None


def currencies_of(run: Run, pairs: Sequence[Pair]) -> list[str]:
    """In which currencies a run pays, its own first."""
    return [run.currency, *(pair.target for pair in pairs)]


async def plan_of(actor: Actor, run: Run, currency: str) -> Plan:
    """What the payment file of an approved run in a currency would hold."""
    actor.require("remittances.read")
    payer = await payer_of(actor, currency)
    zone, execution_on = await agency_zone(actor), await agency_day(actor)
    transfers: list[Transfer] = []
    by_hand: list[ByHand] = []
    for row in await sql(PAID, actor.agency_id, run.id):
        if row["currency"] != currency:
            continue
        account = Account(**{name: row[name] for name in FIELDS})
        why = _why_not(row, account)
        if why is not None:
            by_hand.append(ByHand(row["client_name"], row["minor"], currency, why))
            continue
        text = f"{row['number']} {actor.agency_name}"[:LONGEST_TEXT]
        transfers.append(Transfer(account=account, amount_minor=row["minor"], text=text, reference=row["number"]))
        if row["version"] > 1:
            execution_on = max(execution_on, (await load_detail(actor, row["detail_id"])).payable_from(zone))
    ours = await _ours(actor, run, currency)
    if ours > 0:
        own = await own_payee(actor, currency)
        part = _own_part(actor, run, ours, currency, own)
        if isinstance(part, Transfer):
            transfers.append(part)
        else:
            by_hand.append(part)
        execution_on = max(execution_on, own.payable_from(zone) if own else execution_on)
    return Plan(currency=currency, payer=payer, transfers=transfers, by_hand=by_hand, execution_on=execution_on)


def _why_not(row: asyncpg.Record, account: Account) -> str | None:
    """Why a statement cannot be paid by a file; None when it can."""
    if row["is_given_up"]:
        return N_("Its account was replaced or taken away after the approval. Pay it to the one that is in force now.")
    if row["is_waiting"]:
        return N_("It has not been exchanged yet.")
    return why_not(account) if account.holder else N_("No account was confirmed when the run was approved.")


async def _ours(actor: Actor, run: Run, currency: str) -> int:
    """What the agency draws of a run in a currency, in minor units: what it keeps, or what of a better rate is its own."""
    if not run.is_undrawn:
        return 0
    return run.drawn_minor if run.currency == currency else await _gained(actor, run, currency)


async def _gained(actor: Actor, run: Run, currency: str) -> int:
    """What of a better rate is ours, in minor units."""
    return sum(pair.drawn_minor or 0 for pair in await pairs_of(actor, run.id) if pair.target == currency)


def _own_part(actor: Actor, run: Run, minor: int, currency: str, own: OwnPayee | None) -> Transfer | ByHand:
    """Our part of the run: it leaves the trust account as well."""
    if own is None:
        why = N_("No account of the agency's own in this currency is confirmed by a second person.")
        return ByHand(actor.agency_name, minor, currency, why)
    refusal = why_not(own.account(currency))
    if refusal is not None:
        return ByHand(actor.agency_name, minor, currency, refusal)
    text = f"Fees {run.number}"
    return Transfer(account=own.account(currency), amount_minor=minor, text=text, reference=run.number)


async def make_file(actor: Actor, run_id: UUID, currency: str) -> Made:
    """Make the payment file of an approved run in a currency; the same again gives the one that was made.

    Raises:
        NotFound: there is no such run, or it pays nothing in this currency.
        Refused: it is not exchanged or not approved, was paid already, nobody can be paid by a file, or the agency has no
            trust account to pay from.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    made = await made_for(actor, run.id, currency)
    if made is not None:
        return made
    pairs = await pairs_of(actor, run.id)
    if currency not in currencies_of(run, pairs):
        raise NotFound
    if run.status is not RunStatus.APPROVED:
        raise Refused(N_("Only a run that is approved and not paid yet has a payment file."), code="not_approved")
    if any(pair.target == currency and not pair.is_executed for pair in pairs):
        raise Refused(N_("It has not been exchanged yet."), code="not_exchanged")
    plan = await plan_of(actor, run, currency)
    if plan.payer is None:
        raise Refused(N_("Enter the trust account that pays first, with its IBAN or its bank."), code="no_payer")
    if not plan.transfers:
        raise Refused(N_("Nobody in this run can be paid by a file."), code="nobody")
    name = f"{run.number}.xml" if currency == run.currency else f"{run.number}-{currency}.xml"
    made = await keep_file(actor, new_id(), plan, plan.payer, name, run.id)
    await record(
        actor, "remittance.file_made", "remittance_run", run.id, facts={"number": run.number, **facts_of(made)}
    )
    return made


async def content_of(actor: Actor, run_id: UUID, currency: str) -> tuple[str, bytes]:
    """The name and the bytes of a run's payment file in a currency, as they were made.

    Raises:
        NotFound: none was made.
    """
    actor.require("remittances.read")
    made = await made_for(actor, run_id, currency)
    if made is None:
        raise NotFound
    return made.file_name, await content_of_file(actor, made.id)
