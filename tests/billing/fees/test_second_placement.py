"""A case that another agency had before, and a debtor abroad, may bear fees of their own."""

from decimal import Decimal

import asyncpg

from billing.fees.agreements import agree
from billing.fees.terms import Conditions, Rule, Tier
from portal.tenancy.database import transaction
from tests.billing.money import TODAY, look, pay
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


def at(rate: str, conditions: Conditions = Conditions()) -> Rule:  # noqa: B008 - frozen
    """A rule with one rate."""
    return Rule(tiers=(Tier(None, Decimal(rate)),), conditions=conditions)


async def test_second_placements_and_debtors_abroad_bear_the_rates_that_were_agreed_for_them(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    rules = [at("0.40", Conditions(stages=("second_placement",))), at("0.35", Conditions(foreign=True)), at("0.25")]
    async with transaction(cast.owner.actor.scope):
        await agree(cast.owner.actor, cast.brandt.id, rules, TODAY)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await owner.execute("update cases set debtor_country = 'DE' where id = $1", case_id)
    await owner.execute("update clients set country = 'DE' where id = $1", cast.brandt.id)
    assert (await pay(cast.finance, case_id, 10_000, reference="R0")).fee_minor == 2_500
    await owner.execute("update cases set debtor_country = 'FR' where id = $1", case_id)
    abroad = await pay(cast.finance, case_id, 10_000, reference="R1")
    assert abroad.fee_minor == 3_500 and "another country than the client" in abroad.explanation.sentence
    url = f"/cases/{case_id}/second-placement"
    for name, status in (("negotiator", 403), ("finance", 403), ("brandt_admin", 403), ("huadong_finance", 403)):
        assert (await (await visit(getattr(cast, name))).post(url, data={"second": "1"})).status_code == status, name
    site = await visit(cast.manager)
    assert "It is a second placement" in (await site.get(f"/cases/{case_id}/money")).text
    for _ in range(2):
        assert (await site.post(url, data={"second": "1"})).status_code == 303
    second = await pay(cast.finance, case_id, 10_000, reference="R2")
    assert second.fee_minor == 4_000 and "it is a second placement" in second.explanation.sentence
    assert "another agency had it" in (await site.get(f"/cases/{case_id}")).text
    assert "Second placement" in (await (await visit(cast.brandt_viewer)).get(f"/cases/{case_id}/money")).text
    await owner.execute("update cases set stage = 'legal' where id = $1", case_id)
    assert (await pay(cast.finance, case_id, 10_000, reference="R3")).fee_minor == 3_500
    assert (await site.post(url, data={})).status_code == 303
    assert not (await look(cast.manager.actor, case_id)).second_placement
    told = await owner.fetchval(
        "select count(*) from audit_events where subject_id = $1 and action = 'case.second_placement'", case_id
    )
    assert told == 2
