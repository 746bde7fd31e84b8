"""Lists by keyset: ``{"items": [...], "next": cursor or null}``."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from portal.errors import Refused
from portal.pages.text import N_

T = TypeVar("T")
USUAL, MOST = 50, 200
NEWEST = UUID(int=2**128 - 1)


def page_of(query: Mapping[str, str]) -> tuple[UUID, int]:
    """Where a page begins (the id it stands behind) and how much it holds, from ``after`` and ``limit``.

    Raises:
        Refused: one of them is not what it should be.
    """
    limit = query.get("limit", str(USUAL))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:4]) <= MOST and len(limit) <= 3):
        raise Refused(N_("The limit is a number from 1 to %(most)s."), field="limit", code="bad_limit", most=MOST)
    try:
        return UUID(query["after"]) if "after" in query else NEWEST, int(limit)
    except ValueError:
        raise Refused(N_("This is no cursor of a list."), field="after", code="bad_cursor") from None


def as_page(found: Sequence[T], limit: int, cursor: str | None) -> dict[str, object]:
    """A page of what was found, one more than ``limit`` asked for; ``cursor`` leads behind its last item."""
    return {"items": list(found[:limit]), "next": cursor if len(found) > limit else None}
