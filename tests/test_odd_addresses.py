"""Addresses that nobody's browser writes: refused, never an error of ours."""

from uuid import UUID

import pytest

from tests.cases.casework import placed_case
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit


@pytest.mark.parametrize(
    "address",
    [
        "/payments/new?q=%00",
        "/search?q=%00",
        "/cases?after=%00_%00",
        "/audit?action=%00",
        "/remittances/new?currency=%00",
        "/login?next=%00",
        "/reset/%00",
        "/invitation/%00",
    ],
)
async def test_a_character_that_cannot_be_kept_is_refused(cast: Cast, visit: Visit, address: str) -> None:
    answer = await (await visit(cast.owner)).get(address)
    assert answer.status_code < 500


async def test_a_row_number_beyond_every_file_gives_the_beginning(cast: Cast, visit: Visit, owner: object) -> None:
    from portal.identity import new_id
    from portal.people.arrival import token_hash

    made = await placed(cast.brandt_submitter.actor, [row(0)])
    key = str(new_id())
    await owner.execute(  # type: ignore[attr-defined]
        "insert into api_keys (agency_id, client_id, key_hash, created_at) values ($1, $2, $3, now())",
        *(cast.nordkai.id, cast.brandt.id, token_hash(key)),
    )
    system = await visit(key=key)
    for after in ("99999999999", "9" * 5000):
        assert (await system.get(f"/api/v1/placements/{made.id}?errors_after={after}")).status_code == 200
    assert (await system.get("/api/v1/cases?reference=%00")).status_code == 400


@pytest.mark.parametrize(
    "query", ["direction=sideways", f"before=2026-01-01T00:00:00_{UUID(int=0)}", "point=x", "topic=%00"]
)
async def test_an_odd_address_of_a_case_does_not_exist(cast: Cast, visit: Visit, query: str) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    answer = await (await visit(cast.negotiator)).get(f"/cases/{case_id}?{query}")
    assert answer.status_code == 404
