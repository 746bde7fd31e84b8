"""The pages of finance about the processor, and the owner's settings."""

from datetime import timedelta

import asyncpg
import pytest

from billing.cards import processor
from billing.cards.accounts import offered_by
from billing.cards.booking import book
from billing.cards.chargebacks import follow_chargeback
from billing.cards.objects import KeyRefused
from billing.cards.payouts import follow_payout
from billing.cards.rotating import rotate
from billing.cards.settings import connect, kept_account, stamp
from portal import clock
from portal.errors import Refused, Unanswered
from portal.identity import new_id
from portal.tenancy.database import transaction
from tests.billing.cards.scripted import SOON, Scripted, attempted, example, seconds
from tests.billing.money import agreed, count, wrong
from tests.people import PASSWORD, Cast, Visit

KEYS = {"publishable_key": "pk_live_1", "secret_key": "sk_live_abcd1234", "webhook_secret": "whsec_wxyz9876"}


async def test_an_owner_sets_cards_up_and_secrets_are_never_shown(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    client = await visit(cast.owner)
    own = {"mode": "own", "card": "1", "is_on": "1", "seen": ""}
    for wrong_one in ({}, {**KEYS, "secret_key": "pk_live_1"}, {**KEYS, "card": ""}, {**KEYS, "webhook_secret": ""}):
        assert (await client.post("/settings/cards", data={**own, **wrong_one})).status_code == 422
    assert (await client.post("/settings/cards", data={**own, "mode": "connected"})).status_code == 422
    answer = await client.post("/settings/cards", data={**own, **KEYS})
    assert answer.status_code == 303
    page = (await client.get("/settings/cards")).text
    assert "1234" in page
    assert "9876" in page
    assert f"/hooks/stripe/{cast.nordkai.id}" in page
    row = await owner.fetchrow("select * from processor_accounts where agency_id = $1", cast.nordkai.id)
    told = await owner.fetchval(
        "select string_agg(before::text || after::text || facts::text, '') from audit_events"
        " where agency_id = $1 and action = 'card_account.changed'",
        cast.nordkai.id,
    )
    for text in (page, str(dict(row or {})), told):
        assert "sk_live_abcd" not in text
        assert "whsec_wxyz" not in text
    assert (await client.post("/settings/cards", data={**own, **KEYS})).status_code == 422, "it was changed meanwhile"
    async with transaction(cast.owner.actor.scope):
        seen = stamp(await kept_account(cast.owner.actor))
        offered = await offered_by(cast.finance.actor)
    assert offered is not None
    assert (offered.publishable_key, offered.account_id, offered.methods) == ("pk_live_1", "", ("card",))
    kept = {**own, "publishable_key": "pk_live_1", "seen": seen, "sepa_debit": "1", "is_on": ""}
    assert (await client.post("/settings/cards", data=kept)).status_code == 303, "empty secrets stay as they are"
    assert await rotate() >= 1
    async with transaction(cast.owner.actor.scope):
        account = await processor.account_of(cast.nordkai.id)
        assert account is not None
        assert (account.secret_key, account.webhook_secret) == (KEYS["secret_key"], KEYS["webhook_secret"])
        assert await offered_by(cast.finance.actor) is None
    for person in (cast.manager, cast.finance, cast.brandt_admin):
        for method, path in (
            ("GET", "/settings/cards"),
            ("POST", "/settings/cards"),
            ("POST", "/settings/cards/trial"),
        ):
            assert (await (await visit(person)).request(method, path, data={})).status_code == 403


async def test_a_trial_says_whether_the_processor_knows_us(
    cast: Cast, visit: Visit, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await visit(cast.owner)
    assert (await client.post("/settings/cards/trial")).status_code == 422, "nothing is set up"
    monkeypatch.setattr(processor, "processor_with", lambda _: scripted)
    scripted.faults["try_out"] = [KeyRefused("x"), Unanswered("x")]
    for words in ("does not accept", "does not answer"):
        answer = await client.post("/settings/cards/trial")
        assert answer.status_code == 422
        assert words in answer.text
    assert (await client.post("/settings/cards/trial")).status_code == 303


async def test_only_the_operator_connects_an_account_and_to_one_agency(cast: Cast, owner: asyncpg.Connection) -> None:
    account = f"acct_{cast.nordkai.id.hex}"
    await connect(cast.nordkai.slug, account)
    await connect(cast.nordkai.slug, account)
    for slug, name in ((cast.huadong.slug, account), ("nobody", "acct_2"), (cast.huadong.slug, "sk_live_1")):
        with pytest.raises(Refused):
            await connect(slug, name)
    assert (
        await owner.fetchval("select account_id from processor_accounts where agency_id = $1", cast.nordkai.id)
        == account
    )
    assert await count("processor_accounts", cast.huadong.id) == 0


async def test_finance_sees_what_came_and_gives_it_back(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, scripted: Scripted
) -> None:
    await agreed(cast, cast.brandt)
    ours, case_id = await attempted(owner, cast)
    at = SOON + timedelta(hours=1)
    with clock.at(at):
        intent = scripted.paid(ours)
        await book(cast.nordkai.id, intent)
        due = {"evidence_details": {"due_by": seconds(at + timedelta(days=7))}}
        await follow_chargeback(cast.nordkai.id, scripted.disputed(f"ch_{intent[3:]}", "warning_needs_response", **due))
        scripted.objects["po_1"] = example("payout", id="po_1", amount=49_230, currency="eur", status="paid",
                                           arrival_date=seconds(at))  # fmt: skip
        scripted.lines["po_1"] = [example("balance_transaction", id="txn_1", amount=50_000, fee=770, net=49_230,
                                          currency="eur", source=f"ch_{intent[3:]}", type="charge")]  # fmt: skip
        await follow_payout(cast.nordkai.id, "po_1")
        finance, second = await visit(cast.finance), await visit(cast.second_finance)
        assert "·· 4242" in (await finance.get("/card-payments", params={"charge": f"ch_{intent[3:]}"})).text
        attempt = f"/card-payments/{ours}"
        assert (await finance.get(attempt)).status_code == 200
        form = {"amount": "200", "reason": "twice", "token": str(new_id())}
        assert (await finance.post(f"{attempt}/refunds", data={**form, "amount": "900"})).status_code == 422
        for _ in range(2):
            assert (await finance.post(f"{attempt}/refunds", data=form)).status_code == 303
        refund = await owner.fetchval("select id from card_refunds where card_payment_id = $1", ours)
        assert "Your password" in (await second.get(attempt)).text
        assert "somebody else" in (await finance.get(attempt)).text
        approval = f"/card-refunds/{refund}/approval"
        assert (await second.post(approval, data={"password": "guessed"})).status_code == 422
        assert (await finance.post(approval, data={"password": PASSWORD})).status_code == 422
        assert (await second.post(approval, data={"password": PASSWORD})).status_code == 303
        assert (await second.post(f"/card-refunds/{refund}/refusal")).status_code == 422
        page = (await finance.get("/chargebacks")).text
        assert "Inquiry, to be answered" in page
        chargeback = await owner.fetchval("select id from chargebacks where case_id = $1", case_id)
        assert (await finance.post(f"/chargebacks/{chargeback}/decision", data={"decision": "x"})).status_code == 422
        assert (
            await finance.post(f"/chargebacks/{chargeback}/decision", data={"decision": "accepted"})
        ).status_code == 303
        payout = await owner.fetchval("select id from payouts where agency_id = $1", cast.nordkai.id)
        assert "fees to make good" in (await finance.get("/payouts")).text
        assert "7.70" in (await finance.get(f"/payouts/{payout}")).text
        assert (await finance.post(f"/payouts/{payout}/fees", data={"paid_on": ""})).status_code == 422
        assert (
            await finance.post(f"/payouts/{payout}/fees", data={"paid_on": at.date().isoformat()})
        ).status_code == 303
        assert (
            f"/card-payments?charge=ch_{intent[3:]}"
            in (
                await finance.get(
                    f"/payments/{await owner.fetchval('select payment_id from card_payments where id = $1', ours)}"
                )
            ).text
        )
    assert await wrong(cast.nordkai.id) == []
