"""A list that a person named: theirs alone, kept by its address, short of many, told in the trail."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import asyncpg
import pytest

from cases.lists.views import MOST, Page, save_view, views_of
from portal import clock
from portal.errors import Refused
from portal.tenancy.database import sql, transaction
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Person, Visit


async def saved(person: Person, name: str = "Mine", page: Page = Page.CASES, query: str = "currency=EUR") -> UUID:
    async with transaction(person.actor.scope):
        return (await save_view(person.actor, page, name, query)).id


async def names(person: Person, page: Page = Page.CASES) -> list[str]:
    async with transaction(person.actor.scope, read_only=True):
        return [view.name for view in await views_of(person.actor, page)]


async def test_the_queue_is_kept_as_it_is_narrowed_and_counted_beside_it(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt)
        await placed_case(cast.nordkai, cast.brandt, country="CN", phone="+8657488880000")
        negotiator = await visit(cast.negotiator)
        kept = await negotiator.post("/queue/views?country=CN&band=0&after=x", data={"name": " Germany over 20,000 "})
        assert kept.headers["location"] == "/queue?country=CN"
        page = (await negotiator.get("/queue?country=CN")).text
        assert re.search(
            r'href="/queue\?country=CN" aria-current="true">.*?Germany over 20,000</span><span class="num">1<', page
        )
        assert "Remove view" in page
        assert "Save view" not in page
        assert "Save view" in (await negotiator.get("/queue?country=DE")).text
        assert "Save view" not in (await negotiator.get("/queue")).text


async def test_a_view_of_the_cases_keeps_its_order(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        client = await visit(cast.brandt_viewer)
        kept = await client.post(
            "/cases/views?sort=amount&status=open&nonsense=1&situation=none", data={"name": "Open"}
        )
        assert kept.headers["location"] == "/cases?sort=amount&status=open"
        page = (await client.get("/cases?status=open&sort=amount")).text
        assert re.search(r'class="c-chip is-on" href="/cases\?sort=amount&amp;status=open"', page)


async def test_whoever_may_not_work_cases_keeps_no_view_of_the_queue(cast: Cast, visit: Visit) -> None:
    for person in (cast.finance, cast.auditor, cast.brandt_admin, cast.outsider):
        visitor = await visit(person)
        answer = await visitor.post("/queue/views?country=DE", data={"name": "x"})
        assert answer.status_code in (303, 403) and not answer.headers.get("location", "").startswith("/queue")
    assert (await (await visit(cast.auditor)).post("/cases/views?status=open", data={"name": "x"})).status_code == 303


@pytest.mark.parametrize("other", ["second_negotiator", "owner", "brandt_admin", "huadong_negotiator"])
async def test_nobody_else_sees_or_removes_a_view(cast: Cast, visit: Visit, other: str) -> None:
    view_id = await saved(cast.negotiator)
    assert await names(getattr(cast, other)) == []
    answer = await (await visit(getattr(cast, other))).post(f"/views/{view_id}/removal")
    assert answer.status_code == 404
    assert await names(cast.negotiator) == ["Mine"]


async def test_the_database_itself_keeps_a_colleague_out(cast: Cast) -> None:
    await saved(cast.negotiator)
    async with transaction(cast.second_negotiator.actor.scope):
        assert await sql("select from saved_views") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sql(
                "insert into saved_views (agency_id, user_id, page, name, query, created_at)"
                " values ($1, $2, 'cases', 'Planted', '', $3)",
                *(cast.nordkai.id, cast.negotiator.user_id, MONDAY),
            )


async def test_a_view_is_removed_and_the_list_stays_as_it_was(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    view_id = await saved(cast.negotiator, "Euro")
    negotiator = await visit(cast.negotiator)
    answer = await negotiator.post(f"/views/{view_id}/removal")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?currency=EUR")
    assert await names(cast.negotiator) == []
    assert (await negotiator.post(f"/views/{view_id}/removal")).status_code == 404
    told = await owner.fetch(
        "select action, facts::jsonb ->> 'name' as name from audit_events where subject_id = $1 order by id", view_id
    )
    assert [(row["action"], row["name"]) for row in told] == [("view.saved", "Euro"), ("view.removed", "Euro")]


async def test_a_name_is_given_once_for_each_list_and_the_page_says_so(cast: Cast, visit: Visit) -> None:
    await saved(cast.negotiator, "Today")
    await saved(cast.negotiator, "Today", Page.QUEUE, "country=DE")
    await saved(cast.second_negotiator, "Today")
    negotiator = await visit(cast.negotiator)
    answer = await negotiator.post("/cases/views?status=open", data={"name": "Today"})
    assert answer.status_code == 422
    assert "You have a view of this name already." in answer.text
    assert 'value="Today"' in answer.text
    assert "<details" in answer.text and " open>" in answer.text
    assert "/cases?status=closed" in answer.text, "the links lead to the list, not to the form's address"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
async def test_a_name_that_is_none_is_refused(cast: Cast, visit: Visit, name: str) -> None:
    answer = await (await visit(cast.negotiator)).post("/queue/views?country=DE", data={"name": name})
    assert answer.status_code == 422
    assert await names(cast.negotiator, Page.QUEUE) == []


async def test_twenty_views_are_enough(cast: Cast) -> None:
    for number in range(MOST):
        await saved(cast.negotiator, f"View {number}")
    with pytest.raises(Refused) as refused:
        await saved(cast.negotiator, "One more")
    assert refused.value.code == "too_many"
    await saved(cast.negotiator, "Of the queue", Page.QUEUE)


async def test_two_forms_sent_at_once_keep_one_view(cast: Cast) -> None:
    results = await asyncio.gather(*(saved(cast.negotiator) for _ in range(2)), return_exceptions=True)
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    assert await names(cast.negotiator) == ["Mine"]


async def test_a_name_is_text_wherever_it_is_shown(cast: Cast, visit: Visit) -> None:
    await saved(cast.negotiator, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in (await (await visit(cast.negotiator)).get("/cases")).text


async def test_a_view_counts_what_its_page_counts(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        for client, country in ((cast.brandt, "DE"), (cast.brandt, "DE"), (cast.lanting, "DE"), (cast.lanting, "CN")):
            await placed_case(cast.nordkai, client, country=country)
        queries = (
            "country=DE",
            f"client={cast.lanting.id}",
            f"client={cast.brandt.id}&country=CN",
            "mine=1",
            "situation=new",
        )
        for place, query in enumerate(queries):
            await saved(cast.negotiator, f"View {place}", Page.QUEUE, query)
        await saved(cast.negotiator, "Hours", Page.QUEUE, "callable=1")
        page = (await (await visit(cast.negotiator)).get("/queue?country=CN")).text
    told = dict(re.findall(r"(View \d)</span><span class=\"num\">(\d+)<", page))
    assert told == {"View 0": "3", "View 1": "2", "View 2": "0", "View 3": "0", "View 4": "4"}
    assert re.search(r"Hours</span></a>", page), "what changes by the hour is not counted"
