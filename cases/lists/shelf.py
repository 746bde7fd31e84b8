"""The views beside a list: those there are, the one that is shown, and the form that keeps another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.lists.views import Page, View, remove_view, views_of
from portal.errors import Refused
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A person's views of a list. ``query`` is the list as it is shown now."""

    page: Page
    views: Sequence[View]
    query: str
    errors: Any
    name: str
    """What was typed, when it was refused."""

    @property
    def on(self) -> View | None:
        """The view that is shown."""
        return next((view for view in self.views if view.query == self.query), None)

    @property
    def action(self) -> str:
        """Where the form that keeps the list as it is goes."""
        return f"/{self.page}/views?{self.query}"


async def shelf(actor: Actor, page: Page, query: str, error: Refused | None = None, name: str = "") -> Shelf:
    """The views of a list as the page shows them."""
    return Shelf(page=page, views=await views_of(actor, page), query=query, errors=shown(error), name=name)


@post("/views/{view_id:uuid}/removal", guards=[needs("cases.read")])
async def forget_view(request: PageRequest, actor: NamedDependency[Actor], view_id: FromPath[UUID]) -> Response[Any]:
    """Remove a view; the list stays as it was narrowed."""
    view = await remove_view(actor, view_id)
    return redirect(request, view.address, N_("View removed."))


ROUTES = [forget_view]
