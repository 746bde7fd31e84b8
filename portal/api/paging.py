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
    try:
        return UUID(query["after"]) if "after" in query else NEWEST, _limit(query)
    except ValueError:
        raise _bad_cursor() from None


def rows_page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """Where a page of rows in the order of their numbers begins, and how much it holds.

    Raises:
        Refused: one of them is not what it should be.
    """
    after = query.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise _bad_cursor()
    return int(after), _limit(query)


def _limit(query: Mapping[str, str]) -> int:
    limit = query.get("limit", str(USUAL))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:4]) <= MOST and len(limit) <= 3):
        raise Refused(N_("The limit is a number from 1 to %(most)s."), field="limit", code="bad_limit", most=MOST)
    return int(limit)


def _bad_cursor() -> Refused:
    return Refused(N_("This is no cursor of a list."), field="after", code="bad_cursor")


def as_page(found: Sequence[T], limit: int, cursor: str | None) -> dict[str, object]:
    """A page of what was found, one more than ``limit`` asked for; ``cursor`` leads behind its last item."""
    return {"items": list(found[:limit]), "next": cursor if len(found) > limit else None}
