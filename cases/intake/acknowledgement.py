"""The acknowledgement as a document: what the agency received, in either language, with a line for each case."""

import asyncio
from pathlib import Path
from typing import Final

import asyncpg

from cases.intake.placement import PlacementFile
from portal.errors import NotFound
from portal.pages.formats import amount, date_full, number, when
from portal.pages.text import speaking, translate
from portal.pages.typeset import pdf, text_lines
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

TEMPLATE: Final = Path(__file__).parent / "acknowledgement.typ"
MOST_CASES: Final = 2000
"""Cases that are printed one by one; those beyond are on the page, and in the list that it exports."""

HEAD: Final = """
select a.name as agency, a.address as agency_address, a.licence, a.vat_number as agency_vat, a.time_zone,
       k.name as client, k.address as client_address, k.vat_number as client_vat
from placements p
join agencies a on a.id = p.agency_id
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
where p.agency_id = $1 and p.id = $2
"""

CASES: Final = """
select number, reference, debtor_name, debtor_city, debtor_country, oldest_due_on, currency, placed_minor from cases
where agency_id = $1 and placement_id = $2 order by id limit $3
"""


async def as_pdf(actor: Actor, placement: PlacementFile, language: str) -> bytes:
    """The acknowledgement of a placement in a language; the same bytes whenever it is asked for.

    Raises:
        NotFound: it has not been acknowledged, or was taken back.
    """
    if placement.step != "acknowledged":
        raise NotFound
    head = await sql_one(HEAD, actor.agency_id, placement.id)
    assert head is not None
    cases = await sql(CASES, actor.agency_id, placement.id, MOST_CASES)
    return await asyncio.to_thread(_set, placement, head, cases, language)


def _set(placement: PlacementFile, head: asyncpg.Record, cases: list[asyncpg.Record], language: str) -> bytes:
    with speaking(language, head["time_zone"]):
        content = _content(placement, head, cases, language)
    return pdf(TEMPLATE, content, placement.acknowledged_at)


def _content(
    placement: PlacementFile, head: asyncpg.Record, cases: list[asyncpg.Record], language: str
) -> dict[str, object]:
    assert placement.acknowledged_at is not None
    accepted = placement.summary["accepted"]
    assert placement.acknowledged_at is not None
    left_out = accepted["cases"] - len(cases)
    return {
        "language": language,
        "title": translate("Acknowledgement"),
        "number": placement.acknowledgement_number,
        "agency": head["agency"],
        "sender": " · ".join([head["agency"], *text_lines(head["agency_address"])]),
        "agency_lines": [
            *text_lines(head["agency_address"]),
            *_vat_number(head["agency_vat"]),
            *text_lines(head["licence"]),
        ],
        "client": head["client"],
        "client_lines": [*text_lines(head["client_address"]), *_vat_number(head["client_vat"])],
        "facts": _facts(placement),
        "sentence": translate(
            "%(agency)s has received these cases on %(day)s and takes them into work.",
            agency=head["agency"],
            day=date_full(placement.acknowledged_at),
        ),
        "total_columns": [translate("Currency"), translate("Cases"), translate("Placed")],
        "totals": [
            [currency, number(total["cases"]), amount(total["amount_minor"], currency)]
            for currency, total in accepted["totals"].items()
        ],
        "not_placed": translate("%(num)s rows were not placed; the portal says why.", num=number(placement.bad))
        if placement.bad
        else "",
        "needs_info": translate(
            "%(num)s cases need information before they can be worked; the portal says what is missing.",
            num=number(accepted["needs_info"]),
        )
        if accepted.get("needs_info")
        else "",
        "columns": [translate(title) for title in ("Case", "Your reference", "Debtor", "Due", "Currency", "Placed")],
        "cases": [_cells(case) for case in cases],
        "left_out": translate("%(num)s more cases are listed in the portal.", num=number(left_out)) if left_out else "",
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def _facts(placement: PlacementFile) -> list[list[str]]:
    accepted = placement.summary["accepted"]
    assert placement.acknowledged_at is not None
    facts = [
        [translate("Number"), str(placement.acknowledgement_number)],
        [translate("Received"), when(placement.acknowledged_at)],
        [translate("Handed over by"), placement.handed_over_by_name],
    ]
    if placement.reference:
        facts.append([translate("Your reference"), placement.reference])
    facts.append([translate("File"), placement.file_name or translate("from a system")])
    if placement.file_digest:
        facts.append(["SHA-256", placement.file_digest.hex()[:32] + "\n" + placement.file_digest.hex()[32:]])
    facts += [
        [translate("Debtors"), number(accepted["debtors"])],
        [translate("Case numbers"), f"{accepted['first_number']} – {accepted['last_number']}"],
    ]
    return facts


def _cells(case: asyncpg.Record) -> list[str]:
    place = ", ".join(filter(None, (case["debtor_city"], case["debtor_country"])))
    return [
        case["number"],
        case["reference"],
        f"{case['debtor_name']}, {place}",
        date_full(case["oldest_due_on"]),
        case["currency"],
        amount(case["placed_minor"], case["currency"]),
    ]


def _vat_number(vat: str) -> list[str]:
    return [translate("VAT number %(number)s", number=vat)] if vat else []
