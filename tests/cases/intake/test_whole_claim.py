"""A claim is more than invoices: interest and costs on top, credits and payments off, people to speak to."""

from __future__ import annotations

from typing import Any

import asyncpg

from cases.intake.issue import Code
from cases.intake.rolling_back import roll_back
from portal.jobs import work_off
from portal.ledger.prove import prove
from portal.tenancy.database import as_job, transaction
from tests.cases.intake.handing import look, placed_by_a_system
from tests.cases.intake.placements import codes
from tests.cases.intake.test_json_placement import case, check_case, invoice
from tests.people import Cast, Visit

CREDIT_NOTE = {"kind": "credit_note", "number": "GS-7", "on": "2026-07-10", "invoice": "RE-1", "amount": "20.00"}
PAYMENT = {"kind": "payment", "number": "", "invoice": "", "amount": "0.50"}
CONTACTS = [
    {"name": "Li Na", "position": "accounts payable", "email": "li@haichuan.example", "authorised": True},
    {"name": "Wang Wei", "phone": "0574 8765 4322"},
]
WHOLE: dict[str, Any] = {
    "interest": "3.10",
    "costs": "40.00",
    "credits": [CREDIT_NOTE, PAYMENT],
    "contacts": CONTACTS,
}


def test_credits_lower_the_principal_and_leave_the_invoices_as_they_are() -> None:
    checked = check_case(**WHOLE)
    assert codes(checked) == []
    assert checked.draft
    assert [each.amount_minor for each in checked.draft.invoices] == [100_00, 50]
    assert (checked.draft.principal_minor, checked.draft.total_minor) == (80_00, 123_10)
    assert checked.amount_minor == 123_10


def test_what_is_wrong_beside_the_invoices_is_named_by_its_place() -> None:
    credits = [
        {"kind": "gift", "amount": "1"},
        {"amount": "-5"},
        {"on": "2027-01-01", "amount": "2"},
        {"invoice": "RE-9", "amount": 3},
    ]
    contacts = [{"position": "owner"}, {"name": "Wu", "email": "nobody", "authorised": "yes"}]
    checked = check_case(interest="-1", costs="1,5", credits=credits, contacts=contacts)
    assert set(codes(checked)) == {
        ("interest", Code.NEGATIVE_COMPONENT),
        ("costs", Code.BAD_AMOUNT),
        ("credits[0].kind", Code.UNKNOWN_CREDIT),
        ("credits[1].amount", Code.NEGATIVE_COMPONENT),
        ("credits[2].on", Code.FUTURE_CREDIT_DATE),
        ("credits[3].amount", Code.AMOUNT_IS_NUMBER),
        ("credits[3].invoice", Code.UNKNOWN_INVOICE),
        ("contacts[0].name", Code.MISSING),
        ("contacts[1].email", Code.BAD_EMAIL),
        ("contacts[1].authorised", Code.WRONG_TYPE),
    }
    assert checked.draft is None and checked.amount_minor is None
    nothing_left = check_case(credits=[{"kind": "payment", "amount": "100.50"}], costs="40.00")
    assert codes(nothing_left) == [("credits[0].amount", Code.NOTHING_CLAIMED)]


async def test_each_component_is_posted_and_taken_back_again(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed_by_a_system(actor, [case("K-1", **WHOLE), case("K-2", invoices=[invoice("RE-8")])])
    assert placement.summary["accepted"]["totals"] == {"CNY": {"cases": 2, "amount_minor": 223_10}}
    whole, plain = await owner.fetch("select * from cases where placement_id = $1 order by number", placement.id)
    assert [whole[f"{name}_minor"] for name in ("placed", "principal", "interest", "costs")] == [12310, 8000, 310, 4000]
    assert [plain[f"{name}_minor"] for name in ("placed", "principal", "interest", "costs")] == [10000, 10000, 0, 0]
    credits = await owner.fetch("select * from case_credits where agency_id = $1 order by kind", cast.nordkai.id)
    assert [(each["case_id"], each["kind"], each["number"], each["amount_minor"]) for each in credits] == [
        (whole["id"], "credit_note", "GS-7", 20_00),
        (whole["id"], "payment", "", 50),
    ]
    people = await owner.fetch(
        "select p.name, p.position, p.authorised, k.value from debtor_people p"
        " join contact_points k on k.person_id = p.id where p.debtor_id = $1 order by p.name",
        whole["debtor_id"],
    )
    assert [tuple(person) for person in people] == [
        ("Li Na", "accounts payable", True, "li@haichuan.example"),
        ("Wang Wei", "", False, "+8657487654322"),
    ]
    async with transaction(actor.scope):
        await roll_back(actor, placement.id, "the wrong month")
    await work_off(agency_id=actor.agency_id)
    assert (await look(actor, placement)).status == "rolled_back"
    owed = "select sum(principal_minor + interest_minor + costs_minor) from cases where placement_id = $1"
    assert await owner.fetchval(owed, placement.id) == 0
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert [proof for proof in await prove(cast.nordkai.id) if not proof.ok] == []


async def test_what_was_taken_off_stands_below_the_invoices_for_everybody_who_reads_the_case(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    placement = await placed_by_a_system(cast.brandt_submitter.actor, [case("K-1", **WHOLE)])
    case_id = await owner.fetchval("select id from cases where placement_id = $1", placement.id)
    for person in (cast.brandt_viewer, cast.negotiator):
        page = (await (await visit(person)).get(f"/cases/{case_id}")).text
        assert "Credit note GS-7" in page and "−20.00" in page
