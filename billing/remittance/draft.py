"""A run before its approval: prepared as often as need be, reviewed, or given up."""

from datetime import date
from uuid import UUID

from billing.exchange.quotes import check_quoted
from billing.remittance.acts import Act, begin, check_idle, is_much
from billing.remittance.run import Run, alone, load_run, open_run
from billing.remittance.shares import shares, write
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.money import is_currency
from portal.numbering import next_number
from portal.pages.text import N_, say
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

RUN_FROM = """
select coalesce(max(period_to) + 1, date_trunc('month', $3::date)::date) from remittance_runs
where agency_id = $1 and currency = $2 and status in ('approved', 'paid', 'closed')
"""


async def prepare(actor: Actor, currency: str, period_to: date | None, *, only_due: bool = False) -> UUID:
    """Draft a run over everything that is released by a day, one statement for each client, by the client's method; gives
    the run's id. ``only_due`` takes those whose cycle has come round by that day.

    Raises:
        Refused: there is an open run in this currency, nothing is released, nobody is due, or the day is missing or has
            not come.
    """
    actor.require("remittances.prepare")
    day = await check(actor, currency, period_to)
    await alone(actor, currency)
    before = await open_run(actor, currency)
    if before is not None:
        raise Refused(
            N_("Run %(number)s in %(currency)s is not approved yet. Prepare that one again, or cancel it."),
            field="currency",
            code="open_run",
            number=before.number,
            currency=currency,
        )
    released = [share for share in await shares(actor, currency, day) if share.is_released]
    if not released:
        raise Refused(N_("No client has released payments or fees by this day."), field="period_to", code="nothing")
    if only_due and not any(share.is_due for share in released):
        raise Refused(N_("No client's cycle has come round by this day."), field="period_to", code="nobody_due")
    run_id, number = new_id(), f"R-{await next_number(actor, 'remittance run'):05}"
    since = await sql_value(RUN_FROM, actor.agency_id, currency, day)
    assert actor.user_id is not None
    await sql(
        "insert into remittance_runs (id, agency_id, number, currency, only_due, period_from, period_to, status, prepared_by,"
        " prepared_by_name, prepared_at) values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $10)",
        *(run_id, actor.agency_id, number, currency, only_due, min(since, day), day),
        *(actor.user_id, actor.name, clock.now()),
    )
    run = await load_run(actor, run_id)
    if is_much(len(released), sum(share.payments for share in released)):
        await begin(actor, run, Act.PREPARE)
    else:
        await work_out(actor, run, Act.PREPARE)
    return run_id


async def work_out(actor: Actor, run: Run, act: Act) -> None:
    """Write the statements of an open run, which the caller holds, in place of those it has."""
    await rewrite(actor, run)
    action = "remittance.prepared" if act is Act.PREPARE else "remittance.prepared_again"
    await _tell(actor, await load_run(actor, run.id), action)


async def check(actor: Actor, currency: str, period_to: date | None) -> date:
    """Look over what a run is asked for; gives the day.

    Raises:
        Refused: the currency does not exist, or the day is missing or has not come.
    """
    if not is_currency(currency):
        raise Refused(N_("This is not a currency."), field="currency", code="bad_currency")
    if period_to is None:
        raise Refused(N_("Please fill this in."), field="period_to", code="missing")
    if period_to > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="period_to", code="future")
    return period_to


async def prepare_again(actor: Actor, run_id: UUID) -> None:
    """Work a draft out anew, with whatever was recorded since. The actor is its preparer from now on.

    Raises:
        NotFound: there is no such run.
        Refused: it is approved, was cancelled, or a job is at it.
    """
    actor.require("remittances.prepare")
    run = await _open(actor, run_id)
    check_idle(run)
    await sql(
        "update remittance_runs set status = 'draft', reviewed_at = null where agency_id = $1 and id = $2",
        *(actor.agency_id, run.id),
    )
    await sql(
        "update remittance_runs set prepared_by = $3, prepared_by_name = $4, prepared_at = $5"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, run.id, actor.user_id, actor.name, clock.now()),
    )
    if is_much(run.statements + run.deferred, run.payments):
        await begin(actor, run, Act.PREPARE_AGAIN)
    else:
        await work_out(actor, run, Act.PREPARE_AGAIN)


async def rewrite(actor: Actor, run: Run) -> None:
    """Replace the statements of an open run by what they are now."""
    await _forget(actor, run)
    await write(actor, run.id, run.currency, run.period_to, only_due=run.only_due)


async def review(actor: Actor, run_id: UUID) -> None:
    """The preparer says that the draft is right; from then on it waits for somebody else's approval.

    Raises:
        NotFound: there is no such run.
        Refused: somebody else prepared it, it pays and invoices nothing, a rate is missing, it is no draft, or a job is at
            it.
    """
    actor.require("remittances.prepare")
    run = await _open(actor, run_id)
    check_idle(run)
    if run.status is RunStatus.REVIEWED:
        return
    if run.prepared_by != actor.user_id:
        raise Refused(
            N_("%(name)s prepared this run and reviews it. Prepare it again to take it over."),
            code="not_preparer",
            name=run.prepared_by_name,
        )
    if not run.statements:
        raise Refused(N_("There is nothing to remit in this run."), code="nothing")
    await check_quoted(actor, run)
    await sql(
        "update remittance_runs set status = 'reviewed', reviewed_at = $3 where agency_id = $1 and id = $2",
        *(actor.agency_id, run.id, clock.now()),
    )
    await _tell(actor, run, "remittance.reviewed")


async def cancel(actor: Actor, run_id: UUID) -> None:
    """Give a run up before its approval: its payments wait for the next one. Its number stays used.

    Raises:
        NotFound: there is no such run.
        Refused: it is approved.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id)
    if run.status is RunStatus.CANCELLED:
        return
    run = await _open(actor, run_id)
    await _tell(actor, run, "remittance.cancelled")
    await _forget(actor, run)
    await sql(
        "update remittance_runs set status = 'cancelled', act = '' where agency_id = $1 and id = $2",
        *(actor.agency_id, run.id),
    )


async def _open(actor: Actor, run_id: UUID) -> Run:
    """The run, held, nobody else at work in its currency."""
    await alone(actor, (await load_run(actor, run_id)).currency)
    run = await load_run(actor, run_id, lock=True)
    if not run.is_open:
        raise Refused(
            N_("Run %(number)s cannot be changed any more: %(status)s."),
            code="not_open",
            number=run.number,
            status=say(run.status_text),
        )
    return run


async def _forget(actor: Actor, run: Run) -> None:
    await sql(
        "delete from statement_lines where agency_id = $1 and statement_id in"
        " (select id from statements where agency_id = $1 and run_id = $2)",
        *(actor.agency_id, run.id),
    )
    await sql("delete from statements where agency_id = $1 and run_id = $2", actor.agency_id, run.id)


async def _tell(actor: Actor, run: Run, action: str) -> None:
    facts = {
        "number": run.number,
        "currency": run.currency,
        "period_to": run.period_to,
        "statements": run.statements,
        "deferred": run.deferred,
        "collected_minor": run.collected_minor,
        **({"brought_minor": run.brought_minor} if run.brought_minor else {}),
        "fees_minor": run.fees_minor,
        "vat_minor": run.vat_minor,
        "invoiced_minor": run.invoiced_minor,
        "net_minor": run.net_minor,
    }
    await record(actor, action, "remittance_run", run.id, facts=facts)
