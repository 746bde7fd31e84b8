"""Approved refunds leave by one payment file for each trust account; a refund stands in one file, once and for good."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4
from xml.etree import ElementTree

import asyncpg
import pytest
import xmlschema

from billing.bank.accounts import OwnAccount
from billing.bank_details.account import Account
from billing.payment_files.keep import Made
from billing.refunds.decide import decline
from billing.refunds.file import file_to_take, filings, make_refund_file, waiting
from billing.refunds.register import reference_of
from billing.suspense.send_back import ask_to_send_back
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, said
from tests.billing.bank.matching.test_booking import did
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.money import agreed
from tests.billing.refunds.test_by_bank import DAY, SENDER, WEBER, faults, nobodys, to_pay
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

SCHEMA = Path(__file__).parents[2] / "data" / "bank" / "xsd" / "pain.001.001.09.xsd"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
CHINESE = Account(currency="EUR", holder="苏州兰亭轴承有限公司", iban="NL91ABNA0417164300")


@pytest.fixture
async def trust(cast: Cast) -> OwnAccount:
    await agreed(cast, cast.brandt)
    await opened(cast.finance, "First", iban=DUPLICATE_IBAN)
    return await opened(cast.finance, holder="Nordkai Treuhand")


async def approved(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings, minor: int, payee: Account = WEBER
) -> UUID:
    """Money that came to an account, asked for and approved to be sent back."""
    sender = payee.iban if payee is CHINESE else SENDER
    piece = await nobodys(cast, owner, trust, minor, sender)
    return await to_pay(cast, settings, await did(cast.finance, ask_to_send_back, piece, payee))


async def test_a_file_holds_what_may_be_paid_today_and_names_who_is_paid_by_hand(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    paid = [await approved(cast, owner, trust, settings, minor) for minor in (75_00, 80_50)]
    await approved(cast, owner, trust, settings, 60_00, CHINESE)
    resting = await approved(cast, owner, trust, settings, 55_00, replace(WEBER, iban=DUPLICATE_IBAN))
    found, nowhere = await did(cast.auditor, filings)
    [filing] = found
    assert (filing.payer.id, nowhere) == (trust.id, []), "out of the account that the money came to"
    assert [one.why for one in filing.plan.by_hand] == ["Its name cannot be written in a payment file."]
    assert [one.refund.id for one in await did(cast.finance, waiting)] == [resting]
    token = uuid4()
    for person, error in ((cast.auditor, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(error):
            await did(person, make_refund_file, trust.id, token)
    # A double click, and another person at the same moment with a form of their own.
    done = await asyncio.gather(
        *(did(cast.finance, make_refund_file, trust.id, token) for _ in range(2)),
        did(cast.second_finance, make_refund_file, trust.id, uuid4()),
        return_exceptions=True,
    )
    made = [one for one in done if isinstance(one, Made)]
    filed = await owner.fetchval("select count(*) from filed_refunds where agency_id = $1", cast.nordkai.id)
    assert (len({one.id for one in made}), filed) == (1, 2)
    assert all(isinstance(one, Refused) for one in done if not isinstance(one, Made))
    _, content = await did(cast.second_finance, file_to_take, made[0].id)
    xmlschema.XMLSchema(SCHEMA).validate(content.decode())
    root = ElementTree.fromstring(content)
    assert [(one.findtext(".//p:EndToEndId", None, SPACE), one.findtext(".//p:InstdAmt", None, SPACE),
             one.findtext(".//p:CdtrAcct//p:IBAN", None, SPACE)) for one in root.iterfind(".//p:CdtTrfTxInf", SPACE)] == [
        (reference_of(paid[0]), "75.00", SENDER), (reference_of(paid[1]), "80.50", SENDER),
    ]  # fmt: skip
    assert {one.text for one in root.iterfind(".//p:DbtrAcct/p:Id/p:IBAN", SPACE)} == {trust.iban}
    trail = await owner.fetchval("select facts from audit_events where subject_id = $1", made[0].id)
    assert hashlib.sha256(content).hexdigest() in trail and "Weber" not in trail
    assert await faults(cast) == []
    # The bank carries the first out and not the second: that one is declined with a word, and asked for anew.
    [line] = await arrived(cast.finance, trust, said(-75_00, "", "Somebody", end_to_end=reference_of(paid[0]), on=DAY))
    assert await kinds(owner, line) == ["linked"]
    with pytest.raises(Refused) as refused:
        await did(cast.finance, decline, paid[1])
    assert refused.value.code == "filed"
    await did(cast.finance, decline, paid[1], not_carried_out=True)
    piece = await owner.fetchval("select suspense_id from refunds where id = $1", paid[1])
    again = await to_pay(cast, settings, await did(cast.finance, ask_to_send_back, piece, WEBER))
    second = await did(cast.finance, make_refund_file, trust.id, uuid4())
    assert await owner.fetchval("select file_id from filed_refunds where refund_id = $1", again) == second.id
    assert await faults(cast) == []
    await owner.execute("update filed_refunds set amount_minor = 1 where refund_id = $1", again)
    assert any("payment file that differs" in fault for fault in await faults(cast))


async def test_the_page_makes_the_file_and_hands_out_the_same_bytes(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings, visit: Visit
) -> None:
    refund = await approved(cast, owner, trust, settings, 75_00)
    await placed_case(cast.nordkai, cast.brandt)
    with clock.at(LATER):
        site = await visit(cast.finance)
        page = (await site.get("/refunds")).text
        assert "1 transfer of" in page and reference_of(refund) in page
        token = page.split('name="token" value="')[1].split('"')[0]
        form = {"account": str(trust.id), "token": token}
        for _ in range(2):
            assert (await site.post("/refunds/files", data=form)).status_code == 303
        assert (await site.post("/refunds/files", data={**form, "token": str(uuid4())})).status_code == 422
        page = (await site.get("/refunds")).text
        assert "until the bank tells of it" in page
        url = "/refunds/files/" + page.split('href="/refunds/files/')[1].split('"')[0]
        first = await site.get(url)
        assert first.headers["content-type"].startswith("application/xml")
        assert (await (await visit(cast.second_finance)).get(url)).content == first.content
        for name, status in (("auditor", 403), ("negotiator", 403), ("brandt_admin", 403), ("huadong_finance", 404)):
            other = await visit(getattr(cast, name))
            assert (await other.get(url)).status_code == status, name
            assert (await other.post("/refunds/files", data=form)).status_code == status, name
        piece = await owner.fetchval("select suspense_id from refunds where id = $1", refund)
        assert (await site.post(f"/refunds/{refund}/refusal", data={})).status_code == 422
        assert "It stands in the payment file" in (await site.get(f"/suspense/{piece}")).text
        assert (await site.post(f"/refunds/{refund}/refusal", data={"not_carried_out": "1"})).status_code == 303
