"""The page of what was searched for."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from cases.search.find import find
from portal.pages.rendering import render
from portal.people.actor import Actor
from portal.people.guards import needs


@get("/search", guards=[needs("cases.read")])
async def search(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """Cases, debtors and clients that fit what stands in the search box."""
    query = request.query_params.get("q", "").strip()
    found = await find(actor, query)
    return render(request, "cases/search.html", block="found", search=query, found=found)


ROUTES = [search]
