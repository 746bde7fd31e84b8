"""From the stand-in, a server that knows nothing of us, into the books: by its events, by the sweep, and back again."""

from datetime import timedelta

import asyncpg
import httpx

from billing.cards import vault
from billing.cards.processor import processor_of
from billing.cards.refunds import approve_refund, ask_for_refund
from billing.remittance.proof import Proof
from portal import clock
from portal.identity import new_id
from portal.jobs.registry import JOBS
from portal.jobs.work import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.cards.scripted import SECRET, attempted, signed
from tests.billing.money import agreed, count, look, wrong
from tests.cases.casework import placed_case
from tests.people import PASSWORD, Cast, Visit


async def test_what_the_stand_in_takes_and_gives_back_is_in_the_books(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, paid_there: Settings
) -> None:
    now, agency = clock.now(), cast.nordkai.id
    await agreed(cast, cast.brandt, since=(now - timedelta(days=60)).date())
    await owner.execute(
        "insert into processor_accounts (id, agency_id, mode, publishable_key, secret_key, webhook_secret, is_on, changed_at)"
        " values ($1, $2, 'own', 'pk_test_1', $3, $4, true, $5)",
        *(new_id(), agency, vault.seal(agency, paid_there.stripe_secret_key or ""), vault.seal(agency, SECRET), now),
    )
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, placed_at=now - timedelta(days=20),
                                next_at=now)  # fmt: skip
    heard, _ = await attempted(owner, cast, case_id=case_id)
    swept, _ = await attempted(owner, cast, 20_000, case_id=case_id)
    processor = await processor_of(agency)
    customer = await processor.create_customer(new_id(), "Müller")
    for ours, amount in ((heard, 50_000), (swept, 20_000)):
        await processor.charge_off_session(
            ours, amount, "EUR", customer_id=customer, method_id="pm_card_visa", kind="card"
        )  # fmt: skip
    async with httpx.AsyncClient(base_url=paid_there.stripe_api_base) as there:
        key = {"Authorization": f"Bearer {paid_there.stripe_secret_key}"}
        said = (await there.get("/v1/events", params={"limit": 100}, headers=key)).json()["data"]
    mine = [one for one in said if one["data"]["object"].get("metadata", {}).get("portal_id") == str(heard)]
    client = await visit()
    for one in [*mine, *mine]:
        body, headers = signed(one)
        assert (await client.post(f"/hooks/stripe/{agency}", content=body, headers=headers)).status_code == 200
    await work_off(agency_id=agency)
    assert (await look(cast.owner.actor, case_id)).balance_minor == 70_000
    await JOBS["cards.sweep_agency"].handler({"agency_id": str(agency)})
    await work_off(agency_id=agency)
    assert await count("payments", agency) == 2
    assert (await look(cast.owner.actor, case_id)).balance_minor == 50_000
    async with transaction(cast.finance.actor.scope):
        refund = await ask_for_refund(cast.finance.actor, swept, 5_000, "too much", new_id())
    async with transaction(cast.owner.actor.scope):
        await approve_refund(cast.owner.actor, refund, Proof(password=PASSWORD), paid_there.secret_key)
    await work_off(agency_id=agency)
    assert await owner.fetchval("select status from card_refunds where id = $1", refund) == "succeeded"
    assert (await look(cast.owner.actor, case_id)).balance_minor == 55_000
    assert await wrong(agency) == []
