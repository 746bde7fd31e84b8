"""Random journals, reversals and checkpoints: the database takes and refuses exactly what a small model does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import NotFound
from portal.ledger.journal import JournalDraft, Line, mirrored
from portal.ledger.refusals import AlreadyReversed, Unbalanced, WouldOverdraw, WrongCurrency
from portal.ledger.tables import Book, Component
from portal.tenancy.database import sql, transaction
from tests.portal.ledger.books import Books, draft, open_books

FIRST = date(2026, 3, 1)
Account = tuple[int, str, UUID | None, UUID | None, Component | None]

amounts = st.integers(1, 6)
days = st.integers(0, 4).map(lambda number: FIRST + timedelta(days=number))
clients = st.sampled_from(["C1", "C2"])
currencies = st.sampled_from(["GBP", "GBP", "USD"])
components = st.sampled_from(list(Component))


@dataclass(frozen=True)
class Leg:
    """Two lines that balance, by the names of a test's books."""

    kind: str
    amount: int
    client: str
    currency: str
    component: Component
    turned: bool

    def lines(self, books: Books) -> list[Line]:
        client, other = books.clients[self.client], books.clients["C2" if self.client == "C1" else "C1"]
        case = books.cases["K1" if self.client == "C1" else "K2"]
        sides: dict[str, list[Line]] = {
            "funds": [self._line(Book.TRUST, 1000, 1), self._line(Book.TRUST, 2000, -1, client)],
            "payable": [self._line(Book.TRUST, 2000, 1, client), self._line(Book.TRUST, 2010, -1, client)],
            "suspense": [self._line(Book.TRUST, 1000, 1), self._line(Book.TRUST, 2020, -1)],
            "matched": [self._line(Book.TRUST, 2020, 1), self._line(Book.TRUST, 2000, -1, other)],
            "owed": [
                self._line(Book.MEMO, 9000, 1, client, case, self.component),
                self._line(Book.MEMO, 9100, -1, client),
            ],
            "fee": [self._line(Book.OPERATING, 1210, 1, client), self._line(Book.OPERATING, 4000, -1)],
            "kept": [
                self._line(Book.TRUST, 2000, 1, client),
                self._line(Book.TRUST, 2040, -1),
                self._line(Book.OPERATING, 1220, 1),
                self._line(Book.OPERATING, 4000, -1),
            ],
            "apart": [self._line(Book.TRUST, 1000, 1), self._line(Book.TRUST, 2040, -1)],
            "lopsided": [self._line(Book.TRUST, 1000, 1)],
        }
        return [mirrored(line) for line in sides[self.kind]] if self.turned else sides[self.kind]

    def _line(
        self,
        book: Book,
        account: int,
        sign: int,
        client: UUID | None = None,
        case: UUID | None = None,
        component: Component | None = None,
    ) -> Line:
        return Line(book, account, self.currency, sign * self.amount, client, case, component)


KINDS = [
    "funds",
    "funds",
    "funds",
    "payable",
    "suspense",
    "matched",
    "owed",
    "owed",
    "fee",
    "kept",
    "apart",
    "lopsided",
]
legs = st.builds(Leg, st.sampled_from(KINDS), amounts, clients, currencies, components, st.booleans())
journals = st.tuples(days, st.lists(legs, min_size=1, max_size=3))


@dataclass(frozen=True)
class Posting:
    """One call: some journals together."""

    journals: list[tuple[date, list[Leg]]]


@dataclass(frozen=True)
class Reversal:
    """The mirror of the n-th journal posted so far."""

    which: int
    on: date


@dataclass(frozen=True)
class Checkpoint:
    """Remember the balances through a day."""

    through: date


steps = st.one_of(
    st.builds(Posting, st.lists(journals, min_size=1, max_size=2)),
    st.builds(Posting, st.lists(journals, min_size=1, max_size=2)),
    st.builds(Reversal, st.integers(0, 9), days),
    st.builds(Checkpoint, days),
)


@dataclass
class Model:
    """What the ledger should do, the slow and obvious way: every posted line is kept and added up anew."""

    posted: list[tuple[date, Line]] = field(default_factory=list)

    def refusals(self, books: Books, drafts: list[JournalDraft]) -> set[type[Exception]]:
        """Every reason against a call; none when it is to be taken."""
        reasons: set[type[Exception]] = set()
        for one in drafts:
            sums: dict[object, int] = defaultdict(int)
            for line in one.lines:
                sums[line.book, line.currency] += line.amount_minor
                for pair in ((1090, 2190), (2040, 1220)):
                    sums[pair, line.currency] += line.amount_minor if line.account in pair else 0
            if any(sums.values()):
                reasons.add(Unbalanced)
            if any(line.case_id and line.currency != "GBP" for line in one.lines):
                reasons.add(WrongCurrency)
        if self._overdrawn([*self.posted, *((one.effective_on, line) for one in drafts for line in one.lines)]):
            reasons.add(WouldOverdraw)
        return reasons

    def _overdrawn(self, lines: list[tuple[date, Line]]) -> bool:
        for number in range(5):
            for account, amount in balances(lines, FIRST + timedelta(days=number)).items():
                if (account[0] in (2000, 2010, 2020, 2030, 2040) and amount > 0) or (account[0] == 9000 and amount < 0):
                    return True
        return False


def balances(lines: list[tuple[date, Line]], on: date) -> dict[Account, int]:
    sums: dict[Account, int] = defaultdict(int)
    for day, line in lines:
        if day <= on:
            client = None if line.account == 9000 else line.client_id
            sums[line.account, line.currency, client, line.case_id, line.component] += line.amount_minor
    return {account: amount for account, amount in sums.items() if amount}


async def take(books: Books, model: Model, drafts: list[JournalDraft], known: list[tuple[UUID, JournalDraft]]) -> None:
    """Post, and see that the database agrees with the model."""
    expected = model.refusals(books, drafts)
    if any(one.reverses in {other.reverses for _, other in known} for one in drafts if one.reverses):
        expected.add(AlreadyReversed)
    try:
        ids = await books.post_all(*drafts)
    except (Unbalanced, WouldOverdraw, WrongCurrency, AlreadyReversed, NotFound) as refused:
        assert type(refused) in expected
        return
    assert expected == set()
    known += zip(ids, drafts, strict=True)
    model.posted += [(one.effective_on, line) for one in drafts for line in one.lines]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(course=st.lists(steps, min_size=1, max_size=12))
async def test_the_ledger_takes_and_refuses_exactly_what_the_model_does(
    owner_pool: asyncpg.Pool, course: list[Posting | Reversal | Checkpoint]
) -> None:
    async with owner_pool.acquire() as connection:
        books = await open_books(connection)
    model = Model()
    known: list[tuple[UUID, JournalDraft]] = []
    for step in course:
        if isinstance(step, Posting):
            drafts = [draft(*(line for leg in legs for line in leg.lines(books)), on=on) for on, legs in step.journals]
            await take(books, model, drafts, known)
        elif isinstance(step, Checkpoint):
            async with transaction(books.actor.scope):
                await sql("select checkpoint_balances($1, 1)", step.through)
        elif known:
            journal, original = known[step.which % len(known)]
            mirror = draft(*(mirrored(line) for line in original.lines), on=step.on, reverses=journal)
            await take(books, model, [mirror], known)
    assert await books.wrong(bare=True) == []
    found = await books.signed_balances()
    assert {(key[2], key[1], key[3], key[4], key[5]): amount for key, amount in found.items()} == balances(
        model.posted, date.max
    )
