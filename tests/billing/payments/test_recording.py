"""Money received is booked once, in one journal, and everything that follows from it happens with it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from billing.parts import Parts
from billing.payments.split import preview
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.people.actor import system
from portal.tenancy.database import sql, sql_one, transaction
from tests.billing.money import (
    NOON,
    TODAY,
    agreed,
    allocated_to,
    booked,
    count,
    look,
    next_action,
    pay,
    promise_status,
    promised,
    wrong,
)
from tests.cases.casework import placed_case
from tests.people import Cast


async def test_a_bank_transfer_of_300_is_booked_as_event_3(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    payment = await pay(cast.finance, case_id, 30_000, reference="E2E 1", payer="Müller Maschinenbau")
    assert await booked(owner, payment) == [
        "T Dr1000 30000", "T Cr2000 30000", "M Dr9100 30000", "M Cr9000 30000", "O Dr1210 7500", "O Cr4000 7500",
    ]  # fmt: skip
    assert (payment.amount_minor, payment.fee_minor, payment.net_minor) == (30_000, 7_500, 22_500)
    assert payment.release_on == TODAY
    case = await look(cast.finance.actor, case_id)
    assert (case.balance_minor, case.status) == (90_000, "active")
    assert await wrong(cast.nordkai.id) == []


async def test_a_direct_payment_of_200_is_booked_as_event_4(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    payment = await pay(cast.finance, case_id, 20_000, channel="direct")
    assert await booked(owner, payment) == ["M Dr9100 20000", "M Cr9000 20000", "O Dr1210 5000", "O Cr4000 5000"]
    assert (payment.received_by, payment.net_minor) == ("client", -5_000)
    assert await wrong(cast.nordkai.id) == []


async def test_265_on_240_is_booked_as_event_13_and_closes_the_case(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP")
    payment = await pay(cast.finance, case_id, 26_500)
    assert await booked(owner, payment) == [
        "T Dr1000 26500", "T Cr2000 24000", "T Cr2030 2500", "M Dr9100 24000", "M Cr9000 24000", "O Dr1210 6000",
        "O Cr4000 6000",
    ]  # fmt: skip
    assert (payment.amount_minor, payment.surplus_minor, payment.total_minor) == (24_000, 2_500, 26_500)
    case = await look(cast.finance.actor, case_id)
    assert (case.balance_minor, case.status, case.close_code, case.situation) == (0, "closed", "paid_in_full", "paid")
    assert await wrong(cast.nordkai.id) == []


async def test_costs_are_paid_before_interest_and_interest_before_principal(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=10_000_000)
    await allocated_to(case_id, cast.nordkai.id, interest=500_000, costs=300_000)
    payment = await pay(cast.finance, case_id, 3_000_000)
    assert payment.parts == Parts(2_200_000, 500_000, 300_000)
    case = await look(cast.finance.actor, case_id)
    assert (case.principal_minor, case.interest_minor, case.costs_minor) == (7_800_000, 0, 0)
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize(
    ("currency", "amount", "rate", "fee"),
    [
        ("JPY", 1_001, "0.25", 250),
        ("KWD", 1_250, "0.25", 313),
        ("EUR", 33_333, "0.25", 8_333),
        ("EUR", 50_000, "0", 0),
        ("EUR", 50_000, "1", 50_000),
    ],
)
async def test_fees_in_other_currencies_and_at_the_ends_of_the_scale(
    cast: Cast, currency: str, amount: int, rate: str, fee: int
) -> None:
    await agreed(cast, cast.brandt, rate)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, currency=currency)
    payment = await pay(cast.finance, case_id, amount)
    assert (payment.fee_minor, payment.currency) == (fee, currency)
    assert await wrong(cast.nordkai.id) == []


async def test_the_payment_is_on_the_timeline_and_in_the_trail(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000, payer="Sabine Weber", reference="X 1")
    event = await owner.fetchrow("select * from case_events where case_id = $1 and kind = 'payment.received'", case_id)
    assert event is not None
    assert (event["topic"], event["client_sees"], event["actor_name"]) == ("money", True, "Finance")
    told = await owner.fetchrow("select * from audit_events where subject_id = $1", payment.id)
    assert told is not None
    assert told["action"] == "payment.recorded"
    assert "Sabine" not in told["facts"]


async def test_a_double_click_and_a_second_tab_record_once(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    token = uuid4()
    first = await pay(cast.finance, case_id, 30_000, token=token)
    second = await pay(cast.finance, case_id, 30_000, token=token)
    assert first.id == second.id
    assert await count("payments", cast.nordkai.id) == 1
    assert (await look(cast.finance.actor, case_id)).balance_minor == 70_000


async def test_two_tabs_at_the_same_moment_record_once(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    twins = await asyncio.gather(*(pay(cast.finance, case_id, 30_000, reference="E2E 77") for _ in range(4)))
    assert len({twin.id for twin in twins}) == 1
    assert (await look(cast.finance.actor, case_id)).balance_minor == 70_000
    assert await wrong(cast.nordkai.id) == []


async def test_two_people_at_once_never_take_more_than_is_owed(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000)
    paid = await asyncio.gather(
        pay(cast.finance, case_id, 40_000, reference="A"), pay(cast.second_finance, case_id, 40_000, reference="B")
    )
    assert sorted(payment.surplus_minor for payment in paid) == [0, 30_000]
    assert (await look(cast.finance.actor, case_id)).balance_minor == 0
    assert await wrong(cast.nordkai.id) == []


async def test_a_reference_stands_on_one_payment_of_a_case(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    other = await placed_case(cast.nordkai, cast.brandt, debtor="Hofmann Kältetechnik GmbH")
    await pay(cast.finance, case_id, 30_000, reference="E2E  9")
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, 20_000, reference="E2E 9")
    assert refused.value.code == "reference_used"
    assert "EUR\u00a0300.00" in str(refused.value)
    # One transfer may pay two cases.
    assert (await pay(cast.finance, other, 20_000, reference="E2E 9")).amount_minor == 20_000


async def test_a_reference_is_not_taken_for_the_second_use_of_another(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await pay(cast.finance, case_id, 10_000, reference="Invoice 7 #2")
    await pay(cast.finance, case_id, 10_000, reference="Invoice 7")
    assert await count("payments", cast.nordkai.id) == 2
    assert (await look(cast.finance.actor, case_id)).balance_minor == 80_000


async def test_the_promise_is_kept_by_the_payment(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY + timedelta(days=4))
    await next_action(owner, case_id, "check_promise")
    await pay(cast.finance, case_id, 30_000)
    assert await promise_status(owner, promise_id) == ("kept", 30_000)
    case = await look(cast.finance.actor, case_id)
    assert (case.next_action, case.next_action_reason) == ("call", "promise_kept")
    assert case.next_action_at == datetime(2026, 11, 24, 7, tzinfo=UTC)


async def test_a_partial_payment_leaves_the_promise_open_until_its_day(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY + timedelta(days=1))
    await next_action(owner, case_id, "check_promise")
    await pay(cast.finance, case_id, 10_000)
    assert await promise_status(owner, promise_id) == ("open", 10_000)
    assert (await look(cast.finance.actor, case_id)).next_action == "check_promise"


async def test_money_after_the_last_day_finds_the_promise_partly_kept(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY + timedelta(days=1))
    await pay(cast.finance, case_id, 10_000)
    late = NOON + timedelta(days=7)
    await pay(cast.finance, case_id, 20_000, on=late.date(), at=late)
    assert await promise_status(owner, promise_id) == ("partly_kept", 10_000)
    assert (await look(cast.finance.actor, case_id)).next_action == "call_about_promise"


async def test_a_preview_shows_what_will_be_booked_and_writes_nothing(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000)
    await promised(case_id, cast.negotiator, 24_000, TODAY + timedelta(days=1))
    case = await look(cast.finance.actor, case_id)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope, read_only=True):
            split = await preview(cast.finance.actor, case, 26_500, TODAY, "cheque")
    assert (split.allocation.surplus_minor, split.fee.fee_minor, split.net_minor) == (2_500, 6_000, 18_000)
    assert (split.closes, split.keeps_promise, split.balance_after_minor) == (True, True, 0)
    assert split.release_on == TODAY + timedelta(days=10)
    assert await count("payments", cast.nordkai.id) == 0


async def test_nothing_is_posted_but_what_was_shown(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, 30_000, shown="another split")
    assert refused.value.code == "not_shown"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount_minor": 0}, "bad_amount", "amount"),
        ({"amount_minor": -5}, "bad_amount", "amount"),
        ({"amount_minor": None}, "missing", "amount"),
        ({"on": TODAY + timedelta(days=1)}, "future", "received_on"),
        ({"on": TODAY - timedelta(days=21)}, "before_placement", "received_on"),
        ({"on": None}, "missing", "received_on"),
        ({"channel": "shells"}, "bad_channel", "channel"),
        ({"channel": "card"}, "bad_channel", "channel"),
        ({"channel": "direct", "amount_minor": 100_001}, "over_balance", "amount"),
        ({"currency": "USD"}, "other_currency", "amount"),
    ],
)
async def test_what_cannot_be_a_payment_is_refused(
    cast: Cast, change: dict[str, object], code: str, field: str
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    given = {"amount_minor": 1_000, **change}
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, given.pop("amount_minor"), **given)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (code, field)
    assert await count("payments", cast.nordkai.id) == 0


async def test_a_closed_period_takes_no_payment(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await owner.execute(
        "insert into closed_periods (id, agency_id, through, closed_at) values (uuidv7(), $1, $2, now())",
        cast.nordkai.id, TODAY - timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, 1_000, on=TODAY - timedelta(days=1))
    assert refused.value.code == "period_closed"
    assert (await pay(cast.finance, case_id, 1_000)).amount_minor == 1_000


async def test_without_an_agreement_no_fee_can_be_taken(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, 1_000)
    assert refused.value.code == "no_agreement"


async def test_money_on_a_paid_case_waits_for_the_debtor_when_somebody_says_so(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000)
    await pay(cast.finance, case_id, 24_000)
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, 5_000)
    assert refused.value.code == "nothing_owed"
    payment = await pay(cast.finance, case_id, 5_000, surplus_agreed=True)
    assert await booked(owner, payment) == ["T Dr1000 5000", "T Cr2030 5000"]
    assert (payment.amount_minor, payment.surplus_minor, payment.fee_minor) == (0, 5_000, 0)
    assert (await look(cast.finance.actor, case_id)).close_code == "paid_in_full"
    assert await wrong(cast.nordkai.id) == []


async def test_money_on_a_case_that_was_given_up_is_booked_and_the_case_stays_closed(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    actor = system(cast.nordkai.id)
    async with transaction(actor.scope):
        await sql(
            "update cases set status = 'closed', close_code = 'uneconomical', closed_at = now() where id = $1", case_id
        )
    await pay(cast.finance, case_id, 100_000)
    case = await look(cast.finance.actor, case_id)
    assert (case.balance_minor, case.close_code) == (0, "uneconomical")


async def test_a_disputed_part_is_never_touched(cast: Cast) -> None:
    from cases.disputes import dispute

    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000)
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await dispute(cast.negotiator.actor, case_id, "price", amount_minor=10_000)
    with pytest.raises(Refused) as refused:
        await pay(cast.finance, case_id, 40_001, channel="direct")
    assert (refused.value.code, refused.value.field) == ("disputed", "amount")
    payment = await pay(cast.finance, case_id, 40_001)
    assert (payment.amount_minor, payment.held_minor, payment.total_minor) == (40_000, 1, 40_001)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 10_000
    assert await wrong(cast.nordkai.id) == []


async def test_only_finance_and_the_owner_record_payments(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for name in ("manager", "negotiator", "auditor", "brandt_admin", "brandt_submitter", "brandt_viewer"):
        with pytest.raises(Forbidden):
            await pay(getattr(cast, name), case_id, 1_000)
    assert (await pay(cast.owner, case_id, 1_000)).recorded_by_name == "Owner"


async def test_another_agency_finds_no_such_case(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(NotFound):
        await pay(cast.huadong_finance, case_id, 1_000)
    assert await count("payments", cast.nordkai.id) == 0


async def test_a_sibling_client_sees_nothing_of_the_payment(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 1_000)
    for person, seen in ((cast.lanting_admin, False), (cast.brandt_viewer, True), (cast.huadong_finance, False)):
        async with transaction(person.actor.scope, read_only=True):
            row = await sql_one("select id from payments where id = $1", payment.id)
        assert (row is not None) == seen


async def test_cash_is_somebodys_and_a_cheque_has_a_number(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for channel, field, missing in (
        ("cash", "payer", {"reference": "7"}),
        ("cheque", "reference", {"payer": "S. Weber"}),
    ):
        with pytest.raises(Refused) as refused:
            await pay(cast.finance, case_id, 1_000, channel=channel, **missing)
        assert refused.value.field == field
    cheque = await pay(cast.finance, case_id, 1_000, channel="cheque", reference="100217")
    again = await pay(cast.finance, case_id, 1_000, channel="cheque", reference="100217")
    assert again.id == cheque.id, "one cheque is booked once"
    assert (await pay(cast.finance, case_id, 1_000, channel="cash", payer="S. Weber")).payer == "S. Weber"
