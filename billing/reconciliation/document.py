"""A signed reconciliation as a document: the three sides, what lies between, and the two who signed (typst)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from billing.books.words import kind_text
from portal.ledger.accounts import CHART
from portal.pages.formats import amount, date_full, number, when
from portal.pages.text import N_, speaking, translate
from portal.pages.typeset import pdf, text_lines

if TYPE_CHECKING:
    from billing.reconciliation.sign import Signed

TEMPLATE: Final = Path(__file__).parent / "reconciliation.typ"


def as_pdf(signed: "Signed", head: Mapping[str, Any], second_by: str, second_at: datetime, language: str) -> bytes:
    """The document, in the language of who signed last. Takes some 10 ms: call it in a thread."""
    with speaking(language, head["time_zone"]):
        content = _content(signed, head, second_by, second_at, language)
    return pdf(TEMPLATE, content, second_at)


def _content(
    signed: "Signed", head: Mapping[str, Any], second_by: str, second_at: datetime, language: str
) -> dict[str, object]:
    currency = signed.currency
    return {
        "language": language,
        "title": translate("Reconciliation of the trust account"),
        "number": f"{currency} {signed.on_day.isoformat()}",
        "agency": head["name"],
        "sender": " · ".join([head["name"], *text_lines(head["address"])]),
        "agency_lines": [*text_lines(head["address"]), *text_lines(head["licence"])],
        "client": head["name"],
        "client_lines": text_lines(head["address"]),
        "facts": [
            [translate("Currency"), currency],
            [translate("End of"), date_full(signed.on_day)],
            [translate("Signed by"), f"{signed.first_by_name}, {when(signed.first_at)}"],
            [translate("and by"), f"{second_by}, {when(second_at)}"],
        ],
        "sides": [
            [translate("What the bank says"), _bank(signed), _total(signed.bank_minor, currency)],
            [translate("What our ledger says, account 1000"), [], _total(signed.ledger_minor, currency)],
            [translate("Whose money it is"), _funds(signed), _total(signed.funds_minor, currency)],
        ],
        "lists": [listed for account in signed.figures["accounts"] for listed in _between(account, currency)],
        "result": translate("Difference %(amount)s", amount=amount(signed.ledger_minor - signed.funds_minor, currency)),
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def _bank(signed: "Signed") -> list[list[str]]:
    lines: list[list[str]] = []
    currency = signed.currency
    for account in signed.figures["accounts"]:
        name = f"{account['name']} •••• {account['ends']}"
        if account["closing_minor"] is None:
            lines.append([translate("%(account)s: no statement yet", account=name), ""])
            continue
        day = date_full(date.fromisoformat(account["closing_on"]))
        closing = translate("%(account)s, closing balance of %(day)s", account=name, day=day)
        lines.append([closing, amount(account["closing_minor"], currency)])
        if account["outstanding"]:
            said = translate("In our books, not yet told by the bank: %(count)s", count=account["outstanding"])
            lines.append([said, amount(account["outstanding_minor"], currency)])
        if account["not_booked"]:
            said = translate("Told by the bank, not in our books: %(count)s", count=account["not_booked"])
            lines.append([said, amount(-account["not_booked_minor"], currency)])
    return lines


def _between(account: Mapping[str, Any], currency: str) -> list[list[object]]:
    """What lies between the bank and the books of an account, item by item."""
    name = f"{account['name']} •••• {account['ends']}"
    outstanding, not_booked = account["between"]
    found: list[list[object]] = []
    for title, items, count, say_of in (
        (N_("%(account)s: in our books, not yet told by the bank"), outstanding, account["outstanding"], kind_text),
        (N_("%(account)s: told by the bank, not in our books"), not_booked, account["not_booked"], str),
    ):
        rows = [
            [f"{date_full(date.fromisoformat(on))} · {_what(what, own_name, say_of)}", amount(minor, currency)]
            for on, what, minor, own_name in items
        ]
        if count > len(items):
            rows.append([translate("and %(count)s more, all added up", count=number(count - len(items))), ""])
        if rows:
            found.append([translate(title, account=name), rows])
    return found


def _what(what: str, own_name: str, say_of: Callable[[str], str]) -> str:
    if own_name:
        return translate("on its way, with %(account)s", account=own_name)
    return say_of(what) or translate("no text")


def _funds(signed: "Signed") -> list[list[str]]:
    return [
        [f"{number} {translate(CHART[number].name)}", amount(minor, signed.currency)]
        for number, minor in signed.figures["funds"]
    ]


def _total(minor: int | None, currency: str) -> str:
    return translate("not told") if minor is None else amount(minor, currency)
