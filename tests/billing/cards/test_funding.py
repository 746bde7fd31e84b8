"""What the agency owes the clients' account is seen, and booked once when it was paid in without a bank line."""

from __future__ import annotations

import pytest

from billing.cards.funding import owed_to_bank, pay_in
from portal import clock
from portal.errors import Forbidden, Refused
from portal.identity import new_id
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, wrong
from tests.billing.processing import charge, charged, charged_back
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


async def test_what_the_agency_owes_the_clients_account_is_paid_in_once(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000)
    await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770, currency="EUR"))
    finance, token = cast.finance.actor, new_id()
    with clock.at(NOON):
        site = await visit(cast.finance)
        assert "account EUR\xa07.70" in (await site.get("/bank")).text
        form = {"currency": "EUR", "paid_on": TODAY.isoformat(), "token": str(token)}
        for amount, status in (("7.71", 422), ("0", 422), ("7.00", 303), ("7.00", 303)):
            assert (await site.post("/bank/top-ups", data={**form, "amount": amount})).status_code == status, amount
        async with transaction(finance.scope):
            assert [(one.currency, one.minor) for one in await owed_to_bank(finance)] == [("EUR", 70)]
            await pay_in(finance, "EUR", 70, TODAY, new_id())
            assert await owed_to_bank(finance) == []
            with pytest.raises(Refused):
                await pay_in(finance, "EUR", 1, TODAY, new_id())
        for person in (cast.auditor, cast.manager):
            async with transaction(person.actor.scope):
                with pytest.raises(Forbidden):
                    await pay_in(person.actor, "EUR", 1, TODAY, new_id())
    assert await wrong(cast.nordkai.id) == []


async def test_what_the_processor_is_short_of_is_not_owed_to_the_bank(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000)
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 0, currency="EUR"))
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000)
    async with transaction(cast.finance.actor.scope, read_only=True):
        assert await owed_to_bank(cast.finance.actor) == []
