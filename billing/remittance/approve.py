"""The approval: by another person than the preparer, who proves who they are. It posts, numbers and makes final."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.bank_details.register import MASKED
from billing.exchange.quotes import check_not_quoter, check_quoted
from billing.invoices.fees import asked, invoice_fees
from billing.invoices.reversals import credit_by_run
from billing.openings.brought import WAITING, tell_brought
from billing.remittance.acts import Act, begin, check_idle, is_much
from billing.remittance.clawback import tell_clawbacks
from billing.remittance.interest import undrawn_interest
from billing.remittance.journals import Settled, approval
from billing.remittance.payees import check_not_enterer
from billing.remittance.proof import Proof, prove
from billing.remittance.released import staying_behind
from billing.remittance.run import Run, alone, load_run
from billing.remittance.shares import floor_scale
from billing.spoken import Spoken
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.ledger.journal import post
from portal.numbering import next_of_each
from portal.pages.formats import money, when
from portal.pages.text import N_, say
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one, sql_value

SETTLED: Final = """
select s.id as statement_id, s.client_id, currency, fees_minor, vat_minor, direct_costs_minor,
       collected_minor - direct_minor - costs_minor + direct_costs_minor + brought_minor as ours_minor, costs_minor - direct_costs_minor as repaid_minor,
       net_minor, -carried_in_minor as owed_before_minor, -carried_out_minor as owed_after_minor,
       -clawed_in_minor as clawed_before_minor, -clawed_out_minor as clawed_after_minor, invoiced_fees_minor,
       invoiced_vat_minor, credited_minor, payout_currency, payout_minor, x.paid_minor as exchanged_minor,
       coalesce(x.drawn_minor, 0) as gained_minor
from statements s left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
where s.agency_id = $1 and s.run_id = $2 and not deferred order by s.client_id
"""

STALE: Final = f"""
with owing as (
    select client_id, sum(amount_minor) filter (where account = 1200) as owed,
           sum(amount_minor) filter (where account = 1230) as clawed
    from (select client_id, account, amount_minor from journal_lines
          where agency_id = $1 and account in (1200, 1230) and currency = $3 and account < 9000
          union all
          select client_id, 1200, paid_minor + corrected_minor - total_minor from client_invoices
          where agency_id = $1 and currency = $3 and settled_on is null) lines
    group by client_id),
brought as ({WAITING.format(currency="$3", through="(select period_to from remittance_runs where agency_id = $1 and id = $2)")})
select k.name from statements s
join clients k on k.agency_id = s.agency_id and k.id = s.client_id
left join owing on owing.client_id = s.client_id
left join brought on brought.client_id = s.client_id
left join bank_details d on d.agency_id = s.agency_id and d.client_id = s.client_id and d.status = 'in_force'
     and d.currency = coalesce(s.payout_currency, s.currency)
where s.agency_id = $1 and s.run_id = $2
  and (s.carried_in_minor <> -coalesce(owing.owed, 0) or s.clawed_in_minor <> -coalesce(owing.clawed, 0)
       or s.brought_minor <> coalesce(brought.brought, 0)
       or s.letterhead ->> 'vat_treatment' <> k.vat_treatment
       or s.letterhead ->> 'account_id' <> coalesce(d.id::text, '')
       or s.vat_rate <> case when k.vat_treatment = 'standard' then k.vat_rate else 0 end
       or s.deferred <> (s.net_minor > 0 and s.net_minor < ceil(k.remittance_floor_minor * $4::numeric))
       or exists (select from statement_lines l
                  where l.agency_id = s.agency_id and l.statement_id = s.id and l.payment_id = any($5::uuid[]))
       or exists (
           select from statement_lines l join payments back on back.agency_id = l.agency_id and back.reverses = l.payment_id
           where l.agency_id = s.agency_id and l.statement_id = s.id and not exists (
               select from statement_lines other where other.agency_id = l.agency_id and other.payment_id = back.id)))
order by k.name limit 1
"""  # noqa: S608 - constants

# Nobody changes a client between the check and the letterhead; in one order, so that two runs never wait for each other.
HOLD: Final = """
select from clients where agency_id = $1 and id in (select client_id from statements where agency_id = $1 and run_id = $2)
order by id for share
"""

ON_HAND: Final = """
select coalesce(sum(amount_minor), 0)::bigint as free_minor from ledger_moved($2)
where account in (1000, 1900, 2010, 2020, 2030, 2040) and currency = $1
"""

APPROVE: Final = f"""
update statements s
set status = 'approved', number = n.number, approved_at = $4, approved_by_name = $5,
    letterhead = jsonb_build_object(
        'agency', jsonb_build_object('name', a.name, 'address', a.address, 'licence', a.licence, 'vat_number', a.vat_number),
        'client', jsonb_build_object('name', k.name, 'address', k.address, 'country', k.country,
                                     'vat_number', k.vat_number, 'account', {MASKED}),
        'vat_treatment', k.vat_treatment, 'account_id', s.letterhead -> 'account_id')
from unnest($2::uuid[], $3::text[]) as n (id, number)
join statements drawn on drawn.agency_id = $1 and drawn.id = n.id
join agencies a on a.id = $1
join clients k on k.agency_id = $1 and k.id = drawn.client_id
left join bank_details d on d.agency_id = $1 and d.client_id = k.id and d.status = 'in_force'
     and d.currency = coalesce(drawn.payout_currency, drawn.currency)
where s.agency_id = $1 and s.id = n.id
"""  # noqa: S608 - constants


async def approve(actor: Actor, run_id: UUID, proof: Proof, secret_key: str) -> None:
    """Approve a reviewed run: its statements are posted, numbered and shown to the clients, with their invoices.

    Raises:
        NotFound: there is no such run.
        Refused: the actor prepared it; it is not reviewed, or approved already (by whom is said); something changed
            since it was prepared; a rate is missing; the actor entered one, or an account that is paid; it pays more than the trust account holds;
            the proof does not fit.
    """
    actor.require("remittances.approve")
    seen = await load_run(actor, run_id)
    check_idle(seen)
    _check(actor, seen)
    await prove(actor, proof, secret_key)
    await alone(actor, seen.currency)
    run = await load_run(actor, run_id, lock=True)
    check_idle(run)
    if is_much(run.statements, run.payments):
        await _check_ready(actor, run, await agency_day(actor))
        await begin(actor, run, Act.APPROVE)
    else:
        await approve_held(actor, run)


async def approve_held(actor: Actor, run: Run) -> None:
    """Approve a run that the caller holds, alone in its currency; the actor has proved who they are.

    Raises:
        Refused: as `approve` says, but for the proof.
    """
    actor.require("remittances.approve")
    today = await agency_day(actor)
    await _check_ready(actor, run, today)
    settled = [Settled(**row) for row in await sql(SETTLED, actor.agency_id, run.id)]
    async with savepoint():
        asked_for = {new_id(): each for each in settled if each.invoiced_minor}
        drafts = [draft for each in settled for draft in approval(each, today)]
        invoices = [asked(invoice_id, each, today) for invoice_id, each in asked_for.items()]
        journal_ids = await post(actor, [*drafts, *invoices])
    await sql(
        "update remittance_runs set status = 'approved', approved_by = $3, approved_by_name = $4, approved_at = $5,"
        " interest_minor = $6 where agency_id = $1 and id = $2 and status = 'reviewed'",
        *(actor.agency_id, run.id, actor.user_id, actor.name, clock.now()),
        await undrawn_interest(actor, run.currency, today),
    )
    numbers = await _make_final(actor, run)
    await tell_clawbacks(actor, run.id)
    await tell_brought(actor, run.id)
    facts = {"number": run.number, "currency": run.currency, "net_minor": run.net_minor, "kept_minor": run.kept_minor}
    if run.invoiced_minor:
        facts["invoiced_minor"] = run.invoiced_minor
    await record(actor, "remittance.approved", "remittance_run", run.id, facts={**facts, "statements": numbers})
    statements = {invoice_id: each.statement_id for invoice_id, each in asked_for.items()}
    await invoice_fees(actor, statements, journal_ids[len(drafts) :], today)
    await credit_by_run(actor, run.id, today)


def _check(actor: Actor, run: Run) -> None:
    if run.approved_at is not None:
        raise Refused(
            N_("%(name)s approved this run already, on %(when)s."),
            code="already_approved",
            name=run.approved_by_name,
            when=Spoken(when, run.approved_at),
        )
    if run.prepared_by == actor.user_id:
        raise Refused(
            N_("You prepared this run, so that somebody else approves it. No money leaves on one person's word."),
            code="four_eyes",
        )
    if run.status is not RunStatus.REVIEWED:
        raise Refused(
            N_("This run is not reviewed: %(status)s. Whoever prepared it looks at it first."),
            code="not_reviewed",
            status=say(run.status_text),
        )


async def _check_ready(actor: Actor, run: Run, today: date) -> None:
    _check(actor, run)
    await sql(HOLD, actor.agency_id, run.id)
    await _check_fresh(actor, run)
    await check_quoted(actor, run)
    await check_not_quoter(actor, run.id)
    await check_not_enterer(actor, run)
    await _check_on_hand(actor, run, today)


async def _check_fresh(actor: Actor, run: Run) -> None:
    stays = await staying_behind(actor, run.currency, run.period_to)
    asked = (run.id, run.currency, floor_scale(actor, run.currency), list(stays))
    stale = await sql_one(STALE, actor.agency_id, *asked)
    if stale is not None:
        raise Refused(
            N_("Something about %(client)s has changed since the run was prepared. Prepare it again."),
            code="stale",
            client=stale["name"],
        )


async def on_hand(actor: Actor, currency: str, day: date) -> int:
    """What is in the trust account and neither promised to others by an approved run, nor to the bank for an exchange, nor
    kept for debtors, in minor units.
    """
    return int(await sql_value(ON_HAND, currency, day))


async def _check_on_hand(actor: Actor, run: Run, today: date) -> None:
    """What is not promised yet must cover what the run takes, our fees as well."""
    free = await on_hand(actor, run.currency, today)
    if free < run.ours_minor:
        raise Refused(
            N_("The trust account holds %(free)s that is not promised yet; this run takes %(needed)s out of it."),
            code="not_on_hand",
            free=Spoken(money, free, run.currency),
            needed=Spoken(money, run.ours_minor, run.currency),
        )


async def _make_final(actor: Actor, run: Run) -> list[str]:
    """Number the statements, each client's without gaps, and make them final; gives the numbers.

    Last of all, since everybody who wants a number of the same client waits until this transaction ends; in the order
    of clients, so that two runs never wait for each other.
    """
    rows = await sql(
        "select s.id, s.client_id, s.period_to, k.statement_prefix from statements s"
        " join clients k on k.agency_id = s.agency_id and k.id = s.client_id"
        " where s.agency_id = $1 and s.run_id = $2 and not s.deferred order by s.client_id",
        *(actor.agency_id, run.id),
    )
    counts = await next_of_each(actor, [f"statements of {row['client_id']}" for row in rows])
    prefixes = [row["statement_prefix"] or f"S{row['client_id'].hex[-6:].upper()}" for row in rows]
    numbers = [
        f"{prefix}-{row['period_to']:%Y-%m}-{count}" for row, prefix, count in zip(rows, prefixes, counts, strict=True)
    ]
    await sql(APPROVE, actor.agency_id, [row["id"] for row in rows], numbers, clock.now(), actor.name)
    return numbers
