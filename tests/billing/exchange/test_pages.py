"""The whole way on the pages: the terms, the rate, the approval, the exchange, the payment, and what the client is shown."""

from __future__ import annotations

from decimal import Decimal

import asyncpg

from billing.bank_details.account import Account
from portal import clock
from portal.settings import Settings
from tests.billing.exchange.exchanging import collected
from tests.billing.money import NOON, TODAY, wrong
from tests.billing.remitting import approved, paid_into, prepared, statement
from tests.billing.statements.test_files import words
from tests.cases.casework import placed_case
from tests.editing import edit, fields
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv

POUNDS = Account(currency="GBP", holder="Brandt & Söhne", iban="GB33BUKB20201555555555")
RATE = {"rate": "0.7900", "source": "Kontor Bank", "quoted_at": "2026-11-23T09:00"}
DEAL = {"sold": "760.00", "bought": "601.16", "rate": "0.7910", "on": TODAY.isoformat(), "reference": "FX 77"}


async def test_a_client_is_paid_in_pounds_what_was_collected_in_dollars(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await placed_case(cast.nordkai, cast.brandt, currency="USD")
    await paid_into(cast, cast.brandt, settings, POUNDS)
    with clock.at(NOON):
        boss, finance, second = await visit(cast.owner), await visit(cast.finance), await visit(cast.second_finance)
        terms = f"/clients/{cast.brandt.id}/edit"
        assert (await edit(boss, terms, pays_in_USD="USD")).status_code == 422
        assert (await edit(boss, terms, pays_in_USD="GBP")).status_code == 303
        assert fields((await boss.get(terms)).text)["pays_in_USD"] == "GBP"
        assert "USD → GBP" in (await boss.get("/audit")).text

        await collected(cast, owner, cast.brandt, 100_000)
        run_id = await prepared(cast.finance, "USD", reviewed=False)
        page = f"/remittances/{run_id}"
        assert "Before that, enter the rate of exchange." in (await finance.get(page)).text
        for typed, said in (({"rate": "0,79"}, "A rate above zero"), ({"source": ""}, "Please fill this in."),
                            ({"quoted_at": "2030-01-01T00:00"}, "This moment has not come yet.")):  # fmt: skip
            answer = await finance.post(f"{page}/rates/GBP", data={**RATE, **typed})
            assert (answer.status_code, said in answer.text) == (422, True)
        assert (await finance.post(f"{page}/rates/XXX", data=RATE)).status_code == 404
        assert (await finance.post(f"{page}/rates/EUR", data=RATE)).status_code == 404
        assert (await finance.post(f"{page}/rates/GBP", data=RATE)).status_code == 303
        text = (await finance.get(page)).text
        assert "1 USD = 0.7900 GBP" in text and "600.40" in text
        assert (await finance.post(f"{page}/review")).status_code == 303
        await approved(cast.second_finance, run_id, settings)
        waiting = (await finance.get(page)).text
        assert "First the exchange is entered" in waiting
        wrong_rate = await finance.post(f"{page}/exchanges/GBP", data={**DEAL, "rate": "0.8000"})
        assert (wrong_rate.status_code, "At this rate USD 760.00 are GBP 608.00." in wrong_rate.text.replace("\xa0", " ")) == (
            422, True,
        )  # fmt: skip
        assert (await second.post(f"{page}/exchanges/GBP", data=DEAL)).status_code == 303
        done = await finance.post(f"{page}/payment", data={"paid_on": TODAY.isoformat(), "reference": "CHAPS 1"})
        assert done.status_code == 303
        assert await wrong(cast.nordkai.id) == []
        told = await statement(owner, run_id)
        client = await visit(cast.brandt_viewer)
        shown = (await client.get(f"/statements/{told['id']}")).text.replace("\xa0", " ")
        assert "USD 760.00 are paid out as GBP 600.40, at the quoted rate of 1 USD = 0.7900 GBP." in shown
        assert "at 1 USD = 0.7910 GBP. The better rate brings you GBP 0.76: you are paid GBP 601.16." in shown
        document = words((await client.get(f"/statements/{told['id']}/pdf?language=zh-Hans")).content)
        assert "1 USD = 0.7900 GBP" in document and "601.16" in document
        [row] = read_csv((await client.get("/statements.csv")).content)
        assert (row["Paid out in"], row["Quoted rate"], row["Paid out"]) == ("GBP", "0.79", "601.16")
        assert Decimal(row["Paid to the client"]) == 760
        for name, status in (("auditor", 403), ("brandt_admin", 403), ("lanting_admin", 403), ("huadong_finance", 404)):
            other = await visit(getattr(cast, name))
            for path, sent in (("rates", RATE), ("exchanges", DEAL)):
                assert (await other.post(f"{page}/{path}/GBP", data=sent)).status_code == status, (name, path)
        assert (await (await visit(cast.lanting_admin)).get(f"/statements/{told['id']}")).status_code == 404
