"""The journals of a period as beancount text, which its own program checks: that every transaction balances, and that
every account ends where our books say.

Account names follow the chart: ``Liabilities:Trust:T2000:C4F2A09B`` is what is held for one client, whose name stands with
the account's opening. The case of a line of the memo book stands with the posting.
"""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

import asyncpg

from billing.books.journals import Period, Posted, posted_in
from portal.ledger.accounts import CHART, Side
from portal.ledger.tables import Book
from portal.money import decimal_string
from portal.people.actor import Actor
from portal.tenancy.database import sql

STANDS: Final = """
select l.account, l.currency, l.component, l.client_id, coalesce(k.name, '') as client_name,
       coalesce(sum(l.amount_minor) filter (where l.effective_on < $2), 0)::bigint as before_minor,
       sum(l.amount_minor)::bigint as amount_minor
from journal_lines l left join clients k on k.agency_id = l.agency_id and k.id = l.client_id
where l.agency_id = $1 and l.effective_on <= $3
group by l.account, l.currency, l.component, l.client_id, k.name
order by l.account, l.client_id, l.component, l.currency
"""

EQUITY: Final = range(3000, 4000)
INCOME: Final = range(4000, 5000)
EXPENSES: Final = range(5000, 6000)
LETTERS: Final = {Book.TRUST: "T", Book.OPERATING: "O", Book.MEMO: "M"}


async def beancount_text(actor: Actor, period: Period) -> AsyncIterator[str]:
    """The period in pieces: accounts, what stood on them before, the journals, what stands on them after."""
    actor.require("ledger.read")
    stands = await sql(STANDS, actor.agency_id, period.since, period.through)
    yield _head(actor, stands, period)
    open_journal: list[Posted] = []
    async for page in posted_in(actor, period):
        for _, lines in groupby(page, key=lambda line: line.journal_id):
            found = list(lines)
            if open_journal and open_journal[0].journal_id != found[0].journal_id:
                yield _transaction(open_journal)
                open_journal = []
            open_journal += found
    if open_journal:
        yield _transaction(open_journal)
    yield _foot(stands, period)


def _head(actor: Actor, stands: Sequence[asyncpg.Record], period: Period) -> str:
    lines = [f'option "title" {_text(actor.agency_name)}', ""]
    currencies: dict[str, tuple[str, set[str]]] = {}
    for row in stands:
        currencies.setdefault(_name(row), (row["client_name"], set()))[1].add(row["currency"])
    for name, (client, codes) in currencies.items():
        lines.append(f"{period.since} open {name} {','.join(sorted(codes))}")
        if client:
            lines.append(f"  client: {_text(client)}")
    before = [row for row in stands if row["before_minor"]]
    if before:
        lines += ["", f'{period.since} * "Opening balances"']
        lines += [f"  {_name(row)}  {_amount(row['before_minor'], row['currency'])}" for row in before]
    return "\n".join([*lines, "", ""])


def _transaction(lines: Iterable[Posted]) -> str:
    found = list(lines)
    first = found[0]
    head = f'{first.effective_on} * "{first.kind}" {_text(f"{first.source} {first.external_id}")}'
    told = [f'  journal: "{first.journal_id}"', *([f'  reverses: "{first.reverses}"'] if first.reverses else [])]
    return "\n".join([head, *told, *(line for each in found for line in _posting(each)), "", ""])


def _posting(line: Posted) -> list[str]:
    name = account_name(line.account, line.component, line.client_id.hex if line.client_id else None)
    case = [f'    case: "{line.case_number}"'] if line.case_number else []
    bank = [f"    bank: {_text(line.bank_name)}"] if line.bank_name else []
    return [f"  {name}  {_amount(line.amount_minor, line.currency)}", *case, *bank]


def _foot(stands: Sequence[asyncpg.Record], period: Period) -> str:
    after = period.through + timedelta(days=1)
    lines = [
        # Without "~ 0" a smallest unit too much or too little would pass.
        f"{after} balance {_name(row)}  {decimal_string(row['amount_minor'], row['currency'])} ~ 0 {row['currency']}"
        for row in stands
    ]
    return "\n".join([*lines, ""])


def _name(row: asyncpg.Record) -> str:
    return account_name(row["account"], row["component"], row["client_id"].hex if row["client_id"] else None)


def account_name(number: int, component: str | None, client: str | None) -> str:
    """What an account is called there: its kind, its book, its number, and whose it is."""
    account = CHART[number]
    kind = "Assets" if account.side is Side.DEBIT else "Liabilities"
    if number in EQUITY:
        kind = "Equity"
    elif number in INCOME:
        kind = "Income"
    elif number in EXPENSES:
        kind = "Expenses"
    parts = [kind, account.book.value.capitalize(), f"{LETTERS[account.book]}{number}"]
    parts += [f"C{client[-12:].upper()}"] if client else []
    parts += [component.capitalize()] if component else []
    return ":".join(parts)


def _amount(minor: int, currency: str) -> str:
    return f"{decimal_string(minor, currency)} {currency}"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
