"""The events of the trade, journal by journal: what the ledger takes, what it proves, and what stands at the end."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from portal.ledger.accounts import CHART
from portal.ledger.journal import Line
from portal.ledger.tables import Book, Component
from portal.money import decimal_string, parse_amount
from tests.portal.ledger.books import Books, draft, open_books

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "journals.json").read_text(encoding="utf-8"))
CASES = {"K1": "C1", "K2": "C2", "K3": "C3", "K4": "C2", "K5": "C1", "K6": "C4", "K7": "C1", "K8": "C1"}
FIRST_DAY = date(2026, 1, 5)


def as_line(books: Books, given: dict[str, Any]) -> Line:
    amount = parse_amount(given["amount"], given["currency"]) * (1 if given["side"] == "Dr" else -1)
    sub = given["sub"] or ""
    case, _, component = sub.partition(".")
    is_case = case in CASES
    return Line(
        Book(given["book"]),
        int(given["account"]),
        given["currency"],
        amount,
        client_id=books.client_of[case] if is_case else books.clients.get(sub),
        case_id=books.cases[case] if is_case else None,
        component=Component(component or "principal") if is_case else None,
    )


async def in_words(books: Books) -> dict[str, str]:
    """Balances as the vectors write them: ``T-GBP 2000·C1``, ``M-GBP 9000·K8.interest``."""
    names = {client_id: name for name, client_id in books.clients.items()}
    names |= {case_id: name for name, case_id in books.cases.items()}
    found = {}
    for (book, currency, account, client, case, component), amount in (await books.signed_balances()).items():
        holder = names.get(case or client)  # type: ignore[arg-type]
        suffix = f".{component}" if component and component != "principal" else ""
        words = f"{book[0].upper()}-{currency} {account}" + (f"·{holder}{suffix}" if holder else "")
        found[words] = decimal_string(amount, currency)
    return found


async def test_every_event_of_the_trade_posts_and_leaves_the_invariants_whole(owner: asyncpg.Connection) -> None:
    cases = {case: (client, "USD" if case == "K6" else "GBP") for case, client in CASES.items()}
    books = await open_books(owner, ("C1", "C2", "C3", "C4"), cases)
    for event in VECTORS["events"]:
        for place, journal in enumerate(event["journals"]):
            lines = [as_line(books, line) for line in journal["lines"]]
            assert all(CHART[line.account].book is line.book for line in lines)
            await books.post(
                *lines,
                on=FIRST_DAY + timedelta(days=event["event"]),
                source="vector",
                external_id=f"{event['event']}.{place} {journal['name']}",
            )
            assert await books.wrong(bare=True) == [], event["title"]
    assert await in_words(books) == VECTORS["end"]


async def test_all_events_post_in_one_call_as_well(owner: asyncpg.Connection) -> None:
    cases = {case: (client, "USD" if case == "K6" else "GBP") for case, client in CASES.items()}
    books = await open_books(owner, ("C1", "C2", "C3", "C4"), cases)
    await books.post_all(
        *(
            draft(*(as_line(books, line) for line in journal["lines"]), on=FIRST_DAY + timedelta(days=event["event"]))
            for event in VECTORS["events"]
            for journal in event["journals"]
        )
    )
    assert await books.wrong(bare=True) == []
    assert await in_words(books) == VECTORS["end"]
