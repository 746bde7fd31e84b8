"""What the queue is narrowed to, and the condition that says so in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from portal.pages.links import as_query, id_in
from portal.pages.vocabulary import SITUATIONS
from portal.people.actor import Actor


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every one of them is in the URL."""

    mine: bool = False
    queue_id: UUID | None = None
    client_id: UUID | None = None
    situation: str = ""
    country: str = ""
    """ISO 3166 alpha-2, of the debtor's address."""
    callable: bool = False
    """Only where the hours allow a call now."""
    band: int = 0

    @property
    def query(self) -> str:
        """The filters as the address of a view says them."""
        return as_query({
            "mine": int(self.mine), "queue": self.queue_id, "client": self.client_id, "situation": self.situation,
            "country": self.country, "callable": int(self.callable), "band": self.band,
        })  # fmt: skip


def read_filters(query: Mapping[str, str]) -> Filters:
    """The filters of a URL; what none can be is left out.

    Raises:
        NotFound: an id is none.
    """
    country = query.get("country", "")
    situation = query.get("situation", "")
    return Filters(
        mine=query.get("mine") == "1",
        queue_id=id_in(query.get("queue")),
        client_id=id_in(query.get("client")),
        situation=situation if situation in SITUATIONS else "",
        country=country if len(country) == 2 and country.isascii() and country.isalpha() else "",
        callable=query.get("callable") == "1",
        band=int(band) if (band := query.get("band", "0")).isdigit() and len(band) == 1 else 0,
    )


WAITING: Final = """
where c.agency_id = $1 and c.status <> 'closed' and c.band < 6
  and (c.next_action_user_id is null or c.next_action_user_id = $2)
"""
"""What waits for an actor at all: nobody's cases, and their own."""

MATCHING: Final = f"""
{WAITING}
  and (not $3 or c.next_action_user_id = $2)
  and ($4::uuid is null or c.next_action_queue_id = $4)
  and ($5::uuid is null or c.client_id = $5)
  and ($6 = '' or c.situation = $6)
"""
"""What waits for an actor, narrowed by what :func:`matched` fills in; country, hours and band are counted apart."""


def matched(actor: Actor, filters: Filters) -> tuple[object, ...]:
    """The values of :data:`MATCHING`, ``$1`` to ``$6``."""
    return (actor.agency_id, actor.user_id, filters.mine, filters.queue_id, filters.client_id, filters.situation)
