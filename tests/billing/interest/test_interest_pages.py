"""The pages of interest: what a person sets and sees there, and what a client and a debtor see of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from cases.claim_page.overview import claim_of
from portal import clock
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed
from tests.cases.casework import placed_case
from tests.people import Cast

Visit = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_terms_freezes_and_judgments_are_set_and_taken_back_on_the_page(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=3_650_000)
    path = f"/cases/{case_id}/interest"
    with clock.at(NOON):
        negotiator, client = await visit(cast.negotiator), await visit(cast.brandt_viewer)
        assert "No interest is asked for" in (await negotiator.get(path)).text
        wrong = await negotiator.post(
            f"{path}/terms", data={"basis": "agreed", "component": "principal", "day_count": "365"}
        )
        assert wrong.status_code == 422 and 'id="f-rate-error"' in wrong.text
        form = {"basis": "agreed", "component": "principal", "rate": "10", "day_count": "365"}
        assert (await negotiator.post(f"{path}/terms", data=form)).status_code == 303
        page = (await negotiator.get(path)).text
        assert "1,260.00" in page and "37,760.00" in page and "126 days" in page
        assert "1,270.00" in (await negotiator.get(f"{path}?to=2026-11-24")).text
        assert "and 1,260.00 interest" in (await negotiator.get(f"/cases/{case_id}")).text
        frozen = {"freeze_since": str(TODAY), "freeze_through": str(TODAY), "freeze_reason": "asked for by the client"}
        assert (await negotiator.post(f"{path}/freezes", data=frozen)).status_code == 303
        judged = {"judged_on": "2026-11-20", "court": "AG Wedding", "after_basis": "de_company", "added": "cn_doubled"}
        assert (await negotiator.post(f"{path}/judgments", data=judged)).status_code == 303
        page = (await client.get(path)).text
        assert "AG Wedding" in page and "asked for by the client" in page and "frozen" in page
        assert "/interest/terms" not in page, "its client reads it"
        assert "Interest accrued to" in (await client.get(f"/cases/{case_id}")).text
        sibling = await visit(cast.lanting_admin)
        assert (await sibling.get(path)).status_code == 404
        judgment = page_value((await negotiator.get(path)).text, "judgment")
        assert (await negotiator.post(f"{path}/judgments/withdraw", data={"judgment": judgment})).status_code == 303
        term = page_value((await negotiator.get(path)).text, "term")
        assert (await negotiator.post(f"{path}/terms/withdraw", data={"term": term})).status_code == 303
        assert "No interest is asked for" in (await negotiator.get(path)).text


def page_value(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


async def test_a_payment_page_says_what_is_posted_first_and_the_debtor_what_comes_on_top(
    cast: Cast, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=3_650_000)
    with clock.at(NOON):
        owner, finance = await visit(cast.owner), await visit(cast.finance)
        path = f"/clients/{cast.brandt.id}/interest"
        form = {
            "debtor_kind": "company",
            "placed_from": "2026-01-01",
            "basis": "agreed",
            "rate": "10",
            "day_count": "365",
        }
        assert (await owner.post(path, data={**form, "placed_from": ""})).status_code == 422
        assert (await owner.post(path, data=form)).status_code == 303
        assert "10% a year" in (await owner.get(path)).text.replace("\u00a0", "")
        check = {"case": str(case_id), "amount": "2000.00", "received_on": str(TODAY), "channel": "bank"}
        page = (await finance.post("/payments/check", data=check)).text
        assert "1,260.00" in page and "is posted first" in page
        debtor = Actor(
            kind="debtor",
            agency_id=cast.nordkai.id,
            agency_name="",
            base_currency="EUR",
            role=Role.DEBTOR,
            case_id=case_id,
        )
        async with transaction(debtor.scope, read_only=True):
            claim = await claim_of(debtor)
        assert claim.accrual is not None and claim.accrual.minor == 126_000
        assert claim.case.balance_minor == 3_650_000
