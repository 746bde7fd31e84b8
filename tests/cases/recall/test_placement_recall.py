"""A client asks for a placement back: what stands of it, answered together or case by case, told in one mail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cases.disputes import dispute
from cases.intake.placement import PlacementFile
from cases.queues.claim import claim_next
from cases.recall.answer import agree_each, give_back, object_to
from cases.recall.ask import Wish, ask_each, set_aside
from cases.recall.final import make_final_each
from cases.recall.placement import following
from cases.recall.placement.acts import ask_placement_back, give_placement_back, leave_placement, object_to_placement
from cases.recall.placement.mail import COLLECTED_FOR
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.people.behalf import on_behalf
from portal.tenancy.database import connection, transaction
from tests.billing.money import NOON, TODAY, agreed, look, pay, promised, wrong
from tests.cases.casework import placed_case
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.cases.recalling import ask
from tests.letterbox import Letterbox
from tests.people import Cast, Person, Visit


async def handed_over(person: Person, count: int = 3) -> PlacementFile:
    with clock.at(NOON):
        return await placed(person.actor, [row(number, PrincipalAmount="100.00") for number in range(count)])


async def doing(person: Person, act: Callable[..., Awaitable[Any]], *said: object) -> Any:
    """One thing in a transaction of its own, and the jobs that follow from it at once."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            result = await act(person.actor, *said)
        await work_off(agency_id=person.actor.agency_id)
    return result


async def cases_of(owner: asyncpg.Connection, placement: PlacementFile) -> list[UUID]:
    rows = await owner.fetch("select id from cases where placement_id = $1 order by number", placement.id)
    return [row["id"] for row in rows]


async def recalls(owner: asyncpg.Connection, placement: PlacementFile) -> list[str]:
    rows = await owner.fetch(
        "select coalesce((select status from recalls r where r.case_id = c.id order by r.id desc limit 1), '') as status"
        " from cases c where placement_id = $1 order by number", placement.id,
    )  # fmt: skip
    return [row["status"] for row in rows]


async def test_what_stands_is_asked_for_once_and_each_case_may_be_answered_by_itself(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    await agreed(cast, cast.brandt)
    placement = await handed_over(cast.brandt_submitter, 4)
    paid, recalled, disputed, last = await cases_of(owner, placement)
    await pay(cast.finance, paid, 10_000)
    await ask(cast.brandt_submitter, recalled)
    await doing(cast.manager, give_back, recalled)
    await doing(cast.negotiator, dispute, disputed, "price")
    first = await doing(cast.brandt_submitter, ask_placement_back, placement.id, "claim_dropped", "All of them.")
    again = await doing(cast.brandt_admin, ask_placement_back, placement.id, "other", "Once more.")
    assert again.id == first.id, "asked again, it is as it was asked first"
    assert await recalls(owner, placement) == ["", "final", "pending", "pending"]
    for case_id in (disputed, last):
        assert (await look(cast.manager.actor, case_id)).situation == "recall_pending"
    assert await doing(cast.negotiator, claim_next) is None
    letterbox.kept.clear()
    await doing(cast.manager, object_to, disputed, "We are close.")
    await doing(cast.manager, give_placement_back, placement.id)
    assert await recalls(owner, placement) == ["", "final", "objected", "final"]
    gone = await look(cast.brandt_viewer.actor, last)
    assert (gone.status, gone.close_code, gone.balance_minor) == ("closed", "withdrawn", 0)
    stays = await look(cast.manager.actor, disputed)
    assert (stays.next_action, stays.next_action_reason, stays.recall_asked_on) == ("review", "recall_objected", None)
    assert await wrong(cast.nordkai.id) == []
    with clock.at(NOON + COLLECTED_FOR + timedelta(seconds=5)):
        await work_off(agency_id=cast.nordkai.id)
    told = {people[0]: str(mail.get_content()) for people, mail in letterbox.kept}
    assert set(told) == {cast.brandt_submitter.email, cast.brandt_admin.email} and len(letterbox.kept) == 2
    assert "1 has gone back" in told[cast.brandt_admin.email] and "We are close." in told[cast.brandt_admin.email]
    actions = await owner.fetch(
        "select action, actor_name from audit_events where subject_id = $1 and action like '%recall%' order by id",
        placement.id,
    )
    assert [tuple(one) for one in actions] == [
        ("placement.recall_asked", cast.brandt_submitter.name),
        ("placement.recall_agreed", cast.manager.name),
    ]
    of_case = await owner.fetch(
        "select action, actor_name from audit_events where subject_id = $1 and action ~ 'recall|closed' order by id",
        last,
    )
    assert [one["action"] for one in of_case] == ["recall.asked", "recall.agreed", "recall.final", "case.closed"]
    assert of_case[0]["actor_name"] == cast.brandt_submitter.name and of_case[1]["actor_name"] == cast.manager.name


async def test_who_may_ask_for_a_placement_and_who_may_answer(cast: Cast, owner: asyncpg.Connection) -> None:
    placement = await handed_over(cast.brandt_submitter, 2)
    for person, error in (
        (cast.brandt_viewer, Forbidden),
        (cast.manager, Forbidden),
        (cast.lanting_submitter, NotFound),
        (cast.mingda_submitter, NotFound),
    ):
        with pytest.raises(error):
            await doing(person, ask_placement_back, placement.id, "claim_dropped")
    with pytest.raises(Refused, match="choose"):
        await doing(cast.brandt_submitter, ask_placement_back, placement.id, "whim")
    await doing(cast.brandt_submitter, ask_placement_back, placement.id, "claim_dropped")
    for person, error in ((cast.negotiator, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_owner, NotFound)):
        with pytest.raises(error):
            await doing(person, give_placement_back, placement.id)
        with pytest.raises(error):
            await doing(person, object_to_placement, placement.id, "No.")
    for person, error in ((cast.lanting_submitter, NotFound), (cast.brandt_viewer, Forbidden)):
        with pytest.raises(error):
            await doing(person, leave_placement, placement.id)
    await doing(cast.manager, object_to_placement, placement.id, "They pay on Friday.")
    with pytest.raises(Refused, match="answered already"):
        await doing(cast.manager, give_placement_back, placement.id)
    await doing(cast.brandt_submitter, leave_placement, placement.id)
    assert await recalls(owner, placement) == ["withdrawn", "withdrawn"]
    with pytest.raises(NotFound):
        await doing(cast.brandt_submitter, leave_placement, placement.id)
    # All of them stand again, so that they may be asked for anew; and in the end none does.
    await doing(cast.brandt_submitter, ask_placement_back, placement.id, "claim_dropped")
    await agreed(cast, cast.brandt)
    await pay(cast.finance, (await cases_of(owner, placement))[0], 10_000)
    await doing(cast.manager, give_placement_back, placement.id)
    assert await recalls(owner, placement) == ["pending", "final"], "the debtor paid first: it lapses on its day"
    with pytest.raises(NotFound):
        await doing(cast.manager, give_placement_back, placement.id)
    with pytest.raises(Refused, match="No case"):
        await doing(cast.brandt_submitter, ask_placement_back, placement.id, "claim_dropped")


async def test_the_job_may_run_in_batches_several_times_and_at_once(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    placement = await handed_over(cast.brandt_submitter)
    monkeypatch.setattr(following, "BATCH", 1)
    for person, act, said in (
        (cast.brandt_submitter, ask_placement_back, ("own_collection",)),
        (cast.manager, give_placement_back, ()),
    ):
        with clock.at(NOON):
            async with transaction(person.actor.scope):
                asked = await act(person.actor, placement.id, *said)
            payload = {"agency_id": str(cast.nordkai.id), "placement_recall_id": str(asked.id)}
            await asyncio.gather(*(following.follow_placement(payload) for _ in range(2)))
            await work_off(agency_id=cast.nordkai.id)
    assert await recalls(owner, placement) == ["final"] * 3
    assert await owner.fetchval("select count(*) from recalls where client_id = $1", cast.brandt.id) == 3
    assert await owner.fetchval("select count(*) from journals where source = 'recall' and agency_id = $1",
                                cast.nordkai.id) == 3  # fmt: skip
    assert await wrong(cast.nordkai.id) == []


async def test_many_cases_take_no_more_queries_than_one(cast: Cast) -> None:
    queries: dict[int, int] = {}
    for count in (1, 3):
        ids = [await placed_case(cast.nordkai, cast.brandt) for _ in range(count)]
        cases = [await look(cast.manager.actor, case_id) for case_id in ids]
        with clock.at(NOON):
            async with transaction(on_behalf(cast.manager.actor).scope):
                asked: list[object] = []
                with connection().query_logger(asked.append):
                    recall_ids = await ask_each(cast.brandt_submitter.actor, cases, Wish("claim_dropped"))
                    await set_aside(cast.manager.actor, cases)
                    found = dict(zip(recall_ids, cases, strict=True))
                    await agree_each(cast.manager.actor, found)
                    await make_final_each(cast.manager.actor, found)
        queries[count] = len(asked)
    assert queries[1] == queries[3] > 10


async def test_the_pages_show_the_sums_ask_and_answer(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    placement = await handed_over(cast.brandt_submitter)
    first, second, _ = await cases_of(owner, placement)
    await promised(first, cast.negotiator, 4_000, TODAY + timedelta(days=5))
    await ask(cast.brandt_submitter, second)
    path = f"/placements/{placement.id}/recall"
    with clock.at(NOON):
        client, lead = await visit(cast.brandt_submitter), await visit(cast.manager)
        page = (await client.get(path)).text.replace("\xa0", " ")
        assert "Ask for 2 cases back" in page and "200.00" in page and "1 other case" in page
        assert "90 days left of 90" in page and "1 promise of EUR 40.00 is open" in page
        assert "only be asked back" in (await client.get(f"/placements/{placement.id}")).text
        refused = await client.post(path, data={"reason": "other"})
        assert refused.status_code == 422 and 'id="f-note-error"' in refused.text
        assert (await client.post(path, data={"reason": "claim_dropped"})).status_code == 303
        await work_off(agency_id=cast.nordkai.id)
        waiting = (await lead.get("/requests")).text
        assert path in waiting and f"/cases/{first}/recall" not in waiting and f"/cases/{second}/recall" in waiting
        assert "Leave 2 cases" in (await client.get(path)).text
        assert (await lead.post(f"{path}/answer", data={"verdict": "object", "answer": ""})).status_code == 422
        assert (await lead.post(f"{path}/answer", data={"verdict": "give_back"})).status_code == 303
        assert "Each of the cases is seen to" in (await lead.get(path)).text
        await work_off(agency_id=cast.nordkai.id)
        page = (await client.get(path)).text
        assert page.count("Gone back<") >= 2 and "Leave" not in page
        assert (await (await visit(cast.lanting_submitter)).get(path)).status_code == 404
