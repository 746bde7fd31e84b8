"""From draft to closed: who may do which step, once, and what becomes final."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.remittance.draft import cancel, prepare, prepare_again, review
from billing.remittance.proof import Proof
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import sql, transaction
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import (
    PROOF,
    approved,
    books,
    look,
    paid,
    prepared,
    remitted,
    statement,
    statements,
    terms,
)
from tests.cases.casework import placed_case
from tests.people import Cast


@pytest.fixture
async def case_id(cast: Cast, owner: asyncpg.Connection) -> UUID:
    """A case of Brandt's in GBP with 300 paid, fee 25 %, VAT 20 %."""
    await terms(owner, cast.brandt, vat="0.2", prefix="BS")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    await pay(cast.finance, case_id, 30_000)
    return case_id


async def test_nobody_approves_what_they_prepared(cast: Cast, case_id: UUID, settings: Settings) -> None:
    run_id = await prepared(cast.finance)
    with pytest.raises(Refused) as refused:
        await approved(cast.finance, run_id, settings)
    assert refused.value.code == "four_eyes"


async def test_nor_does_the_database_let_them(
    cast: Cast, case_id: UUID, settings: Settings, owner: asyncpg.Connection
) -> None:
    run_id = await prepared(cast.finance)
    for change in (
        "status = 'approved', approved_by = prepared_by",
        "status = 'approved'",
        "status = 'closed'",
        "prepared_by = uuidv7()",
        "period_to = period_to - 1",
    ):
        with pytest.raises((asyncpg.CheckViolationError, asyncpg.PostgresError)) as refused:
            async with transaction(cast.finance.actor.scope):
                await sql(f"update remittance_runs set {change} where id = $1", run_id)
        assert refused.value.sqlstate in ("23514", "PB002")
    await approved(cast.second_finance, run_id, settings)
    with pytest.raises(asyncpg.PostgresError):
        async with transaction(cast.finance.actor.scope):
            await sql("update remittance_runs set approved_by = $2 where id = $1", run_id, cast.owner.user_id)


async def test_whoever_prepared_it_again_does_not_approve_it_either(
    cast: Cast, case_id: UUID, settings: Settings
) -> None:
    run_id = await prepared(cast.finance)
    with clock.at(NOON):
        async with transaction(cast.second_finance.actor.scope):
            await prepare_again(cast.second_finance.actor, run_id)
            await review(cast.second_finance.actor, run_id)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "four_eyes"
    await approved(cast.finance, run_id, settings)


async def test_the_preparer_reviews_and_nothing_unreviewed_is_approved(
    cast: Cast, case_id: UUID, settings: Settings
) -> None:
    run_id = await prepared(cast.finance, reviewed=False)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "not_reviewed"
    with pytest.raises(Refused) as refused:
        async with transaction(cast.second_finance.actor.scope):
            await review(cast.second_finance.actor, run_id)
    assert refused.value.code == "not_preparer"


@pytest.mark.parametrize("proof", [Proof(), Proof(password="a fair day for hiking"), Proof(code="123456")])
async def test_an_approval_without_the_right_proof_posts_nothing(
    cast: Cast, case_id: UUID, settings: Settings, proof: Proof
) -> None:
    run_id = await prepared(cast.finance)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings, proof=proof)
    assert refused.value.field == "password"
    assert (await look(cast.finance, run_id)).status == "reviewed"
    assert (await books(cast.brandt)).payable == 0


async def test_other_roles_and_agencies_take_no_step(cast: Cast, case_id: UUID, settings: Settings) -> None:
    for name in ("manager", "negotiator", "auditor", "brandt_admin", "brandt_viewer"):
        with pytest.raises(Forbidden):
            await prepared(getattr(cast, name))
    run_id = await prepared(cast.finance)
    for name in ("manager", "negotiator", "auditor", "brandt_admin"):
        person = getattr(cast, name)
        with pytest.raises(Forbidden):
            await approved(person, run_id, settings)
        with pytest.raises(Forbidden):
            await paid(person, run_id)
        for step in (prepare_again, review, cancel):
            with pytest.raises(Forbidden):
                async with transaction(person.actor.scope):
                    await step(person.actor, run_id)
    with pytest.raises(NotFound):
        await approved(cast.huadong_finance, run_id, settings)
    with pytest.raises(NotFound):
        await paid(cast.huadong_finance, run_id)
    with pytest.raises(Refused):
        await prepared(cast.huadong_finance)
    await approved(cast.owner, run_id, settings)


async def test_of_two_who_approve_at_once_one_does_and_the_other_is_told(
    cast: Cast, case_id: UUID, settings: Settings
) -> None:
    run_id = await prepared(cast.finance)
    answers = await asyncio.gather(
        approved(cast.second_finance, run_id, settings),
        approved(cast.owner, run_id, settings),
        return_exceptions=True,
    )
    (told,) = [answer for answer in answers if answer is not None]
    assert isinstance(told, Refused)
    assert told.code == "already_approved"
    assert (await books(cast.brandt)).payable == 21_000
    assert await wrong(cast.nordkai.id) == []


async def test_paying_twice_pays_once(cast: Cast, case_id: UUID, settings: Settings) -> None:
    run_id = await prepared(cast.finance)
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id)
    assert refused.value.code == "not_approved"
    await approved(cast.second_finance, run_id, settings)
    await asyncio.gather(*(paid(cast.finance, run_id) for _ in range(3)))
    assert (await books(cast.brandt)).own_bank == 9_000
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id, reference="another")
    assert refused.value.code == "already_paid"
    assert await wrong(cast.nordkai.id) == []


async def test_a_payment_cannot_be_before_its_approval_or_in_the_future(
    cast: Cast, case_id: UUID, settings: Settings
) -> None:
    run_id = await prepared(cast.finance)
    await approved(cast.second_finance, run_id, settings)
    for day, code in ((TODAY - timedelta(days=1), "before_approval"), (TODAY + timedelta(days=1), "future")):
        with pytest.raises(Refused) as refused:
            await paid(cast.finance, run_id, on=day)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id, reference="  ")
    assert refused.value.field == "reference"


async def test_an_approved_statement_never_changes_not_even_by_hand(
    cast: Cast, case_id: UUID, settings: Settings, owner: asyncpg.Connection
) -> None:
    run_id = await prepared(cast.finance)
    made = (await statement(owner, run_id))["id"]
    await approved(cast.second_finance, run_id, settings)
    attempts = (
        "update statements set net_minor = 1 where id = $1",
        "update statements set status = 'draft', number = null where id = $1",
        "update statements set letterhead = '{}' where id = $1",
        "delete from statements where id = $1",
        "delete from statement_lines where statement_id = $1",
        "update statement_lines set net_minor = 1 where statement_id = $1",
        "insert into statement_lines select (jsonb_populate_record(l, '{\"position\": 2}')).*"
        " from statement_lines l where statement_id = $1",
    )
    for step in ("approved", "closed"):
        for attempt in attempts:
            with pytest.raises(asyncpg.PostgresError):
                async with transaction(cast.finance.actor.scope):
                    await sql(attempt, made)
            with pytest.raises(asyncpg.PostgresError):
                await owner.execute(attempt, made)
        if step == "approved":
            await paid(cast.finance, run_id)
    with pytest.raises(asyncpg.PostgresError, match="does not change"):
        await owner.execute("update statements set closed_at = now() where id = $1", made)
    assert len(await owner.fetch("select from statement_lines where statement_id = $1", made)) == 1


async def test_numbers_have_no_gaps_even_when_many_are_given_at_once(
    cast: Cast, settings: Settings, owner: asyncpg.Connection
) -> None:
    await terms(owner, cast.brandt, prefix="BS")
    await terms(owner, cast.lanting, prefix="SLB")
    runs = []
    for client in (cast.brandt, cast.lanting):
        await agreed(cast, client)
        for currency in ("GBP", "USD", "EUR", "CNY"):
            case = await placed_case(cast.nordkai, client, currency=currency)
            await pay(cast.finance, case, 10_000)
    for currency in ("GBP", "USD", "EUR", "CNY"):
        runs.append(await prepared(cast.finance, currency))

    # One of the four fails after its numbers were taken: they go to the others.
    async def failing() -> None:
        from billing.remittance.approve import approve

        with clock.at(NOON):
            async with transaction(cast.owner.actor.scope):
                await approve(cast.owner.actor, runs[0], PROOF, settings.secret_key)
                await asyncio.sleep(0.05)
                raise RuntimeError("the power fails")

    answers = await asyncio.gather(
        failing(), *(approved(cast.second_finance, run, settings) for run in runs[1:]), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [RuntimeError, type(None), type(None), type(None)]
    await approved(cast.second_finance, runs[0], settings)
    rows = await owner.fetch("select number from statements where agency_id = $1 order by number", cast.nordkai.id)
    assert [row["number"] for row in rows] == [
        f"{prefix}-2026-11-{count}" for prefix in ("BS", "SLB") for count in (1, 2, 3, 4)
    ]
    assert await wrong(cast.nordkai.id) == []


async def test_one_run_is_open_in_a_currency(cast: Cast, case_id: UUID) -> None:
    both = await asyncio.gather(prepared(cast.finance), prepared(cast.second_finance), return_exceptions=True)
    (told,) = [answer for answer in both if isinstance(answer, BaseException)]
    assert isinstance(told, Refused)
    assert told.code == "open_run"


async def test_a_cancelled_run_gives_its_payments_back(
    cast: Cast, case_id: UUID, settings: Settings, owner: asyncpg.Connection
) -> None:
    run_id = await prepared(cast.finance)
    async with transaction(cast.finance.actor.scope):
        await cancel(cast.finance.actor, run_id)
        await cancel(cast.finance.actor, run_id)
    assert await statements(owner, run_id) == []
    with pytest.raises(Refused):
        await approved(cast.second_finance, run_id, settings)
    second = await remitted(cast, settings)
    assert (await look(cast.finance, second)).number == "R-00002"
    with pytest.raises(Refused) as refused:
        async with transaction(cast.finance.actor.scope):
            await cancel(cast.finance.actor, second)
    assert refused.value.code == "not_open"


async def test_what_changed_since_the_preparation_stops_the_approval(
    cast: Cast, case_id: UUID, settings: Settings, owner: asyncpg.Connection
) -> None:
    run_id = await prepared(cast.finance)
    await terms(owner, cast.brandt, vat="0.19", prefix="BS")
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert (refused.value.code, "Brandt" in str(refused.value)) == ("stale", True)


async def test_a_run_pays_no_more_than_the_trust_account_holds(cast: Cast, case_id: UUID, settings: Settings) -> None:
    from portal.ledger.journal import JournalDraft, cr, dr, post
    from portal.ledger.tables import Book

    async with transaction(cast.finance.actor.scope):
        # The bank took 200 that nobody paid in again yet: 1090 owes it.
        lines = (
            dr(Book.TRUST, 1090, 20_000, "GBP"), cr(Book.TRUST, 1000, 20_000, "GBP"),
            dr(Book.OPERATING, 5020, 20_000, "GBP"), cr(Book.OPERATING, 2190, 20_000, "GBP"),
        )  # fmt: skip
        await post(cast.finance.actor, [JournalDraft("test", "charge", "charge", TODAY, lines)])
    run_id = await prepared(cast.finance)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "not_on_hand"
    assert "GBP\u00a0100.00" in str(refused.value)


@pytest.mark.parametrize(
    ("currency", "through", "code"),
    [
        ("GBP", TODAY + timedelta(days=1), "future"),
        ("GBP", None, "missing"),
        ("XXY", TODAY, "bad_currency"),
        ("USD", TODAY, "nothing"),
    ],
)
async def test_what_cannot_be_a_run_is_refused(
    cast: Cast, case_id: UUID, currency: str, through: object, code: str
) -> None:
    with pytest.raises(Refused) as refused, clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await prepare(cast.finance.actor, currency, through)  # type: ignore[arg-type]
    assert refused.value.code == code


async def test_every_step_is_in_the_trail(
    cast: Cast, case_id: UUID, settings: Settings, owner: asyncpg.Connection
) -> None:
    run_id = await remitted(cast, settings)
    closed = (await statement(owner, run_id))["id"]
    rows = await owner.fetch(
        "select action, actor_name, client_id from audit_events where subject_id = any($1) order by id",
        [run_id, closed],
    )
    assert [(row["action"], row["actor_name"]) for row in rows] == [
        ("remittance.prepared", "Finance"), ("remittance.reviewed", "Finance"),
        ("remittance.approved", "Second Finance"), ("remittance.paid", "Finance"), ("statement.closed", "Finance"),
    ]  # fmt: skip
    assert rows[-1]["client_id"] == cast.brandt.id
