"""The debtors of a placement, compared with those the agency knows: after it was handed over, in a job.

So neither the placement nor its acknowledgement waits for it, and a client cannot tell from the time how many debtors
others have placed. A batch of debtors is one transaction; whoever does it twice finds nothing new.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json import dumps
from uuid import UUID

from cases.debtor_links.groups import groups_of, lock_links, regroup
from cases.matching.groups import Groups, Pair
from cases.matching.profile import Profile, compare, keys_of
from cases.matching.score import Score
from cases.matching.verdict import Verdict, verdict
from portal import clock
from portal.audit.record import record
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, transaction

BATCH = 500
QUESTIONS = 3
"""As many pairs of one debtor are put before a person at most."""

PLACED = "select distinct debtor_id from cases where agency_id = $1 and placement_id = $2 order by debtor_id"


@job("debtors.match")
async def match_placed(payload: Payload) -> None:
    """Compare the debtors of a placement, batch by batch."""
    actor, placement_id = system(UUID(payload["agency_id"])), UUID(payload["placement_id"])
    async with transaction(actor.scope, read_only=True):
        placed = [row["debtor_id"] for row in await sql(PLACED, actor.agency_id, placement_id)]
    for start in range(0, len(placed), BATCH):
        async with transaction(actor.scope):
            found = await match_debtors(actor, placed[start : start + BATCH])
            if found.linked or found.to_decide:
                # Without the client: its people must not learn whom others have placed.
                facts = {"linked": found.linked, "to_decide": found.to_decide}
                await record(actor, "debtors.compared", "placement", placement_id, facts=facts)


@dataclass(frozen=True, slots=True)
class Matched:
    """How many pairs the score linked by itself, and how many wait for a person."""

    linked: int = 0
    to_decide: int = 0


async def match_debtors(actor: Actor, debtor_ids: Iterable[UUID]) -> Matched:
    """Compare debtors under those of their keys that nobody has looked under yet; link, or put before a person."""
    await lock_links(actor)
    known = await profiles(actor, debtor_ids)
    pairs = await _candidates(actor, known)
    if not pairs:
        return Matched()
    known |= await profiles(actor, {debtor for pair in pairs for debtor in pair} - known.keys())
    scored = {pair: compare(known[pair[0]], known[pair[1]]) for pair in pairs}
    worth = {pair: scored[pair] for pair in pairs if verdict(scored[pair]) is not Verdict.APART}
    links, questions = choose(worth, await groups_of(actor, {debtor for pair in worth for debtor in pair}))
    await _keep(actor, {pair: worth[pair] for pair in questions}, None)
    await _keep(actor, {pair: worth[pair] for pair in links}, "same")
    if links:
        await regroup(actor, {debtor for pair in links for debtor in pair})
    return Matched(len(links), len(questions))


def choose(worth: Mapping[Pair, Score], groups: Groups) -> tuple[list[Pair], list[Pair]]:
    """The pairs to link and those to ask about, the likeliest first; what one link says is not asked again."""
    links: list[Pair] = []
    questions: list[Pair] = []
    asked: Counter[UUID] = Counter()
    in_order = sorted(worth, key=lambda pair: (-worth[pair].total, pair))
    for pair in in_order:
        if verdict(worth[pair]) is Verdict.LINK and not groups.are_one(*pair) and not groups.barred(*pair):
            groups.join(*pair)
            links.append(pair)
    for pair in in_order:
        if not groups.are_one(*pair) and asked[pair[0]] < QUESTIONS:
            asked[pair[0]] += 1
            questions.append(pair)
    return links, questions


PROFILES = """
select d.id, d.kind, d.name, d.country, d.postal_code, d.city, coalesce(c.streets, '{}') as streets,
       coalesce(c.registration_numbers, '{}') as registration_numbers, coalesce(c.tax_ids, '{}') as tax_ids,
       coalesce(k.phones, '{}') as phones, coalesce(k.emails, '{}') as emails
from debtors d
left join lateral (
    select array_agg(distinct debtor_street) filter (where debtor_street <> '') as streets,
           array_agg(distinct debtor_registration_number) filter (where debtor_registration_number <> '')
               as registration_numbers,
           array_agg(distinct debtor_tax_id) filter (where debtor_tax_id <> '') as tax_ids
    from cases where agency_id = $1 and debtor_id = d.id) as c on true
left join lateral (
    select array_agg(distinct value) filter (where kind = 'phone') as phones,
           array_agg(distinct value) filter (where kind = 'email') as emails
    from contact_points where agency_id = $1 and debtor_id = d.id) as k on true
where d.agency_id = $1 and d.id = any($2)
"""


async def profiles(actor: Actor, debtor_ids: Iterable[UUID]) -> dict[UUID, Profile]:
    """What is known of debtors that tells them from others."""
    return {
        row["id"]: Profile(
            **{name: row[name] for name in ("id", "kind", "name", "country", "postal_code", "city")},
            streets=tuple(row["streets"]),
            phones=tuple(row["phones"]),
            emails=tuple(row["emails"]),
            registration_numbers=tuple(row["registration_numbers"]),
            tax_ids=tuple(row["tax_ids"]),
        )
        for row in await sql(PROFILES, actor.agency_id, list(debtor_ids))
    }


ADD_KEYS = """
insert into debtor_keys (agency_id, debtor_id, key)
select $1, debtor_id, key from unnest($2::uuid[], $3::bigint[]) as given (debtor_id, key)
order by key, debtor_id
on conflict (agency_id, key, debtor_id) do nothing
returning debtor_id, key
"""

# The later of a pair stands first. What somebody or the score has decided is not looked at again.
CANDIDATES = """
select distinct greatest(n.debtor_id, b.debtor_id) as debtor_id, least(n.debtor_id, b.debtor_id) as other_id
from unnest($2::uuid[], $3::bigint[], $4::int[]) as n (debtor_id, key, most)
cross join lateral (
    select array_agg(debtor_id) as ids
    from (select debtor_id from debtor_keys k where k.agency_id = $1 and k.key = n.key limit n.most + 1) as few) as bearers
cross join lateral unnest(bearers.ids) as b (debtor_id)
left join debtor_matches m on m.agency_id = $1 and m.debtor_id = greatest(n.debtor_id, b.debtor_id)
    and m.other_id = least(n.debtor_id, b.debtor_id)
where cardinality(bearers.ids) <= n.most and b.debtor_id <> n.debtor_id and m.decision is null
"""


async def _candidates(actor: Actor, known: Mapping[UUID, Profile]) -> list[Pair]:
    """The pairs that share a key that is new for one of them."""
    most = {debtor: keys_of(profile) for debtor, profile in known.items()}
    given = [(debtor, key) for debtor, keys in most.items() for key in keys]
    rows = await sql(ADD_KEYS, actor.agency_id, [debtor for debtor, _ in given], [key for _, key in given])
    added = [(row["debtor_id"], row["key"]) for row in rows]
    found = await sql(
        CANDIDATES,
        *(actor.agency_id, [debtor for debtor, _ in added], [key for _, key in added]),
        [most[debtor][key] for debtor, key in added],
    )
    return [(row["debtor_id"], row["other_id"]) for row in found]


KEEP = """
with kept as (
    insert into debtor_matches (agency_id, debtor_id, other_id, score, reasons, found_at, decision)
    select $1, debtor_id, other_id, score, reasons::jsonb, $2::timestamptz, $3
    from unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[]) as found (debtor_id, other_id, score, reasons)
    on conflict (agency_id, debtor_id, other_id) do update
        set score = excluded.score, reasons = excluded.reasons, decision = excluded.decision
    returning id, decision
)
insert into debtor_decisions (agency_id, match_id, decision, decided_at)
select $1, id, decision, $2 from kept where decision is not null
"""


async def _keep(actor: Actor, found: Mapping[Pair, Score], decision: str | None) -> None:
    """Write pairs down with their scores. One that waits already has its score anew: more is known by now."""
    if found:
        await sql(
            KEEP,
            *(actor.agency_id, clock.now(), decision, [pair[0] for pair in found], [pair[1] for pair in found]),
            *(
                [scored.total for scored in found.values()],
                [dumps(scored.as_facts(), ensure_ascii=False) for scored in found.values()],
            ),
        )
