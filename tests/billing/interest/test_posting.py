"""Interest of a case in the books: posted before a payment is allocated, never twice, and beside the balance until then."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.books.close import close_through
from billing.costs.add import WantedCost, add_cost
from billing.payments.returns import reverse
from billing.payments.split import preview
from cases.casework import load_case
from cases.interest.accrue import Accrual, accrued
from cases.interest.change import WantedTerm, freeze, set_for_client, set_on_case, thaw, withdraw
from cases.interest.compensate import compensate, sums_of
from cases.interest.judge import Decided, record_judgment, withdraw_judgment
from cases.interest.post import fix
from cases.interest.prove import prove_interest
from cases.interest.terms import Basis, terms_of
from cases.plans.register import lines_of
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, owe_more, post
from portal.ledger.tables import Component
from portal.people.actor import system
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY, agreed, look, pay, wrong
from tests.billing.planning import IN_A_MONTH, agreed_to, decided, ended, offered, settlement, wish
from tests.cases.casework import placed_case
from tests.people import Cast, Person

TEN_PER_CENT = Basis(basis="agreed", rate=Decimal("0.10"))
DUE = date(2026, 7, 20)
A_DAY = 1_000
"""What 36,500.00 bear a day at ten per cent."""


async def a_case(cast: Cast, **more: object) -> UUID:
    """36,500.00 due on 20 July, placed on 3 November; nothing is asked for yet."""
    await agreed(cast, cast.brandt)
    return await placed_case(cast.nordkai, cast.brandt, **{"amount_minor": 3_650_000, **more})  # type: ignore[arg-type]


async def bearing(cast: Cast, wanted: Basis = TEN_PER_CENT, *, since: date | None = None, **more: object) -> UUID:
    """A case with terms of its own."""
    case_id = await a_case(cast, **more)
    await set_terms(cast.manager, case_id, wanted, since)
    return case_id


async def set_terms(person: Person, case_id: UUID, wanted: Basis, since: date | None = None) -> UUID:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await set_on_case(person.actor, case_id, WantedTerm(terms=wanted, since=since))


async def accrual(person: Person, case_id: UUID, on: date = TODAY) -> Accrual | None:
    async with transaction(person.actor.scope, read_only=True):
        return await accrued(person.actor, await load_case(person.actor, case_id), on)


async def parts(cast: Cast, case_id: UUID) -> tuple[int, int, int]:
    case = await look(cast.owner.actor, case_id)
    return case.principal_minor, case.interest_minor, case.costs_minor


async def faults(agency_id: UUID) -> list[str]:
    async with transaction(as_job(agency_id), read_only=True):
        return (await prove_interest(agency_id))[1]


async def test_interest_stands_beside_the_balance_and_is_posted_by_the_payment_that_it_takes_first(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    """From 21 July to 23 November are 126 days of 10.00: 1,260.00, journal 18 of the money rules, then interest is paid."""
    case_id = await bearing(cast)
    found = await accrual(cast.negotiator, case_id)
    assert found is not None and (found.total_minor, found.minor) == (126 * A_DAY, 126 * A_DAY)
    assert await parts(cast, case_id) == (3_650_000, 0, 0), "nothing of it is in the balance"
    assert await accrual(cast.brandt_viewer, case_id) == found, "its client sees the same"
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope, read_only=True):
            case = await load_case(cast.finance.actor, case_id)
            split = await preview(cast.finance.actor, case, 200_000, TODAY, "bank")
    assert (split.interest_minor, split.balance_after_minor) == (126 * A_DAY, 3_650_000 + 126 * A_DAY - 200_000)
    payment = await pay(cast.finance, case_id, 200_000)
    assert (payment.principal_minor, payment.interest_minor) == (74_000, 126_000)
    assert await parts(cast, case_id) == (3_576_000, 0, 0)
    rows = await owner.fetch(
        "select j.source, j.kind, j.effective_on, l.book, l.account, l.component, l.amount_minor from journals j"
        " join journal_lines l on l.journal_id = j.id where j.agency_id = $1 and j.kind = 'interest' order by l.position",
        cast.nordkai.id,
    )
    assert [tuple(row) for row in rows] == [
        ("interest", "interest", TODAY, "memo", 9000, "interest", 126_000),
        ("interest", "interest", TODAY, "memo", 9100, None, -126_000),
    ]
    again = await accrual(cast.negotiator, case_id, TODAY + timedelta(days=10))
    assert again is not None and again.minor == 9_797, "ten days of 35,760.00 are 97.97"
    second = await pay(cast.finance, case_id, 5_000, reference="B 2")
    assert second.interest_minor == 0, "a second payment of the day finds nothing more"
    assert await wrong(cast.nordkai.id) == []


async def test_money_of_an_earlier_day_finds_no_more_than_had_accrued_then_and_what_goes_back_leaves_interest_standing(
    cast: Cast,
) -> None:
    case_id = await bearing(cast)
    first = await pay(cast.finance, case_id, 100_000, on=date(2026, 11, 20))
    assert first.interest_minor == 100_000, "123 days; 230.00 of it stay open"
    assert await parts(cast, case_id) == (3_650_000, 23_000, 0)
    earlier = await pay(cast.finance, case_id, 50_000, on=date(2026, 11, 10), reference="B 2")
    assert (earlier.principal_minor, earlier.interest_minor) == (50_000, 0), "what is posted later cannot be paid then"
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, first.id, "returned_by_bank", TODAY)
    assert await parts(cast, case_id) == (3_600_000, 123_000, 0)
    found = await accrual(cast.negotiator, case_id)
    assert found is not None and found.posted_minor == 123_000
    assert found.minor == 126_000 - 123_000 - 178, "thirteen days of 500.00 less are 1.78"
    assert await wrong(cast.nordkai.id) == []


async def test_a_full_payment_closes_the_case_and_one_in_a_closed_period_is_refused(cast: Cast) -> None:
    case_id = await bearing(cast)
    with clock.at(NOON):
        async with transaction(cast.owner.actor.scope):
            await close_through(cast.owner.actor, date(2026, 10, 31))
    await pay(cast.finance, case_id, 3_650_000 + 126 * A_DAY)
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.close_code) == (0, "paid_in_full")
    assert await accrual(cast.negotiator, case_id) is None
    assert await wrong(cast.nordkai.id) == []


async def test_terms_come_from_the_client_until_the_case_has_its_own(cast: Cast) -> None:
    """Of the versions of the client's terms the last that is for such debtors and days of placement holds."""
    case_id = await a_case(cast)
    for person, error in ((cast.manager, Forbidden), (cast.huadong_owner, NotFound)):
        with pytest.raises(error):
            async with transaction(person.actor.scope):
                await set_for_client(person.actor, cast.brandt.id, "company", date(2026, 1, 1), TEN_PER_CENT)
    with clock.at(NOON):
        async with transaction(cast.owner.actor.scope):
            actor, client_id = cast.owner.actor, cast.brandt.id
            with pytest.raises(Refused, match="about companies"):
                await set_for_client(actor, client_id, "person", TODAY, Basis(basis="eu_late_payment"))
            await set_for_client(actor, client_id, "company", date(2026, 1, 1), Basis(basis="de_company"))
            await set_for_client(actor, client_id, "company", TODAY, TEN_PER_CENT)
    found = await accrual(cast.negotiator, case_id)
    assert found is not None and {stretch.source for stretch in found.stretches} == {"de_company"}
    assert found.is_last_known, "from July 2026 on the rate is the last that is known"
    assert found.total_minor == 129_402, "126 days at 10.27 %"


async def test_own_terms_a_judgment_and_a_freeze_each_change_what_accrues_and_can_be_taken_back(cast: Cast) -> None:
    case_id = await bearing(cast)
    second = await set_terms(cast.negotiator, case_id, Basis(basis="agreed", rate=Decimal("0.20")), date(2026, 11, 14))

    async def total() -> int:
        found = await accrual(cast.negotiator, case_id)
        assert found is not None
        return found.total_minor

    assert await total() == 136 * A_DAY, "ten days at twice the rate"
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            actor = cast.negotiator.actor
            frozen = await freeze(actor, case_id, date(2026, 11, 4), date(2026, 12, 31), "the goods are looked at")
    assert await total() == 106 * A_DAY
    judged = Decided(
        judged_on=date(2026, 9, 1), court="Amtsgericht Wedding", reference="12 C 34/26", pay_by=date(2026, 9, 30),
        after=Basis(basis="agreed", rate=Decimal("0.05")), added=Basis(basis="cn_doubled"),
    )  # fmt: skip
    with clock.at(NOON):
        async with transaction(actor.scope):
            await thaw(actor, case_id, frozen)
            await withdraw(actor, case_id, second)
            judgment = await record_judgment(actor, case_id, judged)
    # 43 days to the judgment at ten per cent, 63 at five until the freeze of 4 to 23 November, and 34 with 6.3875 on top.
    assert await total() == 43 * 1_000 + 63 * 500 + round(34 * 638.75)
    with clock.at(NOON):
        async with transaction(actor.scope):
            await withdraw_judgment(actor, case_id, judgment)
            assert len(await terms_of(actor, await load_case(actor, case_id))) == 1
    assert await total() == 106 * A_DAY


async def test_who_may_set_interest_and_who_may_not(cast: Cast) -> None:
    case_id = await a_case(cast)
    for person, error in (
        (cast.finance, Forbidden),
        (cast.auditor, Forbidden),
        (cast.brandt_admin, Forbidden),
        (cast.lanting_admin, Forbidden),
        (cast.huadong_owner, NotFound),
    ):
        actor = person.actor
        for doing in (
            lambda: set_on_case(actor, case_id, WantedTerm(terms=TEN_PER_CENT)),  # noqa: B023
            lambda: freeze(actor, case_id, TODAY, TODAY, "x"),  # noqa: B023
            lambda: record_judgment(actor, case_id, Decided(judged_on=TODAY, court="x")),  # noqa: B023
            lambda: compensate(actor, case_id, case_id),  # noqa: B023
            lambda: fix(actor, case_id),  # noqa: B023
        ):
            with pytest.raises(error):
                async with transaction(actor.scope):
                    await doing()
    with pytest.raises(NotFound):
        await accrual(cast.lanting_admin, case_id)


async def test_yen_and_dinars_bear_interest_in_their_own_minor_units(cast: Cast) -> None:
    """JPY 365,000 bear 100 a day at ten per cent, KWD 365.000 a dinar's tenth."""
    for currency in ("JPY", "KWD"):
        case_id = await bearing(cast, amount_minor=365_000, currency=currency, due_on=TODAY - timedelta(days=10))
        payment = await pay(cast.finance, case_id, 2_000)
        assert (payment.currency, payment.interest_minor, payment.principal_minor) == (currency, 1_000, 1_000)
    assert await wrong(cast.nordkai.id) == []


async def test_what_is_fixed_for_a_letter_is_posted_once_and_compensation_is_a_cost_once_an_invoice(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await bearing(cast, Basis(basis="de_company"))
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            actor = cast.negotiator.actor
            posted = await fix(actor, case_id)
            table, [one] = await sums_of(actor, await load_case(actor, case_id), TODAY)
            assert table is not None and (table.code, one.minor, one.is_added) == ("de_company", 4_000, False)
            assert await compensate(actor, case_id, one.invoice_id) == 4_000
        for doing in (lambda: fix(actor, case_id), lambda: compensate(actor, case_id, one.invoice_id)):
            with pytest.raises(Refused):
                async with transaction(actor.scope):
                    await doing()
    assert await parts(cast, case_id) == (3_650_000, posted, 4_000)
    assert await wrong(cast.nordkai.id) == []
    assert await faults(cast.nordkai.id) == []
    for change, fault in (
        ("facts = jsonb_set(facts, '{stretches,0,minor}', '1')", "is not what its days, sums and rates come to"),
        ("before_minor = before_minor + 1, total_minor = total_minor + 1", "does not go on from the one before it"),
        ("amount_minor = amount_minor + 1, total_minor = total_minor + 1", "differs from its journal"),
    ):
        kept = await owner.fetchrow("select * from interest_postings where case_id = $1", case_id)
        await owner.execute(f"update interest_postings set {change} where case_id = $1", case_id)
        [found] = await faults(cast.nordkai.id)
        assert fault in found
        await owner.execute(
            "update interest_postings set facts = $2, before_minor = $3, total_minor = $4, amount_minor = $5 where case_id = $1",
            *(case_id, kept["facts"], kept["before_minor"], kept["total_minor"], kept["amount_minor"]),
        )


async def test_an_offer_fixes_interest_and_while_it_or_the_agreement_stands_none_accrues_beside_it(cast: Cast) -> None:
    """A settlement offered on the 23rd is about 36,500.00 and 1,260.00; agreed to, its days bear nothing; withdrawn, they do."""
    case_id = await bearing(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(3_700_000))
    assert await parts(cast, case_id) == (3_650_000, 126_000, 0)
    later = TODAY + timedelta(days=10)
    found = await accrual(cast.negotiator, case_id, later)
    assert found is not None and found.minor == 0
    await agreed_to(cast.negotiator, plan_id)
    payment = await pay(cast.finance, case_id, 3_700_000, at=NOON + timedelta(hours=1))
    assert (payment.interest_minor, payment.principal_minor) == (126_000, 3_574_000)
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.close_code) == (0, "settled_in_full")
    other = await bearing(cast)
    await ended(cast.manager, await offered(cast.negotiator, other, settlement(3_700_000)))
    found = await accrual(cast.negotiator, other, later)
    assert found is not None and found.minor == 10 * A_DAY
    assert await wrong(cast.nordkai.id) == []


async def test_days_that_an_agreements_own_interest_was_posted_for_bear_nothing_when_it_ends_within_them(
    cast: Cast,
) -> None:
    """The first instalment's period runs from 30 November to 23 December; it was paid for, and ended on 2 December."""
    case_id = await bearing(cast)
    terms = wish(yearly_rate=Decimal("0.12"), down_minor=150_000)
    plan_id = await offered(cast.negotiator, case_id, terms)
    await decided(cast.brandt_admin, plan_id)
    await agreed_to(cast.negotiator, plan_id)
    await pay(cast.finance, case_id, 150_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    await pay(cast.finance, case_id, 50_000, on=date(2026, 12, 1), at=NOON + timedelta(days=8))
    of_period = 27_419  # 36,260.00 for 23 days
    left = 3_626_000 - (50_000 - of_period)
    assert await parts(cast, case_id) == (left, 0, 0)
    await ended(cast.manager, plan_id, "She pays nothing more.", at=NOON + timedelta(days=9))
    for person in (cast.negotiator, cast.brandt_admin):
        found = await accrual(person, case_id, IN_A_MONTH)
        assert found is not None and found.minor == 0, "paid for already, whoever looks"
    found = await accrual(cast.negotiator, case_id, IN_A_MONTH + timedelta(days=1))
    assert found is not None and found.stretches[-1].days == 1 and found.minor == round(left / 3_650)


async def test_days_that_an_agreements_own_interest_was_posted_for_bear_nothing_under_the_agreement_that_takes_its_place(
    cast: Cast,
) -> None:
    """Its period to 23 December is paid for; from 2 December another one runs, and charges from the 23rd on."""
    case_id = await bearing(cast)
    twelve = Decimal("0.12")
    plan_id = await offered(cast.negotiator, case_id, wish(yearly_rate=twelve, down_minor=150_000))
    await decided(cast.brandt_admin, plan_id)
    await agreed_to(cast.negotiator, plan_id)
    await pay(cast.finance, case_id, 150_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    await pay(cast.finance, case_id, 50_000, on=date(2026, 12, 1), at=NOON + timedelta(days=8))
    left, then = 3_626_000 - (50_000 - 27_419), NOON + timedelta(days=9)
    other = wish(
        yearly_rate=twelve, down_minor=0, down_on=None, count=4, first_on=date(2026, 12, 16), anchor_day=16,
        valid_until=date(2026, 12, 12),
    )  # fmt: skip
    other_id = await offered(cast.negotiator, case_id, other, at=then)
    await decided(cast.brandt_admin, other_id, at=then)
    await agreed_to(cast.negotiator, other_id, at=then)
    async with transaction(cast.owner.actor.scope, read_only=True):
        lines = await lines_of(cast.owner.actor, other_id)
    each = left // 4
    assert [line.due_on for line in lines[:2]] == [date(2026, 12, 16), date(2027, 1, 18)]
    assert [line.plan_interest_minor for line in lines[:2]] == [0, round((left - each) * 26 * twelve / 365)]
    await pay(cast.finance, case_id, each + 100, on=date(2026, 12, 17), at=NOON + timedelta(days=24))
    assert (await parts(cast, case_id))[1] == 0, "the period that it reaches has not begun"
    assert await wrong(cast.nordkai.id) == []


async def test_costs_bear_interest_where_that_was_asked_for(cast: Cast) -> None:
    case_id = await bearing(cast, Basis(basis="eu_late_payment"))
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            actor = cast.manager.actor
            with pytest.raises(Refused, match="bears no interest"):
                await set_on_case(actor, case_id, WantedTerm(terms=TEN_PER_CENT, component=Component.INTEREST))
            await set_on_case(actor, case_id, WantedTerm(terms=TEN_PER_CENT, component=Component.COSTS))
            _, [one] = await sums_of(actor, await load_case(actor, case_id), TODAY)
            await compensate(actor, case_id, one.invoice_id)
    found = await accrual(cast.negotiator, case_id, TODAY + timedelta(days=365))
    assert found is not None
    [costs] = [stretch for stretch in found.stretches if stretch.component is Component.COSTS]
    assert (costs.minor, costs.days, costs.exact) == (4_000, 365, 400)


async def test_a_client_may_ask_that_costs_bear_interest_beside_what_the_principal_bears(cast: Cast) -> None:
    """70.00 of costs at 5 % a year, from the day after they came; 36,500.00 at ten since July, as before."""
    case_id = await a_case(cast)
    since, five = date(2026, 1, 1), Basis(basis="agreed", rate=Decimal("0.05"))
    async with transaction(cast.owner.actor.scope):
        for terms, part in ((five, Component.COSTS), (TEN_PER_CENT, Component.PRINCIPAL)):
            await set_for_client(cast.owner.actor, cast.brandt.id, "company", since, terms, part)
        with pytest.raises(Refused, match="bears no interest"):
            await set_for_client(cast.owner.actor, cast.brandt.id, "company", since, five, Component.INTEREST)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            court = WantedCost(kind="court", amount_minor=7_000, paid_on=TODAY)
            await add_cost(cast.finance.actor, case_id, court, new_id())
    found = await accrual(cast.brandt_viewer, case_id, TODAY + timedelta(days=365))
    assert found is not None and found.minor == (126 + 365) * A_DAY + 350


async def test_interest_that_was_placed_with_the_claim_is_not_counted_twice(cast: Cast) -> None:
    """Placed on 3 November with 500.00 of interest: terms without a day of their own begin on the 4th."""
    case_id = await bearing(cast)
    portal = system(cast.nordkai.id)
    async with transaction(portal.scope):
        lines = owe_more(case_id, Component.INTEREST, 50_000, "EUR", client=cast.brandt.id)
        await post(portal, [JournalDraft("placement", f"{case_id} interest", "placement", date(2026, 11, 3), lines)])
    found = await accrual(cast.negotiator, case_id)
    assert found is not None and found.since_placement
    assert found.minor == 20 * A_DAY
