"""Money that arrives short, because banks kept something of it: borne by the debtor, the client or the agency, as agreed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.bank.accounts import OwnAccount
from billing.bank.matching.accept import accept_case
from billing.bank.matching.book import match_lines
from billing.bank.matching.propose import What
from billing.bank.matching.rules import Code
from billing.bank.matching.undo import undo
from billing.payments import receipts
from billing.payments.register import payments_of_case
from billing.payments.returns import reverse
from billing.receipts.document import _after
from billing.receipts.register import receipt_of
from billing.short.rules import Bearer, Shortfall, ShortTerms, shortfall
from billing.short.terms import set_terms, terms_on, versions_of
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, posted, said, told
from tests.billing.bank.matching.test_booking import did, number, proposed
from tests.billing.bank.statements import opened
from tests.billing.exchange.exchanging import topped_up
from tests.billing.money import NOON, TODAY, agreed, look, wrong
from tests.billing.remitting import remitted, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit

PAYER = "MUELLER MASCHINENBAU GMBH"
SENT, SHORT = 1_000_00, 985_00


@examples(max_examples=60, deadline=None)
@given(
    st.sampled_from(Bearer), st.integers(1, 10**9), st.integers(0, 10**6), st.integers(0, 10**9), st.integers(0, 10**6),
    st.none() | st.decimals("0.0001", "0.2", places=4),
)  # fmt: skip
def test_what_is_credited_is_what_arrived_and_never_more_than_was_sent_or_is_owed(
    bearer: Bearer, arrived: int, kept: int, open_minor: int, limit: int, percent: Decimal | None
) -> None:
    agreed = ShortTerms(bearer=bearer, percent=percent, amounts={"EUR": limit})
    found = shortfall(arrived, "EUR", agreed, told_minor=arrived + kept, charges_minor=0, expected=[])
    if not kept:
        assert found is None
        return
    assert found is not None and found.kept_minor == kept
    credited = found.credited(open_minor)
    assert 0 <= credited <= kept and credited <= max(0, open_minor - arrived)
    within = (not limit or kept <= limit) and (percent is None or kept <= (arrived + kept) * percent)
    is_others = bearer is not Bearer.DEBTOR and bool(limit or percent) and within
    assert found.bearer is (bearer if is_others else Bearer.DEBTOR)
    assert credited == (min(kept, max(0, open_minor - arrived)) if is_others else 0)


def test_without_the_banks_word_only_what_was_expected_within_the_tolerance_is_what_was_sent() -> None:
    agreed = ShortTerms(bearer=Bearer.CLIENT, amounts={"EUR": 20_00})

    def of(arrived: int, *expected: int, told: int | None = None, charges: int = 0) -> Shortfall | None:
        return shortfall(arrived, "EUR", agreed, told_minor=told, charges_minor=charges, expected=expected)

    assert of(SHORT, SENT) == Shortfall(SENT, SHORT, Bearer.CLIENT, is_told=False)
    assert of(SHORT, SENT, charges=15_00) == Shortfall(SENT, SHORT, Bearer.CLIENT)
    assert of(SHORT, SENT, SHORT) is None, "as much was expected"
    assert of(SHORT, 1_006_00) is None, "more is missing than is tolerated"
    assert of(SHORT, 990_00, SENT, charges=15_00) == Shortfall(SENT, SHORT, Bearer.CLIENT)
    assert of(SHORT, told=1_100_00) == Shortfall(1_100_00, SHORT, Bearer.DEBTOR)


@pytest.fixture
async def trust(cast: Cast, owner: asyncpg.Connection) -> OwnAccount:
    await agreed(cast, cast.brandt)
    await terms(owner, cast.brandt)
    return await opened(cast.finance)


async def bears(cast: Cast, bearer: str, limit: int = 20_00) -> None:
    """What is agreed with Brandt."""
    with clock.at(NOON - timedelta(hours=2)):
        async with transaction(cast.owner.actor.scope):
            await set_terms(cast.owner.actor, cast.brandt.id, bearer, None, {"EUR": limit}, TODAY)


async def came(cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, **more: Any) -> tuple[UUID, UUID]:
    """985.00 of 1,000.00 came for a case of 1,000.00; gives the case and the line."""
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=SENT)
    more = more or {"instructed": "EUR 1000.00", "charges_minor": 15_00}
    [line] = await arrived(cast.finance, trust, said(SHORT, await number(owner, case_id), PAYER, **more))
    return case_id, line


OF_THE_CLIENT = [
    "memo Cr9000 K 985.00", "memo Dr9100 C 985.00", "operating Cr4000 246.25", "operating Dr1210 C 246.25",
    "trust Cr2000 C 985.00", "trust Dr1000 985.00",
]  # fmt: skip
JOURNALS = {
    "debtor": OF_THE_CLIENT,
    "client": OF_THE_CLIENT,
    "agency": [
        "memo Cr9000 K 1000.00", "memo Dr9100 C 1000.00", "operating Cr2190 15.00", "operating Cr4000 250.00",
        "operating Dr1210 C 250.00", "operating Dr5020 15.00", "trust Cr2000 C 1000.00", "trust Dr1000 985.00",
        "trust Dr1090 15.00",
    ],
}  # fmt: skip
LEFT = {"debtor": 15_00, "client": 0, "agency": 0}


@pytest.mark.parametrize("bearer", ["debtor", "client", "agency"])
async def test_a_short_payment_is_credited_as_agreed_and_a_reversal_gives_back_exactly(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, visit: Visit, bearer: str
) -> None:
    if bearer != "debtor":
        await bears(cast, bearer)
    case_id, line = await came(cast, owner, trust)
    assert await kinds(owner, line) == ["payment"], "the bank says what was sent: nobody is asked"
    assert sorted(await posted(owner, line, C=cast.brandt.id, K=case_id)) == JOURNALS[bearer]
    assert (await look(cast.finance.actor, case_id)).balance_minor == LEFT[bearer]
    async with transaction(cast.finance.actor.scope, read_only=True):
        payments = await payments_of_case(cast.finance.actor, case_id)
        [main] = [one for one in payments if one.kept_of is None]
        receipt = await receipt_of(cast.finance.actor, main.id)
    assert [(one.amount_minor, one.fee_minor) for one in payments if one.kept_of] == (
        [(15_00, 0)] if bearer == "client" else []
    )
    sentence = f"borne by the {bearer}"
    assert f"EUR 1,000.00 sent, EUR 985.00 arrived, EUR 15.00 kept by banks: {sentence}." in main.short_text.replace(
        "\xa0", " "
    )
    assert sentence in main.explanation.sentence
    assert receipt is not None and receipt.total_minor == (SHORT if bearer == "debtor" else SENT)
    assert any("banks kept" in text for text in _after(await look(cast.finance.actor, case_id), receipt))
    assert await wrong(cast.nordkai.id) == []
    with clock.at(LATER):
        async with await visit(cast.finance) as finance:
            for page in (f"/payments/{main.id}", f"/bank/lines/{line}"):
                assert sentence in (await finance.get(page)).text
            assert "what banks kept is borne by" in (await finance.get(f"/cases/{case_id}")).text
    await did(cast.finance, undo, line, "of another debtor")
    assert (await look(cast.finance.actor, case_id)).balance_minor == SENT
    assert await kinds(owner, line) == ["suspense"]
    assert await owner.fetchval("select sum(amount_minor) from journal_lines where agency_id = $1 and account in (5020, 2190, 1090, 1210)", cast.nordkai.id) == 0  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    # Out of suspense it is booked by the same agreement.
    await did(cast.finance, accept_case, line, case_id)
    assert (await look(cast.finance.actor, case_id)).balance_minor == LEFT[bearer]
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize("bearer", ["client", "agency"])
async def test_what_went_back_after_the_remittance_is_clawed_back_as_it_was_paid(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings, bearer: str
) -> None:
    await bears(cast, bearer)
    case_id, _ = await came(cast, owner, trust)
    if bearer == "agency":
        await topped_up(cast.finance, 15_00, "EUR")
    await remitted(cast, settings, "EUR", at=LATER)
    statement = await owner.fetchrow("select * from statements where agency_id = $1", cast.nordkai.id)
    assert statement is not None
    assert (statement["collected_minor"], statement["direct_minor"], statement["net_minor"]) == (
        (SENT, 15_00, SHORT - 246_25) if bearer == "client" else (SENT, 0, SENT - 250_00)
    )
    assert await wrong(cast.nordkai.id) == []
    async with transaction(cast.finance.actor.scope, read_only=True):
        [main] = [one for one in await payments_of_case(cast.finance.actor, case_id) if one.kept_of is None]
    await did(cast.finance, reverse, main.id, "returned_by_bank", LATER.date())
    assert (await look(cast.finance.actor, case_id)).balance_minor == SENT
    owed = await owner.fetchval("select sum(owed_minor) from clawbacks where agency_id = $1", cast.nordkai.id)
    assert owed == statement["net_minor"]
    assert await wrong(cast.nordkai.id) == []


async def test_a_person_decides_where_the_bank_does_not_say_it_and_beyond_the_tolerance_it_is_the_debtors(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bears(cast, "client")
    case_id, line = await came(cast, owner, trust, bank_reference="unsaid")
    found = await proposed(cast.finance, line)
    assert await kinds(owner, line) == ["suspense"]
    assert (found.what, found.is_certain) == (What.CASE, False)
    assert Code.MAYBE_KEPT in {one.code for one in found.reasons}

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "_take_borne", killed)
        with pytest.raises(RuntimeError):
            await did(cast.finance, accept_case, line, case_id)
    assert (await look(cast.finance.actor, case_id)).balance_minor == SENT
    await did(cast.finance, accept_case, line, case_id)
    assert (await look(cast.finance.actor, case_id)).status == "closed"
    [beside] = await owner.fetch(
        "select id from payments where agency_id = $1 and kept_of is not null", cast.nordkai.id
    )
    with pytest.raises(Refused) as refused:
        await did(cast.finance, reverse, beside["id"], "not_received", LATER.date())
    assert refused.value.code == "kept_of"
    other = await placed_case(cast.nordkai, cast.brandt, amount_minor=SENT)
    [much] = await told(
        cast.finance,
        trust,
        said(970_00, await number(owner, other), PAYER, instructed="EUR 1000.00", bank_reference="much"),
    )
    with clock.at(LATER):
        await match_lines({"agency_id": str(cast.nordkai.id)})
    assert await kinds(owner, much) == ["payment"]
    assert (await look(cast.finance.actor, other)).balance_minor == 30_00
    assert await wrong(cast.nordkai.id) == []


async def test_the_owner_agrees_it_for_payments_received_from_then_on(cast: Cast, visit: Visit) -> None:
    url = f"/clients/{cast.brandt.id}/short-receipts"

    async def given(person: Person, **values: str) -> httpx.Response:
        async with await visit(person) as client:
            return await client.post(url, data={"bearer": "agency", "percent": "1.5", "at_most_EUR": "20.00", **values})

    tomorrow = TODAY + timedelta(days=1)
    with clock.at(NOON):
        past = await given(cast.owner, since=str(TODAY - timedelta(days=1)))
        assert past.status_code == 422 and "From today on at the earliest" in past.text
        for wrong_one in ({"bearer": "nobody"}, {"percent": "30"}, {"percent": "", "at_most_EUR": ""}, {"since": ""}):
            assert (await given(cast.owner, **{"since": str(tomorrow), **wrong_one})).status_code == 422
        assert (await given(cast.owner, since=str(tomorrow))).status_code == 303
        for person, status in ((cast.finance, 403), (cast.brandt_admin, 403), (cast.huadong_owner, 404)):
            assert (await given(person, since=str(tomorrow))).status_code == status
        async with await visit(cast.auditor) as client:
            page = (await client.get(url)).text
        assert "Borne by the agency" in page and "up to 1.5" in page and "EUR 20.00" in page.replace("\xa0", " ")
    async with transaction(cast.finance.actor.scope, read_only=True):
        actor = cast.finance.actor
        assert len(await versions_of(actor, cast.brandt.id)) == 1
        assert (await terms_on(actor, cast.brandt.id, TODAY)).bearer is Bearer.DEBTOR
        then = await terms_on(actor, cast.brandt.id, tomorrow)
        assert (then.bearer, then.percent, then.amounts) == (Bearer.AGENCY, Decimal("0.015"), {"EUR": 20_00})
        assert (await terms_on(actor, cast.lanting.id, tomorrow)).bearer is Bearer.DEBTOR
    for person, error in ((cast.finance, Forbidden), (cast.lanting_admin, Forbidden), (cast.huadong_owner, NotFound)):
        async with transaction(person.actor.scope):
            with pytest.raises(error):
                await set_terms(person.actor, cast.brandt.id, "client", None, {"EUR": 1}, tomorrow)
