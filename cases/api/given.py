"""What systems send as a JSON object, read field by field."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request

from portal.api.idempotency import Answer, once
from portal.errors import NotFound, Refused
from portal.pages.faults import problem
from portal.pages.text import N_
from portal.people.actor import Actor

LONGEST_TEXT = 2000

ApiRequest = Request[Any, Any, Any]
Given = Mapping[str, object]


async def once_given(request: ApiRequest, actor: Actor, answer: Callable[[Given], Awaitable[Answer]]) -> Answer:
    """Do once (`portal.api.idempotency`) what ``answer`` does with the object that was sent; an empty body is an empty
    object, and anything else is answered with 400."""
    body = await request.body()

    async def answered() -> Answer:
        try:
            given = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            return problem(400, "Not a JSON object", code="bad_json")
        return await answer(given)

    return await once(request, actor, body, answered)


def text_in(given: Given, name: str) -> str:
    """A text; what is missing is empty.

    Raises:
        Refused: it is none, or too long.
    """
    value = given.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str) or "\x00" in value or len(value) > LONGEST_TEXT:
        raise Refused(N_("A text of at most %(limit)s characters."), field=name, code="bad_text", limit=LONGEST_TEXT)
    return value


def flag_in(given: Given, name: str) -> bool:
    """True or false; what is missing is false.

    Raises:
        Refused: it is neither.
    """
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise Refused(N_("This is true or false."), field=name, code="bad_flag")
    return value


def id_in(given: Given, name: str) -> UUID | None:
    """The id of something, if one is given.

    Raises:
        NotFound: nothing can have such an id.
    """
    value = given.get(name)
    if value is None:
        return None
    try:
        return UUID(str(value))
    except ValueError:
        raise NotFound from None
