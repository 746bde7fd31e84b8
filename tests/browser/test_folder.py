"""A client sends a folder of scans, loses the connection in the middle, and goes on where it broke."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from playwright.async_api import Dialog, Locator, Page, Request, Route, expect

from portal.storage.multipart import IN_PARTS_FROM
from tests.browser.conftest import Sit
from tests.browser.site import Site
from tests.cases.casework import placed_case
from tests.cases.documents.folder.sending import PDF
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast

IN_BATCH = "select state, count(*) from batch_files where client_id = $1 group by state order by state"


@pytest.fixture
def scans(tmp_path: Path) -> list[Path]:
    """Thirty files named after their cases; the last is large enough to be sent in parts."""
    files = [tmp_path / f"2026-0000{1 + number % 5} scan {number}.pdf" for number in range(30)]
    for file in files[:-1]:
        file.write_bytes(PDF)
    files[-1].write_bytes(PDF[:-7] + bytes(IN_PARTS_FROM) + b"\n%%EOF\n")
    return files


async def test_a_folder_goes_on_where_the_connection_broke(
    cast: Cast, owner: asyncpg.Connection, site: Site, sit: Sit, scans: list[Path]
) -> None:
    for _ in range(5):
        await placed_case(cast.nordkai, cast.brandt)
    client = await sit(cast.brandt_submitter)
    page, let_through = client.page, [12]

    async def breaks(route: Route) -> None:
        let_through[0] -= 1
        await (route.continue_() if let_through[0] >= 0 else route.abort("aborted"))

    async def leave(dialog: Dialog) -> None:
        await dialog.accept()

    page.on("dialog", leave)
    await client.go("/documents/add")
    await client.check(themes=("light",))
    await page.route(f"{site.store}/**", breaks)
    await page.set_input_files("#f-files", scans)
    await expect(page.get_by_text(client.t("The connection is broken; we try again by ourselves."))).to_be_visible()
    await page.reload()
    await page.unroute(f"{site.store}/**")
    await client.arrived()
    # As many as were through by then: one that was on its way may have been told of, or not.
    missing = page.get_by_text(re.compile(r"(1[5-9]|2[0-2]) files have not arrived\."))
    await expect(missing).to_be_visible()
    await page.set_input_files("#f-files", scans)
    await expect(missing).to_have_count(0)
    await expect(page.get_by_text(client.t("Every file has its case."))).to_be_visible()
    await client.arrived()
    await client.check(themes=("light",))
    assert [tuple(one) for one in await owner.fetch(IN_BATCH, cast.brandt.id)] == [("arrived", 30)]
    await client.button("File those that have a case").click()
    await expect(page.locator(".c-badge.is-good")).to_have_count(30)
    await client.arrived()
    documents = await owner.fetch("select state, count(*) from documents where client_id = $1 group by state", cast.brandt.id)  # fmt: skip
    assert [tuple(one) for one in documents] == [("released", 30)]


async def drop_on(page: Page, target: Locator, *paths: Path) -> None:
    """Drag files and folders of this machine over a page with the mouse, and let them go: the browser reads them."""
    box = await target.bounding_box()
    assert box is not None
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    carried = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    mouse = await page.context.new_cdp_session(page)
    for what in ("dragEnter", "dragOver", "drop"):
        await mouse.send("Input.dispatchDragEvent", {"type": what, **where, "data": carried})


async def test_what_is_dropped_with_the_mouse_arrives_and_a_part_that_broke_is_sent_alone(
    cast: Cast, owner: asyncpg.Connection, site: Site, sit: Sit, tmp_path: Path
) -> None:
    for _ in range(2):
        await placed_case(cast.nordkai, cast.brandt)
    folder = tmp_path / "Belege"
    (folder / "2026-00002" / "alt").mkdir(parents=True)
    (folder / "2026-00001 Rechnung.pdf").write_bytes(PDF)
    (folder / "2026-00002" / "alt" / "Vertrag.pdf").write_bytes(PDF)
    (folder / "2026-00002" / "Scans.pdf").write_bytes(PDF[:-7] + bytes(IN_PARTS_FROM) + b"\n%%EOF\n")
    client, parts = await sit(cast.brandt_submitter), list[str]()
    page = client.page

    def asked(request: Request) -> None:
        parts.extend(parse_qs(urlsplit(request.url).query).get("partNumber", []))

    async def breaks(route: Route) -> None:
        await route.abort("aborted")

    page.on("request", asked)
    await page.route(f"{site.store}/**partNumber=2**", breaks, times=1)
    await client.go("/documents/add")
    await drop_on(page, page.locator("[data-drop]").first, folder)
    await expect(page.get_by_text(client.t("Every file has its case."))).to_be_visible()
    assert parts == ["1", "2", "2", "3"]
    found = await owner.fetch(
        "select f.path, c.number, f.state from batch_files f join cases c on c.id = f.case_id where f.client_id = $1"
        " order by f.path", cast.brandt.id,
    )  # fmt: skip
    assert [tuple(file) for file in found] == [
        ("Belege/2026-00001 Rechnung.pdf", "2026-00001", "arrived"),
        ("Belege/2026-00002/Scans.pdf", "2026-00002", "arrived"),
        ("Belege/2026-00002/alt/Vertrag.pdf", "2026-00002", "arrived"),
    ]
    table = tmp_path / "oktober.csv"
    table.write_text(csv_text([row(0)]))
    await client.go("/placements/new")
    await drop_on(page, page.locator("[data-drop]").first, table)
    await expect(page.locator("[data-drop-names]")).to_have_text("oktober.csv")
    await client.button("Check the file").click()
    await expect(page.get_by_text(client.t("Check before handing over"))).to_be_visible()
