"""The ledger's one door in Python. Events are written as the table of the trade writes them::

    JournalDraft(
        source="payment", external_id=str(payment_id), kind="receipt", effective_on=received_on,
        lines=(
            dr(Book.TRUST, 1000, 300_00, "GBP"), cr(Book.TRUST, 2000, 300_00, "GBP", client=client_id),
            *owe_less(case_id, Component.PRINCIPAL, 300_00, "GBP", client=client_id),
            dr(Book.OPERATING, 1210, 75_00, "GBP", client=client_id), cr(Book.OPERATING, 4000, 75_00, "GBP"),
        ),
    )

What a journal may be is decided by the database function ``post_journals``; here its answer gets words.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, cast
from uuid import UUID

import asyncpg

from portal import clock
from portal.errors import NotFound
from portal.ledger.refusals import refusal
from portal.ledger.tables import Book, Component
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

POST = "select post_journals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"


class Line(NamedTuple):
    """One line of a journal, in minor units: a debit is positive, a credit negative."""

    book: Book
    account: int
    currency: str
    amount_minor: int
    client_id: UUID | None = None
    case_id: UUID | None = None
    component: Component | None = None
    bank_account_id: UUID | None = None
    """Which of the agency's bank accounts, on T1000 and O1100; None is the one at position 1."""


class JournalDraft(NamedTuple):
    """A journal to be posted. ``(source, external_id)`` is unique within the agency: one event never posts twice."""

    source: str
    external_id: str
    kind: str
    effective_on: date
    lines: tuple[Line, ...]
    reverses: UUID | None = None


def dr(
    book: Book,
    account: int,
    amount_minor: int,
    currency: str,
    *,
    client: UUID | None = None,
    case: UUID | None = None,
    component: Component | None = None,
    bank_account: UUID | None = None,
) -> Line:
    """A debit of a positive amount in minor units.

    Raises:
        ValueError: the amount is not positive; a line of nothing is left out, and the other side is ``cr``.
    """
    if amount_minor <= 0:
        raise ValueError(f"a line of {amount_minor} on {account}: amounts are positive")
    return Line(book, account, currency, amount_minor, client, case, component, bank_account)


def cr(
    book: Book,
    account: int,
    amount_minor: int,
    currency: str,
    *,
    client: UUID | None = None,
    case: UUID | None = None,
    component: Component | None = None,
    bank_account: UUID | None = None,
) -> Line:
    """A credit of a positive amount in minor units. Raises as ``dr`` does."""
    if amount_minor <= 0:
        raise ValueError(f"a line of {amount_minor} on {account}: amounts are positive")
    return Line(book, account, currency, -amount_minor, client, case, component, bank_account)


def owe_more(case: UUID, component: Component, amount_minor: int, currency: str, *, client: UUID) -> tuple[Line, Line]:
    """The MEMO lines by which a case owes more: placed, advanced, charged back, interest posted."""
    return (
        dr(Book.MEMO, 9000, amount_minor, currency, client=client, case=case, component=component),
        cr(Book.MEMO, 9100, amount_minor, currency, client=client),
    )


def owe_less(case: UUID, component: Component, amount_minor: int, currency: str, *, client: UUID) -> tuple[Line, Line]:
    """The MEMO lines by which a case owes less: paid, paid to the client, written off."""
    return (
        dr(Book.MEMO, 9100, amount_minor, currency, client=client),
        cr(Book.MEMO, 9000, amount_minor, currency, client=client, case=case, component=component),
    )


Owe = Callable[..., tuple[Line, Line]]
"""`owe_more` or `owe_less`."""


def by_component(
    owe: Owe, case: UUID, amounts: Mapping[Component, int], currency: str, *, client: UUID
) -> tuple[Line, ...]:
    """The MEMO lines by which a case owes more or less, component by component in minor units; none for what is 0."""
    return tuple(
        line
        for component, minor in amounts.items()
        if minor
        for line in owe(case, component, minor, currency, client=client)
    )


def mirrored(line: Line) -> Line:
    """The same line on the other side."""
    return line._replace(amount_minor=-line.amount_minor)


async def post(actor: Actor, drafts: Sequence[JournalDraft]) -> list[UUID]:
    """Post journals in the caller's transaction, all or none; gives their ids in the order of the drafts.

    A refusal leaves the transaction unusable: whoever wants to go on posts within ``savepoint()``. Lock cases, if you
    must, before posting, never after; a transaction that posts twice should do so in one call.

    Raises:
        AlreadyPosted: a draft's source and external id are known, or twice among the drafts.
        AlreadyReversed, NotAMirror: what is to be reversed was, or is not mirrored exactly.
        Unbalanced: a journal has no lines or does not balance, or a pair (1090/2190, 2040/1220) moves apart.
        WouldOverdraw: a guarded balance would be negative on the journal's date or a later one.
        PeriodClosed: the effective date lies in a closed period.
        WrongCurrency, WrongAccount: a line does not fit its case, or the chart of accounts.
        NotFound: a client, case or reversed journal is not the agency's, or a bank account not its line's.
        MayNotPost: the transaction is a client's or debtor's, or not READ COMMITTED.
    """
    if not drafts:
        return []
    lines = [(ordinal, line) for ordinal, draft in enumerate(drafts, start=1) for line in draft.lines]
    try:
        ids = await sql_value(
            POST,
            [draft.source for draft in drafts],
            [draft.external_id for draft in drafts],
            [draft.kind for draft in drafts],
            [draft.effective_on for draft in drafts],
            [draft.reverses for draft in drafts],
            [ordinal for ordinal, _ in lines],
            [line.book.value for _, line in lines],
            [line.account for _, line in lines],
            [line.currency for _, line in lines],
            [line.client_id for _, line in lines],
            [line.case_id for _, line in lines],
            [line.component.value if line.component else None for _, line in lines],
            [line.amount_minor for _, line in lines],
            clock.now(),
            actor.user_id,
            [line.bank_account_id for _, line in lines],
        )
    except asyncpg.PostgresError as error:
        reason = refusal(error, drafts)
        if reason is None:
            raise
        raise reason from error
    return cast(list[UUID], ids)


async def reverse(actor: Actor, journal_id: UUID, source: str, external_id: str, effective_on: date) -> UUID:
    """Post the mirror of a journal, on ``effective_on``; gives the reversing journal's id.

    Raises:
        NotFound: the agency has no such journal.
        AlreadyReversed: it was reversed before. Otherwise as ``post``.
    """
    journal = await sql_one("select kind from journals where agency_id = $1 and id = $2", actor.agency_id, journal_id)
    if journal is None:
        raise NotFound("journal")
    lines = tuple(mirrored(line) for line in await lines_of(actor.agency_id, journal_id))
    draft = JournalDraft(source, external_id, f"{journal['kind']} reversed", effective_on, lines, journal_id)
    return (await post(actor, [draft]))[0]


async def lines_of(agency_id: UUID, journal_id: UUID) -> list[Line]:
    """The lines of a posted journal, in order; none when the agency has no such journal."""
    rows = await sql(
        """
        select book, account, currency, amount_minor, client_id, case_id, component, bank_account_id from journal_lines
        where agency_id = $1 and journal_id = $2 order by position
        """,
        agency_id,
        journal_id,
    )
    return [
        Line(
            Book(row["book"]),
            row["account"],
            row["currency"],
            row["amount_minor"],
            row["client_id"],
            row["case_id"],
            Component(row["component"]) if row["component"] else None,
            row["bank_account_id"],
        )
        for row in rows
    ]
