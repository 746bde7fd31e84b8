"""What pages do under the fingers: keys, double clicks, the back button, refusals, uploads, a session that has ended."""

from __future__ import annotations

import asyncio
import re

import asyncpg
import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Sit
from tests.browser.desks import due_cases
from tests.browser.journey import invoice_pdf
from tests.browser.site import Site
from tests.people import PASSWORD, Cast

ONE_PAYMENT = re.compile(r"/payments/[0-9a-f-]{36}$")


async def test_a_form_is_sent_once_however_often_its_button_is_pressed(
    cast: Cast, owner: asyncpg.Connection, sit: Sit
) -> None:
    case_id = (await due_cases(cast, 1))[0]
    negotiator = await sit(cast.negotiator)
    await negotiator.go(f"/cases/{case_id}?act=note")
    await negotiator.field("note").fill("Rang twice.")
    await negotiator.button("Save").last.dblclick()
    await expect(negotiator.page.locator(".c-toast")).to_contain_text("Note written.")
    await negotiator.arrived()
    noted = await owner.fetchval(
        "select count(*) from case_events where case_id = $1 and kind = 'note.written'", case_id
    )
    assert noted == 1


async def test_a_payment_is_posted_once_however_often_the_form_comes_back(
    cast: Cast, owner: asyncpg.Connection, sit: Sit
) -> None:
    case_id = (await due_cases(cast, 1))[0]
    finance = await sit(cast.finance)
    await finance.go(f"/payments/new?case={case_id}")
    await finance.field("amount").fill("100.00")
    await expect(finance.button("Post the payment")).to_be_visible()
    await finance.settled()
    await finance.button("Post the payment").dblclick()
    await finance.page.wait_for_url(ONE_PAYMENT)
    await finance.arrived()
    await finance.page.go_back()
    await finance.arrived()
    assert await owner.fetchval("select count(*) from payments where case_id = $1", case_id) == 1
    post = finance.button("Post the payment")
    if await post.count():  # the browser may have kept the page as it was
        await expect(post).to_be_enabled()
        await finance.field("amount").fill("100.01")
        await finance.field("amount").fill("100.00")
        await finance.settled()
        finance.expected.add(422)
        await post.click()
        await finance.page.wait_for_load_state()
    assert await owner.fetchval("select count(*) from payments where case_id = $1", case_id) == 1


async def test_after_the_back_button_a_form_can_be_sent_again(cast: Cast, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    negotiator = await sit(cast.negotiator)
    await negotiator.go(f"/cases/{case_id}?act=note")
    await negotiator.field("note").fill("First.")
    await negotiator.button("Save").last.click()
    await expect(negotiator.page.locator(".c-toast")).to_be_visible()
    await negotiator.page.go_back()
    await expect(negotiator.button("Save").last).to_be_enabled()
    await negotiator.field("note").fill("Second.")
    await negotiator.button("Save").last.click()
    await expect(negotiator.page.locator(".c-timeline")).to_contain_text("Second.")


async def test_a_refused_form_shows_what_is_wrong_and_goes_there(cast: Cast, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    negotiator = await sit(cast.negotiator)
    negotiator.expected.add(422)
    await negotiator.go(f"/cases/{case_id}?act=promise")
    await negotiator.field("promise_amount").fill("a thousand")
    await negotiator.field("promise_on").fill("2031-01-01")
    await negotiator.page.keyboard.press("Control+Enter")
    await expect(negotiator.page.locator("#f-promise_amount-error")).to_be_visible()
    await expect(negotiator.field("promise_amount")).to_be_focused()
    await expect(negotiator.field("promise_amount")).to_have_attribute("aria-describedby", "f-promise_amount-error")
    await expect(negotiator.field("promise_on")).to_have_value("2031-01-01")
    await negotiator.check()
    await negotiator.go(f"/cases/{case_id}?act=call")
    await negotiator.button("Save, stay").click()
    await expect(negotiator.page.locator("#f-outcome-error, .c-guard .c-error").first).to_be_visible()
    focused = await negotiator.page.evaluate("document.activeElement.name")
    assert focused in ("outcome", "override_reason"), focused
    await negotiator.check()


async def test_a_mistake_in_a_preview_is_said_while_typing_and_the_cursor_stays(cast: Cast, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    finance = await sit(cast.finance)
    finance.expected.add(422)
    await finance.go(f"/payments/new?case={case_id}")
    await finance.field("amount").press_sequentially("-5")
    await expect(finance.page.locator("#split [role=alert]")).to_be_visible()
    await expect(finance.field("amount")).to_be_focused()
    await finance.field("amount").fill("5")
    await expect(finance.button("Post the payment")).to_be_visible()
    await expect(finance.page.locator("#split [role=alert]")).to_have_count(0)


async def test_toasts_leave_by_themselves_unless_somebody_reads_them(cast: Cast, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    negotiator = await sit(cast.negotiator)
    page = negotiator.page
    await page.clock.install()
    await negotiator.go(f"/cases/{case_id}?act=note")
    await negotiator.field("note").fill("Seen.")
    await negotiator.button("Save").last.click()
    toast = page.locator(".c-toast")
    await expect(toast).to_be_visible()
    await toast.hover()
    await page.clock.run_for(20_000)
    await expect(toast).to_be_visible()
    await page.mouse.move(5, 300)
    await page.clock.run_for(10_000)
    await expect(toast).to_have_count(0)


async def test_the_lease_counts_down(cast: Cast, sit: Sit) -> None:
    await due_cases(cast, 1)
    negotiator = await sit(cast.negotiator)
    page = negotiator.page
    await page.clock.install()
    await negotiator.go("/queue")
    await page.keyboard.press("n")
    await page.wait_for_url("**/cases/*-*")
    lease = page.locator("[data-countdown]")
    await page.clock.run_for(2_000)
    await expect(lease).to_have_text("15 min left")
    await page.clock.run_for(13 * 60_000)
    await expect(lease).to_have_text("2 min left")
    await page.clock.run_for(60_000)
    await expect(lease).to_contain_text(" s left")
    await page.clock.run_for(120_000)
    await expect(lease).to_have_text("time is over")


async def test_the_queue_is_worked_by_keys_alone(cast: Cast, sit: Sit) -> None:
    await due_cases(cast, 3)
    negotiator = await sit(cast.negotiator)
    page, keys = negotiator.page, negotiator.page.keyboard
    await negotiator.go("/queue")
    rows = page.locator("[data-row]")
    await expect(rows).to_have_count(3)
    await keys.press("j")
    await expect(rows.nth(0).locator("a")).to_be_focused()
    await keys.press("j")
    await expect(rows.nth(1).locator("a")).to_be_focused()
    await keys.press("k")
    await expect(rows.nth(0).locator("a")).to_be_focused()
    await keys.press("/")
    await expect(page.locator("[data-search]")).to_be_focused()
    await keys.type("jkn?")
    await expect(page.locator("[data-search]")).to_have_value("jkn?")
    await keys.press("Escape")
    await keys.press("Control+k")
    await expect(page.locator("[data-search]")).to_be_focused()
    await keys.press("Escape")
    await keys.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    await expect(help_).to_contain_text("Next case")
    await negotiator.check()
    await keys.press("n")
    assert page.url.endswith("/queue"), "keys of the page rest while the help is open"
    await keys.press("Escape")
    await expect(help_).to_be_hidden()
    await keys.press("j")
    await keys.press("Enter")
    await page.wait_for_url("**/cases/*-*")
    await negotiator.arrived()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Müller Maschinenbau GmbH")
    for key, act in (("p", "promise"), ("d", "dispute"), ("w", "wait"), ("c", "call")):
        await keys.press(key)
        await page.wait_for_url(f"**act={act}*")
        await negotiator.arrived()
    negotiator.fine()


async def test_search_finds_while_one_types_and_forgives(cast: Cast, sit: Sit) -> None:
    await due_cases(cast, 3)
    negotiator = await sit(cast.negotiator)
    await negotiator.go("/queue")
    await negotiator.page.keyboard.press("/")
    await negotiator.page.keyboard.type("muller")
    await negotiator.page.keyboard.press("Enter")
    await negotiator.page.wait_for_url("**/search?q=muller")
    await negotiator.arrived()
    await expect(negotiator.page.locator("#found")).to_contain_text("Müller Maschinenbau GmbH")
    await negotiator.check()


async def test_an_upload_shows_how_far_it_is_and_why_one_is_not_taken(cast: Cast, site: Site, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    submitter = await sit(cast.brandt_submitter)
    page, gate = submitter.page, asyncio.Event()

    async def hold_back(route: Route) -> None:
        await gate.wait()
        await route.continue_()

    await page.route(f"{site.store}/**", hold_back)
    await submitter.go(f"/cases/{case_id}/documents")
    good = {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": invoice_pdf()}
    await submitter.field("files").set_input_files([good])
    await submitter.button("Add").click()
    await expect(page.locator("[data-upload-list] progress")).to_have_count(1)
    await expect(submitter.button("Add")).to_be_disabled()
    gate.set()
    await expect(page.locator("tbody").get_by_role("button", name="contract.pdf")).to_be_visible()
    await submitter.arrived()
    submitter.expected.add(422)
    await submitter.field("files").set_input_files(
        [{"name": "x.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}]
    )
    await submitter.button("Add").click()
    await expect(page.locator("[data-upload-list] li")).to_contain_text("x.exe")
    await expect(submitter.button("Add")).to_be_enabled()
    await submitter.check()


async def test_a_document_opens_from_the_storage_and_the_opening_is_counted(cast: Cast, site: Site, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    submitter = await sit(cast.brandt_submitter)
    page, asked = submitter.page, list[str]()
    await submitter.go(f"/cases/{case_id}/documents")
    await submitter.field("files").set_input_files(
        [{"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": invoice_pdf()}]
    )
    await submitter.button("Add").click()
    await expect(page.locator("tbody").get_by_role("button", name="invoice.pdf")).to_be_visible()
    page.context.on("request", lambda request: asked.append(request.url))
    async with page.expect_event("download") as download:
        await page.locator("tbody").get_by_role("button", name="invoice.pdf").click()
    assert (await download.value).suggested_filename == "invoice.pdf"
    assert any(url.startswith(site.store) for url in asked)
    await submitter.go(f"/cases/{case_id}/documents")
    await expect(page.locator("tbody tr").first.locator("td.at-f")).to_have_text("1")


async def test_language_and_colours_are_changed_on_the_spot_and_stay(cast: Cast, sit: Sit) -> None:
    await due_cases(cast, 1)
    negotiator = await sit(cast.negotiator)
    page = negotiator.page
    await negotiator.go("/cases?situation=working")
    await page.get_by_role("button", name="Dark colours").click()
    await negotiator.arrived()
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url.endswith("/cases?situation=working"), "one stays where one is"
    await page.get_by_role("button", name="中文").click()
    negotiator.language = "zh-Hans"
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await negotiator.arrived()
    await negotiator.go("/queue")
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    await page.get_by_role("button", name=negotiator.t("Light colours")).click()
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    await page.get_by_role("button", name="English").click()
    negotiator.language = "en"
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_the_sign_in_speaks_both_languages_before_anybody_is_known(sit: Sit) -> None:
    for language in ("en", "zh-Hans"):
        visitor = await sit(language=language)
        await visitor.go("/login")
        await visitor.check()
        other = "中文" if language == "en" else "English"
        await visitor.page.get_by_role("button", name=other).click()
        visitor.language = "zh-Hans" if language == "en" else "en"
        await visitor.arrived()


@pytest.mark.parametrize("way", ["a link", "a part of a page"])
async def test_who_logs_out_in_one_tab_signs_in_again_in_the_other_and_is_where_they_were(
    cast: Cast, sit: Sit, way: str
) -> None:
    case_id = (await due_cases(cast, 1))[0]
    visitor = await sit()
    visitor.expected.add(401)
    await visitor.sign_in(cast.finance.email, PASSWORD)
    await visitor.go(f"/payments/new?case={case_id}" if way == "a part of a page" else "/payments")
    other = await visitor.context.new_page()
    visitor.watch(other)
    await other.goto(visitor.url + "/clients")
    await other.locator(".l-me summary").click()
    await other.get_by_role("button", name="Log out").click()
    await other.wait_for_url("**/login")
    await expect(other.locator(".c-toast")).to_contain_text("You are logged out.")
    if way == "a link":
        await visitor.page.get_by_role("link", name="Clients").first.click()
    else:
        await visitor.field("amount").fill("10")
    await visitor.page.wait_for_url(re.compile(r"/login\?next="))
    await visitor.field("email").fill(cast.finance.email)
    await visitor.field("password").fill(PASSWORD)
    await visitor.page.locator("main button[type=submit]").click()
    where = f"/payments/new?case={case_id}" if way == "a part of a page" else "/clients"
    await visitor.page.wait_for_url(visitor.url + where)
    await visitor.arrived()


async def test_without_a_connection_a_part_of_a_page_says_so(cast: Cast, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    finance = await sit(cast.finance)
    await finance.go(f"/payments/new?case={case_id}")
    await finance.context.set_offline(True)
    await finance.field("amount").fill("10")
    await expect(finance.page.locator(".c-toast.is-bad")).to_contain_text("No connection. Nothing was changed.")
    await finance.context.set_offline(False)
    told = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    assert [fault for fault in finance.faults if not any(word in fault for word in told)] == []
    finance.faults.clear()


async def test_a_page_that_is_not_there_says_so_and_leads_back(cast: Cast, sit: Sit) -> None:
    negotiator = await sit(cast.negotiator)
    negotiator.expected |= {403, 404}
    for path in ("/cases/01a20363-a250-78fd-b7ae-89ae1760b9c2", "/nowhere", "/remittances"):
        await negotiator.go(path)
        await negotiator.check()
