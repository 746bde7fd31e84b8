"""A placement judged by the rules: what falls short waits for its client, and everything else goes into work."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import asyncpg
import pytest
from pypdf import PdfReader

from cases.acceptance.rulebook import in_force
from cases.acceptance.rules import Rules
from cases.intake.rolling_back import roll_back
from cases.queues.claim import claim_next
from cases.situation import refresh
from portal import clock
from portal.ledger.prove import prove
from portal.tenancy.database import as_job, sql, transaction
from tests.cases.acceptance.given import STRICT, accept, cases_of, doing, lacks_of, three_cases
from tests.cases.intake.handing import look, placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit


async def test_what_falls_short_waits_for_its_client_and_is_in_nobodys_queue(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    await accept(cast.manager.actor, cast.brandt, STRICT)
    placement = await three_cases(cast.brandt_submitter.actor)
    large, small, fine = await cases_of(owner, placement.id)
    assert [(case["status"], case["next_action"], case["situation"], case["band"]) for case in (large, small)] == [
        ("needs_info", "get_documents", "needs_info", 6), ("needs_info", "ask_client", "needs_info", 6)
    ]  # fmt: skip
    assert (fine["status"], fine["next_action"], fine["situation"]) == ("active", "first_call", "new")
    assert large["next_action_at"] - clock.now() > timedelta(days=13), "somebody looks after it all the same"
    [lack] = await lacks_of(owner, large["id"])
    assert (lack["code"], lack["kind"], json.loads(lack["params"])["from_minor"]) == (
        "document_missing",
        "contract",
        500_000,
    )
    async with transaction(cast.brandt_submitter.actor.scope, read_only=True):
        version = await in_force(cast.brandt.id)
    assert version and lack["rules_id"] == version.id
    with clock.at(fine["next_action_at"] + timedelta(days=30)):
        async with transaction(cast.negotiator.actor.scope):
            await refresh(
                cast.negotiator.actor, *(case["id"] for case in (large, small, fine))
            )  # as each midnight does
            taken = [await claim_next(cast.negotiator.actor), await claim_next(cast.negotiator.actor, after=fine["id"])]
    assert taken == [fine["id"], None]

    assert placement.summary["accepted"]["needs_info"] == 2
    client = await visit(cast.brandt_submitter)
    page = (await client.get(f"/placements/{placement.id}")).text
    assert "2 cases need information" in page
    pdf = PdfReader(BytesIO((await client.get(f"/placements/{placement.id}/acknowledgement.pdf")).content))
    assert "2 cases need information" in " ".join(pdf.pages[0].extract_text().split())
    assert "2 cases need information from you" in (await client.get("/cases")).text
    home = (await client.get("/home")).text
    assert "2 cases need information from you" in home
    assert "documents missing for" not in home, "what stands in one line is not listed again"
    case_page = (await client.get(f"/cases/{large['id']}")).text
    asked, placed = (case_page.index(text) for text in ("Asked the client for what", "Handed over by the client"))
    assert asked < placed, "the newest stands first, and a case is placed before it is asked about"
    assert (
        "Contract, needed for claims of EUR\xa05,000.00 or more" in case_page and "It cannot be supplied" in case_page
    )


async def test_a_clients_own_rules_come_before_the_default_and_without_any_nothing_is_asked(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    manager, actor = cast.manager.actor, cast.brandt_submitter.actor

    async def waiting(number: int) -> int:
        placement = await placed(actor, [row(number, PrincipalAmount="50.00")])
        return int(placement.summary["accepted"]["needs_info"])

    assert await waiting(1) == 0
    await accept(manager, None, STRICT)
    assert await waiting(2) == 1
    await accept(manager, cast.brandt, Rules())
    assert await waiting(3) == 0, "its own rules ask for nothing"
    await accept(manager, cast.brandt, None)
    assert await waiting(4) == 1, "the default holds again"
    # The case keeps the version it was judged by.
    versions = await owner.fetch("select client_id, version, content from acceptance_rules where agency_id = $1 order by id",
                                 cast.nordkai.id)  # fmt: skip
    assert [(row["client_id"], row["version"]) for row in versions] == [
        (None, 1),
        (cast.brandt.id, 1),
        (cast.brandt.id, 2),
    ]


async def test_a_client_reads_the_rules_that_hold_for_it_and_no_others(cast: Cast, visit: Visit) -> None:
    await accept(cast.manager.actor, None, Rules(longest_days=365))
    await accept(cast.manager.actor, cast.lanting, Rules(longest_days=777))
    async with transaction(cast.brandt_submitter.actor.scope, read_only=True):
        theirs, own = await in_force(cast.lanting.id), await in_force(cast.brandt.id)
        rows = await sql("select * from acceptance_rules where agency_id = $1", cast.nordkai.id)
    assert theirs is None and own and own.rules == Rules(longest_days=365) and rows == []
    async with transaction(cast.mingda_submitter.actor.scope, read_only=True):
        assert await in_force(cast.brandt.id) is None
    page = (await (await visit(cast.brandt_submitter)).get("/placements/new")).text
    assert "At most 365 days" in page and "777" not in page


async def test_a_placement_that_only_waits_can_be_taken_back_whole(cast: Cast, owner: asyncpg.Connection) -> None:
    await accept(cast.manager.actor, cast.brandt, STRICT)
    actor = cast.brandt_submitter.actor
    placement = await three_cases(actor)
    await doing(actor, roll_back, placement.id, "the wrong month")
    assert (await look(actor, placement)).step == "rolled_back"
    assert {case["close_code"] for case in await cases_of(owner, placement.id)} == {"placed_in_error"}
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert [check for check in await prove(cast.nordkai.id) if not check.ok] == []


async def test_without_rules_a_placement_asks_the_database_for_nothing_more_than_whether_there_are_any(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases.acceptance import judging

    asked: list[str] = []
    plain = judging.sql

    async def listening(query: str, *arguments: object) -> object:
        asked.append(query)
        return await plain(query, *arguments)

    monkeypatch.setattr(judging, "sql", listening)
    await three_cases(cast.brandt_submitter.actor)
    assert asked == []
