"""The pages of bank lines, without a browser: the proposal with its reasons, accepting, dividing, undoing."""

from __future__ import annotations

import re

import asyncpg

from portal import clock
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, said
from tests.billing.bank.statements import opened
from tests.billing.money import agreed, look, wrong
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


def hidden(page: str, name: str) -> str:
    """The value of a hidden field; of several the last, which is the panel's."""
    return re.findall(rf'name="{name}" value="([^"]*)"', page)[-1]


async def test_finance_clears_the_lines_of_a_day(cast: Cast, owner: asyncpg.Connection, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    account = await opened(cast.finance)
    first = await placed_case(cast.nordkai, cast.brandt, debtor="Lindqvist Rör AB")
    second = await placed_case(cast.nordkai, cast.brandt, amount_minor=500_00)
    numbers = {one: await owner.fetchval("select number from cases where id = $1", one) for one in (first, second)}
    near, nobody = await arrived(
        cast.finance, account, said(1_000_00, "PAYMENT", "LINDQVIST ROR"), said(600_00, "", "K WEBER")
    )
    with clock.at(LATER):
        finance = await visit(cast.finance)
        page = (await finance.get(f"/bank/lines?line={near}")).text
        assert "amount = whole balance" in page and "no reference" in page and f"Case {numbers[first]}" in page
        assert "2020 Suspense" in page and hidden(page, "shown")
        answer = await finance.post(
            f"/bank/lines/{near}/acceptance",
            data={"what": "case", "case": str(first), "shown": hidden(page, "shown")},
        )
        assert answer.status_code == 303
        # A second tab still shows it: whoever comes second is told, and nothing is booked twice.
        late = await (await visit(cast.second_finance)).post(
            f"/bank/lines/{near}/acceptance", data={"what": "case", "case": str(second), "shown": ""}
        )
        assert late.status_code == 422 and "not in suspense any more" in late.text
        found = (await finance.get(f"/bank/lines/{nobody}?q={numbers[second]}")).text
        assert f"case={second}" in found
        parts = {"case_1": numbers[second], "amount_1": "500.00", "case_2": numbers[first], "amount_2": "99.00"}
        short = await finance.post(f"/bank/lines/{nobody}/parts", data=parts)
        assert short.status_code == 422 and "do not add up" in short.text
        unknown = await finance.post(f"/bank/lines/{nobody}/parts", data={**parts, "case_1": "2026-99999"})
        assert unknown.status_code == 422 and "no case of this number" in unknown.text
        undone = await finance.post(f"/bank/lines/{near}/undoing", data={"why": "of the sister company"})
        assert undone.status_code == 303
        done = await finance.post(f"/bank/lines/{nobody}/parts", data={**parts, "amount_2": "100.00"})
        assert done.status_code == 303
        booked = (await finance.get("/bank/lines?show=booked")).text
        assert "K WEBER" in booked and "LINDQVIST" not in booked
        waits = (await finance.get(f"/bank/lines/{near}")).text
        assert "was taken back from this case" in waits
        auditor = await visit(cast.auditor)
        assert "Accept" not in re.sub(r"If you accept", "", (await auditor.get(f"/bank/lines/{near}")).text)
        chinese = (await finance.get("/bank/lines", headers={"Accept-Language": "zh-CN"})).status_code
        assert chinese == 200
    assert await kinds(owner, near, nobody) == ["suspense", "suspense"]
    assert (await look(cast.finance.actor, second)).balance_minor == 0
    assert (await look(cast.finance.actor, first)).balance_minor == 900_00
    assert await wrong(cast.nordkai.id) == []
