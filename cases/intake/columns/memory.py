"""A client's confirmed maps, latest first, and the form that a placement was read in."""

import hashlib
import json
from collections.abc import Sequence
from uuid import UUID

from cases.intake.files.column_map import ColumnMap
from cases.intake.files.shape import Shape
from cases.intake.placement import PlacementFile
from cases.intake.reading import OwnForm
from portal import clock
from portal.audit.record import as_json
from portal.people.actor import Actor
from portal.tenancy.database import sql

MOST = 50
"""Maps that are tried on a new file, latest first."""

LATEST = """
select column_map from column_maps where agency_id = $1 and client_id = $2 order by used_at desc, id desc limit $3
"""


async def remembered(agency_id: UUID, client_id: UUID) -> list[ColumnMap]:
    """What the client's last files meant."""
    rows = await sql(LATEST, agency_id, client_id, MOST)
    return [ColumnMap.from_facts(json.loads(row["column_map"])) for row in rows]


REMEMBER = """
insert into column_maps (agency_id, client_id, captions_digest, column_map, used_at, used_by_name)
values ($1, $2, $3, $4::jsonb, $5, $6)
on conflict (agency_id, client_id, captions_digest)
do update set column_map = excluded.column_map, used_at = excluded.used_at, used_by_name = excluded.used_by_name
"""


async def remember(actor: Actor, placement: PlacementFile, captions: Sequence[str], column_map: ColumnMap) -> None:
    """Keep what the client confirmed, for its next file with these captions."""
    digest = hashlib.sha256("\x1f".join(captions).encode()).digest()
    facts = as_json(column_map.to_facts())
    await sql(REMEMBER, actor.agency_id, placement.client_id, digest, facts, clock.now(), actor.name)


def own_form(placement: PlacementFile) -> OwnForm | None:
    """How a placement in the client's own form is read; None for the simple form and for JSON."""
    if placement.shape is None or placement.column_map is None:
        return None
    return OwnForm(Shape.from_facts(placement.shape), ColumnMap.from_facts(placement.column_map))
