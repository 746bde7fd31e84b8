"""A client asks for a case back: nobody calls, those who lead answer, and what is left of the claim goes back once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.payments.receipts import record
from cases.contact.check import check
from cases.contact.question import Channel, Direction
from cases.contact.rules import Verdict
from cases.disputes import dispute
from cases.new_day import new_day
from cases.pauses import hold
from cases.queues.claim import claim_next
from cases.recall.answer import give_back, object_to
from cases.recall.ask import insist, leave_it
from cases.recall.final import make_due_final
from cases.recall.register import waiting_recalls
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.ledger.balances import debtor_balance
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, look, pay, promise_status, promised, wrong
from tests.billing.payments.test_taking_back import take_back
from tests.cases.casework import MONDAY, placed_case
from tests.cases.recalling import ask
from tests.letterbox import Letterbox
from tests.people import Cast, Person, Visit

WHEN_FINAL = MONDAY + timedelta(days=10)


async def answer(person: Person, case_id: UUID, objection: str | None = None) -> None:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            if objection is None:
                await give_back(person.actor, case_id)
            else:
                await object_to(person.actor, case_id, objection)


async def status_of(owner: asyncpg.Connection, case_id: UUID) -> str:
    found: str = await owner.fetchval("select status from recalls where case_id = $1 order by id desc limit 1", case_id)
    return found


async def test_while_it_is_pending_nobody_contacts_the_debtor_and_those_who_lead_are_asked(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    case = await look(cast.negotiator.actor, case_id)
    assert (case.situation, case.band, case.recall_asked_on) == ("recall_pending", 6, TODAY)
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            for channel in (Channel.CALL, Channel.EMAIL):
                decision, _, _ = await check(cast.negotiator.actor, case, channel, None)
                assert decision.verdict is Verdict.HOLD and "ANY-RECALL" in [hit.rule_id for hit in decision.hits]
            called, _, _ = await check(cast.negotiator.actor, case, Channel.CALL, None, direction=Direction.INBOUND)
            assert called.verdict is Verdict.ALLOW, "whoever calls us is heard"
            assert await claim_next(cast.negotiator.actor) is None
        async with transaction(cast.manager.actor.scope):
            [waiting], _ = await waiting_recalls(cast.manager.actor)
    assert (waiting.case_id, waiting.final_on) == (case_id, TODAY + timedelta(days=10))
    with pytest.raises(Refused, match="already"):
        await ask(cast.brandt_submitter, case_id)


async def test_who_may_ask_and_who_may_answer(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for person, error in (
        (cast.brandt_viewer, Forbidden),
        (cast.manager, Forbidden),
        (cast.lanting_submitter, NotFound),
        (cast.mingda_submitter, NotFound),
    ):
        with pytest.raises(error):
            await ask(person, case_id)
    with pytest.raises(Refused, match="choose"):
        await ask(cast.brandt_submitter, case_id, "whim")
    await ask(cast.brandt_submitter, case_id)
    for person, error in ((cast.negotiator, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_owner, NotFound)):
        with pytest.raises(error):
            await answer(person, case_id)
        with pytest.raises(error):
            await answer(person, case_id, "we are close")
    async with transaction(cast.lanting_submitter.actor.scope):
        for act in (
            leave_it(cast.lanting_submitter.actor, case_id),
            insist(cast.lanting_submitter.actor, case_id, "x"),
        ):
            with pytest.raises(NotFound):
                await act


async def test_given_back_the_claim_leaves_the_books_and_nothing_is_left_open(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await agreed(cast, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 10_000, TODAY + timedelta(days=5))
    with clock.at(MONDAY):
        async with transaction(cast.negotiator.actor.scope):
            await dispute(cast.negotiator.actor, case_id, "price", amount_minor=5_000)
            await hold(cast.negotiator.actor, case_id, TODAY + timedelta(days=9), "talks")
    await pay(cast.finance, case_id, 30_000)
    await ask(cast.brandt_submitter, case_id)
    await answer(cast.manager, case_id)
    case = await look(cast.brandt_viewer.actor, case_id)
    assert (case.status, case.close_code, case.balance_minor, case.placed_minor) == ("closed", "withdrawn", 0, 100_000)
    assert (case.on_hold_until, case.recall_asked_on) == (None, None)
    assert await promise_status(owner, promise_id) != "open"
    assert (
        await owner.fetchval("select count(*) from disputes where case_id = $1 and answered_at is null", case_id) == 0
    )
    lines = await owner.fetch(
        "select source, kind, amount_minor from journals j join journal_lines l on l.journal_id = j.id"
        " where l.case_id = $1 and account = 9000 order by j.id", case_id,
    )  # fmt: skip
    assert [tuple(line) for line in lines][-1] == ("recall", "claim recalled", -70_000)
    assert await wrong(cast.nordkai.id) == []
    # The reference is free: a new case may bear it.
    await owner.execute("update cases set reference = $2 where id = $1",
                        await placed_case(cast.nordkai, cast.brandt), case.reference)  # fmt: skip
    await work_off(agency_id=cast.nordkai.id)
    told = {people[0]: mail for people, mail in letterbox.kept}
    assert set(told) == {cast.brandt_submitter.email, cast.brandt_admin.email}, "who asked, and who administers"
    assert case.number in told[cast.brandt_admin.email]["Subject"]
    assert case.debtor_name not in str(told[cast.brandt_admin.email])


async def test_without_an_answer_it_is_final_on_its_day_once_however_often_the_job_runs(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, paid_id = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.brandt)
    await agreed(cast, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    await ask(cast.brandt_submitter, paid_id)
    await pay(cast.finance, paid_id, 100_000)
    job = {"agency_id": str(cast.nordkai.id)}
    with clock.at(WHEN_FINAL - timedelta(days=1)):
        await make_due_final(job)
    assert await status_of(owner, case_id) == "pending"
    with clock.at(WHEN_FINAL):
        await asyncio.gather(make_due_final(job), make_due_final(job))
        await make_due_final(job)
    assert await status_of(owner, case_id) == "final"
    assert await status_of(owner, paid_id) == "lapsed", "the debtor paid first"
    assert await owner.fetchval("select count(*) from journals where source = 'recall' and agency_id = $1",
                                cast.nordkai.id) == 1  # fmt: skip
    assert (await look(cast.manager.actor, paid_id)).close_code == "paid_in_full"


async def test_at_the_agencys_midnight_the_day_makes_recalls_final(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    midnight = (WHEN_FINAL - timedelta(days=1)).replace(hour=23, minute=5)
    with clock.at(midnight):
        await new_day({})
        await work_off(agency_id=cast.nordkai.id)
    assert await status_of(owner, case_id) == "final"


async def test_the_agency_objects_while_its_time_runs_and_the_client_has_the_next_word(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    with pytest.raises(Refused, match="fill"):
        await answer(cast.manager, case_id, " ")
    await answer(cast.manager, case_id, "They pay on Friday.")
    case = await look(cast.negotiator.actor, case_id)
    assert (case.situation, case.next_action, case.next_action_reason) == ("new", "review", "recall_objected")
    with pytest.raises(Refused, match="answered"):
        await answer(cast.manager, case_id, "Again no.")
    with clock.at(NOON):
        async with transaction(cast.brandt_submitter.actor.scope):
            await insist(cast.brandt_submitter.actor, case_id, "They are our largest customer.")
    assert (await look(cast.negotiator.actor, case_id)).situation == "recall_pending"
    with clock.at(NOON):
        async with transaction(cast.brandt_submitter.actor.scope):
            await leave_it(cast.brandt_submitter.actor, case_id)
    assert await status_of(owner, case_id) == "withdrawn"
    old = await placed_case(cast.nordkai, cast.brandt, placed_at=MONDAY - timedelta(days=90))
    await ask(cast.brandt_submitter, old)
    with pytest.raises(Refused, match="until 22"):
        await answer(cast.manager, old, "Too late.")


async def test_money_after_a_recall_is_the_clients_and_bears_the_fee_only_where_it_was_promised(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await agreed(cast, cast.brandt)
    await promised(case_id, cast.negotiator, 10_000, TODAY + timedelta(days=5))
    await ask(cast.brandt_submitter, case_id)
    await answer(cast.manager, case_id)
    first = await pay(cast.finance, case_id, 12_000, on=TODAY + timedelta(days=3), at=NOON + timedelta(days=3))
    assert (first.amount_minor, first.surplus_minor, first.fee_minor) == (12_000, 0, 2_500)
    assert "recalled" in first.explanation.sentence
    late = TODAY + timedelta(days=31)
    second = await pay(cast.finance, case_id, 5_000, on=late, at=NOON + timedelta(days=31))
    assert (second.amount_minor, second.fee_minor) == (5_000, 0)
    case = await look(cast.finance.actor, case_id)
    assert (case.balance_minor, case.status, case.close_code) == (0, "closed", "withdrawn")
    await take_back(cast.finance, second.id, on=late, days=31)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 0, "what it had paid goes back to the client"
    assert await wrong(cast.nordkai.id) == []


async def test_money_that_came_before_a_recall_bears_its_fee_though_it_is_recorded_after_it(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await agreed(cast, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    await answer(cast.manager, case_id)
    payment = await pay(cast.finance, case_id, 12_000, on=TODAY - timedelta(days=1))
    assert (payment.amount_minor, payment.surplus_minor, payment.fee_minor) == (12_000, 0, 3_000)
    assert "recalled" not in payment.explanation.sentence
    assert (await look(cast.finance.actor, case_id)).balance_minor == 0
    assert await wrong(cast.nordkai.id) == []


async def test_a_payment_in_the_moment_of_the_recall_is_kept_whichever_comes_first(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await agreed(cast, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    with clock.at(WHEN_FINAL):

        async def paid() -> None:
            async with transaction(cast.finance.actor.scope):
                await record(cast.finance.actor, case_id, 40_000, WHEN_FINAL.date(), "bank", "B-1")

        await asyncio.gather(make_due_final({"agency_id": str(cast.nordkai.id)}), paid())
    assert await status_of(owner, case_id) == "final"
    assert await owner.fetchval("select sum(amount_minor) from payments where case_id = $1", case_id) == 40_000
    async with transaction(cast.manager.actor.scope, read_only=True):
        assert set((await debtor_balance(cast.nordkai.id, case_id)).values()) == {0}
    assert await wrong(cast.nordkai.id) == []


async def test_one_that_cannot_be_made_final_keeps_no_other_waiting(cast: Cast, owner: asyncpg.Connection) -> None:
    first, broken, last = [await placed_case(cast.nordkai, cast.brandt) for _ in range(3)]
    for case_id in (first, broken, last):
        await ask(cast.brandt_submitter, case_id)
    await owner.execute("update cases set currency = 'QQQ' where id = $1", broken)
    with clock.at(WHEN_FINAL):
        for _ in range(2):
            with pytest.raises(Exception, match="QQQ"):
                await make_due_final({"agency_id": str(cast.nordkai.id)})
            found = [await status_of(owner, case_id) for case_id in (first, broken, last)]
            assert found == ["final", "pending", "final"]
        await owner.execute("update cases set currency = 'EUR' where id = $1", broken)
        await make_due_final({"agency_id": str(cast.nordkai.id)})
    assert await status_of(owner, broken) == "final"


async def test_the_pages_show_the_rules_ask_and_answer(cast: Cast, visit: Visit) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await promised(case_id, cast.negotiator, 10_000, TODAY + timedelta(days=5))
    path = f"/cases/{case_id}/recall"
    with clock.at(NOON):
        client, lead, other = (
            await visit(cast.brandt_submitter),
            await visit(cast.manager),
            await visit(cast.negotiator),
        )
        page = (await client.get(path)).text.replace("\xa0", " ")
        assert "70 days left of 90" in page and "is promised by 28 Nov" in page
        refused = await client.post(path, data={"reason": "other"})
        assert refused.status_code == 422 and 'id="f-note-error"' in refused.text
        assert (await client.post(path, data={"reason": "claim_dropped"})).status_code == 303
        assert "You asked for this case back" in (await client.get(f"/cases/{case_id}")).text
        assert str(case_id) in (await lead.get("/requests")).text
        assert (await other.get("/requests")).status_code == 403
        assert "Give the case back now" not in (await other.get(path)).text
        assert (await lead.post(f"{path}/answer", data={"verdict": "object", "answer": ""})).status_code == 422
        assert (await lead.post(f"{path}/answer", data={"verdict": "give_back"})).status_code == 303
        assert "Gone back on" in (await client.get(path)).text
        assert "Given back to the client" in (await lead.get(f"/cases/{case_id}")).text


def test_days_of_exclusivity_count_from_the_day_of_placement() -> None:
    from cases.recall.rules import RecallRules, RecallTerms

    def rules(days: int, today: date) -> RecallRules:
        return RecallRules(terms=RecallTerms(days, 10, 30), today=today, placed_on=date(2026, 11, 1), currency="EUR",
                           balance_minor=1)  # fmt: skip

    assert [rules(30, date(2026, 11, day)).days_left for day in (1, 30)] == [30, 1]
    assert not rules(30, date(2026, 12, 1)).may_object
    assert not rules(0, date(2026, 11, 1)).may_object
