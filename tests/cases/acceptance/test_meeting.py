"""What was missing is supplied, answered, waived or asked for again; or the case is declined."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from cases.acceptance import deciding, reminding
from cases.acceptance.deciding import accept_answer, ask_again, decline, waive
from cases.acceptance.reminding import remind
from cases.acceptance.requirements import Requirement, answer, document_released, load_requirement
from cases.casework import CaseFile, load_case
from cases.recall.answer import object_to
from cases.recall.ask import ask_back, leave_it
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.ledger.prove import prove
from portal.mail.postbox import rendered
from portal.pages.text import speaking
from portal.people.actor import Actor
from portal.tenancy.database import as_job, transaction
from tests.cases.acceptance.given import STRICT, accept, cases_of, doing, lacks_of, three_cases
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit


@pytest.fixture
async def waiting(cast: Cast, owner: asyncpg.Connection) -> tuple[UUID, UUID]:
    """A case that waits for a contract, and one that is below the minimum."""
    await accept(cast.manager.actor, cast.brandt, STRICT)
    placement = await three_cases(cast.brandt_submitter.actor)
    large, small, _ = await cases_of(owner, placement.id)
    return large["id"], small["id"]


async def state(owner: asyncpg.Connection, case_id: UUID) -> tuple[str, str, str]:
    found = await owner.fetchrow("select status, next_action, next_action_reason from cases where id = $1", case_id)
    return tuple(found)


async def lack(owner: asyncpg.Connection, case_id: UUID) -> UUID:
    [found] = await lacks_of(owner, case_id)
    return UUID(str(found["id"]))


async def test_a_document_of_the_kind_takes_the_case_into_work_and_another_does_not(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, waiting: tuple[UUID, UUID]
) -> None:
    large, _ = waiting
    client = await visit(cast.brandt_submitter)

    async def send(kind: str) -> None:
        files = {"files": ("paper.txt", io.BytesIO(b"Signed on the first of May."), "text/plain")}
        sent = await client.post(f"/cases/{large}/documents", data={"kind": kind}, files=files)
        assert sent.status_code == 303
        await work_off(agency_id=cast.nordkai.id)

    await send("invoice")
    assert await state(owner, large) == ("needs_info", "get_documents", "acceptance")
    await send("contract")
    assert await state(owner, large) == ("active", "first_call", "placed")
    [met] = await lacks_of(owner, large)
    assert met["met_by"] == "document" and met["document_id"] is not None
    page = (await client.get(f"/cases/{large}")).text
    assert "What was missing has come" in page and "Taken into work" in page and 'id="missing"' not in page
    band = await owner.fetchval("select band from cases where id = $1", large)
    assert band <= 6


async def test_an_answer_waits_for_the_agency_which_takes_it_or_asks_again(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, waiting: tuple[UUID, UUID]
) -> None:
    _, small = waiting
    asked = await lack(owner, small)
    client, manager = await visit(cast.brandt_submitter), await visit(cast.manager)
    empty = await client.post(f"/requirements/{asked}/answer", data={f"answer-{asked}": " "})
    assert empty.status_code == 422 and f"f-answer-{asked}-error" in empty.text
    sent = await client.post(f"/requirements/{asked}/answer", data={f"answer-{asked}": "The rest was paid in June."})
    assert sent.headers["location"] == f"/cases/{small}"
    await work_off(agency_id=cast.nordkai.id)
    assert await state(owner, small) == ("needs_info", "review", "acceptance")
    listed = (await manager.get("/acceptance?show=answered")).text
    assert "Below the minimum" in listed and "1 answer" in listed
    again = await manager.post(f"/requirements/{asked}/question", data={f"question-{asked}": "Who paid?"})
    assert again.headers["location"] == f"/cases/{small}/acceptance"
    assert await state(owner, small) == ("needs_info", "ask_client", "acceptance")
    page = (await client.get(f"/cases/{small}")).text
    assert "Who paid?" in page and "The rest was paid in June." in page, "an earlier answer stays on the timeline"
    await doing(cast.brandt_admin.actor, answer, asked, "The debtor did.")
    with pytest.raises(Refused, match="answered already"):
        await doing(cast.brandt_submitter.actor, answer, asked, "Once more.")
    await manager.post(f"/requirements/{asked}/acceptance")
    assert await state(owner, small) == ("active", "first_call", "placed")
    with pytest.raises(Refused, match="settled"):
        await doing(cast.manager.actor, waive, asked, "twice")


async def test_a_waived_requirement_lets_the_case_go_and_its_reason_stays_in_the_house(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, waiting: tuple[UUID, UUID]
) -> None:
    large, _ = waiting
    asked = await lack(owner, large)
    manager = await visit(cast.manager)
    silent = await manager.post(f"/requirements/{asked}/waiver", data={})
    assert silent.status_code == 422 and f"f-reason-{asked}-error" in silent.text
    await manager.post(f"/requirements/{asked}/waiver", data={f"reason-{asked}": "An old customer of the house."})
    assert await state(owner, large) == ("active", "first_call", "placed")
    assert "An old customer" in (await manager.get(f"/cases/{large}/acceptance")).text
    theirs = (await (await visit(cast.brandt_admin)).get(f"/cases/{large}")).text
    assert "Taken without what was missing" in theirs and "An old customer" not in theirs


async def test_a_document_released_in_the_moment_of_a_waiver_counts_and_the_waiver_does_not(
    cast: Cast, owner: asyncpg.Connection, waiting: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    large, _ = waiting
    asked = await lack(owner, large)

    async def loaded(actor: Actor, requirement_id: UUID) -> tuple[CaseFile, Requirement]:
        found = await load_requirement(actor, requirement_id)
        document_id = await owner.fetchval(
            "insert into documents (agency_id, client_id, case_id, kind, file_name, size_bytes, object_key, created_at)"
            " values ($1, $2, $3, 'contract', 'contract.pdf', 1, 'x', now()) returning id",
            *(cast.nordkai.id, cast.brandt.id, large),
        )
        await owner.execute(
            "update case_requirements set met_at = now(), met_by = 'document', document_id = $2 where id = $1",
            *(requirement_id, document_id),
        )
        return found

    monkeypatch.setattr(deciding, "load_requirement", loaded)
    with pytest.raises(Refused, match="settled"):
        await doing(cast.manager.actor, waive, asked, "As agreed.")
    assert (await lacks_of(owner, large))[0]["met_by"] == "document"


async def test_a_declined_case_owes_nothing_tells_why_and_may_be_placed_again(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, waiting: tuple[UUID, UUID]
) -> None:
    large, _ = waiting
    await doing(cast.manager.actor, decline, large, "No contract, no case.")
    case = await owner.fetchrow("select * from cases where id = $1", large)
    assert (case["status"], case["close_code"], case["principal_minor"]) == ("closed", "declined", 0)
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert [check for check in await prove(cast.nordkai.id) if not check.ok] == []
    page = (await (await visit(cast.brandt_viewer)).get(f"/cases/{large}")).text
    assert "No contract, no case." in page and "Declined by the agency" in page
    with pytest.raises(Refused):
        await doing(cast.manager.actor, decline, large, "twice")
    again = await placed(cast.brandt_submitter.actor, [row(0, PrincipalAmount="8412.00")])
    assert again.summary["accepted"]["cases"] == 1
    accepted = await placed(cast.brandt_submitter.actor, [row(9)])
    [lacking_nothing] = await owner.fetch("select id from cases where placement_id = $1", accepted.id)
    await owner.execute(
        "update case_requirements set met_at = now(), met_by = 'waived' where case_id = $1", lacking_nothing[0]
    )
    with pytest.raises(Refused, match="Only a case that waits"):
        await doing(cast.manager.actor, decline, lacking_nothing[0], "too late")


async def test_a_case_asked_back_and_left_still_waits_for_what_it_lacked(
    cast: Cast, owner: asyncpg.Connection, waiting: tuple[UUID, UUID]
) -> None:
    large, small = waiting
    before = [await state(owner, case_id) for case_id in waiting]
    for case_id in waiting:
        await doing(cast.brandt_submitter.actor, ask_back, case_id, "business_relation")
    await doing(cast.brandt_submitter.actor, leave_it, large)
    await doing(cast.manager.actor, object_to, small, "They pay on Friday.")
    assert [await state(owner, case_id) for case_id in waiting] == before


ACTS: dict[str, Callable[[Actor, UUID, UUID], Awaitable[object]]] = {
    "answer": lambda actor, asked, _: answer(actor, asked, "Yes."),
    "accept": lambda actor, asked, _: accept_answer(actor, asked),
    "ask again": lambda actor, asked, _: ask_again(actor, asked, "Which?"),
    "waive": lambda actor, asked, _: waive(actor, asked, "As agreed."),
    "decline": lambda actor, _, case_id: decline(actor, case_id, "Too small."),
}
MAY = {
    "answer": {"brandt_admin", "brandt_submitter"},
    "accept": {"owner", "manager"},
    "ask again": {"owner", "manager", "negotiator"},
    "waive": {"owner", "manager"},
    "decline": {"owner", "manager"},
}


async def test_who_may_do_what(cast: Cast, owner: asyncpg.Connection, waiting: tuple[UUID, UUID]) -> None:
    _, small = waiting
    asked = await lack(owner, small)
    await owner.execute("update case_requirements set answered_at = now() where id = $1", asked)
    people = ("manager", "negotiator", "finance", "auditor", "brandt_submitter", "brandt_viewer")
    for name, act in ACTS.items():
        for who in people:
            person = cast.people[who]
            if who not in MAY[name]:
                with pytest.raises(Forbidden):
                    await doing(person.actor, act, asked, small)
        for stranger in ("huadong_owner", "lanting_submitter", "mingda_submitter"):
            with pytest.raises((NotFound, Forbidden)):
                await doing(cast.people[stranger].actor, act, asked, small)
    with pytest.raises(NotFound):
        await doing(cast.lanting_submitter.actor, answer, asked, "Not mine.")
    with pytest.raises(NotFound):
        await doing(cast.brandt_submitter.actor, answer, uuid4(), "Nobody's.")


async def test_a_case_that_waits_for_nothing_is_not_touched_by_its_documents(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    placement = await three_cases(cast.brandt_submitter.actor)
    case_id = (await cases_of(owner, placement.id))[0]["id"]
    async with transaction(cast.brandt_submitter.actor.scope):
        actor = cast.brandt_submitter.actor
        await document_released(actor, await load_case(actor, case_id), "contract", uuid4())
    assert await state(owner, case_id) == ("active", "first_call", "placed")


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """To whom mails went, and what they say."""
    sent: list[tuple[str, str]] = []

    async def send(to: str, template: str, *, language: str, time_zone: str, **context: object) -> None:
        with speaking(language, time_zone):
            sent.append((to, "\n".join(rendered(template, {"base_url": "https://portal.example", **context}))))

    monkeypatch.setattr(reminding, "send_mail", send)
    return sent


async def test_whoever_hands_over_hears_once_a_morning_what_waits_and_no_debtors_name(
    cast: Cast, waiting: tuple[UUID, UUID], mails: list[tuple[str, str]]
) -> None:
    payload = {"agency_id": str(cast.nordkai.id)}
    await remind(payload)
    await remind(payload)
    await work_off(agency_id=cast.nordkai.id)
    assert sorted(to for to, _ in mails) == sorted([cast.brandt_admin.email, cast.brandt_submitter.email])
    assert all("2 cases of Brandt & Söhne wait" in text and "Ferretti" not in text for _, text in mails)
    # Nothing new was asked: silence until Monday.
    days = {(clock.now() + timedelta(days=ahead)).weekday(): ahead for ahead in range(2, 9)}
    for weekday, heard in ((2, 0), (0, 2)):
        mails.clear()
        with clock.at((clock.now() + timedelta(days=days[weekday])).replace(hour=9)):
            await remind(payload)
            await work_off(agency_id=cast.nordkai.id)
        assert len(mails) == heard


async def test_a_client_is_told_by_mail_why_a_case_was_declined(
    cast: Cast, waiting: tuple[UUID, UUID], mails: list[tuple[str, str]]
) -> None:
    await doing(cast.manager.actor, decline, waiting[1], "Too small for us.")
    assert sorted(to for to, _ in mails) == sorted([cast.brandt_admin.email, cast.brandt_submitter.email])
    assert all("Too small for us." in text for _, text in mails)
