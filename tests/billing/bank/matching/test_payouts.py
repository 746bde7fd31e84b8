"""A run whose transfers the bank debits one by one is paid one by one, each once, and by hand what is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.matching import bookings
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.by_hand import name
from billing.bank.matching.candidates import Line
from billing.bank.matching.payouts import Transfer, payout_of
from billing.bank.matching.propose import What
from billing.bank_details.account import Account
from billing.remittance.came_back import pay_again
from billing.remittance.draft import review
from billing.remittance.payment_file import plan_of
from billing.remittance.run import load_run
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, matched, posted, said
from tests.billing.bank.matching.test_booking import did, proposed
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.exchange.exchanging import collected, drafted, executed, pays_in
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import approved, look, paid, paid_into, prepared, statements, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

TO_BRANDT, TO_LANTING = "DE75512108001245126199", "DE02300209000106531065"
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
async def trust(cast: Cast) -> OwnAccount:
    await opened(cast.finance, "Own", book="operating", iban=DUPLICATE_IBAN)
    return await opened(cast.finance)


@pytest.fixture
async def run_id(cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings) -> UUID:
    """A run of three transfers: 600.00 to Brandt, 300.00 to Lanting, 300.00 to us."""
    for client, minor, iban in ((cast.brandt, 800_00, TO_BRANDT), (cast.lanting, 400_00, TO_LANTING)):
        await agreed(cast, client)
        await terms(owner, client)
        await paid_into(cast, client, settings, Account(currency="EUR", holder=f"{client.name} GmbH", iban=iban))
        await pay(cast.finance, await placed_case(cast.nordkai, client, amount_minor=minor), minor)
    run = await prepared(cast.finance, "EUR")
    await approved(cast.second_finance, run, settings)
    return run


async def numbers(owner: asyncpg.Connection, run_id: UUID) -> dict[UUID, str]:
    return {row["client_id"]: row["number"] for row in await statements(owner, run_id)}


async def closed(owner: asyncpg.Connection, run_id: UUID) -> dict[UUID, Any]:
    """By client, the day on which its statement was paid, once it is closed."""
    return {row["client_id"]: row["paid_on"] for row in await statements(owner, run_id) if row["status"] == "closed"}


async def test_each_debit_is_the_transfer_of_its_statement_and_with_the_last_the_run_is_paid(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, run_id: UUID, visit: Visit
) -> None:
    number, run = await numbers(owner, run_id), (await look(cast.finance, run_id)).number
    ours, first = await arrived(
        cast.finance, trust,
        said(-300_00, f"Fees {run}", "Nordkai", end_to_end=run, counterparty_account=DUPLICATE_IBAN, on=TOMORROW),
        said(-600_00, "SEPA", "Brandt", end_to_end=number[cast.brandt.id], counterparty_account=TO_BRANDT, on=TOMORROW),
    )  # fmt: skip
    assert await kinds(owner, ours, first) == ["linked linked", "linked"], "nobody is asked"
    assert await posted(owner, first, C1=cast.brandt.id) == ["trust Dr2010 C1 600.00", "trust Cr1000 600.00"]
    assert await closed(owner, run_id) == {cast.brandt.id: TOMORROW}
    assert (await look(cast.finance, run_id)).confirmed == (2, 3)
    assert await wrong(cast.nordkai.id) == []
    with clock.at(LATER):
        async with await visit(cast.finance) as finance:
            page = (await finance.get(f"/remittances/{run_id}")).text
        assert "2 of 3 confirmed" in page and "The rest was paid" in page
        async with await visit(cast.brandt_viewer) as client:
            assert "the portal" in (await client.get(f"/statements/{(await statements(owner, run_id))[0]['id']}")).text
        async with transaction(cast.finance.actor.scope, read_only=True):
            plan = await plan_of(cast.finance.actor, await load_run(cast.finance.actor, run_id), "EUR")
        assert [one.reference for one in plan.transfers] == [number[cast.lanting.id]], "nobody is paid twice by a file"
    # The same amount once more is not the same transfer, and an amount alone is nobody's word.
    again, last = await arrived(
        cast.finance, trust,
        said(-600_00, number[cast.brandt.id], "Brandt", on=TOMORROW, bank_reference="2"),
        said(-300_00, "Zahlung", on=TOMORROW, bank_reference="3"),
    )  # fmt: skip
    assert await kinds(owner, again, last) == ["open", "open"]
    found = await proposed(cast.finance, last)
    assert (found.what, found.confidence, found.is_certain) == (What.RUN, 50, False)
    for person, error in ((cast.auditor, Forbidden), (cast.lanting_admin, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(error):
            await did(person, accept, last, found.what, shown_of(found))
    await did(cast.finance, accept, last, found.what, shown_of(found))
    ended = await look(cast.finance, run_id)
    assert (ended.status, ended.paid_on, ended.confirmed) == ("closed", TOMORROW, (3, 3))
    assert await kinds(owner, again, last) == ["open", "linked"]
    told = await owner.fetch("select client_id from audit_events where action = 'statement.closed'"
                             " and agency_id = $1 order by id", cast.nordkai.id)  # fmt: skip
    assert [row["client_id"] for row in told] == [cast.brandt.id, cast.lanting.id]
    assert await wrong(cast.nordkai.id) == []


async def test_what_is_left_is_confirmed_by_hand_or_is_one_debit_and_nothing_is_booked_twice(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, run_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await numbers(owner, run_id)
    [whole, one] = await arrived(
        cast.finance, trust, said(-1_200_00, "SAMMLER", on=TOMORROW), said(-600_00, "Brandt", "Brandt", on=TOMORROW)
    )
    seen = await proposed(cast.finance, whole)
    assert (seen.what, await kinds(owner, whole, one)) == (What.RUN, ["open", "open"])

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("the process ends here")

    [choice] = [
        f"payout {run_id} {row['id']}" for row in await statements(owner, run_id) if row["client_id"] == cast.brandt.id
    ]
    with monkeypatch.context() as patch:
        patch.setattr(bookings, "keep_match", killed)
        with pytest.raises(RuntimeError):
            await did(cast.finance, name, one, choice)
    assert (await look(cast.finance, run_id)).confirmed == (0, 3)
    assert await did(cast.finance, name, one, choice) is What.PAYOUT
    assert (await look(cast.finance, run_id)).confirmed == (1, 3)
    with pytest.raises(Refused) as refused:
        await did(cast.finance, accept, whole, What.RUN, shown_of(seen))
    assert refused.value.code == "changed", "its whole sum is not what is left"
    [rest] = await arrived(cast.finance, trust, said(-600_00, "SAMMLER 2", on=TOMORROW, bank_reference="2"))
    found = await proposed(cast.finance, rest)
    assert (found.what, found.affair and found.affair.run_kinds) == (What.RUN, ("paid", "draw"))
    assert await wrong(cast.nordkai.id) == []
    await paid(cast.finance, run_id, on=TOMORROW, reference="SEPA 1", at=LATER)
    assert (await look(cast.finance, run_id)).status == "closed"
    assert await closed(owner, run_id) == {cast.brandt.id: TOMORROW, cast.lanting.id: TOMORROW}
    await matched(cast.finance)
    linked = await proposed(cast.finance, rest)
    assert linked.what is What.LINK, "what finance confirmed is what the bank tells of then"
    await did(cast.finance, accept, rest, What.LINK, shown_of(linked))
    drafts = await owner.fetch(
        "select kind from journals where agency_id = $1 and source = 'remittance'", cast.nordkai.id
    )
    assert sorted(row["kind"] for row in drafts) == ["approval"] * 2 + ["draw"] * 2 + ["paid"] * 2
    assert len(number) == 2 and await wrong(cast.nordkai.id) == []


async def test_a_payout_in_another_currency_is_matched_there_comes_back_and_is_paid_again(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    pounds = await opened(cast.finance, "Pounds", currency="GBP", iban="GB33BUKB20201555555555")
    account = Account(currency="GBP", holder="Brandt Ltd", iban="GB94BARC10201530093459")
    await paid_into(cast, cast.brandt, settings, account)
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await drafted(cast)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await review(cast.finance.actor, run_id)
    await approved(cast.second_finance, run_id, settings)
    [row] = await statements(owner, run_id)
    debit = said(-600_40, row["number"], "Brandt Ltd", counterparty_account=account.iban, on=TODAY)
    [early] = await arrived(cast.finance, pounds, debit)
    assert await kinds(owner, early) == ["open"], "nothing was bought yet"
    await executed(cast.finance, run_id, 76_000, 60_040, "0.79")
    await matched(cast.finance)
    assert await kinds(owner, early) == ["linked"]
    assert await posted(owner, early, C4=cast.brandt.id) == ["trust Dr2010 C4 600.40", "trust Cr1000 600.40"]
    assert (await look(cast.finance, run_id)).confirmed == (1, 2)
    [back] = await arrived(
        cast.finance, pounds,
        said(600_40, f"RETURN {row['number']}", "Brandt Ltd", on=TOMORROW, return_reason="AC04"),
    )  # fmt: skip
    found = await proposed(cast.finance, back)
    assert found.what is What.PAYOUT_BACK
    await did(cast.finance, accept, back, What.PAYOUT_BACK, shown_of(found))
    returned = await owner.fetchrow("select * from returned_payouts where statement_id = $1", row["id"])
    assert returned is not None and (returned["currency"], returned["amount_minor"]) == ("GBP", 60_040)
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused):
        await did(cast.finance, pay_again, returned["id"], TOMORROW, "again")
    await paid_into(cast, cast.brandt, settings, account, at=NOON + timedelta(days=1))
    rested = TODAY + timedelta(days=4)
    with clock.at(NOON + timedelta(days=6)):
        [again] = await arrived(
            cast.finance,
            pounds,
            said(-600_40, row["number"], "Brandt Ltd", counterparty_account=account.iban, on=rested),
        )
        seen = await proposed(cast.finance, again)
        assert seen.what is What.PAID_AGAIN
        async with transaction(cast.finance.actor.scope):
            await accept(cast.finance.actor, again, What.PAID_AGAIN, shown_of(seen))
    assert await posted(owner, again, C4=cast.brandt.id) == ["trust Dr2010 C4 600.40", "trust Cr1000 600.40"]
    assert await wrong(cast.nordkai.id) == []


def line_of(minor: int, text: str, **more: Any) -> Line:
    nothing = dict.fromkeys(
        ("account_name", "counterparty_name", "counterparty_account", "on_behalf_of", "creditor_reference", "end_to_end",
         "return_reason", "instructed", "bank_reference", "code", "kind"), "",
    )  # fmt: skip
    return Line(
        **{
            **nothing, "id": uuid4(), "bank_account_id": uuid4(), "book": "trust", "position": 1, "booked_on": TODAY,
            "currency": "EUR", "amount_minor": minor, "text": text, "charges_minor": 0, "is_reversal": False,
            "status": "open", **more,
        }
    )  # fmt: skip


def test_some_transfers_that_left_as_one_are_known_by_their_sum_where_no_others_have_it() -> None:
    run, amounts = uuid4(), (100_00, 250_00, 400_00, 900_00)
    transfers = [
        Transfer(run_id=run, run_number="R-00007", statement_id=uuid4(), number=f"S-{place:05}", currency="EUR", minor=minor,
                 since=TODAY, names=("", ""), account="")
        for place, minor in enumerate(amounts)
    ]  # fmt: skip
    found = payout_of(line_of(-500_00, "Sammler R-00007"), transfers, 90)
    assert found is not None and (found.label, found.confidence, found.is_certain) == ("S-00000, S-00002", 90, False)
    assert payout_of(line_of(-650_00, "Sammler", booked_on=TODAY - timedelta(days=1)), transfers, 90) is None
    assert payout_of(line_of(-640_00, "R-00007"), transfers, 90) is None
    twins = [*transfers, *transfers[:1]]
    assert payout_of(line_of(-500_00, "R-00007"), twins, 90) is None, "which of two equal ones it was nobody knows"
    both = payout_of(line_of(-100_00, "S-00000"), twins, 50)
    assert both is not None and not both.is_certain
