"""A person says whether two debtors are one; what follows for the contact guard; and saying otherwise."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from cases.casework import load_case
from cases.contact.check import check
from cases.contact.question import Channel
from cases.debtor_links.compare import match_debtors
from cases.debtor_links.decide import Decision, decide
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.people.actor import system
from portal.tenancy.database import transaction
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Client, Visit


async def debtor_of(owner: asyncpg.Connection, case_id: UUID) -> UUID:
    debtor: UUID = await owner.fetchval("select debtor_id from cases where id = $1", case_id)
    return debtor


async def compared(cast: Cast, owner: asyncpg.Connection, *cases: tuple[Client, str, str]) -> list[UUID]:
    """Cases of clients against debtors with telephones, and their debtors compared."""
    placed = [await placed_case(cast.nordkai, client, debtor=name, phone=phone) for client, name, phone in cases]
    async with transaction(system(cast.nordkai.id).scope):
        await match_debtors(system(cast.nordkai.id), [await debtor_of(owner, case_id) for case_id in placed])
    return placed


async def the_match(owner: asyncpg.Connection, cast: Cast) -> UUID:
    match: UUID = await owner.fetchval("select id from debtor_matches where agency_id = $1", cast.nordkai.id)
    return match


async def verdict(cast: Cast, case_id: UUID) -> str:
    """What the guard says of a call on the case now."""
    actor = cast.negotiator.actor
    async with transaction(actor.scope, read_only=True):
        decision, _, _ = await check(actor, await load_case(actor, case_id), Channel.CALL, None)
    return decision.verdict


CALL = {"outcome": "right_party", "direction": "out", "note": "", "next_action": "call",
        "next_at": "2026-11-25T10:00", "next_who": "me", "then": "stay"}  # fmt: skip
UNSURE = ("Orlik Holding GmbH", "+493055501420")
SURE = ("Orlik GmbH", "+493055501420")


async def test_contacts_and_stops_count_over_all_names_of_a_debtor_until_the_link_is_taken_back(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        ours, theirs = await compared(cast, owner, (cast.brandt, *SURE), (cast.lanting, *UNSURE))
        match_id, manager = await the_match(owner, cast), await visit(cast.manager)
        await (await visit(cast.negotiator)).post(f"/cases/{ours}/calls", data=CALL)
        assert (await verdict(cast, ours), await verdict(cast, theirs)) == ("REASON", "ALLOW")
        page = await manager.get("/debtors/matches")
        assert "perhaps a sister company" in page.text
        answer = await manager.post(f"/debtors/matches/{match_id}", data={"decision": "same"})
        assert answer.headers["location"] == "/debtors/matches"
        assert await verdict(cast, theirs) == "REASON"
        bench = (await manager.get(f"/cases/{theirs}")).text
        assert "Owes on 1 other case" in bench
        assert "Known also as Orlik GmbH" in bench
        listed = (await manager.get(f"/cases?debtor={await debtor_of(owner, ours)}")).text
        assert "Orlik GmbH" in listed
        assert "Orlik Holding GmbH" in listed
        await owner.execute(
            "insert into contact_stops (agency_id, debtor_id, person_id, channels, since)"
            " select agency_id, debtor_id, id, 'call', '2026-11-01' from debtor_people where debtor_id = $1",
            await debtor_of(owner, ours),
        )
        assert await verdict(cast, theirs) == "BLOCK"
        unsaid = await manager.post(f"/debtors/matches/{match_id}", data={"decision": "different", "seen": "same"})
        assert unsaid.status_code == 422
        await manager.post(
            f"/debtors/matches/{match_id}",
            data={"decision": "different", "seen": "same", "reason": "Two registers.", "state": "same"},
        )
        assert await verdict(cast, theirs) == "ALLOW"
        history = (await manager.get(f"/debtors/matches/{match_id}")).text
        assert "one debtor" in history
        assert "two debtors (Two registers.)" in history
    decisions = await owner.fetch("select decision, decided_by from debtor_decisions where match_id = $1"
                                  " order by decided_at, id", match_id)  # fmt: skip
    assert [tuple(row) for row in decisions] == [(said, cast.manager.user_id) for said in ("same", "different")]
    actions = await owner.fetch("select action from audit_events where agency_id = $1 and action like 'debtors.%'"
                                " order by id", cast.nordkai.id)  # fmt: skip
    assert [row["action"] for row in actions] == ["debtors.linked", "debtors.unlinked"]


async def test_who_owes_as_a_person_and_asked_under_another_name_is_left_alone(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        ours, theirs = await compared(cast, owner, (cast.brandt, *SURE), (cast.lanting, *SURE))
        asked = await debtor_of(owner, ours)
        await owner.execute("update debtor_people set name = 'Sabine Lang' where debtor_id = $1", asked)
        await owner.execute(
            "insert into contact_stops (agency_id, debtor_id, person_id, channels, since)"
            " select agency_id, debtor_id, id, '', '2026-11-01' from debtor_people where debtor_id = $1",
            asked,
        )
        assert await verdict(cast, theirs) != "BLOCK"
        await owner.execute("update debtors set kind = 'person' where agency_id = $1", cast.nordkai.id)
        assert await verdict(cast, theirs) == "BLOCK"


async def test_what_somebody_took_apart_no_score_puts_together_again(cast: Cast, owner: asyncpg.Connection) -> None:
    ours, theirs = await compared(cast, owner, (cast.brandt, *SURE), (cast.lanting, *SURE))
    match_id = await the_match(owner, cast)
    manager = cast.manager.actor
    async with transaction(manager.scope):
        await decide(manager, match_id, Decision.DIFFERENT, seen=Decision.SAME, reason="Two companies.")
    third = await placed_case(cast.nordkai, cast.brandt, debtor=SURE[0], phone=SURE[1])
    debtors = [await debtor_of(owner, case_id) for case_id in (ours, theirs, third)]
    async with transaction(system(cast.nordkai.id).scope):
        await match_debtors(system(cast.nordkai.id), debtors)
    oldest = await owner.fetch("select coalesce(same_as, id) as id from debtors where id = any($1)", debtors)
    assert len({row["id"] for row in oldest}) == 2
    waits = await owner.fetchval(
        "select id from debtor_matches where agency_id = $1 and decision is null", cast.nordkai.id
    )
    with pytest.raises(Refused, match="somebody said that they are two"):
        async with transaction(manager.scope):
            await decide(manager, waits, Decision.SAME)


async def test_a_second_tab_does_not_undo_what_the_first_decided(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    await compared(cast, owner, (cast.brandt, *SURE), (cast.lanting, *UNSURE))
    match_id, manager = await the_match(owner, cast), await visit(cast.manager)
    for _ in range(2):
        assert (await manager.post(f"/debtors/matches/{match_id}", data={"decision": "same"})).status_code == 303
    other = await manager.post(f"/debtors/matches/{match_id}", data={"decision": "different"})
    assert other.status_code == 422
    assert "Somebody has decided this meanwhile" in other.text
    assert await owner.fetchval("select count(*) from debtor_decisions where match_id = $1", match_id) == 1


async def test_only_who_leads_decides_and_only_in_their_agency(cast: Cast, owner: asyncpg.Connection) -> None:
    await compared(cast, owner, (cast.brandt, *SURE), (cast.lanting, *UNSURE))
    match_id = await the_match(owner, cast)
    for actor, error in (
        (cast.negotiator.actor, Forbidden),
        (cast.auditor.actor, Forbidden),
        (cast.lanting_admin.actor, Forbidden),
        (cast.huadong_owner.actor, NotFound),
    ):
        with pytest.raises(error):
            async with transaction(actor.scope):
                await decide(actor, match_id, Decision.SAME)


async def test_pairs_are_read_page_by_page_the_oldest_first(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.debtor_links.pairs.PAGE", 1)
    names = [
        (cast.brandt, f"{name}{form}", f"+4930555{number}1420")
        for number, name in enumerate(("Orlik", "Tessin"))
        for form in (" GmbH", " Holding GmbH")
    ]
    with clock.at(MONDAY - timedelta(days=1)):
        await compared(cast, owner, *names)
    auditor = await visit(cast.auditor)
    first = (await auditor.get("/debtors/matches")).text
    following = await owner.fetch("select id from debtor_matches where agency_id = $1 order by id", cast.nordkai.id)
    assert f"after={following[0]['id']}" in first
    assert "Same debtor: " not in first
    second = (await auditor.get(f"/debtors/matches?after={following[0]['id']}")).text
    assert f"pair-{following[1]['id']}" in second
    assert f"pair-{following[0]['id']}" not in second
