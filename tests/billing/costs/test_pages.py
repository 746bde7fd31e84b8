"""The page of a case's costs: entered by whoever may, seen by the client, invoiced where no debtor repays them."""

from uuid import UUID

import asyncpg
import pytest

from billing.bank.accounts import Given, open_account
from billing.costs.register import case_of_cost
from billing.invoices.costs import invoice_costs, open_costs
from billing.payments.returns import reverse
from cases.casework import load_case, move
from cases.tables import CaseStatus
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.costs.advancing import advanced, costs, lines_of, still_open, took_back
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import remitted, statement, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit
from tests.spreadsheets import read_csv


async def a_case(cast: Cast, owner: asyncpg.Connection) -> UUID:
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    return await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")


async def closed(person: Person, case_id: UUID) -> None:
    async with transaction(person.actor.scope):
        case = await load_case(person.actor, case_id, lock=True)
        await move(person.actor, case, CaseStatus.CLOSED, close_code="uneconomical")


async def invoiced(person: Person, client_id: UUID) -> UUID:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await invoice_costs(person.actor, client_id, "GBP")


async def test_a_manager_enters_costs_takes_one_back_and_the_client_sees_them(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    case_id = await a_case(cast, owner)
    url = f"/cases/{case_id}/costs"
    with clock.at(NOON):
        site = await visit(cast.manager)
        page = (await site.get(url)).text
        assert "No costs yet" in page and "Enter costs" in page
        typed = {
            "token": str(new_id()), "kind": "court", "what": "Order of 3 March", "amount": "70.00", "who": "ours",
            "paid_on": TODAY.isoformat(), "note": "by card",
        }  # fmt: skip
        for wrong_one, told in (({"kind": ""}, "choose"), ({"kind": "other", "what": " "}, "what it was"), ({"amount": "0"}, "above zero"),
                                ({"paid_on": "2031-01-01"}, "not come yet"), ({"who": "nobody"}, "choose"), ({"amount": "x"}, "not an amount")):  # fmt: skip
            refused = await site.post(url, data=typed | wrong_one)
            assert refused.status_code == 422 and told in refused.text
        for _ in range(2):
            assert (await site.post(url, data=typed)).status_code == 303
        second = typed | {"token": str(new_id()), "kind": "lawyer", "amount": "30"}
        assert (await site.post(url, data=second)).status_code == 303
        assert [cost.amount_minor for cost in await costs(cast.manager, case_id)] == [7_000, 3_000]
        assert (await site.post(f"/costs/{second['token']}/taking-back", data={"because": ""})).status_code == 422
        assert (
            await site.post(f"/costs/{second['token']}/taking-back", data={"because": "a duplicate"})
        ).status_code == 303
        assert "by card" in (await site.get(url)).text
        client = await visit(cast.brandt_viewer)
        seen = (await client.get(url)).text
        assert "Order of 3 March" in seen and "70.00" in seen and "taken back" in seen
        assert "by card" not in seen and "a duplicate" not in seen and "Enter costs" not in seen
        assert "Costs of" in (await client.get(f"/cases/{case_id}")).text
        for sibling in (cast.lanting_admin, cast.huadong_owner):
            assert (await (await visit(sibling)).get(url)).status_code == 404
    for person, refusal in ((cast.negotiator, Forbidden), (cast.auditor, Forbidden), (cast.brandt_admin, Forbidden),
                            (cast.huadong_finance, NotFound)):  # fmt: skip
        with pytest.raises(refusal):
            await advanced(person, case_id, 1)
        with pytest.raises(refusal):
            await took_back(person, UUID(typed["token"]))
    with pytest.raises(NotFound):
        async with transaction(cast.lanting_admin.actor.scope):
            await case_of_cost(cast.lanting_admin.actor, UUID(typed["token"]))
    assert await wrong(cast.nordkai.id) == []


async def test_costs_leave_the_account_that_was_chosen_where_there_are_several(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    case_id = await a_case(cast, owner)
    url = f"/cases/{case_id}/costs"
    with clock.at(NOON):
        site = await visit(cast.manager)
        opened = []
        for number, currency in (("4711001", "GBP"), ("4711002", "USD"), ("4711003", "GBP")):
            assert "Paid from" not in (await site.get(url)).text
            given = Given(
                book="operating", currency=currency, name=f"Account {number}", holder="Nordkai", bank_name="Bank X",
                account_number=number,
            )  # fmt: skip
            async with transaction(cast.owner.actor.scope):
                opened.append(await open_account(cast.owner.actor, given))
        _, dollars, chosen = opened
        assert "Paid from" in (await site.get(url)).text
        typed = {
            "token": str(new_id()), "kind": "court", "amount": "70.00", "who": "ours", "paid_on": TODAY.isoformat(),
            "account": str(chosen),
        }  # fmt: skip
        assert (await site.post(url, data=typed | {"account": str(dollars)})).status_code == 422
        assert (await site.post(url, data=typed)).status_code == 303
    left = await owner.fetchval(
        "select l.bank_account_id from case_costs o join journal_lines l on l.journal_id = o.journal_id and l.account = 1100"
        " where o.id = $1",
        UUID(typed["token"]),
    )
    assert left == chosen and await wrong(cast.nordkai.id) == []


async def test_costs_that_nobody_repaid_are_invoiced_without_vat_once_the_case_is_closed(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await a_case(cast, owner)
    await advanced(cast.manager, case_id, 7_000)
    await advanced(cast.manager, case_id, 1_500, kind="translation", on_debtor=False)
    payment = await pay(cast.finance, case_id, 3_000)
    assert payment.costs_kept_minor == 3_000 and await still_open(cast.brandt) == 5_500
    async with transaction(cast.finance.actor.scope):
        [one] = await open_costs(cast.finance.actor)
    # The translation is the client's at once; the court may still be repaid.
    assert (one.owed_minor, one.waiting_minor) == (1_500, 4_000)
    with pytest.raises(Forbidden):
        await invoiced(cast.manager, cast.brandt.id)
    with pytest.raises(NotFound):
        await invoiced(cast.huadong_finance, cast.brandt.id)
    await closed(cast.manager, case_id)
    with pytest.raises(Refused):
        await advanced(cast.manager, case_id, 1)  # its debtor is asked for nothing any more
    with clock.at(NOON):
        site = await visit(cast.finance)
        listed = (await site.get("/invoices")).text
        assert "nobody repaid" in listed and "55.00" in listed
        assert "Invoice the client for it" in (await site.get(f"/cases/{case_id}/money")).text
        answer = await site.post(f"/clients/{cast.brandt.id}/cost-invoices", data={"currency": "GBP"})
        assert "Invoice the client for it" not in (await site.get(f"/cases/{case_id}/money")).text
        assert answer.status_code == 303
        told = (await (await visit(cast.brandt_viewer)).get(answer.headers["location"])).text
        assert "55.00" in told and "disbursements" in told and "Court fee" in told and "Translation" in told
        assert "No debtor repaid" in told and "nobody repaid" not in (await site.get("/invoices")).text
        again = await site.post(f"/cases/{case_id}/cost-invoices")
        assert again.status_code == 422 and "open here" in again.text
    assert await lines_of(owner, cast.nordkai.id, "invoice", "invoice") == ["O Dr1200 5500", "O Cr1240 5500"]
    assert [cost.invoiced_minor for cost in await costs(cast.brandt_admin, case_id)] == [4_000, 1_500]
    assert await still_open(cast.brandt) == 0 and await wrong(cast.nordkai.id) == []
    # No remittance takes what the invoice asks for, and what the debtor pays on these costs is the client's now.
    await pay(cast.finance, case_id, 10_000)
    run = await statement(owner, await remitted(cast, settings))
    assert (run["carried_in_minor"], run["costs_minor"], run["collected_minor"]) == (0, 3_000, 13_000)
    with clock.at(NOON):
        rows = read_csv((await site.get(f"/statements/{run['id']}/csv")).content)
        assert [row["Costs repaid to the agency"] for row in rows] == ["30.00", "0.00"]
        page = (await site.get(f"/statements/{run['id']}")).text
        assert "Costs repaid to the agency" in page and "Costs repaid GBP" in page
        assert (await site.get(f"/statements/{run['id']}/pdf")).content.startswith(b"%PDF")
    # The money goes back after all: 30 are open again, for another invoice.
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, payment.id, "returned_by_bank", TODAY)
    assert await still_open(cast.brandt) == 3_000
    await invoiced(cast.owner, cast.brandt.id)
    assert await still_open(cast.brandt) == 0 and await wrong(cast.nordkai.id) == []
    await owner.execute("update case_costs set amount_minor = amount_minor + 1 where case_id = $1", case_id)
    assert any("still to be repaid" in fault for fault in await wrong(cast.nordkai.id))
