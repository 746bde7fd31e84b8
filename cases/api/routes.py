"""API v1: what clients' and agencies' systems may ask and do."""

from typing import Any

from litestar import Router

from cases.api import cases, corrections, documents, placements, recalls, requirements
from cases.api.description import whole
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
            placements.matches,
            recalls.recall,
            recalls.insistence,
            recalls.withdrawal,
            recalls.recall_placement,
            recalls.withdraw_placement,
            recalls.placement_recall,
            requirements.requirements,
            requirements.answer_requirement,
            corrections.correction,
            whole.description,
        ],
        before_request=count_call,
    )
]
