"""The pages of interest: what a person sets and sees there, and what a client and a debtor see of it."""

from __future__ import annotations

import io
from uuid import UUID

import asyncpg
from pypdf import PdfReader

from cases.claim_page.confirming import account_to_confirm
from cases.claim_page.overview import claim_of
from cases.interest.post import fix
from portal import clock
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.tenancy.database import transaction
from tests.billing.interest.test_posting import bearing
from tests.billing.money import NOON, TODAY, agreed
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


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


def debtor_of(cast: Cast, case_id: UUID) -> Actor:
    """The debtor of a case, on the page of the claim."""
    return Actor(
        kind="debtor", agency_id=cast.nordkai.id, agency_name="", base_currency="EUR", role=Role.DEBTOR, case_id=case_id
    )


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
        debtor = debtor_of(cast, case_id)
        async with transaction(debtor.scope, read_only=True):
            claim = await claim_of(debtor)
        assert claim.accrual is not None and claim.accrual.minor == 126_000
        assert claim.case.balance_minor == 3_650_000


async def test_an_account_says_what_interest_stood_beside_its_balance_on_its_day(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    """Two cases of one debtor bear 10.00 a day each from 21 July on; of one it is posted on 23 November."""
    case_id, other = await bearing(cast), await bearing(cast)
    one_debtor = "update cases set debtor_id = (select debtor_id from cases where id = $1) where id = $2"
    await owner.execute(one_debtor, case_id, other)
    path = f"/cases/{case_id}/account"
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        for language, said in (("en", "comes on top: EUR\xa02,520.00"), ("zh-Hans", "2,520.00")):
            letter = await client.get(f"{path}/pdf?language={language}")
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(letter.content)).pages)
            assert said.replace("\xa0", " ") in text.replace("\xa0", " ") and "75,520.00" in text
        async with transaction(cast.manager.actor.scope):
            await fix(cast.manager.actor, case_id)
        async with transaction(debtor_of(cast, other).scope, read_only=True):
            shown = await account_to_confirm(debtor_of(cast, other))
        assert (shown.account.cases, shown.account.interest_minor) == (1, 126_000), "the debtor's own page, of its case"
        for query, beside in (("", "1,260.00"), ("?on=2026-11-22", "2,500.00")):
            page = (await client.get(path + query)).text
            assert "Interest accrued to" in page and beside in page
