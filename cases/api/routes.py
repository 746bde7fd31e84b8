"""API v1: what clients' and agencies' systems may ask and do."""

from typing import Any

from litestar import Router

from cases.api import cases, description, documents, placements, wishes
from portal.api.limits import count_call

ROUTES: list[Any] = [
    Router(
        "/api/v1",
        route_handlers=[
            placements.place,
            placements.show,
            cases.listed,
            cases.show,
            documents.prepare,
            documents.finish,
            wishes.recall,
            wishes.correction,
            description.description,
        ],
        before_request=count_call,
    )
]
