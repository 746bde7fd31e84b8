"""One case typed by hand: drafts that nobody else sees or overwrites, and one case however often it is handed over."""

from __future__ import annotations

import re

import asyncpg
import pytest

from cases.intake.by_hand.drafts import DraftChanged, DraftGone, drafts_of, load_draft, save_draft
from cases.intake.by_hand.placing import claim_of, place_by_hand
from cases.intake.written import Written
from portal.errors import Forbidden, NotFound
from portal.identity import new_id
from portal.jobs import work_off
from portal.tenancy.database import transaction
from tests.people import Cast, Visit

TYPED = {
    "reference": "K-77",
    "currency": "EUR",
    "kind": "person",
    "name": "Anna Ferretti",
    "street": "Via Emilia 12",
    "postal_code": "25124",
    "city": "Brescia",
    "country": "IT",
    "interest": "12.50",
    "costs": "40.00",
    "invoices.0.number": "R-1",
    "invoices.0.issued_on": "2026-06-02",
    "invoices.0.amount": "1000.00",
    "invoices.1.number": "R-2",
    "invoices.1.due_on": "2026-07-02",
    "invoices.1.amount": "200.00",
    "credits.0.credit_kind": "payment",
    "credits.0.credit_amount": "150.00",
    "contacts.0.contact_name": "Bruno Ferretti",
    "contacts.0.contact_phone": "030 2423400",
    "contacts.0.contact_authorised": "true",
}
COUNTS = {"invoices": 2, "credits": 1, "contacts": 1}
WRITTEN = Written.from_texts(TYPED, COUNTS)


def test_what_is_typed_so_far_adds_up() -> None:
    claim = claim_of(WRITTEN)
    assert (claim.invoiced_minor, claim.credited_minor, claim.principal_minor) == (1200_00, 150_00, 1050_00)
    assert claim.total_minor == 1102_50
    half = Written.from_texts({**TYPED, "invoices.1.amount": "2oo", "currency": ""}, COUNTS)
    assert claim_of(half).total_minor == 0
    assert Written.from_facts(WRITTEN.to_facts()) == WRITTEN


async def test_a_draft_is_ones_own_and_is_not_overwritten_unseen(cast: Cast) -> None:
    actor, draft_id = cast.brandt_submitter.actor, new_id()
    async with transaction(actor.scope):
        first = await save_draft(actor, draft_id, WRITTEN, 0)
        assert (first.version, first.title) == (1, "K-77 · Anna Ferretti")
        assert (await save_draft(actor, draft_id, WRITTEN, 1)).version == 1
        more = WRITTEN.having("contacts", ())
        assert (await save_draft(actor, draft_id, more, 1)).version == 2
    with pytest.raises(DraftChanged) as changed:
        async with transaction(actor.scope):
            await save_draft(actor, draft_id, WRITTEN, 1)
    assert changed.value.now.written == more
    for other in (cast.brandt_admin.actor, cast.lanting_submitter.actor, cast.mingda_submitter.actor):
        async with transaction(other.scope):
            assert await drafts_of(other) == []
            with pytest.raises(NotFound):
                await load_draft(other, draft_id)
            with pytest.raises(DraftGone):
                await save_draft(other, draft_id, WRITTEN, 0)
    for nobody in (cast.negotiator.actor, cast.brandt_viewer.actor):
        with pytest.raises(Forbidden):
            async with transaction(nobody.scope):
                await save_draft(nobody, draft_id, WRITTEN, 0)


async def test_a_case_handed_over_twice_is_one_case_and_its_draft_is_gone(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    actor, draft_id = cast.brandt_submitter.actor, new_id()
    async with transaction(actor.scope):
        await save_draft(actor, draft_id, WRITTEN, 0)
    async with transaction(actor.scope):
        first = await place_by_hand(actor, draft_id, WRITTEN)
    async with transaction(actor.scope):
        second = await place_by_hand(actor, draft_id, WRITTEN)
        assert await drafts_of(actor) == []
    assert first.is_new and not second.is_new and first.placement.id == second.placement.id
    await work_off(agency_id=actor.agency_id)
    (case,) = await owner.fetch("select * from cases where agency_id = $1", cast.nordkai.id)
    assert (case["reference"], case["debtor_kind"], case["placed_minor"]) == ("K-77", "person", 1102_50)
    assert (case["principal_minor"], case["interest_minor"], case["costs_minor"]) == (1050_00, 12_50, 40_00)
    assert await owner.fetchval("select count(*) from invoices where case_id = $1", case["id"]) == 2
    assert await owner.fetchval("select amount_minor from case_credits where case_id = $1", case["id"]) == 150_00
    person = await owner.fetchrow("select name, authorised from debtor_people where agency_id = $1", cast.nordkai.id)
    assert tuple(person) == ("Bruno Ferretti", True)
    async with transaction(actor.scope):
        with pytest.raises(DraftGone):
            await save_draft(actor, draft_id, WRITTEN, 1)


@pytest.mark.parametrize("code", ["declined", "withdrawn"])
async def test_what_was_declined_or_taken_back_may_be_typed_again(
    cast: Cast, owner: asyncpg.Connection, code: str
) -> None:
    actor = cast.brandt_submitter.actor
    async with transaction(actor.scope):
        await place_by_hand(actor, new_id(), WRITTEN)
    await work_off(agency_id=actor.agency_id)
    await owner.execute(
        "update cases set status = 'closed', close_code = $2, closed_at = now() where agency_id = $1",
        *(actor.agency_id, code),
    )
    async with transaction(actor.scope):
        assert (await place_by_hand(actor, new_id(), WRITTEN)).is_new
    await work_off(agency_id=actor.agency_id)
    assert await owner.fetchval("select count(*) from cases where agency_id = $1", actor.agency_id) == 2


async def test_the_form_keeps_what_is_typed_and_says_what_is_wrong_at_its_field(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    page = (await client.get("/cases/new")).text
    found = re.search(r'name="draft" value="([0-9a-f-]+)"', page)
    assert found is not None
    counts = {name: str(count) for name, count in COUNTS.items()}
    form = {**TYPED, **counts, "draft": found[1], "version": "0"}
    saved = await client.post("/cases/new", data={**form, "do": "autosave"}, headers={"HX-Request": "true"})
    assert "1,102.50" in saved.text and 'name="version" value="1"' in saved.text
    form["version"] = "1"
    added = await client.post("/cases/new", data={**form, "do": "add:invoices"})
    assert added.headers["location"] == f"/cases/new?draft={found[1]}#invoices"
    again = (await client.get(f"/cases/new?draft={found[1]}")).text
    assert 'name="invoices.2.amount"' in again and "Bruno Ferretti" in again
    old = await client.post("/cases/new", data={**form, "do": "save"})
    assert old.status_code == 422 and "changed in another window" in old.text
    form |= {"version": "2", "invoices.0.issued_on": "31.02.2026", "name": ""}
    wrong = await client.post("/cases/new", data={**form, "do": "place"})
    assert wrong.status_code == 422 and "2 things are missing or wrong" in wrong.text
    assert 'id="f-invoices.0.issued_on-error"' in wrong.text and "The debtor&#39;s name is missing." in wrong.text
    form |= {"invoices.0.issued_on": "2026-06-02", "name": "Anna Ferretti"}
    done = await client.post("/cases/new", data={**form, "do": "place"})
    assert done.status_code == 303 and done.headers["location"].startswith("/placements/")
    await work_off(agency_id=cast.nordkai.id)
    shown = (await client.get(done.headers["location"])).text
    assert "Open the case" in shown and "Add documents" in shown
    form |= {"draft": str(new_id()), "version": "0"}
    twice = await client.post("/cases/new", data={**form, "do": "place"})
    assert twice.status_code == 422 and "already has this reference" in twice.text
    form["reference"] = "another"
    renamed = await client.post("/cases/new", data={**form, "do": "place"})
    assert renamed.status_code == 422 and "Score 100 of 100: the same invoice number" in renamed.text
    dropped = await client.post("/cases/new/drop", data={"draft": form["draft"]})
    assert dropped.headers["location"] == "/cases/new"
