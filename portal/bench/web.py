"""Pages over HTTP, signed in: the list of cases, the workbench, and the last page of a list against the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from cases.lists.listing import KEYS, Order
from portal.app import create_app
from portal.bench import pgbench, server
from portal.bench.figure import Figure, at_least, at_most
from portal.bench.pace import Pace
from portal.bench.recording import Statement, answer_once, recorded
from portal.bench.world import World
from portal.settings import Settings
from portal.tenancy.database import DB, sql, sql_one, transaction

CLIENTS = 16
PAGE = 50
FAR_PAGE = 10_000
"""The page that must be as near as the first; in a shorter list, its last."""
GOAL = 1 / 12
PAGING_GOAL = 1.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for, and what the application asks the database to answer it once."""

    list_sql: list[Statement]
    case_paths: list[str]
    case_sql: list[Statement]
    far_path: str
    far_page: int


async def prepare(settings: Settings, world: World) -> Plan:
    """Find paths, and record the SQL of a page by having it answered once in this process."""
    actor = world.negotiators[0]
    far_page = min(FAR_PAGE, max(2, world.cases // PAGE))
    await DB.open(settings.database_url, pool_size=1)
    try:
        async with transaction(actor.scope, read_only=True):
            rows = await sql(SOME, actor.agency_id, max(1, world.cases // 200))
            place = await _place_of(actor.agency_id, PAGE * (far_page - 1))
        case_paths = [f"/cases/{row['id']}" for row in rows]
        list_sql = await _sql_of(settings, world, "/cases")
        case_sql = await _sql_of(settings, world, case_paths[0])
    finally:
        await DB.close()
    return Plan(list_sql, case_paths, case_sql, f"/cases?after={place}", far_page)


SOME = """
select id from (select id, row_number() over (order by id) as place from cases where agency_id = $1) as numbered
where place % $2 = 0 limit 200
"""


async def _place_of(agency_id: UUID, nth: int) -> str:
    """Where the page behind the nth case begins, as its address says it."""
    columns = KEYS[Order.NEWEST].columns
    order = ", ".join(f"{column} desc" for column in columns)
    row = await sql_one(
        f"select {', '.join(columns)} from cases c where c.agency_id = $1 order by {order} limit 1 offset $2",  # noqa: S608
        *(agency_id, nth - 1),
    )
    assert row is not None
    return "_".join(str(part) for part in row)


async def _sql_of(settings: Settings, world: World, path: str) -> list[Statement]:
    """The statements of one answer. The application is asked twice: what it asks only at first does not count."""
    app = create_app(settings, open_database=False)
    headers = [("Host", f"{settings.host}:{settings.port}"), ("Cookie", f"session={world.token}")]
    await answer_once(app, path, headers)
    async with recorded() as written:
        status = await answer_once(app, path, headers)
    if status != 200:
        raise RuntimeError(f"{path} was answered with {status}")
    return list(written)


def measure(settings: Settings, world: World, plan: Plan, pace: Pace, told: Callable[[str], None]) -> list[Figure]:
    """The figures of the web, in order. The web server must be running."""
    told("list")
    of_list = _page("list", settings, world, ["/cases"], plan.list_sql, pace)
    told("workbench")
    of_case = _page("workbench", settings, world, plan.case_paths, plan.case_sql, pace)
    told("paging")
    return [of_list, of_case, _paging(settings, world, plan, pace)]


def _page(
    name: str, settings: Settings, world: World, paths: Sequence[str], statements: Sequence[Statement], pace: Pace
) -> Figure:
    whole = pgbench.script(statements)
    server.ask(settings, world.token, paths, clients=CLIENTS, seconds=pace.seconds)  # warms caches up
    answers, bare = [], []
    for _ in range(pace.rounds):
        answers.append(server.ask(settings, world.token, paths, clients=CLIENTS, seconds=pace.seconds))
        bare.append(pgbench.rate(settings.database_url, whole, clients=CLIENTS, seconds=pace.seconds))
    p99 = median(each.p99_ms for each in answers)
    detail = (
        f"{CLIENTS} clients, one server process; half within {median(each.half_ms for each in answers):.0f} ms,"
        f" p99 {p99:.0f} ms, {answers[0].bytes / 1000:.1f} kB with gzip; against its own {len(statements)} statements"
    )
    return at_least(name, [each.rate for each in answers], bare, "requests/s", GOAL, detail)


def _paging(settings: Settings, world: World, plan: Plan, pace: Pace) -> Figure:
    """One client, so that nothing is measured but the time of a page."""

    def time_of(path: str) -> float:
        return server.ask(settings, world.token, [path], clients=1, seconds=pace.seconds / 2).half_ms

    rounds = [(time_of(plan.far_path), time_of("/cases")) for _ in range(pace.rounds)]
    far, first = (list(column) for column in zip(*rounds, strict=True))
    return at_most("paging", far, first, "ms", PAGING_GOAL, f"page {plan.far_page:,} against page 1, one client")
