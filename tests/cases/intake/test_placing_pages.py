"""Placing cases in the browser: what a client sees of a good file, and of each way in which a file can be bad."""

import re
from uuid import uuid4

import asyncpg
import httpx
import pytest

from cases.intake.csv_file import COLUMNS
from portal.jobs import work_off
from portal.people.actor import Actor
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast, Person, Visit


async def hand_in(
    client: httpx.AsyncClient, actor: Actor, content: bytes | str, *, name: str = "october.csv", reference: str = ""
) -> str:
    """Upload a file, have it checked, and give the address of its page."""
    raw = content.encode() if isinstance(content, str) else content
    answer = await client.post("/placements", files={"file": (name, raw)}, data={"reference": reference})
    assert answer.status_code == 303, answer.text
    await work_off(agency_id=actor.agency_id)
    return answer.headers["location"]


async def page_of(client: httpx.AsyncClient, actor: Actor, content: bytes | str) -> str:
    """The text of the page after a file was checked."""
    answer = await client.get(await hand_in(client, actor, content))
    assert answer.status_code == 200
    return as_text(answer.text)


def as_text(html: str) -> str:
    from html import unescape

    main = html[html.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


async def test_a_good_file_is_read_handed_over_and_acknowledged(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, csv_text([row(0), row(1), row(2, CurrencyCode="USD", Address="")]))
    page = as_text((await client.get(url)).text)
    assert "Check before handing over" in page
    assert "Hand over 3 cases" in page
    assert "16,824.00" in page and "8,412.00" in page
    assert "The address is incomplete." in page
    assert await owner.fetchval("select count(*) from cases where client_id = $1", actor.client_id) == 0

    assert (await client.post(f"{url}/hand-over")).status_code == 303
    assert "Handing over" in as_text((await client.get(url)).text)
    await work_off(agency_id=actor.agency_id)
    page = as_text((await client.get(url)).text)
    assert re.search(r"Acknowledgement \d{4}-A00001", page)
    assert "Case numbers" in page and "-00001 – " in page
    assert await owner.fetchval("select count(*) from cases where client_id = $1", actor.client_id) == 3


async def test_the_page_looks_again_by_itself_while_the_check_runs(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    answer = await client.post("/placements", files={"file": ("a.csv", csv_text([row()]).encode())})
    waiting = (await client.get(answer.headers["location"])).text
    assert 'hx-trigger="every 300ms"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    await work_off(agency_id=cast.nordkai.id)
    assert 'hx-trigger="every' not in (await client.get(answer.headers["location"])).text


WHOLE_FILES = [
    (csv_text([]).encode(), "The file has no rows to place."),
    (b"\n\n , ,\n", "The file is empty."),
    (b"%PDF-1.7 nothing", "This is no table but a PDF."),
    (b"PK\x03\x04" + b"x" * 100, "The spreadsheet cannot be read."),
    (csv_text([row(DebtorName='"Kurz')]).replace('"""Kurz"', '"Kurz').encode(), "does not end"),
]


@pytest.mark.parametrize(("content", "told"), WHOLE_FILES)
async def test_a_file_that_cannot_be_read_is_refused_whole_and_says_why(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, content: bytes, told: str
) -> None:
    actor = cast.brandt_submitter.actor
    page = await page_of(await visit(cast.brandt_submitter), actor, content)
    assert told in page
    assert "Nothing was taken" in page
    assert await owner.fetchval("select count(*) from placement_rows where agency_id = $1", actor.agency_id) == 0
    assert await owner.fetchval("select count(*) from cases where agency_id = $1", actor.agency_id) == 0


ROWS = [
    ({"PrincipalAmount": "-640.00"}, "A credit note cannot be a case of its own."),
    ({"PrincipalAmount": "12.345"}, "“12.345” has too many decimals: EUR has 2."),
    ({"PrincipalAmount": "1.280,50"}, "“1.280,50” is no amount of the form 1234.56. Perhaps 1280.50 is meant."),
    ({"PrincipalAmount": ""}, "The amount is missing."),
    ({"CurrencyCode": "RMB"}, "“RMB” is no currency code. Perhaps CNY is meant."),
    ({"Country": "Italien"}, "“Italien” is no country code. Perhaps IT is meant."),
    ({"InvoiceDate": "2026-02-30"}, "“2026-02-30” is no date of the form YYYY-MM-DD."),
    ({"DueDate": "2026-05-01"}, "The due date 2026-05-01 is before the invoice date 2026-06-02."),
    ({"InvoiceNumber": ""}, "The invoice number is missing."),
    ({"InvoiceNumber": "RE-24189"}, "already has the reference “RE-24189”"),
]


@pytest.mark.parametrize(("changed", "told"), ROWS)
async def test_a_bad_row_is_named_and_the_good_ones_can_go(
    cast: Cast, visit: Visit, changed: dict[str, str], told: str
) -> None:
    client = await visit(cast.brandt_submitter)
    page = await page_of(client, cast.brandt_submitter.actor, csv_text([row(1), row(2, **changed)]))
    assert told in page
    assert "Hand over 1 case" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
async def test_a_chinese_file_is_read_in_the_encodings_that_exports_come_in(
    cast: Cast, visit: Visit, encoding: str
) -> None:
    rows = [row(number, DebtorName="杭州瑞丰阀门有限公司", City="杭州", PrincipalAmount="-1") for number in range(12)]
    page = await page_of(
        await visit(cast.brandt_submitter), cast.brandt_submitter.actor, csv_text(rows).encode(encoding)
    )
    assert "杭州瑞丰阀门有限公司" in page
    assert ("The file is not in Unicode" in page) == (encoding == "gb18030")


async def test_a_formula_in_a_name_is_a_name_on_the_page_and_harmless_in_the_file_given_back(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    evil = "=HYPERLINK(1)"
    url = await hand_in(client, actor, csv_text([row(0, DebtorName=evil), row(1, DebtorName=evil, Country="")]))
    given_back = (await client.get(f"{url}/bad-rows.csv")).text
    assert given_back.startswith("\ufeffInvoiceNumber,")
    assert f"'{evil}" in given_back and f",{evil}" not in given_back
    assert "The country is missing." in given_back
    await client.post(f"{url}/hand-over")
    await work_off(agency_id=actor.agency_id)
    assert await owner.fetchval("select debtor_name from cases where client_id = $1", actor.client_id) == evil


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "The file is empty."), (b"a" * (25 * 1024 * 1024 + 1), "larger than 25 MB"), (None, "Choose a file.")],
)
async def test_what_cannot_be_a_placement_is_refused_at_once(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, content: bytes | None, told: str
) -> None:
    client = await visit(cast.brandt_submitter)
    files = {"file": ("x.csv", content)} if content is not None else {"other": ("x", b"x")}
    answer = await client.post("/placements", files=files)
    assert answer.status_code == 422
    assert told in as_text(answer.text)
    assert await owner.fetchval("select count(*) from placements where client_id = $1", cast.brandt.id) == 0


async def test_fifty_megabytes_are_read_to_their_end_and_refused(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    answer = await client.post("/placements", files={"file": ("x.csv", b"a" * 50_000_000)})
    assert answer.status_code == 422
    assert "too large" in as_text(answer.text)


async def test_pages_of_rows_follow_each_other(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, cast.brandt_submitter.actor, csv_text(row(number, Country="") for number in range(120)))
    first = as_text((await client.get(f"{url}?show=errors")).text)
    assert "Rows 2–51" in first
    assert "Rows 102–121" in as_text((await client.get(f"{url}?show=errors&after=101")).text)


async def test_control_figures_that_differ_keep_a_placement_from_being_handed_over(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, cast.brandt_submitter.actor, csv_text([row(0), row(1)]))
    await client.post(f"{url}/control", data={"count": "2", "total_EUR": "16,800.00"})
    page = as_text((await client.get(url)).text)
    assert "Your control figure says 16800.00, the file holds 16824.00." in page
    refused = await client.post(f"{url}/hand-over")
    assert refused.status_code == 422
    assert "Your control figures differ from the file." in as_text(refused.text)
    await client.post(f"{url}/control", data={"count": "2", "total_EUR": "16,824.00"})
    assert "Your figures agree with the file." in as_text((await client.get(url)).text)
    assert (await client.post(f"{url}/hand-over")).status_code == 303


async def test_all_or_nothing_hands_over_nothing_while_a_row_is_bad(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, cast.brandt_submitter.actor, csv_text([row(0), row(1, Country="")]))
    answer = await client.post(f"{url}/hand-over", data={"only_all": "1"})
    assert answer.status_code == 422
    assert "1 rows cannot be placed, and you want all or none." in as_text(answer.text)


async def test_a_reference_placed_before_is_a_duplicate_that_leads_to_its_case(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, csv_text([row(0)]))
    await client.post(f"{url}/hand-over")
    await work_off(agency_id=actor.agency_id)
    page = await client.get(await hand_in(client, actor, csv_text([row(0), row(1)])))
    assert re.search(r"Case \d{4}-00001 already has this reference\. Score 100 of 100", as_text(page.text))
    assert "Hand over 1 case" in as_text(page.text)
    assert re.search(r'href="/cases/[0-9a-f-]{36}">Open case', page.text)


async def test_the_same_file_again_leads_to_the_first_acknowledgement(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, actor, csv_text([row(0), row(1)]), reference="October")
    assert await hand_in(client, actor, csv_text([row(0), row(1)]), reference="October") == url
    semicolons = csv_text([row(0), row(1)], delimiter=";")
    assert await hand_in(client, actor, semicolons, reference="October") == url
    await client.post(f"{url}/hand-over")
    await work_off(agency_id=actor.agency_id)
    without = await client.get(await hand_in(client, actor, csv_text([row(0), row(1)])))
    assert "The same cases have been handed over before." in as_text(without.text)
    assert f'href="{url}"' in without.text


async def test_other_cases_under_the_same_reference_are_refused(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, cast.brandt_submitter.actor, csv_text([row(0)]), reference="October")
    answer = await client.post(
        "/placements", files={"file": ("x.csv", csv_text([row(1)]).encode())}, data={"reference": "October"}
    )
    assert answer.status_code == 409
    assert "“October” is the reference of another placement, with other content." in as_text(answer.text)
    assert f'href="{url}"' in answer.text
    await client.post(f"{url}/cancel")
    assert await hand_in(client, cast.brandt_submitter.actor, csv_text([row(1)]), reference="October") != url


async def test_a_sibling_may_use_the_same_references_and_learns_nothing_of_it(cast: Cast, visit: Visit) -> None:
    first = await visit(cast.brandt_submitter)
    url = await hand_in(first, cast.brandt_submitter.actor, csv_text([row(0)]), reference="October")
    await first.post(f"{url}/hand-over")
    await work_off(agency_id=cast.nordkai.id)
    second = await visit(cast.lanting_submitter)
    own = await hand_in(second, cast.lanting_submitter.actor, csv_text([row(0)]), reference="October")
    assert own != url
    page = as_text((await second.get(own)).text)
    assert "Hand over 1 case" in page and "already" not in page and "before." not in page


def mutations(placement: str) -> list[tuple[str, dict[str, object]]]:
    return [
        (f"{placement}/control", {"data": {"count": "1"}}),
        (f"{placement}/hand-over", {}),
        (f"{placement}/cancel", {}),
    ]


@pytest.mark.parametrize("who", ["mingda_submitter", "lanting_submitter", "lanting_admin"])
async def test_a_placement_of_somebody_else_does_not_exist(cast: Cast, visit: Visit, who: str) -> None:
    url = await hand_in(await visit(cast.brandt_submitter), cast.brandt_submitter.actor, csv_text([row(0, Country="")]))
    other = await visit(getattr(cast, who))
    for address, form in mutations(url):
        assert (await other.post(address, **form)).status_code == 404, address
    for address in (url, f"{url}/bad-rows.csv"):
        assert (await other.get(address)).status_code == 404
        assert (await other.get(address.replace(url[-36:], str(uuid4())))).status_code == 404


@pytest.mark.parametrize("who", ["brandt_viewer", "owner", "negotiator", "finance", "auditor"])
async def test_only_those_who_may_submit_can_place_change_or_drop(cast: Cast, visit: Visit, who: str) -> None:
    url = await hand_in(await visit(cast.brandt_submitter), cast.brandt_submitter.actor, csv_text([row(0)]))
    person: Person = getattr(cast, who)
    other = await visit(person)
    for address, form in mutations(url):
        assert (await other.post(address, **form)).status_code == 403, address
    assert (await other.post("/placements", files={"file": ("x.csv", b"x")})).status_code == 403
    assert (await other.get("/placements/new")).status_code == 403
    assert (await other.get(url)).status_code == 200
    assert (await other.get("/placements")).status_code == 200


async def test_the_template_has_the_columns_of_the_form(cast: Cast, visit: Visit) -> None:
    answer = await (await visit(cast.brandt_submitter)).get("/placements/template.csv")
    assert answer.text == "\ufeff" + ",".join(COLUMNS) + "\r\n"
    assert "attachment" in answer.headers["content-disposition"]


async def test_every_step_speaks_chinese(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    await owner.execute("update users set language = 'zh-Hans' where id = $1", cast.brandt_submitter.user_id)
    client = await visit(cast.brandt_submitter)
    url = await hand_in(client, cast.brandt_submitter.actor, csv_text([row(0), row(1, Country="")]))
    for address in ("/placements/new", "/placements", url):
        answer = await client.get(address)
        assert answer.status_code == 200
        assert 'lang="zh-Hans"' in answer.text
