"""Views: the queue or the list of cases as a person narrowed, ordered and named it. Each person's own, and short of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

MOST: Final = 20
"""Views a person has of one list: more would be a list that needs a filter itself."""
LONGEST: Final = 60
"""Characters of a name."""


class Page(StrEnum):
    """A list that views are kept of; its address is its name."""

    QUEUE = "queue"
    """Today's cases in order."""
    CASES = "cases"
    """All cases."""

    @property
    def permission(self) -> str:
        """What whoever reads the list may."""
        return "cases.work" if self is Page.QUEUE else "cases.read"

    def address(self, query: str) -> str:
        """The list narrowed by a query."""
        return f"/{self}?{query}" if query else f"/{self}"


@dataclass(frozen=True, slots=True)
class View:
    """A list under a name. ``query`` is what its address says behind the question mark."""

    id: UUID
    page: Page
    name: str
    query: str

    @property
    def address(self) -> str:
        """Where it is shown."""
        return self.page.address(self.query)


OF_PERSON: Final = "agency_id = $1 and user_id = $2 and client_id is not distinct from $3"


async def views_of(actor: Actor, page: Page) -> Sequence[View]:
    """The actor's own views of a list, by name."""
    rows = await sql(
        f"select id, page, name, query from saved_views where {OF_PERSON} and page = $4 order by name, id",  # noqa: S608
        *(actor.agency_id, actor.user_id, actor.client_id, page),
    )
    return [View(row["id"], Page(row["page"]), row["name"], row["query"]) for row in rows]


async def save_view(actor: Actor, page: Page, name: str, query: str) -> View:
    """Keep a list under a name.

    Raises:
        Refused: it has no name, one of the actor's views of this list has it already, or there are as many as may be.
    """
    actor.require(page.permission)
    if not name or len(name) > LONGEST:
        raise Refused(N_("A name of 1 to %(limit)s characters."), field="name", code="bad_name", limit=LONGEST)
    # Two forms sent at once wait for each other here, so that the limit and the name hold.
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"views {actor.agency_id} {actor.user_id}")
    views = await views_of(actor, page)
    if any(view.name == name for view in views):
        raise Refused(N_("You have a view of this name already."), field="name", code="taken")
    if len(views) >= MOST:
        raise Refused(
            N_("You have %(most)s views of this list. Remove one first."), field="name", code="too_many", most=MOST
        )
    view = View(new_id(), page, name, query)
    await sql(
        "insert into saved_views (id, agency_id, user_id, client_id, page, name, query, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(view.id, actor.agency_id, actor.user_id, actor.client_id, page, name, query, clock.now()),
    )
    await record(actor, "view.saved", "view", view.id, facts={"name": name})
    return view


async def remove_view(actor: Actor, view_id: UUID) -> View:
    """Forget one of the actor's own views; gives it back.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    actor.require("cases.read")
    row = await sql_one(
        f"delete from saved_views where {OF_PERSON} and id = $4 returning id, page, name, query",  # noqa: S608
        *(actor.agency_id, actor.user_id, actor.client_id, view_id),
    )
    if row is None:
        raise NotFound
    await record(actor, "view.removed", "view", row["id"], facts={"name": row["name"]})
    return View(row["id"], Page(row["page"]), row["name"], row["query"])
