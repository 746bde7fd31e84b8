"""Which debtors of an agency are one: read, and written down when links change."""

from collections.abc import Collection, Iterable
from uuid import UUID

from cases.matching.groups import Groups, oldest_of
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

LOCK = "select pg_advisory_xact_lock(hashtextextended('debtor links of ' || $1, 0))"

MEMBERS = """
with oldest as materialized (
    select distinct coalesce(same_as, id) as id from debtors where agency_id = $1 and id = any($2))
select id, id as oldest from oldest
union all
select d.id, o.id from oldest o join debtors d on d.agency_id = $1 and d.same_as = o.id
"""

DECIDED = """
select debtor_id, other_id from debtor_matches
where agency_id = $1 and debtor_id = any($2) and decision = $3
"""

KEEP = """
update debtors d set same_as = nullif(g.oldest, d.id)
from unnest($2::uuid[], $3::uuid[]) as g (id, oldest)
where d.agency_id = $1 and d.id = g.id and d.same_as is distinct from nullif(g.oldest, d.id)
"""


async def lock_links(actor: Actor) -> None:
    """Let nobody else change what is one in this agency until the transaction ends."""
    await sql(LOCK, str(actor.agency_id))


async def oldest(actor: Actor, debtor_id: UUID) -> UUID:
    """The oldest debtor that this one is known to be."""
    found: UUID = await sql_value(
        "select coalesce(same_as, id) from debtors where agency_id = $1 and id = $2", actor.agency_id, debtor_id
    )
    return found


async def oldest_of_all(actor: Actor, debtor_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """These debtors and all that they are known to be, each with the oldest of its group."""
    return {row["id"]: row["oldest"] for row in await sql(MEMBERS, actor.agency_id, list(debtor_ids))}


async def groups_of(actor: Actor, debtor_ids: Iterable[UUID]) -> Groups:
    """The groups that these debtors are in, with all their members, and who of them is known to be two."""
    found = await oldest_of_all(actor, debtor_ids)
    return Groups(found, await _decided(actor, found, "different"))


async def regroup(actor: Actor, debtor_ids: Iterable[UUID]) -> None:
    """Write anew who is one among the groups of these debtors, from the links that hold."""
    members = list(await oldest_of_all(actor, debtor_ids))
    found = oldest_of(members, await _decided(actor, members, "same"))
    await sql(KEEP, actor.agency_id, list(found), list(found.values()))


async def _decided(actor: Actor, members: Collection[UUID], decision: str) -> list[tuple[UUID, UUID]]:
    rows = await sql(DECIDED, actor.agency_id, list(members), decision)
    return [(row["debtor_id"], row["other_id"]) for row in rows]
