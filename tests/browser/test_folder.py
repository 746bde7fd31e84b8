"""A client sends a folder of scans, loses the connection in the middle, and goes on where it broke."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Dialog, Route, expect

from portal.storage.multipart import IN_PARTS_FROM
from tests.browser.conftest import Sit
from tests.browser.site import Site
from tests.cases.casework import placed_case
from tests.cases.documents.folder.sending import PDF
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
    await page.unroute(f"{site.store}/**")
    await page.reload()
    await client.arrived()
    missing = page.get_by_text("18 files have not arrived.")
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
