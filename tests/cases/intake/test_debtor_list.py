"""A file of numbers alone and the list of debtors beside it: names and addresses arrive with the cases."""

from __future__ import annotations

import re

import asyncpg
import httpx

from portal.jobs import work_off
from portal.storage import store
from tests.cases.intake.test_columns import AR, confirmed, fields_of
from tests.cases.intake.test_placing_pages import as_text, hand_in
from tests.people import Cast, Visit

FILE = AR / "sap_fbl5n_en_alv.xlsx"
DEBTORS = AR / "sap_customer_master.csv"

NUMBERS = """Account,Invoice number,Invoice date,Due date,Amount,Currency
0007,R-1,2026-05-08,2026-06-08,100.00,EUR
0008,R-2,2026-05-09,2026-06-09,200.00,EUR
0009,R-3,2026-05-10,2026-06-10,300.00,EUR
"""
NAMES = """Nr;Who;Street;City;Country
7;Ferretti Pompe S.p.A.;Via Emilia 12;Brescia;IT
8;Müller Maschinenbau GmbH;Hof 1;Köln;DE
"""


async def bring(client: httpx.AsyncClient, url: str, content: bytes, name: str = "debtors.csv") -> httpx.Response:
    return await client.post(url + "/debtors", files={"debtors": (name, content)})


async def test_an_export_without_names_gets_them_from_the_list_of_debtors(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, FILE.read_bytes(), name=FILE.name)
    refused = await client.post(url + "/columns", data=fields_of((await client.get(url)).text))
    assert "Which column is the debtor" in as_text(refused.text), "the export has no names"
    assert (await bring(client, url, DEBTORS.read_bytes(), DEBTORS.name)).status_code == 303
    await work_off(agency_id=actor.agency_id)
    page = as_text((await client.get(url)).text)
    assert "43 debtors of the file are in the list." in page, page
    assert "2 are not: 0000020361, 0000020257" in page
    assert "Driftwood Marine" in page, "the first cases show whom they are of"
    checked = await confirmed(client, actor, url)
    assert "2 are not: 0000020361, 0000020257" in checked
    named = await owner.fetchval(
        "select count(*) from placement_rows where agency_id = $1 and draft ->> 'name' = 'Driftwood Marine'"
        " and draft ->> 'street' = '44 Station Road' and draft ->> 'country' = 'GB'",
        actor.agency_id,
    )
    assert named > 0


async def test_the_columns_of_the_list_are_corrected_and_the_list_is_replaced_and_removed(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, NUMBERS.encode(), name="open.csv")
    refused = await client.post(url + "/debtors", files={"debtors": ("empty.csv", b"")})
    assert refused.status_code == 422 and "f-debtors-error" in refused.text
    await bring(client, url, b"%PDF-1.7 ...", "list.pdf")
    await work_off(agency_id=actor.agency_id)
    assert "This is no table but a PDF." in as_text((await client.get(url)).text)
    first = await owner.fetchval("select object_key from debtor_lists where agency_id = $1", actor.agency_id)
    await bring(client, url, NAMES.encode())
    await work_off(agency_id=actor.agency_id)
    assert [key async for key in store.listing(first)] == []
    page = (await client.get(url)).text
    assert "Say which column is your number of the debtor" in as_text(page)
    answers = fields_of(page, "/debtors/columns")
    none = await client.post(url + "/debtors/columns", data=answers | {"l0": ""})
    assert none.status_code == 422 and "Which column of the list is your number" in as_text(none.text)
    said = answers | {"l0": "debtor", "l1": "name"}
    assert (await client.post(url + "/debtors/columns", data=said | {"l0": "amount"})).status_code == 404
    await client.post(url + "/debtors/columns", data=said)
    await work_off(agency_id=actor.agency_id)
    page = as_text((await client.get(url)).text)
    assert "2 debtors of the file are in the list." in page and "1 is not: 0009" in page
    # What is chosen for all rows holds only where the list says nothing.
    checked = await confirmed(client, actor, url, all_country="FR")
    assert "Hand over 2 cases" in checked and "name is missing" in checked
    await client.post(url + "/hand-over")
    await work_off(agency_id=actor.agency_id)
    placed = await owner.fetch(
        "select debtor_name, debtor_city, debtor_country from cases where agency_id = $1 order by number",
        actor.agency_id,
    )
    assert [tuple(case) for case in placed] == [
        ("Ferretti Pompe S.p.A.", "Brescia", "IT"),
        ("Müller Maschinenbau GmbH", "Köln", "DE"),
    ]
    late = await client.post(url + "/debtors/remove")
    assert late.status_code == 303 and await owner.fetchval(
        "select count(*) from debtor_lists where agency_id = $1", actor.agency_id
    )
    again = await hand_in(client, actor, NUMBERS.replace("R-", "S-").encode(), name="open.csv")
    assert "Remove the list" not in (await client.get(again)).text, "a list is for its placement alone"
    await bring(client, again, NAMES.encode())
    await work_off(agency_id=actor.agency_id)
    assert (await client.post(again + "/debtors/remove")).status_code == 303
    assert "Add the list" in (await client.get(again)).text


async def test_how_the_list_is_read_is_corrected_and_stays_so(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, NUMBERS.encode(), name="open.csv")
    await bring(client, url, NAMES.replace("Müller", "Märkl").encode("cp850"))
    await work_off(agency_id=actor.agency_id)
    page = (await client.get(url)).text
    assert "Märkl Maschinenbau" not in as_text(page)
    shape = fields_of(page, "/debtors/shape")
    assert shape["list_encoding"] != "cp850" and (shape["list_delimiter"], shape["list_header_row"]) == (";", "1")
    refused = await client.post(url + "/debtors/shape", data=shape | {"list_header_row": "0"})
    assert refused.status_code == 422 and "f-list_header_row-error" in refused.text
    assert (await client.post(url + "/debtors/shape", data=shape | {"list_encoding": "rot13"})).status_code == 404
    assert (await client.post(url + "/debtors/shape", data=shape | {"list_encoding": "utf-8"})).status_code == 303
    await work_off(agency_id=actor.agency_id)
    page = (await client.get(url)).text
    assert 'role="alert"' in page, "it cannot be read so, and can be corrected again"
    await client.post(url + "/debtors/shape", data=fields_of(page, "/debtors/shape") | {"list_encoding": "cp850"})
    await work_off(agency_id=actor.agency_id)
    page = (await client.get(url)).text
    assert "Märkl Maschinenbau GmbH" in as_text(page)
    await client.post(
        url + "/debtors/columns", data=fields_of(page, "/debtors/columns") | {"l0": "debtor", "l1": "name"}
    )
    await work_off(agency_id=actor.agency_id)
    page = (await client.get(url)).text
    assert "2 debtors of the file are in the list." in as_text(page)
    assert fields_of(page, "/debtors/shape")["list_encoding"] == "cp850"
    told = await owner.fetch(
        "select before, after from audit_events where agency_id = $1 and action = 'placement.list_shape_chosen' order by at",
        actor.agency_id,
    )
    assert len(told) == 2 and "cp850" in told[1]["after"]


async def test_who_may_bring_a_list_of_debtors(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    url = await hand_in(await visit(cast.brandt_submitter), actor, NUMBERS.encode(), name="open.csv")
    await bring(await visit(cast.brandt_submitter), url, NAMES.encode())
    await work_off(agency_id=actor.agency_id)
    for person, status in (
        (cast.brandt_viewer, 403), (cast.manager, 403), (cast.lanting_submitter, 404), (cast.mingda_submitter, 404),
    ):  # fmt: skip
        client = await visit(person)
        assert (await bring(client, url, NAMES.encode())).status_code == status
        for path in ("/debtors/columns", "/debtors/shape", "/debtors/remove"):
            answer = await client.post(url + path, data={"l0": "debtor", "list_header_row": "1"})
            assert answer.status_code == status
    viewer = await visit(cast.brandt_viewer)
    assert not re.search("Remove the list|Add the list", (await viewer.get(url)).text)
