"""One recovered amount on its way through the portal, page by page, as the people in two offices do it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Download, Request, expect
from pypdf import PdfReader, PdfWriter

from portal.pages import formats
from portal.pages.text import speaking
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.people import PASSWORD, Person

ONE = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}$")
"""The address of one thing."""

Enter = Callable[[], Awaitable[Visitor]]
"""Somebody new sits down before a browser of their own."""


@dataclass(frozen=True)
class Story:
    """What differs between the two offices."""

    language: str
    zone: str
    currency: str
    client: str
    """Whom the agency takes on as a client."""
    submitter: str
    rate: str
    """The fee in per cent, as it is typed."""
    rows: tuple[dict[str, str], ...]
    """The client's file: two good rows, then one with a date that no calendar has."""
    promised: str
    """What the debtor promises and pays."""
    fee: str
    net: str
    said: str
    reason: str
    """Why one calls all the same when it is late or a Sunday."""

    @property
    def today(self) -> date:
        return datetime.now(ZoneInfo(self.zone)).date()

    @property
    def file(self) -> bytes:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.rows[0]))
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()

    def amount(self, text: str) -> str:
        """An amount as pages write it."""
        with speaking(self.language):
            return formats.amount(int(Decimal(text) * 100), self.currency)


@dataclass
class Journey:
    """The thread, as far as it has been followed. Each step is one person's part."""

    story: Story
    site: Site
    enter: Enter
    client_path: str = ""
    case_path: str = ""
    case_number: str = ""
    debtor: str = ""
    run_path: str = ""
    statement_path: str = ""

    async def signed_in(self, person: Person) -> Visitor:
        visitor = await self.enter()
        await visitor.sign_in(person.email, PASSWORD)
        return visitor

    async def take_on_client(self, owner: Visitor) -> None:
        """The owner creates the client with its fee agreement."""
        await owner.go("/clients")
        await owner.check()
        await owner.page.keyboard.press("n")
        await owner.page.wait_for_url("**/clients/new")
        await owner.arrived()
        await owner.check()
        await owner.field("name").fill(self.story.client)
        await owner.field("rate").fill(self.story.rate)
        await owner.field("language").select_option(self.story.language)
        await owner.button("Save client and agreement").click()
        await owner.page.wait_for_url(ONE)
        await owner.arrived()
        self.client_path = owner.page.url.removeprefix(owner.url)
        await expect(owner.page.get_by_role("heading", level=1)).to_have_text(self.story.client)
        await expect(owner.page.locator(".c-toast")).to_contain_text(owner.t("Client and fee agreement saved."))
        await owner.check()

    async def invite_submitter(self, owner: Visitor) -> Visitor:
        """The owner invites; the mail comes; the new person chooses a password and is in."""
        email = f"submitter.{self.client_path[-12:]}@example.com"
        await owner.link("People").last.click()
        await owner.page.wait_for_url("**/people?client=*")
        await owner.arrived()
        await owner.check()
        await owner.field("email").fill(email)
        await owner.page.get_by_label(owner.t("Submitter")).check()
        await owner.page.locator("#f-language").select_option(self.story.language)
        await owner.button("Send the invitation").click()
        await expect(owner.page.locator(".c-toast")).to_contain_text(email)
        await owner.arrived()
        link = self.site.link_mailed_to(email)
        submitter = await self.enter()
        await submitter.go(link.removeprefix(submitter.url))
        await submitter.check()
        await submitter.field("name").fill(self.story.submitter)
        await submitter.field("password").fill("vier Stühle und ein Ofenrohr")
        await submitter.button("Accept and log in").click()
        await submitter.page.wait_for_url("**/home")
        await submitter.arrived()
        await submitter.check()
        return submitter

    async def place_cases(self, submitter: Visitor) -> None:
        """The client drops a file, sees what is wrong before anything is written, hands over and has it acknowledged."""
        page = submitter.page
        await submitter.go("/placements/new")
        await submitter.check()
        await submitter.field("file").set_input_files(
            {"name": "november.csv", "mimeType": "text/csv", "buffer": self.story.file}
        )
        await expect(page.locator("[data-drop-names]")).to_have_text("november.csv")
        await submitter.button("Check the file").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(submitter.t("Check before handing over"))
        await submitter.arrived()
        figures = page.get_by_role("group", name=submitter.t("What was read"))
        await expect(figures.locator(".c-figure-value")).to_have_text(["3", "2", "1", "0", "0"])
        total = sum((Decimal(row["PrincipalAmount"]) for row in self.story.rows[:2]), Decimal())
        await expect(page.locator(".l-columns")).to_contain_text(self.story.amount(str(total)))
        await expect(page.locator("tr.t-message.is-error")).to_contain_text(self.story.rows[2]["InvoiceDate"])
        await submitter.check()
        await page.get_by_role(
            "button", name=submitter.n("Hand over %(num)s case", "Hand over %(num)s cases", 2)
        ).click()
        await expect(page.locator(".c-acknowledge")).to_be_visible()
        await submitter.arrived()
        await submitter.check()
        await expect(page.locator("[data-row]")).to_have_count(2)

    async def attach_document(self, submitter: Visitor) -> None:
        """A PDF goes straight from the browser into object storage."""
        page, sent = submitter.page, list[Request]()
        page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
        await page.locator("[data-row] a").first.click()
        await submitter.arrived()
        await submitter.check()
        await page.locator("a[href$='/documents']").last.click()
        await page.wait_for_url("**/documents")
        await submitter.arrived()
        await submitter.check()
        await submitter.field("kind").select_option("invoice")
        await submitter.field("files").set_input_files(
            {"name": "RE-1.pdf", "mimeType": "application/pdf", "buffer": invoice_pdf()}
        )
        await submitter.button("Add").click()
        await expect(page.locator("tbody").get_by_role("button", name="RE-1.pdf")).to_be_visible()
        await submitter.arrived()
        straight = [request for request in sent if request.url.startswith(self.site.store)]
        assert len(straight) == 1, [request.url for request in sent]
        to_us = [request for request in sent if request.url.startswith(self.site.url)]
        assert all(b"%PDF" not in (request.post_data_buffer or b"") for request in to_us), "the file came through us"
        await submitter.check()

    async def work_case(self, negotiator: Visitor) -> None:
        """The negotiator takes the next case, reads the guard, and logs a call with a promise, all by keyboard."""
        page, keys = negotiator.page, negotiator.page.keyboard
        await negotiator.go("/queue")
        await expect(page.locator("[data-row]")).to_have_count(2)
        await negotiator.check()
        await keys.press("n")
        await page.wait_for_url(ONE)
        await negotiator.arrived()
        self.case_path = page.url.removeprefix(negotiator.url)
        self.case_number = (await page.locator(".l-case-number").inner_text()).strip()
        self.debtor = await page.get_by_role("heading", level=1).inner_text()
        await expect(page.locator("[data-countdown]")).to_have_text(negotiator.t("%(minutes)s min left", minutes=15))
        await negotiator.check()
        await keys.press("c")
        await page.wait_for_url("**act=call*")
        await negotiator.arrived()
        await self._heed_the_guard(negotiator)
        await keys.press("Escape")
        await keys.press("1")
        await expect(page.locator("[name=outcome][value=right_party]")).to_be_checked()
        await negotiator.field("note").fill(self.story.said)
        await negotiator.field("promised").check()
        await negotiator.field("promise_amount").fill(self.story.promised)
        await negotiator.field("promise_on").fill((self.story.today + timedelta(days=3)).isoformat())
        await negotiator.field("next_action").select_option("check_promise")
        next_at = datetime.combine(self.story.today + timedelta(days=4), datetime.min.time()).replace(hour=10)
        await negotiator.field("next_at").fill(next_at.isoformat(timespec="minutes"))
        await keys.press("Control+Enter")
        await page.wait_for_url(lambda url: not url.endswith("act=call"))
        await negotiator.arrived()
        await expect(page.locator(".c-toast")).to_contain_text(negotiator.t("Call logged."))
        assert self.case_path not in page.url, "the next case is opened after saving"
        await negotiator.go(self.case_path)
        await expect(page.locator(".l-case-title .c-badge")).to_have_text(negotiator.t("Promise open"))
        await expect(page.locator(".c-timeline")).to_contain_text(self.story.said)
        await negotiator.check()

    async def _heed_the_guard(self, negotiator: Visitor) -> None:
        """Call when it is allowed, say why when a reason is asked, and otherwise note that they called."""
        guard = negotiator.page.locator(".c-guard")
        await expect(guard.locator(".c-guard-rules li")).not_to_have_count(0)
        shown = await guard.get_attribute("class") or ""
        if "is-reason" in shown:
            await negotiator.field("override_reason").fill(self.story.reason)
        elif "is-allow" not in shown:
            await negotiator.page.get_by_label(negotiator.t("They called")).check()

    async def record_payment(self, finance: Visitor) -> None:
        """Finance finds the case, sees the split while typing, and posts it; the promise is kept."""
        page = finance.page
        await finance.go("/payments/new")
        await finance.check()
        await finance.field("q").fill(self.case_number)
        row = page.locator("#found [data-row]")
        await expect(row).to_have_count(1)
        await row.locator("a").click()
        await page.wait_for_url("**/payments/new?case=*")
        await finance.arrived()
        await finance.check()
        await finance.field("amount").fill(self.story.promised)
        await finance.field("reference").fill(f"SEPA-{self.case_number}")
        split = page.locator("#split")
        await expect(split).to_contain_text(self.story.amount(self.story.fee))
        await expect(split).to_contain_text(self.story.amount(self.story.net))
        await expect(split.locator(".is-good").first).to_be_visible()
        await finance.settled()
        await finance.check()
        await finance.button("Post the payment").click()
        await page.wait_for_url(ONE)
        await finance.arrived()
        await expect(page.locator(".c-fee-sentence")).to_contain_text(self.story.rate)
        await finance.check()
        await finance.go("/payments")
        await expect(page.locator("[data-row]")).to_have_count(1)
        await finance.check()

    async def see_promise_kept(self, negotiator: Visitor) -> None:
        await negotiator.go(self.case_path)
        with speaking(self.story.language):
            sum_kept = formats.money(int(Decimal(self.story.promised) * 100), self.story.currency)
        kept = negotiator.t("Promise of %(amount)s kept", amount=sum_kept)
        await expect(negotiator.page.locator(".c-timeline")).to_contain_text(kept)
        await expect(negotiator.page.locator("[hx-get$='/money']")).to_contain_text(self.story.amount(self.story.fee))

    async def follow_case(self, submitter: Visitor) -> None:
        """The client sees what happened."""
        page = submitter.page
        await submitter.go("/home")
        await submitter.check()
        await submitter.go("/cases")
        await expect(page.locator("[data-row]")).to_have_count(2)
        await submitter.check()
        await page.get_by_role("link", name=self.debtor).first.click()
        await submitter.arrived()
        await expect(page.get_by_role("group", name=submitter.t("The case in figures"))).to_be_visible()
        await expect(page.locator(".c-timeline")).to_contain_text(self.story.amount(self.story.promised))
        await submitter.check()

    async def prepare_remittance(self, finance: Visitor) -> None:
        """Finance looks at what a run would pay, drafts it, looks at the statement and says that it is right."""
        page = finance.page
        await finance.go("/remittances")
        await finance.check()
        await finance.go(f"/remittances/new?currency={self.story.currency}")
        await finance.field("through").fill(self.story.today.isoformat())
        await page.keyboard.press("Tab")
        await expect(page.locator("#preview")).to_contain_text(self.story.amount(self.story.net))
        await finance.settled()
        await finance.check()
        await finance.button("Make the draft").click()
        await page.wait_for_url(ONE)
        await finance.arrived()
        self.run_path = page.url.removeprefix(finance.url)
        await finance.check()
        await page.locator("[data-row] a").first.click()
        await page.wait_for_url(ONE)
        await finance.arrived()
        self.statement_path = page.url.removeprefix(finance.url)
        await finance.go(self.run_path)
        await finance.button("It is right").click()
        await expect(page.locator(".c-toast")).to_contain_text(finance.t("Reviewed. Somebody else approves it now."))
        await finance.arrived()
        await expect(page.locator("[name=password]")).to_have_count(0)
        await finance.check()

    async def approve_remittance(self, second: Visitor) -> None:
        """A second person approves with their password, after mistyping it once; then the bank has paid."""
        page = second.page
        await second.go(self.run_path)
        second.expected.add(422)
        await second.field("password").fill("not my password")
        await second.button("Approve").click()
        await expect(second.field("password")).to_be_focused()
        await expect(page.locator("#f-password-error")).to_be_visible()
        second.expected.clear()
        await second.check()
        await second.field("password").fill(PASSWORD)
        await second.button("Approve").click()
        await expect(second.field("reference")).to_be_visible()
        await second.arrived()
        await second.check()
        await second.field("reference").fill(f"OUT-{self.case_number}")
        await second.button("It was paid").click()
        await expect(page.locator(".c-toast")).to_contain_text(
            second.t("Paid. The statements are closed and the clients told.")
        )
        await second.arrived()
        await second.check()
        await second.go("/remittances")
        await expect(page.locator("[data-row]")).to_have_count(1)
        await second.check()

    async def read_statement(self, submitter: Visitor) -> None:
        """The client opens the statement, has the fee explained, and takes it home as CSV and PDF."""
        page = submitter.page
        await submitter.go("/statements")
        await submitter.check()
        await page.locator("[data-row] a").first.click()
        await page.wait_for_url(ONE)
        await submitter.arrived()
        await expect(page.locator(".c-equation")).to_contain_text(self.story.amount(self.story.net))
        await submitter.check()
        await page.locator(".c-why").first.click()
        sentence = page.locator(".c-fee-sentence")
        await expect(sentence).to_contain_text(self.story.rate)
        await expect(sentence).to_contain_text(self.story.amount(self.story.fee))
        await submitter.settled()
        await expect(page.locator(".c-why").first).to_have_attribute("aria-expanded", "true")
        await submitter.check()
        await self._take_csv(submitter)
        await self._take_pdf(submitter)

    async def _take_csv(self, submitter: Visitor) -> None:
        async with submitter.page.expect_download() as download:
            await submitter.page.get_by_role("link", name="CSV").click()
        content = (await content_of(await download.value)).decode("utf-8-sig")
        (line,) = csv.reader(list(io.StringIO(content))[1:])
        for told in (self.case_number, self.story.promised, self.story.fee):
            assert told in line, told
        assert self.debtor in " ".join(line) and self.story.rate in max(line, key=len), "the sentence of the fee"

    async def _take_pdf(self, submitter: Visitor) -> None:
        menu = submitter.page.locator("details[data-menu]").filter(has_text="PDF")
        await menu.locator("summary").click()
        async with submitter.page.expect_download() as download:
            await menu.get_by_role("link", name="English" if self.story.language == "en" else "中文").click()
        pages = PdfReader(io.BytesIO(await content_of(await download.value))).pages
        text = " ".join(page.extract_text() for page in pages).replace("\n", " ")
        assert self.story.amount(self.story.net) in text and self.case_number in text, text


async def content_of(download: Download) -> bytes:
    """What was downloaded."""
    return Path(await download.path()).read_bytes()


def invoice_pdf() -> bytes:
    """A small real PDF."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(out)
    return out.getvalue()
