"""A hand behind the application's back: whatever it changes of the money, the proofs find and name it."""

import asyncpg
import pytest

from billing.payments.returns import reverse
from portal import clock
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import remitted, terms
from tests.cases.casework import placed_case
from tests.people import Cast

GUARDED = ("statements", "statement_lines")


async def settled_month(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> None:
    """Payments of every kind, one taken back, and all of it remitted."""
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 30_000)
    await pay(cast.finance, case_id, 20_000, channel="direct")
    mistaken = await pay(cast.finance, case_id, 10_000)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, mistaken.id, "wrong_case", TODAY)
    await remitted(cast, settings)
    await pay(cast.finance, case_id, 55_000)  # five more than is owed


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            "update payments set fee_minor = fee_minor - 1 where {mine} and amount_minor = 30000",
            "differs from its journal",
        ),
        (
            "update payments set received_by = 'client' where {mine} and amount_minor = 30000",
            "differs from its journal",
        ),
        ("update payments set surplus_minor = 0 where {mine} and surplus_minor > 0", "differs from its journal"),
        ("update payments set reverses = null where {mine} and reverses is not null", "differs from its journal"),
        (
            "with receipts as (delete from payment_receipts where {mine}), reached as (delete from invoice_shares where {mine})"
            " delete from payments where {mine} and surplus_minor > 0",
            "booked, but in no register",
        ),
        (
            "insert into payments (agency_id, client_id, case_id, journal_id, received_on, release_on, currency,"
            " amount_minor, principal_minor, fee_minor, recorded_at) select agency_id, client_id, case_id, journal_id,"
            " received_on, release_on, currency, amount_minor, principal_minor, fee_minor, recorded_at from payments"
            " where {mine} and amount_minor = 30000",
            "shares its journal",
        ),
        (
            "insert into payments (agency_id, client_id, case_id, journal_id, received_on, release_on, currency,"
            " amount_minor, principal_minor, recorded_at) select agency_id, client_id, case_id, (select id from journals"
            " where {mine} and source = 'placement'), received_on, release_on, currency, 1, 1, recorded_at from payments"
            " where {mine} and amount_minor = 30000",
            "differs from its journal",
        ),
        ("update statement_lines set fee_minor = 0 where {mine} and gross_minor = 30000", "not its payment"),
        ("update statement_lines set vat_minor = vat_minor + 1 where {mine} and gross_minor = 30000", "of its lines"),
        ("delete from statement_lines where {mine} and gross_minor = 20000", "of its lines"),
        ("update statements set net_minor = net_minor + 1 where {mine}", "is not what was booked"),
        ("update statements set status = 'approved' where {mine}", "is not what was booked"),
        ("update statements set carried_out_minor = -1 where {mine}", "of its lines"),
        (
            "update statements set carried_in_minor = carried_in_minor - 9, carried_out_minor = carried_out_minor - 9"
            " where {mine}",
            "does not carry what the client owed",
        ),
    ],
)
async def test_what_was_changed_of_payments_and_statements_is_found(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, damage: str, found: str
) -> None:
    await settled_month(cast, owner, settings)
    assert await wrong(cast.nordkai.id) == []
    # The database itself would refuse much of this: whoever owns the tables can put its triggers aside.
    tables_owner = await asyncpg.connect(settings.database_owner_url)
    try:
        for table in GUARDED:
            await tables_owner.execute(f"alter table {table} disable trigger user")
        done = await owner.execute(damage.format(mine=f"agency_id = '{cast.nordkai.id}'"))
    finally:
        for table in GUARDED:
            await tables_owner.execute(f"alter table {table} enable trigger user")
        await tables_owner.close()
    assert not done.endswith(" 0"), done
    faults = await wrong(cast.nordkai.id)
    assert any(found in fault for fault in faults), faults
