"""Fee agreements are made in versions, and a date picks the one a payment falls under."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from billing.fees import agreements
from billing.fees.agreements import SelectedBy, agree, agreement_for, flat, pick, versions
from billing.fees.terms import AgeFrom, Basis, Conditions, Limits, Mode, Payee, Rule, Surcharge, SurchargeKind, Tier
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.tables import Component
from portal.tenancy.database import sql, transaction
from tests.billing.fees.test_fee_rules import FLAT, LADDER
from tests.billing.money import TODAY, agreed, pay
from tests.cases.casework import placed_case
from tests.people import Cast
from tests.portal.ledger.books import apart

MARCH, JUNE, JULY, SEPTEMBER = date(2026, 3, 1), date(2026, 6, 1), date(2026, 7, 1), date(2026, 9, 1)


async def test_a_new_version_stands_beside_the_earlier_ones(cast: Cast) -> None:
    await agreed(cast, cast.brandt, "0.25", since=MARCH)
    await agreed(cast, cast.brandt, "0.20", since=JUNE, components=(Component.PRINCIPAL,))
    async with transaction(cast.auditor.actor.scope, read_only=True):
        made = await versions(cast.auditor.actor, cast.brandt.id)
    assert [(version.agreement.version, version.since) for version in made] == [(2, JUNE), (1, MARCH)]
    assert made[0].agreement.rules[0].components == frozenset({Component.PRINCIPAL})
    assert made[0].agreed_by_name == "Owner"


async def test_a_version_that_is_made_while_they_are_read_is_left_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreed(cast, cast.brandt, "0.25", since=MARCH)

    async def slow(query: str, *arguments: object) -> list[asyncpg.Record]:
        rows = await sql(query, *arguments)
        monkeypatch.undo()
        await apart(agreed(cast, cast.brandt, "0.20", since=JUNE))
        return rows

    async with transaction(cast.finance.actor.scope, read_only=True):
        monkeypatch.setattr(agreements, "sql", slow)
        made = await versions(cast.finance.actor, cast.brandt.id)
    assert [version.agreement.version for version in made] == [1]


async def test_every_kind_of_rule_comes_back_as_it_was_agreed(cast: Cast) -> None:
    euros = Conditions(currency="EUR")
    rules = [
        Rule(tiers=(Tier(None, Decimal(0)),), conditions=Conditions(within_days=14)),
        Rule(tiers=(Tier(None, Decimal("0.1")),), conditions=Conditions(received_by=Payee.CLIENT, stages=("legal",))),
        Rule(basis=Basis.AGE_AT_PLACEMENT, tiers=(Tier(120, Decimal("0.2")), Tier(180, Decimal("0.25")))),
        Rule(basis=Basis.PAID_TO_DATE, mode=Mode.MARGINAL, tiers=LADDER, conditions=euros),
        Rule(tiers=FLAT.tiers, conditions=euros, minimum_minor=500, maximum_minor=90_000, limits=Limits.CASE),
        Rule(tiers=FLAT.tiers, surcharge=Surcharge(730, SurchargeKind.RELATIVE, Decimal("0.2"))),
        FLAT,
    ]
    actor = cast.owner.actor
    async with transaction(actor.scope):
        await agree(actor, cast.brandt.id, rules, MARCH, age_from=AgeFrom.ISSUED)
        agreement = (await versions(actor, cast.brandt.id))[0].agreement
    made = agreement.rules
    assert agreement.age_from is AgeFrom.ISSUED
    ids = [rule.id for rule in made]
    assert all(ids)
    assert [replace(rule, id=None) for rule in made] == rules


@pytest.mark.parametrize(
    ("second", "placed", "received", "version"),
    [
        (SelectedBy.PLACEMENT, MARCH, SEPTEMBER, 1),
        (SelectedBy.PLACEMENT, JUNE, SEPTEMBER, 2),
        (SelectedBy.PAYMENT, MARCH, SEPTEMBER, 2),
        (SelectedBy.PAYMENT, MARCH, date(2026, 5, 31), 1),
        (SelectedBy.PLACEMENT, date(2025, 1, 1), SEPTEMBER, 1),
    ],
)
async def test_a_date_picks_the_version(
    cast: Cast, second: SelectedBy, placed: date, received: date, version: int
) -> None:
    await agreed(cast, cast.brandt, "0.25", since=MARCH)
    await agreed(cast, cast.brandt, "0.20", since=JUNE, selected_by=second)
    async with transaction(cast.finance.actor.scope, read_only=True):
        made = await versions(cast.finance.actor, cast.brandt.id)
        found = await agreement_for(cast.finance.actor, cast.brandt.id, placed, received)
    picked = pick(made, placed, received)
    assert picked is not None
    assert (picked.agreement.version, found.version) == (version, version)


async def test_a_correction_on_the_same_day_takes_the_place_of_the_version_before(cast: Cast) -> None:
    await agreed(cast, cast.brandt, "0.25", since=MARCH)
    await agreed(cast, cast.brandt, "0.20", since=MARCH)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    assert (await pay(cast.finance, case_id, 10_000, on=TODAY)).fee_minor == 2_000


async def test_a_version_begins_no_earlier_than_the_one_before(cast: Cast) -> None:
    await agreed(cast, cast.brandt, since=JUNE)
    with pytest.raises(Refused) as refused:
        await agreed(cast, cast.brandt, since=MARCH)
    assert (refused.value.code, refused.value.field) == ("too_early", "effective_from")


async def test_an_agreement_cannot_be_changed_or_removed(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    for statement in ("update fee_rules set tiers = '[]'", "delete from fee_agreements"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(cast.owner.actor.scope):
                from portal.tenancy.database import sql

                await sql(statement)


@pytest.mark.parametrize(
    ("rate", "components", "field"),
    [
        (None, (Component.COSTS,), "rate"),
        (Decimal("0.12345678"), (Component.COSTS,), "rate"),
        (Decimal("0.1"), (), "components"),
    ],
)
def test_a_flat_rule_needs_a_rate_and_something_to_charge(
    rate: Decimal | None, components: tuple[Component, ...], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        flat(rate, components)
    assert refused.value.field == field


async def test_only_the_owner_makes_agreements_and_only_with_own_clients(cast: Cast) -> None:
    rule = [flat(Decimal("0.2"), tuple(Component))]
    for name in ("manager", "negotiator", "finance", "auditor", "brandt_admin"):
        actor = getattr(cast, name).actor
        with pytest.raises(Forbidden):
            async with transaction(actor.scope):
                await agree(actor, cast.brandt.id, rule, MARCH)
    with pytest.raises(NotFound):
        async with transaction(cast.huadong_owner.actor.scope):
            await agree(cast.huadong_owner.actor, cast.brandt.id, rule, MARCH)


async def test_a_client_reads_its_own_agreement_and_no_siblings(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    async with transaction(cast.brandt_viewer.actor.scope, read_only=True):
        assert len(await versions(cast.brandt_viewer.actor, cast.brandt.id)) == 1
    async with transaction(cast.lanting_admin.actor.scope, read_only=True):
        assert await versions(cast.lanting_admin.actor, cast.brandt.id) == []
