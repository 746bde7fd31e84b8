"""A debtor pays by transfer, says what it paid the creditor itself, and finds its receipts."""

from __future__ import annotations

from urllib.parse import unquote

import asyncpg

from billing.payments.returns import reverse
from portal import clock
from portal.identity import new_id
from portal.jobs import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank_details.test_change import confirmed, entered
from tests.billing.direct.reporting import declined
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.receipts.test_receipts import receipt_row
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import come
from tests.people import Cast, Visit

PDF = b"%PDF-1.7\n" + b"a slip " * 100 + b"\n%%EOF\n"


async def test_how_to_pay_by_transfer_stands_on_the_page_in_the_debtors_language(
    cast: Cast, visit: Visit, settings: Settings
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=123_456)
    debtor = await come(visit, cast.negotiator, case_id, NOON)
    with clock.at(NOON):
        assert "/claim/pay/bank" not in (await debtor.get("/claim")).text, "nothing is offered without an account"
        await confirmed(cast.finance, await entered(cast.owner), settings)
        assert "/claim/pay/bank" in (await debtor.get("/claim")).text
        page = (await debtor.get("/claim/pay/bank")).text
        for part in ("DE89 3704 0044 0532 0130 00", "1,234.56", "RF32 2026 0000 1", "data:image/svg+xml"):
            assert part in page, part
        part = await debtor.get("/claim/pay/bank", params={"amount": "100.00"})
        assert "100.00" in part.text
        too_much = await debtor.get("/claim/pay/bank", params={"amount": "2000.00"})
        assert too_much.status_code == 422 and "More than the balance." in too_much.text
        await debtor.post("/claim/language", data={"language": "zh-Hans", "next": "/claim/pay/bank"})
        assert "户名" in (await debtor.get("/claim/pay/bank")).text


async def test_a_debtor_says_once_what_it_paid_the_creditor_and_reads_the_answer(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor = await come(visit, cast.negotiator, case_id, NOON)
    given = {"token": str(new_id()), "amount": "300.00", "paid_on": TODAY.isoformat(), "note": "by transfer"}
    with clock.at(NOON):
        wrong = await debtor.post("/claim/paid", data=given | {"amount": "0"}, files={"file": ("slip.pdf", PDF)})
        assert wrong.status_code == 422 and "f-amount-error" in wrong.text and "by transfer" in wrong.text
        assert await owner.fetchval("select count(*) from documents where case_id = $1", case_id) == 0
        for _ in range(2):
            sent = await debtor.post("/claim/paid", data=given, files={"file": ("slip.pdf", PDF, "application/pdf")})
            assert sent.status_code == 303, sent.text
        [row] = await owner.fetch("select * from direct_payment_reports where case_id = $1", case_id)
        assert (row["reporter"], row["amount_minor"], row["client_has_it"]) == ("debtor", 30_000, None)
        assert await owner.fetchval("select from_debtor from documents where id = $1", row["document_id"])
        assert "we are looking at it" in (await debtor.get("/claim")).text
        await declined(cast.finance, row["id"], "The creditor has no such payment.")
        assert "The creditor has no such payment." in (await debtor.get("/claim/paid")).text


async def test_a_debtor_finds_the_receipts_of_its_own_case_alone(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id, other = [await placed_case(cast.nordkai, cast.brandt, debtor=name) for name in ("A GmbH", "B GmbH")]
    mine, kept, theirs = [await pay(cast.finance, each, 1_000 + n) for n, each in enumerate((case_id, case_id, other))]
    with clock.at(NOON):
        await work_off(agency_id=cast.nordkai.id)
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, mine.id, "not_received", TODAY)
        debtor = await come(visit, cast.negotiator, case_id, NOON)
        page = await debtor.get("/claim/receipts")
        assert page.text.count("this receipt counts no more") == 1 and "10.02" not in page.text
        link = await debtor.get(f"/claim/receipts/{(await receipt_row(owner, kept.id))['id']}")
        assert link.status_code == 303 and "R-00000" in unquote(link.headers["location"])
        foreign = await debtor.get(f"/claim/receipts/{(await receipt_row(owner, theirs.id))['id']}")
        assert foreign.status_code == 404
