"""The whole description, and where it is read."""

from typing import Protocol

from litestar import get

from cases.api.description import cases, corrections, documents, placements, recalls, requirements
from cases.api.description.parts import COUNT, TEXT, JsonSchema, thing
from portal.api.limits import CALLS

TOPICS = (placements, cases, requirements, documents, recalls, corrections)
PROBLEM = thing("type title status code", type=TEXT, title=TEXT, status=COUNT, code=TEXT, detail=TEXT, field=TEXT)
ITSELF: JsonSchema = {
    "/openapi.json": {
        "get": {
            "operationId": "description",
            "summary": "This description",
            "security": [],
            "responses": {
                "200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}}
            },
        }
    },
}

DESCRIPTION: JsonSchema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Debt portal",
        "version": "1",
        "description": f"Money is a decimal string beside its ISO 4217 currency. At most {CALLS} calls of a key a minute.",
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"key": []}],
    "paths": {path: methods for topic in TOPICS for path, methods in topic.PATHS.items()} | ITSELF,
    "components": {
        "schemas": {"Problem": PROBLEM} | {name: schema for topic in TOPICS for name, schema in topic.SCHEMAS.items()},
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    },
}


class Topic(Protocol):
    """What a module says of its part of the API."""

    PATHS: JsonSchema
    SCHEMAS: JsonSchema


def describe(topic: Topic) -> None:
    """Take up what another package answers under the same address, when it is imported."""
    DESCRIPTION["paths"].update(topic.PATHS)
    DESCRIPTION["components"]["schemas"].update(topic.SCHEMAS)


@get("/openapi.json", opt={"public": True, "outside": True})
async def description() -> JsonSchema:
    """The description of the API."""
    return DESCRIPTION
