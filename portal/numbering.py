"""Numbers without gaps: acknowledgements, remittance runs, statements, invoices."""

from collections.abc import Sequence

from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

NEXT = """
insert into number_series (agency_id, series, last) values ($1, $2, $3)
on conflict (agency_id, series) do update set last = number_series.last + $3
returning last
"""

OF_EACH = """
insert into number_series (agency_id, series, last) select $1, series, 1 from unnest($2::text[]) as series order by series
on conflict (agency_id, series) do update set last = number_series.last + 1
returning series, last
"""


async def next_number(actor: Actor, series: str) -> int:
    """The next number of one of the agency's series, counted from 1.

    A rollback gives the number back, so that none is ever missing: until the transaction ends, everybody else who
    wants one of the same series waits. Take it late.
    """
    return (await next_numbers(actor, series, 1))[0]


async def next_numbers(actor: Actor, series: str, count: int) -> range:
    """The next ``count`` numbers of a series, one or more, as `next_number` gives one."""
    last: int = await sql_value(NEXT, actor.agency_id, series, count)
    return range(last - count + 1, last + 1)


async def next_of_each(actor: Actor, series: Sequence[str]) -> list[int]:
    """The next number of each of some series, in their order; no series twice. Taken in one order, whoever wants them."""
    rows = await sql(OF_EACH, actor.agency_id, list(series))
    taken = {row["series"]: row["last"] for row in rows}
    return [taken[name] for name in series]
