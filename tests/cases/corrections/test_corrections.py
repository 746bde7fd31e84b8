"""A client corrects its claim: a new figure with a reason, less at once, more once the agency accepts it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from cases.corrections.correct import correct
from cases.corrections.decide import accept, refuse
from cases.corrections.register import figures, load_correction
from cases.corrections.rules import Wanted
from cases.corrections.tables import CorrectionStatus
from cases.disputes import dispute
from cases.pauses import close
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.tables import Component
from portal.tenancy.database import transaction
from tests.billing.giving_up import written_off
from tests.billing.money import NOON, TODAY, agreed, allocated_to, look, pay, promise_status, promised, wrong
from tests.cases.api.test_api import key_of
from tests.cases.casework import placed_case
from tests.cases.recalling import claim
from tests.people import Cast, Person, Visit


async def claimed(person: Person, case_id: UUID, component: Component = Component.PRINCIPAL) -> tuple[int, int]:
    """What is claimed and open, as that person sees it."""
    case = await look(person.actor, case_id)
    async with transaction(person.actor.scope, read_only=True):
        figure = (await figures(case))[component]
    return figure.claimed_minor, figure.open_minor


async def test_less_is_posted_at_once_without_a_fee_and_what_was_placed_stays(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000)
    promise_id = await promised(case_id, cast.negotiator, 70_000, TODAY + timedelta(days=5), at=NOON)
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await dispute(cast.negotiator.actor, case_id, "price", amount_minor=65_000)
    correction = await claim(cast.brandt_submitter, case_id, 90_000)
    assert (correction.status, correction.before_minor, correction.difference_minor) == ("posted", 100_000, -10_000)
    assert await claimed(cast.brandt_submitter, case_id) == (90_000, 60_000)
    case = await look(cast.manager.actor, case_id)
    assert (case.placed_minor, case.balance_minor, case.is_open) == (100_000, 60_000, True)
    assert await owner.fetchval("select amount_minor from promises where id = $1", promise_id) == 60_000
    assert await owner.fetchval("select amount_minor from disputes where case_id = $1", case_id) == 60_000
    assert await owner.fetchval("select sum(amount_minor) from journal_lines where account = 4000 and agency_id = $1",
                                cast.nordkai.id) == -payment.fee_minor  # fmt: skip
    assert await wrong(cast.nordkai.id) == []


async def test_down_to_what_was_paid_the_case_ends_as_paid_and_without_money_as_wrongly_claimed(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    paid_id, unpaid_id = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.brandt)
    await pay(cast.finance, paid_id, 30_000)
    promise_id = await promised(paid_id, cast.negotiator, 1_000, TODAY + timedelta(days=5), at=NOON)
    with pytest.raises(Refused, match="300"):
        await claim(cast.brandt_submitter, paid_id, 29_999)
    await claim(cast.brandt_submitter, paid_id, 30_000)
    await claim(cast.brandt_submitter, unpaid_id, 0)
    for case_id, code in ((paid_id, "paid_in_full"), (unpaid_id, "invalid_case_data")):
        case = await look(cast.manager.actor, case_id)
        assert (case.status, case.close_code, case.balance_minor) == ("closed", code, 0)
    assert (await promise_status(owner, promise_id))[0] == "withdrawn"
    with pytest.raises(Refused, match="closed"):
        await claim(cast.brandt_submitter, paid_id, 100_000, "claim_too_low")
    assert await wrong(cast.nordkai.id) == []


async def test_more_is_posted_only_once_a_person_of_the_agency_accepts_it(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    higher = await claim(cast.brandt_submitter, case_id, 120_000, "claim_too_low")
    assert (higher.status, await claimed(cast.brandt_submitter, case_id)) == ("proposed", (100_000, 100_000))
    with pytest.raises(Refused, match="waits"):
        await claim(cast.brandt_submitter, case_id, 130_000, "claim_too_low")
    async with transaction(cast.brandt_admin.actor.scope):
        with pytest.raises(Forbidden):
            await accept(cast.brandt_admin.actor, higher.id)
    async with transaction(cast.huadong_owner.actor.scope):
        with pytest.raises(NotFound):
            await accept(cast.huadong_owner.actor, higher.id)
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            await accept(cast.manager.actor, higher.id)
            with pytest.raises(Refused, match="already"):
                await refuse(cast.manager.actor, higher.id, "No.")
    assert await claimed(cast.brandt_submitter, case_id) == (120_000, 120_000)
    interest = await claim(cast.brandt_submitter, case_id, 5_000, "claim_too_low", component=Component.INTEREST)
    await claim(cast.brandt_submitter, case_id, 110_000)
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            with pytest.raises(Refused, match="fill"):
                await refuse(cast.manager.actor, interest.id, "")
            await refuse(cast.manager.actor, interest.id, "It is counted from the day of delivery.")
            assert (await load_correction(cast.manager.actor, interest.id)).status is CorrectionStatus.REFUSED
    assert (await look(cast.manager.actor, case_id)).balance_minor == 110_000
    assert await wrong(cast.nordkai.id) == []


async def test_as_what_a_given_up_claim_closes_is_told_by_the_money_that_came_and_not_by_the_figure_placed(
    cast: Cast,
) -> None:
    await agreed(cast, cast.brandt)
    raised, lowered = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.brandt)
    higher = await claim(cast.brandt_submitter, raised, 200_000, "claim_too_low")
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            await accept(cast.manager.actor, higher.id)
    await claim(cast.brandt_submitter, lowered, 40_000)
    await pay(cast.finance, raised, 50_000)
    given_up = await written_off(cast.negotiator, cast.brandt_admin, raised)
    assert (given_up.total_minor, given_up.claimed_minor, given_up.close_code) == (150_000, 200_000, "settled_in_full")
    given_up = await written_off(cast.negotiator, cast.brandt_admin, lowered)
    assert (given_up.total_minor, given_up.claimed_minor, given_up.close_code) == (40_000, 40_000, "uneconomical")
    assert await wrong(cast.nordkai.id) == []


async def test_who_proposed_a_higher_claim_does_not_accept_it_under_another_hat(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    higher = await claim(cast.brandt_submitter, case_id, 120_000, "claim_too_low")
    also_manager = replace(cast.manager.actor, user_id=cast.brandt_submitter.actor.user_id)
    async with transaction(also_manager.scope):
        with pytest.raises(Refused) as refusal:
            await accept(also_manager, higher.id)
    assert refusal.value.code == "own_proposal"


async def test_a_higher_claim_is_not_accepted_once_the_figure_it_stands_on_has_moved(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    higher = await claim(cast.brandt_submitter, case_id, 120_000, "claim_too_low")
    await claim(cast.brandt_submitter, case_id, 80_000)
    async with transaction(cast.manager.actor.scope):
        with pytest.raises(Refused, match="since this was proposed"):
            await accept(cast.manager.actor, higher.id)


async def test_who_may_correct_and_what_will_not_do(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for person, error in (
        (cast.brandt_viewer, Forbidden),
        (cast.manager, Forbidden),
        (cast.lanting_submitter, NotFound),
        (cast.mingda_submitter, NotFound),
    ):
        with pytest.raises(error):
            await claim(person, case_id, 90_000)
    with pytest.raises(Refused, match="already"):
        await claim(cast.brandt_submitter, case_id, 100_000)
    with pytest.raises(Refused, match="a payment, not a correction"):
        await claim(cast.brandt_submitter, case_id, 90_000, "paid_before_placement", on=TODAY)
    with pytest.raises(Refused, match="not come"):
        await claim(cast.brandt_submitter, case_id, 90_000, on=TODAY + timedelta(days=1))


async def test_a_payment_in_the_same_moment_is_not_corrected_over(cast: Cast) -> None:
    """Whoever comes second sees what the first left: the figure that was on the page has moved, and nothing is lost."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    seen = (await figures_now(cast, case_id)).fingerprint
    done = await asyncio.gather(
        pay(cast.finance, case_id, 95_000),
        claim(cast.brandt_submitter, case_id, 90_000, shown=seen),
        return_exceptions=True,
    )
    moved = [error for error in done if isinstance(error, BaseException)]
    case = await look(cast.manager.actor, case_id)
    if moved:
        assert isinstance(moved[0], Refused) and moved[0].code == "changed_meanwhile"
        assert case.balance_minor == 5_000
    else:
        assert (case.balance_minor, case.close_code) == (0, "paid_in_full"), (
            "what was paid too much is kept for the debtor"
        )
    assert await wrong(cast.nordkai.id) == []
    second_tab = await placed_case(cast.nordkai, cast.brandt)
    await claim(cast.brandt_submitter, second_tab, 80_000, shown="100000 100000")
    with pytest.raises(Refused, match="800"):
        await claim(cast.brandt_submitter, second_tab, 90_000, shown="100000 100000")


async def figures_now(cast: Cast, case_id: UUID):  # type: ignore[no-untyped-def]
    case = await look(cast.brandt_submitter.actor, case_id)
    async with transaction(cast.brandt_submitter.actor.scope, read_only=True):
        return (await figures(case))[Component.PRINCIPAL]


async def test_a_figure_changed_behind_the_portals_back_is_found(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    correction = await claim(cast.brandt_submitter, case_id, 90_000)
    await owner.execute("update claim_corrections set after_minor = 80000 where id = $1", correction.id)
    assert any("differs from its journal" in one for one in await wrong(cast.nordkai.id))
    await owner.execute("update claim_corrections set after_minor = 90000 where id = $1", correction.id)
    assert await wrong(cast.nordkai.id) == []


async def test_what_was_refused_leaves_the_client_seeing_only_its_own(cast: Cast) -> None:
    """The posting part sees with the agency's eyes; a refusal within it must not leave them open."""
    case_id, theirs = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.lanting)
    actor = cast.brandt_submitter.actor
    async with transaction(actor.scope):
        wanted = Wanted(kind="credit_note", component=Component.PRINCIPAL, after_minor=1, reason="x", on=TODAY)
        await correct(actor, case_id, wanted)
        with pytest.raises(NotFound):
            await look_again(actor, theirs)


async def look_again(actor, case_id: UUID) -> None:  # type: ignore[no-untyped-def]
    from cases.casework import load_case

    await load_case(actor, case_id)


async def test_the_page_shows_placed_corrected_and_claimed(cast: Cast, visit: Visit) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await allocated_to(case_id, cast.nordkai.id, interest=2_000)
    path = f"/cases/{case_id}/corrections"
    with clock.at(NOON):
        client, lead = await visit(cast.brandt_submitter), await visit(cast.manager)
        page = (await client.get(path)).text
        seen = page.split('name="seen" value="')[1].split('"')[0]
        form = {"seen": seen, "kind": "credit_note", "component": "principal", "on": str(TODAY), "reason": "CN 17"}
        refused = await client.post(path, data={**form, "claimed": "12,50"})
        assert refused.status_code == 422 and 'id="f-claimed-error"' in refused.text
        assert (await client.post(path, data={**form, "claimed": "900.00"})).status_code == 303
        again = await client.post(path, data={**form, "claimed": "950.00"})
        assert again.status_code == 422 and "Meanwhile" in again.text
        page = (await client.get(path)).text
        assert "1,020.00" not in page and "920.00" in page and "−100.00" in page
        seen = page.split('name="seen" value="')[1].split('"')[0]
        more = await client.post(path, data={**form, "seen": seen, "kind": "claim_too_low", "claimed": "1000.00"})
        assert more.status_code == 303
        page = (await lead.get(path)).text
        decision = page.split('action="/corrections/')[1].split('"')[0]
        assert "1,000.00" in (await lead.get("/requests")).text
        assert (await client.post(f"/corrections/{decision}", data={"verdict": "accept"})).status_code == 403
        assert (await lead.post(f"/corrections/{decision}", data={"verdict": "accept"})).status_code == 303
        assert "Claim corrected from" in (await client.get(f"/cases/{case_id}")).text


async def test_what_was_proposed_waits_for_nobody_once_its_case_has_ended(cast: Cast, visit: Visit) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await claim(cast.brandt_submitter, case_id, 120_000, "claim_too_low")
    client, lead = await visit(cast.brandt_submitter), await visit(cast.manager)
    with clock.at(NOON):
        assert str(case_id) in (await lead.get("/requests")).text
        async with transaction(cast.manager.actor.scope):
            await close(cast.manager.actor, case_id, "debtor_insolvent")
        assert str(case_id) not in (await lead.get("/requests")).text
        for reader in (client, lead):
            page = (await reader.get(f"/cases/{case_id}/corrections")).text
            assert "The case ended first" in page and "/decision" not in page and "Waits for the agency" not in page


async def test_a_system_corrects_and_recalls_once(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    erp = await visit(key=await key_of(owner, cast.nordkai.id, cast.brandt))
    sibling = await visit(key=await key_of(owner, cast.nordkai.id, cast.lanting))
    agencys = await visit(key=await key_of(owner, cast.nordkai.id, None))
    body = {"kind": "credit_note", "claimed": "900.00", "reason": "CN 17", "on": str(TODAY)}
    path = f"/api/v1/cases/{case_id}"
    with clock.at(NOON):
        assert (await sibling.post(f"{path}/corrections", json=body)).status_code == 404
        assert (await agencys.post(f"{path}/recall", json={"reason": "other"})).status_code == 403
        twice = [await erp.post(f"{path}/corrections", json=body, headers={"Idempotency-Key": "c1"}) for _ in range(2)]
        assert [one.status_code for one in twice] == [201, 201] and twice[0].json() == twice[1].json()
        wrong_amount = await erp.post(f"{path}/corrections", json={**body, "claimed": "many"})
        assert (wrong_amount.status_code, wrong_amount.json()["field"]) == (422, "claimed")
        assert (await erp.post(f"{path}/corrections", content=b"[")).status_code == 400
        asked = [await erp.post(f"{path}/recall", json={"reason": "claim_dropped"}, headers={"Idempotency-Key": "r1"})
                 for _ in range(2)]  # fmt: skip
        assert [one.status_code for one in asked] == [201, 201] and asked[0].json() == asked[1].json()
        assert asked[0].json()["rules"]["balance"] == "900.00"
        found = (await erp.get(path)).json()
    assert (found["situation"], found["recall"]["status"], found["balance"]) == ("recall_pending", "pending", "900.00")
    assert [(one["claimed_before"], one["claimed"]) for one in found["corrections"]] == [("1000.00", "900.00")]
