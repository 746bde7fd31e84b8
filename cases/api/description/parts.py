"""What descriptions are made of: schemas, parameters and answers."""

from typing import Any

from portal.api.paging import MOST, USUAL

JsonSchema = dict[str, Any]

TEXT: JsonSchema = {"type": "string"}
ID: JsonSchema = {"type": "string", "format": "uuid"}
DAY: JsonSchema = {"type": "string", "format": "date"}
MOMENT: JsonSchema = {"type": "string", "format": "date-time"}
MONEY: JsonSchema = {
    "type": "string",
    "pattern": r"^-?\d+(\.\d+)?$",
    "description": "A decimal, in the currency beside it.",
}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
TOTALS: JsonSchema = {"type": "object", "additionalProperties": MONEY, "description": "By ISO 4217 code."}


def thing(required: str = "", /, **properties: JsonSchema) -> JsonSchema:
    """An object; ``required`` names the properties that are always there."""
    schema: JsonSchema = {"type": "object", "properties": properties}
    return {**schema, "required": required.split()} if required else schema


def several(items: JsonSchema) -> JsonSchema:
    """A list."""
    return {"type": "array", "items": items}


def maybe(schema: JsonSchema) -> JsonSchema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def named(name: str) -> JsonSchema:
    """A schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def page(name: str) -> JsonSchema:
    """A page of a list."""
    return thing("items next", items=several(named(name)), next=maybe(TEXT))


IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key and call give the same answer for seven days; the same key with another call 409.",
}


def query(name: str, schema: JsonSchema, description: str) -> JsonSchema:
    """A parameter behind the question mark."""
    return {"name": name, "in": "query", "schema": schema, "description": description}


def in_path(name: str) -> JsonSchema:
    """A parameter of the path."""
    return {"name": name, "in": "path", "required": True, "schema": ID}


def answers(status: int, name: str, *faults: int) -> JsonSchema:
    """What a call may be answered with; faults come as problem details."""
    good = {"description": "Done.", "content": {"application/json": {"schema": named(name)}}}
    wrong = {"description": "Problem details.", "content": {"application/problem+json": {"schema": named("Problem")}}}
    return {str(status): good, **{str(fault): wrong for fault in sorted({401, 403, 429, *faults})}}


def body(**schemas: JsonSchema) -> JsonSchema:
    """What a call brings along, by media type (its slash written as two underscores)."""
    return {
        "required": True,
        "content": {media.replace("__", "/"): {"schema": schema} for media, schema in schemas.items()},
    }


FLAG: JsonSchema = {"type": "boolean"}
PAGING = [
    query("after", TEXT, "The `next` of the page before."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Items in a page."),
]
