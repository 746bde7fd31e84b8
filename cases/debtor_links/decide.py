"""A person says whether two debtors are one. Every word is kept, and the score never goes against it."""

from enum import StrEnum
from uuid import UUID

import asyncpg

from cases.debtor_links.groups import groups_of, lock_links, regroup
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


class Decision(StrEnum):
    """What was said of two debtors."""

    SAME = "same"
    """They are one: contacts and stops count together."""
    DIFFERENT = "different"
    """They are two, whatever their score."""


MATCH = """
select m.id, m.debtor_id, m.other_id, m.score, m.decision, d.name, o.name as other_name
from debtor_matches m
join debtors d on d.agency_id = $1 and d.id = m.debtor_id
join debtors o on o.agency_id = $1 and o.id = m.other_id
where m.agency_id = $1 and m.id = $2
"""
DECIDE = "update debtor_matches set decision = $3 where agency_id = $1 and id = $2"
REMEMBER = """
insert into debtor_decisions (agency_id, match_id, decision, reason, decided_by, decided_by_name, decided_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
ACTIONS = {
    (None, Decision.SAME): "debtors.linked",
    (None, Decision.DIFFERENT): "debtors.told_apart",
    (Decision.DIFFERENT, Decision.SAME): "debtors.linked",
    (Decision.SAME, Decision.DIFFERENT): "debtors.unlinked",
}


async def decide(
    actor: Actor, match_id: UUID, decision: Decision, *, seen: Decision | None = None, reason: str = ""
) -> None:
    """Say of two debtors that they are one, or two. ``seen`` is what held when the person looked; said again, it holds.

    Raises:
        NotFound: there is no such pair in the actor's agency.
        Refused: somebody has decided otherwise meanwhile; a link is taken back without a reason; or two would become one
            through others although somebody said that they are not.
    """
    actor.require("debtors.match")
    await lock_links(actor)
    match = await sql_one(MATCH, actor.agency_id, match_id)
    if match is None:
        raise NotFound
    before = Decision(match["decision"]) if match["decision"] else None
    if before is decision:
        return
    _check(before, decision, seen, reason.strip())
    if decision is Decision.SAME:
        await _check_groups(actor, match)
    await sql(DECIDE, actor.agency_id, match_id, decision)
    await sql(
        REMEMBER,
        *(actor.agency_id, match_id, decision, reason.strip(), actor.user_id, actor.name, clock.now()),
    )
    await regroup(actor, (match["debtor_id"], match["other_id"]))
    await record(
        actor,
        ACTIONS[before, decision],
        "debtor",
        match["debtor_id"],
        facts={"other": match["other_id"], "score": match["score"]},
        personal={"name": match["name"], "other_name": match["other_name"], "reason": reason.strip()},
    )


def _check(before: Decision | None, decision: Decision, seen: Decision | None, reason: str) -> None:
    if before is not seen:
        raise Refused(N_("Somebody has decided this meanwhile. Look again."), code="decided_meanwhile")
    if before is Decision.SAME and not reason:
        raise Refused(N_("Say why they are two after all."), field="reason", code="missing")


async def _check_groups(actor: Actor, match: asyncpg.Record) -> None:
    """Through links two debtors become one that nobody compared: not when somebody said that they are two."""
    groups = await groups_of(actor, (match["debtor_id"], match["other_id"]))
    barred = groups.barred(match["debtor_id"], match["other_id"])
    if barred is None or set(barred) == {match["debtor_id"], match["other_id"]}:
        return
    names = "select id, name from debtors where agency_id = $1 and id = any($2)"
    called = {row["id"]: row["name"] for row in await sql(names, actor.agency_id, list(barred))}
    raise Refused(
        N_("Then %(one)s and %(other)s would be one as well, and somebody said that they are two."),
        code="told_apart",
        one=called[barred[0]],
        other=called[barred[1]],
    )
