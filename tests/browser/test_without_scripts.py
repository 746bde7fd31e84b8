"""The thread without any script: slower, and everything a person came for still works."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from portal import clock
from tests.browser.conftest import Sit
from tests.browser.desks import due_cases
from tests.browser.journey import invoice_pdf
from tests.cases.intake.placements import csv_text, row
from tests.people import PASSWORD, Cast


async def test_a_client_places_cases_without_scripts(cast: Cast, sit: Sit) -> None:
    submitter = await sit(scripts=False)
    await submitter.sign_in(cast.brandt_submitter.email, PASSWORD)
    await submitter.go("/placements/new")
    content = csv_text([row(), row(1, PrincipalAmount="-5")])
    await submitter.field("file").set_input_files(
        {"name": "october.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    await submitter.button("Check the file").click()
    heading = submitter.page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Check before handing over")  # the page asks again by itself
    await expect(submitter.page.locator("tr.t-message.is-error")).to_have_count(1)
    await submitter.button("Hand over 1 case").click()
    await expect(submitter.page.locator(".c-acknowledge")).to_be_visible()
    await submitter.page.locator("[data-row] a").first.click()
    await submitter.page.get_by_role("link", name="Open").last.click()
    await submitter.field("files").set_input_files(
        {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": invoice_pdf()}
    )
    await submitter.button("Add").click()
    await expect(submitter.page.locator("tbody").get_by_role("button", name="invoice.pdf")).to_be_visible()


async def test_a_negotiator_works_a_case_without_scripts(cast: Cast, sit: Sit) -> None:
    await due_cases(cast, 2)
    negotiator = await sit(scripts=False)
    page = negotiator.page
    await negotiator.sign_in(cast.negotiator.email, PASSWORD)
    await expect(page.locator("[data-row]")).to_have_count(2)
    await negotiator.button("Next case").click()
    await expect(page.locator(".c-guard-rules li").first).to_be_visible()
    await page.get_by_label("They called").check()
    await page.get_by_label("Right party").check()
    await negotiator.field("note").fill("Pays on Friday.")
    await negotiator.field("promised").check()
    await negotiator.field("promise_amount").fill("500.00")
    await negotiator.field("promise_on").fill((clock.today("Europe/Berlin") + timedelta(days=3)).isoformat())
    await negotiator.field("next_action").select_option("check_promise")
    await negotiator.button("Save, stay").click()
    await expect(page.locator(".c-timeline")).to_contain_text("Pays on Friday.")
    await expect(page.locator(".c-toast")).to_contain_text("Call logged.")
    await page.get_by_role("link", name="Open").first.click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def test_money_is_recorded_remitted_and_read_without_scripts(cast: Cast, sit: Sit) -> None:
    case_id = (await due_cases(cast, 1))[0]
    finance = await sit(scripts=False)
    page = finance.page
    await finance.sign_in(cast.finance.email, PASSWORD)
    await finance.go("/payments/new")
    await finance.field("q").fill("Müller")
    await finance.button("Find").click()
    await page.locator("[data-row] a").first.click()
    await finance.field("amount").fill("1000.00")
    await finance.button("Check").click()
    await expect(page.locator("#split")).to_contain_text("250.00")
    await finance.button("Post the payment").click()
    await expect(page.locator(".c-fee-sentence")).to_contain_text("25 %")
    today = clock.today("Europe/Berlin").isoformat()
    await finance.go(f"/remittances/new?currency=EUR&through={today}")
    await finance.button("Make the draft").click()
    await finance.button("It is right").click()
    second = await sit(cast.second_finance, scripts=False)
    await second.go(page.url.removeprefix(finance.url))
    await second.field("password").fill(PASSWORD)
    await second.button("Approve").click()
    await second.field("reference").fill("OUT-1")
    await second.button("It was paid").click()
    viewer = await sit(cast.brandt_viewer, scripts=False)
    await viewer.go("/statements")
    await viewer.page.locator("[data-row] a").first.click()
    await viewer.page.locator(".c-why").first.click()
    await expect(viewer.page.locator(".c-fee-sentence")).to_contain_text("250.00")
    await viewer.go(f"/cases/{case_id}")
    await expect(viewer.page.locator(".c-timeline")).to_contain_text("1,000.00")
