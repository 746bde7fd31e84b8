"""Debtors compared after a placement: linked by their score, or kept for a person, and never across agencies."""

import json
from uuid import UUID

import asyncpg
import pytest

from cases.debtor_links import compare
from cases.debtor_links.compare import match_placed
from portal.audit.record import record
from portal.tenancy.database import sql_value, transaction
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast

AS_WRITTEN = {"DebtorName": "Müller Maschinenbau GmbH", "PostalCode": "20457", "City": "Hamburg", "State": "",
              "Address": "Hafenstr. 1", "Country": "DE", "Email": "ar@mm-bau.de", "PhoneNumber": "040 330011",
              "DebtorContactPerson": ""}  # fmt: skip
OTHERWISE = AS_WRITTEN | {"DebtorName": "Mueller Maschinenbau G.m.b.H.", "Email": "", "PhoneNumber": ""}
SISTER = AS_WRITTEN | {"DebtorName": "Müller Maschinenbau AG", "Email": ""}
MOVED = AS_WRITTEN | {"PostalCode": "80331", "City": "München", "Address": "Tal 2", "Email": ""}
LINKED = ("Mueller Maschinenbau G.m.b.H.", "Müller Maschinenbau GmbH", 100, "same")


async def matches(owner: asyncpg.Connection, agency_id: UUID) -> list[tuple[str, str, int, str | None]]:
    """The later and the earlier debtor's names, the score and the decision."""
    found = await owner.fetch(
        "select d.name, o.name as other, m.score, m.decision, m.reasons from debtor_matches m"
        " join debtors d on d.id = m.debtor_id join debtors o on o.id = m.other_id where m.agency_id = $1 order by m.id",
        agency_id,
    )
    for match in found:
        assert sum(reason["points"] for reason in json.loads(match["reasons"])) == match["score"]
    return [(match["name"], match["other"], match["score"], match["decision"]) for match in found]


async def known_as(owner: asyncpg.Connection, agency_id: UUID) -> dict[str, str | None]:
    """Each debtor's name and that of the oldest it is known to be."""
    found = await owner.fetch(
        "select d.name, o.name as oldest from debtors d left join debtors o on o.id = d.same_as where d.agency_id = $1"
        " order by d.id",
        agency_id,
    )
    return {debtor["name"]: debtor["oldest"] for debtor in found}


async def test_debtors_of_two_clients_are_linked_asked_about_or_left_alone(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    agency = cast.nordkai.id
    await placed(cast.brandt_submitter.actor, [row(0, **AS_WRITTEN)])
    await placed(cast.mingda_submitter.actor, [row(0, **OTHERWISE)])
    assert await matches(owner, agency) == []
    made = await placed(cast.lanting_submitter.actor, [row(0, **OTHERWISE), row(1, **SISTER), row(2, **MOVED)])
    found = await matches(owner, agency)
    assert LINKED in found
    assert ("Müller Maschinenbau GmbH", "Müller Maschinenbau GmbH", 92, "same") in found
    assert [match for match in found if match[0] == "Müller Maschinenbau AG" and match[3] is None]
    assert await known_as(owner, agency) == {
        "Müller Maschinenbau GmbH": "Müller Maschinenbau GmbH",
        "Mueller Maschinenbau G.m.b.H.": "Müller Maschinenbau GmbH",
        "Müller Maschinenbau AG": None,
    }
    assert await matches(owner, cast.huadong.id) == []
    event = await owner.fetchrow("select facts, client_id from audit_events where action = 'debtors.compared'"
                                 " and subject_id = $1", made.id)  # fmt: skip
    assert json.loads(event["facts"])["linked"] == 2
    assert event["client_id"] is None


async def test_a_comparison_that_was_killed_is_finished_and_done_twice_is_done_once(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "BATCH", 1)
    await placed(cast.brandt_submitter.actor, [row(0, **AS_WRITTEN), row(1, **MOVED)])
    await owner.execute("delete from debtor_decisions where agency_id = $1", cast.nordkai.id)
    await owner.execute("delete from debtor_matches where agency_id = $1", cast.nordkai.id)
    await owner.execute("delete from debtor_keys where agency_id = $1", cast.nordkai.id)
    await owner.execute("update debtors set same_as = null where agency_id = $1", cast.nordkai.id)
    placement_id = await owner.fetchval("select id from placements where agency_id = $1", cast.nordkai.id)
    payload = {"agency_id": str(cast.nordkai.id), "placement_id": str(placement_id)}

    async def killed(*_: object, **__: object) -> UUID:
        raise ConnectionResetError

    monkeypatch.setattr(compare, "record", killed)
    with pytest.raises(ConnectionResetError):
        await match_placed(payload)
    assert await matches(owner, cast.nordkai.id) == []
    monkeypatch.setattr(compare, "record", record)
    await match_placed(payload)
    once = await matches(owner, cast.nordkai.id)
    assert [match[2:] for match in once] == [(92, "same")]
    await match_placed(payload)
    assert await matches(owner, cast.nordkai.id) == once
    assert await owner.fetchval("select count(*) from debtor_decisions where agency_id = $1", cast.nordkai.id) == 1


async def test_a_name_that_many_bear_asks_nobody(cast: Cast, owner: asyncpg.Connection) -> None:
    spread = {"Email": "", "PhoneNumber": "", "Country": "DE", "State": "", "DebtorName": "Altvater Kessel GmbH"}
    rows = [row(n, **spread, PostalCode=f"{10000 + 1000 * n}", City=f"Ort {n}") for n in range(8)]
    await placed(cast.brandt_submitter.actor, rows)
    assert await matches(owner, cast.nordkai.id) == []


async def test_a_new_telephone_number_has_a_known_debtor_looked_at_again(cast: Cast, owner: asyncpg.Connection) -> None:
    silent = {"Email": "", "PhoneNumber": ""}
    await placed(cast.brandt_submitter.actor, [row(0, **AS_WRITTEN | {"Email": ""})])
    await placed(cast.lanting_submitter.actor, [row(0, **MOVED | silent)])
    ((_, _, score, decision),) = await matches(owner, cast.nordkai.id)
    assert (score, decision) == (70, None)
    await placed(cast.lanting_submitter.actor, [row(1, **MOVED)])
    assert await matches(owner, cast.nordkai.id) == [
        ("Müller Maschinenbau GmbH", "Müller Maschinenbau GmbH", 92, "same")
    ]


@pytest.mark.parametrize("other", [OTHERWISE, SISTER], ids=["linked", "asked"])
async def test_people_of_a_client_see_no_row_of_it(cast: Cast, other: dict[str, str]) -> None:
    await placed(cast.brandt_submitter.actor, [row(0, **AS_WRITTEN)])
    await placed(cast.lanting_submitter.actor, [row(0, **other)])
    for table in ("debtors", "debtor_keys", "debtor_matches", "debtor_decisions"):
        async with transaction(cast.manager.actor.scope, read_only=True):
            seen = await sql_value(f"select count(*) from {table}")
        assert seen or (table == "debtor_decisions" and other is SISTER)
        async with transaction(cast.lanting_submitter.actor.scope, read_only=True):
            assert await sql_value(f"select count(*) from {table}") == 0
    async with transaction(cast.lanting_submitter.actor.scope, read_only=True):
        assert await sql_value("select count(*) from audit_events where action = 'debtors.compared'") == 0
