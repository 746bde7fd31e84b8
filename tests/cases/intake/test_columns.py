"""A file in the client's own form: its columns are proposed, corrected, confirmed and remembered; then it is checked."""

from __future__ import annotations

import asyncio
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import asyncpg
import httpx
import pytest

from cases.intake.checking import check
from portal.jobs import work_off
from portal.people.actor import Actor
from tests.cases.intake.placements import csv_text, row
from tests.cases.intake.test_placing_pages import as_text, hand_in
from tests.people import Cast, Visit

IBM = Path(__file__).parents[2] / "data" / "ibm-receivables.csv"

CHINESE = """客户名称,发票号码,开票日期,到期日,未付金额,币种,国家
青岛远洋机械有限公司,FP-001,2026/5/8,2026/6/8,"12,800.50",人民币,中国
宁波海川五金制品有限公司,FP-002,2026/5/9,2026/6/9,"386,200.00",人民币,中国
合计,,,,"399,000.50",,
"""

GERMAN = """Nordlicht Handels GmbH;;;;;
Offene Posten zum 31.10.2026;;;;;
Kd-Nr;Kunde;Re-Nr;Belegdatum;Fälligkeit;Offener Betrag
10012;Müller Maschinenbau GmbH;4711;03.05.2026;02.06.2026;1.234,56
10012;Müller Maschinenbau GmbH;4712;05.05.2026;04.06.2026;-34,56
10044;Keller & Söhne KG;4713;06.05.2026;05.06.2026;800,00
;Summe;;;;2.000,00
"""


class Fields(HTMLParser):
    """What a browser would send of one form of a page."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.name = action, False, ""
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        if tag == "form":
            self.inside = (at.get("action") or "").endswith(self.action)
        if not self.inside:
            return
        if tag == "select":
            self.name = at["name"] or ""
            self.found[self.name] = ""
        elif tag == "option" and "selected" in at:
            self.found[self.name] = at.get("value") or ""
        elif tag == "input" and at.get("name") and (at.get("type") != "checkbox" or "checked" in at):
            self.found[at["name"] or ""] = at.get("value") or ""


def fields_of(html: str, action: str = "/columns") -> dict[str, str]:
    parser = Fields(action)
    parser.feed(html)
    return parser.found


async def confirmed(client: httpx.AsyncClient, actor: Actor, url: str, **changed: str) -> str:
    """Confirm what is proposed, with some answers changed; gives the text of the page after the check."""
    answers = fields_of((await client.get(url)).text) | changed
    answer = await client.post(url + "/columns", data=answers)
    assert answer.status_code == 303, as_text(answer.text)
    await work_off(agency_id=actor.agency_id)
    return as_text((await client.get(url)).text)


async def test_a_public_receivables_history_is_placed_as_it_is(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, IBM.read_bytes(), name=IBM.name)
    page = (await client.get(url)).text
    assert "What the columns mean" in page
    answers = fields_of(page)
    columns = IBM.read_text().splitlines()[0].split(",")
    said = {column: answers[f"c{place}"] for place, column in enumerate(columns)}
    assert (said["invoiceNumber"], said["InvoiceDate"], said["DueDate"], said["InvoiceAmount"]) == (
        "number", "issued_on", "due_on", "amount",
    )  # fmt: skip
    assert answers["date_order"] == "mdy"
    page = await confirmed(
        client, actor, url,
        **{f"c{columns.index('customerID')}": "name", f"c{columns.index('SettledDate')}": ""},
        **{f"c{columns.index('countryCode')}": "", "all_currency": "USD", "all_country": "US"},
    )  # fmt: skip
    assert "Hand over 2,586 cases" in page
    await client.post(url + "/hand-over", data={"only_all": "1"})
    await work_off(agency_id=actor.agency_id)
    placed = await owner.fetchrow(
        "select count(*), count(distinct debtor_id), min(currency), min(oldest_due_on)::text from cases where agency_id = $1",
        actor.agency_id,
    )
    assert placed is not None and placed[0] == 2586 and placed[1] == 100 and placed[2] == "USD"


async def test_a_chinese_file_in_gbk_is_understood_by_its_captions(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, CHINESE.encode("gbk"), name="应收.csv")
    page = await confirmed(client, actor, url)
    assert "Hand over 2 cases" in page and "399,000.50" in page and "totals: 1" in page
    assert "青岛远洋机械有限公司" in as_text(
        (await client.get(url + "?show=ready")).text + (await client.get(url)).text
    )


async def test_titles_totals_and_local_notations_are_no_obstacle_and_credits_are_taken_off(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    answers = fields_of((await client.get(url)).text)
    assert (answers["date_order"], answers["mark"]) == ("dmy", ",")
    assert fields_of((await client.get(url)).text, "/shape")["header_row"] == "3"
    told = as_text((await client.get(url)).text)
    assert "It was read as cp1252" in told and "The column names were found in row 3." in told
    page = await confirmed(client, actor, url, grouping="debtor", all_currency="EUR", all_country="DE")
    assert "Hand over 2 cases" in page and "2,000.00" in page
    await client.post(url + "/hand-over")
    await work_off(agency_id=actor.agency_id)
    placed = await owner.fetch(
        "select reference, debtor_name, placed_minor from cases where agency_id = $1 order by number", actor.agency_id
    )
    assert [tuple(case) for case in placed] == [
        ("10012/4711", "Müller Maschinenbau GmbH", 120_000),
        ("10044/4713", "Keller & Söhne KG", 80_000),
    ]


WHOLE_CLAIMS = """Kd-Nr;Kunde;Belegart;Re-Nr;Belegdatum;Fälligkeit;Offener Betrag;Verzugszinsen;Mahnkosten
10012;Müller Maschinenbau GmbH;Rechnung;4711;03.05.2026;02.06.2026;1.234,56;12,34;5,00
10012;Müller Maschinenbau GmbH;Zahlung;9001;01.07.2026;;-200,00;;
10012;Müller Maschinenbau GmbH;Gutschrift;4712;05.07.2026;;-34,56;;
10044;Keller & Söhne KG;Rechnung;4713;06.05.2026;05.06.2026;800,00;;
10055;Lang GmbH;Gutschrift;4714;06.05.2026;;-10,00;;
"""


async def test_interest_costs_and_each_credit_of_a_file_stand_in_the_account_of_their_case(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, WHOLE_CLAIMS.encode(), name="OPOS.csv")
    answers = fields_of((await client.get(url)).text)
    assert [answers[f"c{place}"] for place in (2, 7, 8)] == ["type", "interest", "costs"]
    said = {"grouping": "debtor", "all_currency": "EUR", "all_country": "DE"}
    shown = as_text((await client.post(url + "/columns", data=answers | said | {"see": "1"})).text)
    assert "200.00 + 34.56" in shown and "12.34" in shown
    page = await confirmed(client, actor, url, **said)
    assert "Hand over 2 cases" in page and "1,807.34 read" in page, "what is claimed, less the credit of nobody"
    assert "A credit note cannot be a case of its own." in page
    ready = as_text((await client.get(url + "?show=ready")).text)
    assert "Interest Costs Credits" in ready and "200.00 + 34.56" in ready
    await client.post(url + "/hand-over")
    await work_off(agency_id=actor.agency_id)
    placed = await owner.fetch(
        "select principal_minor, interest_minor, costs_minor from cases where agency_id = $1 order by number",
        actor.agency_id,
    )
    assert [tuple(case) for case in placed] == [(1_000_00, 12_34, 5_00), (800_00, 0, 0)]
    credits = await owner.fetch(
        'select kind, number, "on"::text, invoice_number, amount_minor from case_credits where agency_id = $1 order by "on"',
        actor.agency_id,
    )
    assert [tuple(credit) for credit in credits] == [
        ("payment", "9001", "2026-07-01", "4711", 200_00),
        ("credit_note", "4712", "2026-07-05", "4711", 34_56),
    ]
    numbers = await owner.fetchval("select id from cases where agency_id = $1 order by number limit 1", actor.agency_id)
    account = as_text((await client.get(f"/cases/{numbers}/account")).text)
    assert "9001" in account and "4712" in account and "1,017.34" in account


async def test_next_months_list_brings_new_claims_and_what_was_placed_before_is_set_aside(
    cast: Cast, visit: Visit
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    said = {"grouping": "debtor", "all_currency": "EUR", "all_country": "DE"}
    october = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS-10.csv")
    await confirmed(client, actor, october, **said)
    await client.post(october + "/hand-over")
    await work_off(agency_id=actor.agency_id)
    fresh = "10012;Müller Maschinenbau GmbH;4800;03.06.2026;02.07.2026;99,00\n"
    lines = GERMAN.splitlines(keepends=True)
    new = await hand_in(client, actor, "".join([*lines[:3], fresh]).encode(), name="OPOS-11.csv")
    assert "Hand over 1 case" in await confirmed(client, actor, new, **said)
    # Keller's invoice again, behind one of an earlier day: another reference, but the claim is there already.
    earlier = "10044;Keller & Söhne KG;4700;01.05.2026;31.05.2026;10,00\n"
    again = await hand_in(client, actor, "".join([*lines[:3], earlier, lines[5]]).encode(), name="OPOS-12.csv")
    page = await confirmed(client, actor, again, **said)
    assert "Invoice 4713 of this debtor, with the same amount, is in case" in page
    sibling = await visit(cast.lanting_submitter)
    theirs = await hand_in(sibling, cast.lanting_submitter.actor, "".join([*lines[:3], lines[5]]).encode())
    assert "Hand over 1 case" in await confirmed(sibling, cast.lanting_submitter.actor, theirs, **said)


async def test_a_file_that_lacks_a_column_of_the_simple_form_or_has_one_twice_is_asked_about(
    cast: Cast, visit: Visit
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    without = csv_text([row()], columns=[name for name in row() if name not in ("Country", "CurrencyCode")])
    url = await hand_in(client, actor, without)
    assert "Hand over 1 case" in await confirmed(client, actor, url, all_currency="EUR", all_country="IT")
    twice = await hand_in(client, actor, csv_text([row(1)]).replace("City", "Address"))
    assert "What the columns mean" in as_text((await client.get(twice)).text)


async def test_what_was_confirmed_is_offered_for_the_next_file_of_this_client_alone(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    first = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    await confirmed(client, actor, first, grouping="debtor", all_currency="EUR", all_country="AT")
    second = await hand_in(client, actor, GERMAN.replace("4711", "4811").encode(), name="OPOS-2.csv")
    answers = fields_of((await client.get(second)).text)
    assert (answers["grouping"], answers["all_country"], answers["all_currency"]) == ("debtor", "AT", "EUR")
    assert "As in your last file." in as_text((await client.get(second)).text)
    sibling = await visit(cast.lanting_submitter)
    theirs = await hand_in(sibling, cast.lanting_submitter.actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    assert fields_of((await sibling.get(theirs)).text)["all_country"] == ""


async def test_what_no_case_can_be_without_is_asked_for(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    answers = fields_of((await client.get(url)).text)
    refused = await client.post(url + "/columns", data=answers)
    assert refused.status_code == 422 and "Which column is the currency?" in refused.text
    refused = await client.post(url + "/columns", data=answers | {"all_currency": "EUR", "grouping": "column"})
    assert "country" in refused.text
    assert fields_of(refused.text)["all_currency"] == "EUR", "what was said stays said"


async def test_the_cases_that_result_are_shown_before_anything_is_confirmed(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    answers = fields_of((await client.get(url)).text) | {"all_currency": "EUR", "all_country": "DE", "see": "1"}
    shown = await client.post(url + "/columns", data=answers, headers={"HX-Request": "true"})
    assert shown.status_code == 200 and "<main" not in shown.text
    assert "1234.56" in shown.text and "2026-06-02" in shown.text
    assert "A credit note cannot be a case of its own." in shown.text, "the credit stands alone and is told so"
    whole = await client.post(url + "/columns", data=answers)
    assert "What the columns mean" in as_text(whole.text)


async def test_another_header_line_or_encoding_is_read_anew(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    shape = fields_of((await client.get(url)).text, "/shape")
    answer = await client.post(url + "/shape", data=shape | {"header_row": "4"})
    assert answer.status_code == 303
    await work_off(agency_id=actor.agency_id)
    assert "Müller Maschinenbau GmbH" in as_text((await client.get(url)).text)
    assert fields_of((await client.get(url)).text, "/shape")["header_row"] == "4"
    for wrong in ("x", "0", "-1"):
        refused = await client.post(url + "/shape", data=shape | {"header_row": wrong})
        assert refused.status_code == 422 and "f-header_row-error" in refused.text
    beyond = await client.post(url + "/shape", data=shape | {"header_row": "400"})
    await work_off(agency_id=actor.agency_id)
    assert beyond.status_code == 303 and "The file ends before row 400" in as_text((await client.get(url)).text)


async def test_a_form_that_no_page_of_ours_sends_is_not_found(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    page = (await client.get(url)).text
    for name, value in (("c0", "password"), ("date_order", "dym"), ("grouping", ""), ("mark", "x")):
        assert (await client.post(url + "/columns", data=fields_of(page) | {name: value})).status_code == 404
    shape = fields_of(page, "/shape")
    for name, value in (("encoding", "rot13"), ("delimiter", "a")):
        assert (await client.post(url + "/shape", data=shape | {name: value})).status_code == 404


async def test_from_the_check_one_goes_back_to_the_columns(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, CHINESE.encode("gbk"), name="应收.csv")
    wrong = await confirmed(client, actor, url, date_order="dmy", mark=",")
    assert "Change the columns" in wrong
    assert (await client.post(url + "/columns/again")).status_code == 303
    assert await owner.fetchval("select count(*) from placement_rows where agency_id = $1", actor.agency_id) == 0
    assert "Hand over 2 cases" in await confirmed(client, actor, url, date_order="ymd", mark=".")
    await client.post(url + "/hand-over")
    await work_off(agency_id=actor.agency_id)
    await client.post(url + "/columns/again")
    assert "Acknowledgement" in as_text((await client.get(url)).text), "what was handed over stays handed over"


async def test_the_columns_of_a_file_in_the_simple_form_may_be_said_too(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, csv_text([row(0, DueDate="02.07.2026"), row(1)]))
    assert "Hand over 1 case" in as_text((await client.get(url)).text)
    await client.post(url + "/columns/again")
    await work_off(agency_id=actor.agency_id)
    page = await confirmed(client, actor, url, date_order="dmy")
    assert "Hand over 2 cases" in page


async def test_a_proposal_that_is_made_twice_or_late_changes_nothing(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    answer = await client.post("/placements", files={"file": ("OPOS.csv", GERMAN.encode("cp1252"))})
    url = answer.headers["location"]
    payload = {"agency_id": str(actor.agency_id), "placement_id": url.rpartition("/")[2]}
    await asyncio.gather(*(check(payload) for _ in range(3)))
    await work_off(agency_id=actor.agency_id)
    assert "Hand over 3 cases" not in await confirmed(client, actor, url, all_currency="EUR", all_country="DE")
    await check(payload)
    assert await owner.fetchval("select count(*) from placement_rows where agency_id = $1", actor.agency_id) == 3


async def test_who_may_say_what_columns_mean(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    url = await hand_in(await visit(cast.brandt_submitter), actor, GERMAN.encode("cp1252"), name="OPOS.csv")
    for person, status in (
        (cast.brandt_viewer, 403), (cast.manager, 403), (cast.lanting_submitter, 404), (cast.mingda_submitter, 404),
    ):  # fmt: skip
        client = await visit(person)
        for path in ("/columns", "/shape", "/columns/again"):
            answer = await client.post(url + path, data={"header_row": "1"})
            assert answer.status_code == status or (path.endswith("again") and answer.status_code in (303, 404))
    viewer = await visit(cast.brandt_viewer)
    page = await viewer.get(url)
    assert page.status_code == 200 and "Check the file" not in page.text


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"MZ" + bytes(200), b"PK\x03\x04" + bytes(60)])
async def test_what_is_no_table_is_refused_with_the_reason(cast: Cast, visit: Visit, content: bytes) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, content, name="list.xlsx")
    page = as_text((await client.get(url)).text)
    assert "Nothing was taken" in page and ("no table" in page or "cannot be read" in page)


AR = IBM.parent / "ar"
TOTALS = {
    each["file"]: {currency: each["totals"][currency]["all_rows"] for currency in each["totals"]}
    for each in json.loads((AR / "manifest.json").read_text())["files"]
}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kingdee_k3cloud_ar_bills.xlsx", {"all_country": "CN"}),
        ("netsuite_ar_aging_detail.csv", {"all_country": "US"}),
        ("sap_fbl5n_en_alv.xlsx", {"all_country": "DE", "Account": "name"}),
        ("yonyou_u8_ar_ledger_gbk.csv", {"all_country": "CN"}),
    ],
)
async def test_an_export_of_a_real_system_adds_up_to_the_cent(
    cast: Cast, visit: Visit, name: str, said: dict[str, str]
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, (AR / name).read_bytes(), name=name)
    labels = re.findall(r'<label[^>]*for="f-c(\d+)"[^>]*>Meaning of “([^”]+)”', (await client.get(url)).text)
    places = {caption: f"c{place}" for place, caption in labels}
    page = await confirmed(client, actor, url, **{places.get(key, key): value for key, value in said.items()})
    assert "Check before handing over" in page
    for currency, total in TOTALS[name].items():
        assert f"{Decimal(total):,} read" in page, (currency, total)
