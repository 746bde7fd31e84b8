"""Search as the application searches, beside the same query by a role that no policy binds."""

import re
from time import perf_counter

import asyncpg

from cases.search.find import SHOWN
from portal.bench.figure import Figure, at_most
from portal.bench.pace import Pace
from portal.bench.world import World
from portal.tenancy.database import SET_SCOPE

GOAL = 1.5
SEARCH = "select * from search_cases($1, $2)"

SOME = """
select debtor_name, reference from cases where agency_id = $1 and debtor_country = $2 order by reference desc limit $3
"""


async def measure(app_url: str, owner_url: str, world: World, pace: Pace) -> Figure:
    """The figure ``search``: of three kinds of words, the one that compares worst."""
    ours, bare = await asyncpg.connect(app_url), await asyncpg.connect(owner_url)
    try:
        await bare.execute("set role portal_definer")
        words = await _words(bare, world, pace.turns)
        query = await _plain_query(bare)
        found = {kind: await _compare(ours, bare, query, world, asked) for kind, asked in words.items()}
    finally:
        await ours.close()
        await bare.close()
    figures = {kind: at_most("search", *times, "ms", GOAL) for kind, times in found.items()}
    detail = "; ".join(f"{kind} {one.ours:g} against {one.other:g} ms" for kind, one in figures.items())
    worst = max(found, key=lambda kind: figures[kind].ratio)
    return at_most("search", *found[worst], "ms", GOAL, f"{detail}; the same query without row-level security")


async def _words(bare: asyncpg.Connection, world: World, turns: int) -> dict[str, list[str]]:
    german = await bare.fetch(SOME, world.agency.id, "DE", turns)
    chinese = await bare.fetch(SOME, world.agency.id, "CN", turns)
    return {
        "fragment": [row["debtor_name"][1:9] for row in german],
        "two characters": [row["debtor_name"][2:4] for row in chinese],
        "reference": [row["reference"] for row in german],
    }


async def _compare(
    ours: asyncpg.Connection, bare: asyncpg.Connection, query: str, world: World, words: list[str]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each, one after the other for every word."""
    times: tuple[list[float], list[float]] = ([], [])
    actor = world.negotiators[0]
    for word in words:
        [[pattern, beginning]] = await bare.fetch("select search_pattern($1), lower(btrim($1)) || '%'", word)
        async with ours.transaction(readonly=True):
            await ours.execute(SET_SCOPE, "staff", str(actor.agency_id), "", "", str(actor.user_id))
            began = perf_counter()
            mine = await ours.fetch(SEARCH, word, SHOWN + 1)
            times[0].append(1000 * (perf_counter() - began))
        began = perf_counter()
        theirs = await bare.fetch(query, actor.agency_id, pattern, beginning, word, SHOWN + 1)
        times[1].append(1000 * (perf_counter() - began))
        if len(mine) != len(theirs):
            raise RuntimeError(f"search found {len(mine)} cases, the plain query {len(theirs)}")
    return times


async def _plain_query(bare: asyncpg.Connection) -> str:
    """The query inside the function, its variables as parameters; the connection plans it as the function would."""
    [function] = await bare.fetch("select prosrc, proconfig from pg_proc where proname = 'search_cases'")
    for setting in function["proconfig"]:
        name, _, value = setting.partition("=")
        await bare.execute("select set_config($1, $2, false)", name, value)
    query: str = function["prosrc"].partition("return query")[2].partition(";")[0]
    places = {"agency": "$1::uuid", "client": "null::uuid", "pattern": "$2::text", "beginning": "$3::text"}
    places |= {"p_query": "$4::text", "p_limit": "$5::int"}
    return re.sub(rf"\b({'|'.join(places)})\b", lambda found: places[found[1]], query)
