"""A placement from its file to the acknowledgement, beside a raw COPY of all the rows it leaves behind."""

import csv
import io
import resource
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from uuid import UUID

import asyncpg

from cases.intake.as_given import LIMITS
from cases.intake.checking import check
from cases.intake.csv_file import COLUMNS
from cases.intake.handing_over import hand_over, make_cases
from cases.intake.placement import load_placement
from cases.intake.receive import arrival, receive
from portal import clock
from portal.bench import names
from portal.bench.figure import Figure, at_least
from portal.bench.world import found
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.people.users import add_member
from portal.storage import store
from portal.tenancy.database import DB, transaction

GOAL = 0.3
MANY = 20_000
"""From so many rows on, one round lasts long enough."""
ROUNDS = 3
BESIDE = "bench_copy"
"""The schema of the tables that the rows are copied into."""


async def measure(app_url: str, owner_url: str, cases: int) -> Figure:
    """The figure ``import``: cases a second, of as many as were loaded or one file may hold."""
    rows = min(cases, LIMITS.rows)
    rounds = 1 if rows >= MANY else ROUNDS
    ours, other, left = [], [], 0
    await DB.open(app_url, pool_size=4)
    try:
        for number in range(rounds):
            person = await submitter(f"placing-{number}")
            content = made_up_file(rows, number)
            began = perf_counter()
            key = await _place(person, content)
            ours.append(rows / (perf_counter() - began))
            await store.remove(key)
            seconds, left = await _copy(owner_url, person.agency_id)
            other.append(rows / seconds)
    finally:
        await DB.close()
    detail = (
        f"{rows:,} cases in one CSV, stored, checked, matched, handed over, acknowledged; {left:,} rows left;"
        f" at most {_most_memory():.0f} MB of memory; {rounds} round{'s' if rounds > 1 else ''}"
    )
    return at_least("import", ours, other, "cases/s", GOAL, detail)


async def submitter(slug: str) -> Actor:
    """Somebody of a client of a new agency, so that all its rows are the placement's."""
    agency, client_ids, _ = await found(slug, "Placing", "EUR", ("Brandt Antriebe GmbH",))
    async with transaction(agency.actor.scope):
        email = f"{slug}@bench.invalid"
        user_id, membership_id = await add_member(
            agency.actor, email, "Eva Brandt", None, Role.SUBMITTER, client_ids[0]
        )
    return Actor(
        kind="user",
        agency_id=agency.id,
        agency_name=agency.name,
        base_currency=agency.base_currency,
        role=Role.SUBMITTER,
        user_id=user_id,
        membership_id=membership_id,
        name="Eva Brandt",
        client_id=client_ids[0],
    )


def made_up_file(rows: int, seed: int) -> io.BytesIO:
    """A CSV in the simple form; one row in five is against the debtor of the row before."""
    dice, today = Random(seed), clock.today("UTC")  # noqa: S311 - made-up cases
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    debtor: list[str] = []
    for number in range(rows):
        if number % 5 or not debtor:
            debtor = _debtor(dice, number)
        due = today - timedelta(days=dice.randrange(10, 300))
        amount = f"{dice.randrange(20, 9000)}.{dice.randrange(100):02d}"
        writer.writerow([
            f"RE-{number:07d}", *debtor[:8], (due - timedelta(days=30)).isoformat(), due.isoformat(), amount, "EUR", debtor[8], "",
        ])  # fmt: skip
    return io.BytesIO(text.getvalue().encode())


def _debtor(dice: Random, number: int) -> list[str]:
    """Name, address in five columns with the country, e-mail, telephone and contact person."""
    person = dice.choice(names.PEOPLE)
    if dice.random() < 0.3:
        city = dice.choice(names.CHINESE_CITIES)
        brand = dice.choice(names.CHINESE_FIRST) + dice.choice(names.CHINESE_SECOND)
        name = f"{city}{brand}{dice.choice(names.CHINESE_TRADES)}有限公司"
        return [
            name,
            f"人民路{number % 900}号",
            f"{number % 900000:06d}",
            city,
            "",
            "CN",
            "",
            f"+8621{62000000 + number}",
            person,
        ]
    name = f"{dice.choice(names.FAMILIES)} {dice.choice(names.TRADES)} {dice.choice(names.FORMS)}"
    street, city = f"Hafenstraße {number % 90}", dice.choice(names.CITIES)
    email = f"office{number}@debtor.example"
    return [name, street, f"{10000 + number % 80000}", city, "", "DE", email, f"+4940{3000000 + number}", person]


async def _place(submitter: Actor, content: io.BytesIO) -> str:
    """Everything between the click and the acknowledgement; gives the file's place in the storage."""
    async with transaction(submitter.scope):
        received = await receive(submitter, await arrival(content, "csv", "web", "cases.csv"))
    placement_id = received.placement.id
    payload = {"agency_id": str(submitter.agency_id), "placement_id": str(placement_id)}
    await check(payload)
    async with transaction(submitter.scope):
        await hand_over(submitter, placement_id)
    await make_cases(payload)
    async with transaction(submitter.scope, read_only=True):
        placement = await load_placement(submitter, placement_id)
    if placement.step != "acknowledged" or placement.object_key is None:
        raise RuntimeError(f"the placement was not taken over: {placement.status}, {dict(placement.summary)}")
    return placement.object_key


TABLES = """
select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'agency_id')
group by c.relname order by c.relname
"""


async def _copy(owner_url: str, agency_id: UUID) -> tuple[float, int]:
    """COPY all rows of an agency into tables of the same structure and indexes; gives seconds and rows."""
    bare = await asyncpg.connect(owner_url)
    seconds, copied = 0.0, 0
    try:
        await bare.execute(f"drop schema if exists {BESIDE} cascade")
        await bare.execute(f"create schema {BESIDE}")
        with tempfile.TemporaryDirectory() as folder:
            for table in await bare.fetch(TABLES):
                name, file = table["name"], Path(folder) / table["name"]
                await bare.execute(f"create table {BESIDE}.{name} (like public.{name} including all)")
                await bare.execute("set role portal_definer")
                query = f"select {table['columns']} from {name} where agency_id = '{agency_id}'"  # noqa: S608 - our names
                await bare.copy_from_query(query, output=file)
                await bare.execute("reset role")
                columns = [column.strip('"') for column in table["columns"].split(", ")]
                began = perf_counter()
                done = await bare.copy_to_table(name, schema_name=BESIDE, source=file, columns=columns)
                seconds += perf_counter() - began
                copied += int(done.rpartition(" ")[2])
        await bare.execute(f"drop schema {BESIDE} cascade")
    finally:
        await bare.close()
    return seconds, copied


def _most_memory() -> float:
    """The most memory this process ever held, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024) if sys.platform == "darwin" else most / 1024
