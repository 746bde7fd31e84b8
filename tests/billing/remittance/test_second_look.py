"""scratch"""
import asyncpg, pytest
from datetime import timedelta
from billing.payments.returns import reverse
from portal import clock
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.remitting import *
from tests.cases.casework import placed_case
from tests.people import Cast

async def test_zero(cast: Cast, owner: asyncpg.Connection, database: Settings) -> None:
    await agreed(cast, cast.brandt)
    await terms(owner, cast.brandt)
    case = await placed_case(cast.nordkai, cast.brandt)
    p = await pay(cast.finance, case, 10000)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, p.id, "wrong_case", TODAY)
    run = await remitted(cast, database, "EUR")
    print([dict(s) for s in await statements(owner, run)])
