"""The exchange itself: after the approval the bank sells what was collected and buys what is paid out, for all statements
of a run and currency at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank_details.account import one_line
from billing.exchange.journals import Deal, Part, Promised, divided, exchanged
from billing.exchange.rate import belongs, converted
from billing.remittance.run import Run, load_run
from billing.spoken import Spoken
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.ledger.journal import post
from portal.pages.formats import date_full, money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import savepoint, sql, sql_one

LONGEST_REFERENCE: Final = 140

PROMISED: Final = """
select s.id as statement_id, s.client_id, s.net_minor as sold_minor, s.payout_minor as quoted_minor,
       s.exchange_gain = 'client' as gain_is_clients, s.exchange_loss = 'client' as loss_is_clients
from statements s
where s.agency_id = $1 and s.run_id = $2 and s.payout_currency = $3 and s.status = 'approved' order by s.client_id
"""
DONE: Final = "select * from exchanges where agency_id = $1 and run_id = $2 and target = $3 and taken_back_at is null"
INSERT: Final = """
insert into exchanges (id, agency_id, run_id, journal_id, currency, target, sold_minor, quoted_minor, bought_minor, rate, on_day,
                       reference, executed_by, executed_by_name, executed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
INSERT_PARTS: Final = """
insert into exchange_parts (agency_id, client_id, exchange_id, statement_id, target, sold_minor, quoted_minor, bought_minor,
                            paid_minor, drawn_minor, rate, on_day)
select $1, client_id, $2, statement_id, $3, sold, quoted, bought, paid, drawn, $4, $5
from unnest($6::uuid[], $7::uuid[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
    as part (client_id, statement_id, sold, quoted, bought, paid, drawn)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What the bank says that it did, in minor units, as finance enters it or its two lines tell it."""

    target: str
    sold_minor: int | None
    bought_minor: int | None
    rate: Decimal
    on: date | None
    reference: str
    sold_from: UUID | None = None
    """The account at the bank that the money left, where it is known."""
    bought_on: UUID | None = None
    """The account at the bank that it came to, where it is known."""


async def execute(actor: Actor, run_id: UUID, told: Executed) -> UUID:
    """Book what the bank exchanged for an approved run into a currency; gives the exchange's id. The same again is the
    one that was booked.

    Raises:
        NotFound: there is no such run, or it pays nothing out in that currency.
        Refused: it is not approved, was exchanged otherwise, or amounts, rate, day or reference will not do.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    told = replace(told, reference=one_line(told.reference))
    done = await sql_one(DONE, actor.agency_id, run.id, told.target)
    if done is not None:
        return _same(done, told)
    if run.status in (RunStatus.DRAFT, RunStatus.REVIEWED, RunStatus.CANCELLED):
        raise Refused(N_("Only an approved run is exchanged."), code="not_approved")
    promised = [Promised(**row) for row in await sql(PROMISED, actor.agency_id, run.id, told.target)]
    if not promised:
        raise NotFound
    bought = _check_amounts(run, told, sum(one.sold_minor for one in promised))
    day = await _day(actor, run, told.on)
    if not told.reference:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    if len(told.reference) > LONGEST_REFERENCE:
        raise Refused(N_("At most %(limit)s characters."), field="reference", code="too_long", limit=LONGEST_REFERENCE)
    return await _book(actor, run, told, day, divided(promised, bought))


def _same(done: asyncpg.Record, told: Executed) -> UUID:
    """The exchange that was booked, if it is what is told.

    Raises:
        Refused: it is another.
    """
    facts = (done["sold_minor"], done["bought_minor"], done["rate"], done["on_day"], done["reference"])
    if facts == (told.sold_minor, told.bought_minor, told.rate, told.on, told.reference):
        return UUID(str(done["id"]))
    raise Refused(
        N_("This was exchanged on %(day)s for %(bought)s (%(reference)s)."),
        code="already_exchanged",
        day=Spoken(date_full, done["on_day"]),
        bought=Spoken(money, done["bought_minor"], done["target"]),
        reference=done["reference"],
    )


def _check_amounts(run: Run, told: Executed, to_sell: int) -> int:
    """What was bought; everything that was to be sold was, at that rate.

    Raises:
        Refused: it was not.
    """
    for field, minor in (("sold", told.sold_minor), ("bought", told.bought_minor)):
        if minor is None or minor <= 0:
            raise Refused(N_("An amount above zero."), field=field, code="missing")
    assert told.bought_minor is not None and told.sold_minor is not None
    if told.sold_minor != to_sell:
        raise Refused(
            N_("%(amount)s are to be exchanged for this run, all at once."),
            field="sold", code="other_amount", amount=Spoken(money, to_sell, run.currency),
        )  # fmt: skip
    if not belongs(to_sell, run.currency, told.rate, told.bought_minor, told.target):
        raise Refused(
            N_("At this rate %(sold)s are %(bought)s."),
            field="rate", code="other_rate", sold=Spoken(money, to_sell, run.currency),
            bought=Spoken(money, converted(to_sell, run.currency, told.rate, told.target), told.target),
        )  # fmt: skip
    return told.bought_minor


async def _day(actor: Actor, run: Run, on: date | None) -> date:
    if on is None:
        raise Refused(N_("Please fill this in."), field="on", code="missing")
    if on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="on", code="future")
    assert run.approved_at is not None
    approved_on = run.approved_at.astimezone(await agency_zone(actor)).date()
    if on < approved_on:
        raise Refused(
            N_("The run was approved on %(day)s and cannot have been exchanged before."),
            field="on", code="before_approval", day=Spoken(date_full, approved_on),
        )  # fmt: skip
    return on


async def _book(actor: Actor, run: Run, told: Executed, day: date, parts: Sequence[Part]) -> UUID:
    exchange_id, bought = new_id(), sum(part.bought_minor for part in parts)
    sold, quoted = (
        sum(part.promised.sold_minor for part in parts),
        sum(part.promised.quoted_minor for part in parts),
    )
    deal = Deal(
        currency=run.currency, target=told.target, bought_minor=bought, on=day, sold_from=told.sold_from,
        bought_on=told.bought_on,
    )  # fmt: skip
    async with savepoint():
        [journal_id] = await post(actor, [exchanged(exchange_id, deal, parts)])
    await sql(
        INSERT,
        *(exchange_id, actor.agency_id, run.id, journal_id, run.currency, told.target, sold, quoted, bought, told.rate),
        *(day, told.reference, actor.user_id, actor.name, clock.now()),
    )
    columns = zip(
        *(
            (part.promised.client_id, part.promised.statement_id, part.promised.sold_minor,
             part.promised.quoted_minor, part.bought_minor, part.paid_minor, part.drawn_minor)
            for part in parts
        ),
        strict=True,
    )  # fmt: skip
    await sql(INSERT_PARTS, actor.agency_id, exchange_id, told.target, told.rate, day, *map(list, columns))
    facts = {
        "number": run.number, "currency": run.currency, "sold_minor": sold, "target": told.target, "rate": str(told.rate),
        "on": day, "statements": len(parts),
    }  # fmt: skip
    await enqueue("bank.match", {"agency_id": actor.agency_id})
    await record(
        actor, "exchange.executed", "remittance_run", run.id, facts=facts, personal={"reference": told.reference}
    )
    return exchange_id
