"""The page of deadlines."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from billing.deadlines.register import SHOWN, deadlines_of
from billing.payments.register import CHANNEL_TEXTS
from portal.pages.rendering import render
from portal.pages.toasts import PageRequest
from portal.people.actor import Actor
from portal.people.guards import needs


@get("/deadlines", guards=[needs("remittances.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What is to be deposited, remitted and proved, and by when."""
    due = await deadlines_of(actor)
    return render(request, "billing/deadlines/show.html", due=due, channels=CHANNEL_TEXTS, most=SHOWN)


ROUTES = [show]
