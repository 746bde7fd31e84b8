"""The account as a letter of the creditor to its debtor, with a place to confirm the balance or to say how it differs."""

import asyncio
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

import asyncpg

from cases.account.lines import AccountLine
from cases.account.register import Account
from cases.account.words import GROUP_TEXTS, KINDS
from cases.intake.proposals import country_names
from portal.pages.formats import amount, date_full, number
from portal.pages.text import speaking, translate
from portal.pages.typeset import pdf, text_lines
from portal.people.actor import Actor
from portal.tenancy.database import sql_one

TEMPLATE: Final = Path(__file__).parent / "account.typ"
MOST_LINES: Final = 2000
"""Lines that are printed; the earlier ones of a longer account are brought forward in one, and are in its file."""

CREDITOR: Final = "select name, address, vat_number, time_zone from clients where agency_id = $1 and id = $2"


async def as_pdf(actor: Actor, account: Account, language: str) -> bytes:
    """The document in a language; the same bytes for the same account."""
    creditor = await sql_one(CREDITOR, actor.agency_id, account.case.client_id)
    assert creditor is not None
    return await asyncio.to_thread(_set, account, creditor, language)


def _set(account: Account, creditor: asyncpg.Record, language: str) -> bytes:
    with speaking(language, creditor["time_zone"]):
        content = _content(account, creditor, language)
    return pdf(TEMPLATE, content, datetime.combine(account.on, time(12), UTC))


def _content(account: Account, creditor: asyncpg.Record, language: str) -> dict[str, object]:
    case, currency = account.case, account.case.currency
    to_day = date_full(account.on)
    sentence = translate(
        "By our books you owed %(creditor)s %(balance)s on %(day)s. Please compare it with yours.",
        creditor=creditor["name"],
        balance=f"{currency} {amount(account.balance_minor, currency)}",
        day=to_day,
    )
    on_top, beside = "", list[list[str]]()
    if account.interest_minor:
        interest, both = account.interest_minor, account.balance_minor + account.interest_minor
        on_top = translate(
            "Interest accrued to %(day)s comes on top: %(amount)s. A payment pays it first.",
            day=to_day,
            amount=f"{currency} {amount(interest, currency)}",
        )
        beside = [
            [translate("Interest accrued to %(day)s", day=to_day), amount(interest, currency)],
            [translate("Owed with it"), f"{currency} {amount(both, currency)}"],
        ]
    return {
        "language": language,
        "title": translate("Statement of account"),
        "number": f"{case.number} · {account.on.isoformat()}",
        "agency": creditor["name"],
        "sender": " · ".join([creditor["name"], *text_lines(creditor["address"])]),
        "agency_lines": [*text_lines(creditor["address"]), *_vat_number(creditor["vat_number"])],
        "client": case.debtor_name,
        "client_lines": [
            line
            for line in (
                case.debtor_street,
                f"{case.debtor_postal_code} {case.debtor_city}".strip(),
                case.debtor_region,
                dict(country_names()).get(case.debtor_country, case.debtor_country),
            )
            if line
        ],
        "facts": [
            [translate("Balance on"), to_day],
            [translate("Currency"), currency],
            [translate("Cases"), number(account.cases)],
        ],
        "sentence": sentence,
        "columns": [
            translate("Date"), translate("Entry"), translate("Number or reason"), translate("Case"), translate("Due"),
            translate("Owed more"), translate("Owed less"), translate("Balance"),
        ],
        "lines": _printed(account),
        "summary": [
            [translate(GROUP_TEXTS[group]), amount(minor, currency)] for group, minor in account.summary.items()
        ],
        "balance": [translate("Balance"), f"{currency} {amount(account.balance_minor, currency)}"],
        "on_top": on_top,
        "beside": beside,
        "reply": _reply(currency),
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }  # fmt: skip


def _printed(account: Account) -> list[list[str]]:
    currency, left_out = account.case.currency, account.lines[:-MOST_LINES]
    lines = [_cells(line, currency) for line in account.lines[-MOST_LINES:]]
    if left_out:
        carried = left_out[-1]
        forward = [date_full(carried.on), translate("Brought forward"), "", "", "", "", ""]
        lines.insert(0, [*forward, amount(carried.balance_minor, currency)])
    return lines


def _cells(line: AccountLine, currency: str) -> list[str]:
    return [
        date_full(line.on),
        translate(KINDS[line.kind]),
        line.text,
        line.case_number,
        date_full(line.due_on) if line.due_on else "",
        amount(line.amount_minor, currency) if line.amount_minor > 0 else "",
        amount(-line.amount_minor, currency) if line.amount_minor < 0 else "",
        amount(line.balance_minor, currency),
    ]


def _reply(currency: str) -> dict[str, str]:
    return {
        "title": translate("Your reply"),
        "confirmed": translate("We confirm this balance."),
        "differs": translate("By our books it is %(currency)s", currency=currency),
        "because": translate("because"),
        "place": translate("Place and date"),
        "signature": translate("Signature and company stamp"),
    }


def _vat_number(vat: str) -> list[str]:
    return [translate("VAT number %(number)s", number=vat)] if vat else []
