"""The account of a debtor with its creditor ends with what the books say, whatever happened, on any day."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cases.account.lines import AccountCase, LineKind, Paper, account, summary
from cases.account.moves import Move
from cases.account.register import Account, account_of
from cases.interest.change import WantedTerm, set_on_case
from cases.interest.terms import Basis
from cases.recall.answer import give_back
from cases.recall.ask import ask_back
from portal import clock
from portal.errors import Refused
from portal.ledger.balances import debtor_balance
from portal.ledger.tables import Component
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, allocated_to, look, pay, wrong
from tests.billing.payments.test_taking_back import take_back
from tests.cases.casework import MONDAY, placed_case
from tests.cases.recalling import claim
from tests.people import Cast, Person, Visit
from tests.spreadsheets import read_csv

PLACED = date(2026, 11, 1)


async def account_for(person: Person, case_id: UUID, on: date = TODAY) -> Account:
    case = await look(person.actor, case_id)
    async with transaction(person.actor.scope, read_only=True):
        return await account_of(person.actor, case, on)


async def together(owner: asyncpg.Connection, *case_ids: UUID) -> None:
    """Cases of one debtor."""
    await owner.execute(
        "update cases set debtor_id = (select debtor_id from cases where id = $1) where id = any($2)",
        *(case_ids[0], list(case_ids)),
    )


async def credited(owner: asyncpg.Connection, case_id: UUID, kind: str, amount_minor: int) -> None:
    """A credit from before the placement, and as much more invoiced."""
    await owner.execute(
        'insert into case_credits (agency_id, client_id, case_id, kind, number, "on", amount_minor, created_at)'
        " select agency_id, client_id, id, $2, 'CN-7', placed_on - 30, $3, created_at from cases where id = $1",
        *(case_id, kind, amount_minor),
    )
    await owner.execute(
        "update invoices set amount_minor = amount_minor + $2 where case_id = $1", case_id, amount_minor
    )


async def test_it_lists_invoices_credits_corrections_and_payments_and_ends_with_the_books(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    first = await placed_case(cast.nordkai, cast.brandt)
    second = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000)
    await together(owner, first, second)
    await credited(owner, first, "credit_note", 4_000)
    await credited(owner, second, "payment", 6_000)
    await allocated_to(first, cast.nordkai.id, interest=2_000, costs=500)
    await claim(cast.brandt_submitter, first, 90_000)
    payment = await pay(cast.finance, first, 30_000)
    await pay(cast.finance, second, 10_000, channel="direct")
    found = await account_for(cast.brandt_viewer, second)
    assert (found.cases, found.balance_minor) == (2, 90_000 + 2_500 + 50_000 - 40_000)
    assert found.summary == {
        "claimed": 160_000, "credits": -10_000, "corrections": -10_000, "added": 2_500, "paid": -40_000,
    }  # fmt: skip
    assert sum(found.summary.values()) == found.balance_minor
    assert [line.text for line in found.lines if line.kind is LineKind.CORRECTION] == ["CN 17"]
    await take_back(cast.finance, payment.id)
    later = await account_for(cast.manager, first, TODAY + timedelta(days=1))
    assert later.balance_minor == found.balance_minor + 30_000
    before = await account_for(cast.manager, first, MONDAY.date() - timedelta(days=30))
    assert (before.lines, before.balance_minor) == ([], 0)


def test_a_claim_that_was_taken_back_after_money_had_come_stands_on_the_account_until_that_day() -> None:
    case = AccountCase(uuid4(), "2026-00001", "R-1", PLACED)
    invoice = Paper(case.id, LineKind.INVOICE, "INV-1", PLACED - timedelta(days=60), 100)

    def move(days: int, source: str, kind: str, amount_minor: int) -> Move:
        on = PLACED + timedelta(days=days)
        return Move(
            journal_id=uuid4(), case_id=case.id, component=Component.PRINCIPAL, source=source, kind=kind, reverses=None,
            correction=None, effective_on=on, posted_at=MONDAY, amount_minor=amount_minor,
        )  # fmt: skip

    moves = [
        move(0, "placement", "placement", 100), move(3, "payment", "receipt", -30),
        move(9, "placement", "placement taken back", -70),
    ]  # fmt: skip
    lines = account([case], [invoice], moves, PLACED + timedelta(days=20))
    assert [(line.kind, line.balance_minor) for line in lines] == [
        (LineKind.INVOICE, 100), (LineKind.PAYMENT, 70), (LineKind.RECALLED, 0),
    ]  # fmt: skip
    assert lines[-1].on == PLACED + timedelta(days=9)


async def test_another_clients_cases_with_the_same_debtor_are_not_on_it(cast: Cast, owner: asyncpg.Connection) -> None:
    ours, theirs = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.lanting)
    otherwise_named = await placed_case(cast.nordkai, cast.brandt, debtor="Mueller Holding")
    in_dollars = await placed_case(cast.nordkai, cast.brandt, currency="USD")
    await together(owner, ours, theirs, otherwise_named, in_dollars)
    for person in (cast.brandt_viewer, cast.manager):
        assert (await account_for(person, ours)).cases == 1


async def test_the_books_tell_a_client_of_no_other_clients_debt(cast: Cast) -> None:
    from cases.account.moves import debt_moves

    ours, theirs = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.lanting)
    foreign = await placed_case(cast.huadong, cast.mingda, currency="CNY")
    for person, seen in ((cast.brandt_viewer, {ours}), (cast.auditor, {ours, theirs}), (cast.huadong_owner, {foreign})):
        async with transaction(person.actor.scope, read_only=True):
            assert {move.case_id for move in await debt_moves([ours, theirs, foreign])} == seen


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_payments_corrections_and_a_recall_account_case_and_books_agree(cast: Cast, seed: int) -> None:
    chance = Random(seed)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    paid = []
    for day in range(8):
        now, on = NOON + timedelta(days=day), TODAY + timedelta(days=day)
        try:
            match chance.choice(("pay", "pay", "back", "correct", "correct", "recall")):
                case "pay":
                    paid.append(await pay(cast.finance, case_id, chance.choice((1, 9_999, 60_000)), on=on, at=now,
                                          surplus_agreed=True))  # fmt: skip
                case "back" if paid:
                    await take_back(cast.finance, paid.pop(chance.randrange(len(paid))).id, on=on, days=day)
                case "correct":
                    await claim(
                        cast.brandt_submitter, case_id, chance.choice((0, 40_000, 70_000, 95_000)), on=on, at=now
                    )
                case "recall" if day > 3:
                    with clock.at(now):
                        async with transaction(cast.brandt_submitter.actor.scope):
                            await ask_back(cast.brandt_submitter.actor, case_id, "claim_dropped")
                        async with transaction(cast.manager.actor.scope):
                            await give_back(cast.manager.actor, case_id)
        except Refused:
            continue
    case = await look(cast.manager.actor, case_id)
    for day in range(9):
        on = TODAY + timedelta(days=day)
        async with transaction(cast.manager.actor.scope, read_only=True):
            owed = sum((await debtor_balance(cast.nordkai.id, case_id, on=on)).values())
        assert (await account_for(cast.brandt_viewer, case_id, on)).balance_minor == owed
    assert owed == case.balance_minor
    assert await wrong(cast.nordkai.id) == []


sources = st.sampled_from(["payment", "settlement", "write-off", "recall", "correction", "interest", "other"])
amounts = st.integers(-(10**9), 10**9)


@settings(max_examples=40)
@given(
    moves=st.lists(st.tuples(sources, st.sampled_from(Component), amounts, st.integers(0, 20)), max_size=12),
    papers=st.lists(st.tuples(st.sampled_from([LineKind.INVOICE, LineKind.CREDIT_NOTE]), st.integers(1, 10**9))),
    placed=amounts,
    day=st.integers(0, 20),
)
def test_whatever_a_claim_is_made_of_the_last_balance_is_the_books(
    moves: list[tuple[str, Component, int, int]], papers: list[tuple[LineKind, int]], placed: int, day: int
) -> None:
    case = AccountCase(uuid4(), "2026-00001", "R-1", PLACED)

    def move(source: str, component: Component, amount: int, after: int) -> Move:
        moment = MONDAY + timedelta(days=after)
        return Move(journal_id=uuid4(), case_id=case.id, component=component, source=source, kind=source, reverses=None,
                    correction=None, effective_on=PLACED + timedelta(days=after), posted_at=moment, amount_minor=amount)  # fmt: skip

    booked = [move("placement", Component.PRINCIPAL, placed, 0), *(move(*one) for one in moves)]
    given_papers = [Paper(case.id, kind, "7", PLACED - timedelta(days=40), amount) for kind, amount in papers]
    on = PLACED + timedelta(days=day)
    lines = account([case], given_papers, booked, on)
    owed = sum(one.amount_minor for one in booked if one.effective_on <= on)
    assert (lines[-1].balance_minor if lines else 0) == owed
    assert sum(summary(lines).values()) == owed
    assert [line.on for line in lines] == sorted(line.on for line in lines)


async def test_page_letter_and_file_say_the_same_in_both_languages(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await claim(cast.brandt_submitter, case_id, 90_000)
    path = f"/cases/{case_id}/account"
    with clock.at(NOON):
        client, staff = await visit(cast.brandt_viewer), await visit(cast.negotiator)
        for reader in (client, staff):
            assert "EUR\xa0900.00" in (await reader.get(path)).text
        assert "Nothing on the account yet" in (await client.get(f"{path}?on=2020-01-01")).text
        rows = read_csv((await client.get(f"{path}/csv")).content)
        assert [(row["Entry"], row["Balance"]) for row in rows] == [("Invoice", "1000.00"), ("Correction", "900.00")]
        for language, said in (("en", "We confirm this balance."), ("zh-Hans", "我方确认")):
            letter = await client.get(f"{path}/pdf?language={language}")
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(letter.content)).pages)
            assert said in text and "900.00" in text and "Brandt & Söhne" in text
            assert "Nordkai" not in text, "it is the creditor's letter"


async def test_a_letter_fixes_the_interest_that_it_names_once(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    """36,500.00 at ten per cent, 126 days past due."""
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=3_650_000, due_on=date(2026, 7, 20))
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            terms = Basis(basis="agreed", rate=Decimal("0.10"))
            await set_on_case(cast.manager.actor, case_id, WantedTerm(terms=terms))
        url = f"/cases/{case_id}/account/letter"
        for name, status in (("finance", 403), ("brandt_admin", 403), ("huadong_negotiator", 404)):
            assert (await (await visit(getattr(cast, name))).post(url, data={})).status_code == status, name
        site = await visit(cast.negotiator)
        assert "Fix the balance of today" in (await site.get(f"/cases/{case_id}/account")).text
        for _ in range(2):
            made = await site.post(url, data={})
            assert (made.status_code, made.headers["location"]) == (303, f"/cases/{case_id}/account?on={TODAY}")
        letter = await site.get(f"/cases/{case_id}/account/pdf?on={TODAY}&language=en")
        assert "37,760.00 owed" in (await site.get(f"/cases/{case_id}")).text.replace("\u00a0", " ")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(letter.content)).pages)
    assert "EUR 37,760.00" in text.replace("\u00a0", " ")
    case = await look(cast.negotiator.actor, case_id)
    assert (case.interest_minor, case.balance_minor) == (126_000, 3_776_000)
    told = await owner.fetch("select action from audit_events where subject_id = $1 order by id", case_id)
    assert [row["action"] for row in told].count("account_letter.made") == 1
    assert [row["action"] for row in told].count("interest.posted") == 1
    assert await wrong(cast.nordkai.id) == []
