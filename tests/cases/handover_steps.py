"""The steps of handing over, each brought to just before it happens, for tests that break something in its middle.

A step is asked for by a page, a system or a worker. What it leaves behind is counted by one query on the client, so that
a test can say: nothing yet, and then exactly this, however often it was asked for.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from cases.documents.evidence import announce, upload_form
from cases.intake.handing_over import hand_over
from cases.intake.placement import PlacementFile
from cases.intake.rolling_back import roll_back
from portal.jobs.registry import JOBS
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.cases.acceptance.given import STRICT, accept
from tests.cases.api.test_api import case
from tests.cases.casework import placed_case
from tests.cases.debtor_links.test_comparing import AS_WRITTEN, OTHERWISE
from tests.cases.documents.folder.sending import SCRIPT, begun, brought, offered, sent
from tests.cases.documents.handing_in import PDF, handed_in
from tests.cases.intake.handing import checked, look, placed, submit
from tests.cases.intake.placements import csv_text, row
from tests.cases.intake.test_case_by_hand import TYPED
from tests.cases.intake.test_columns import fields_of
from tests.people import Cast

Do = Callable[[], Awaitable[httpx.Response | None]]
FOREIGN = "Kundennr;Kunde;Rechnung;Rechnungsdatum;Betrag;Land\n1;Altvater Kessel GmbH;R-1;01.06.2026;120,50;DE\n"
TWO = csv_text([row(0), row(1)])


@dataclass
class Ground:
    """Where the steps are made: Brandt's submitter at the pages, its system, and the agency's worker."""

    cast: Cast
    owner: asyncpg.Connection
    settings: Settings
    client: httpx.AsyncClient
    manager: httpx.AsyncClient
    erp: httpx.AsyncClient
    seen: dict[str, UUID] = field(default_factory=dict)

    def post(self, url: str, **sending: Any) -> Do:
        """Ask by a page."""
        return lambda: self.client.post(url, **sending)

    def job(self, name: str, **ids: UUID) -> Do:
        """Have the worker do it; it raises what stops it."""
        payload = {"agency_id": str(self.cast.nordkai.id)} | {key: str(value) for key, value in ids.items()}

        async def work() -> None:
            await JOBS[name].handler(payload)

        return work

    async def case(self) -> UUID:
        """A case of Brandt's in work."""
        return await placed_case(self.cast.nordkai, self.cast.brandt)

    async def handed_over(self, content: str = TWO) -> PlacementFile:
        """A placement that waits for the job which makes its cases."""
        actor = self.cast.brandt_submitter.actor
        placement = await checked(actor, content)
        async with transaction(actor.scope):
            await hand_over(actor, placement.id)
        return await look(actor, placement)


@dataclass(frozen=True)
class Step:
    """One step. ``leaves`` counts on the client (`$1`) what it leaves; ``stores``: it needs the storage at once."""

    name: str
    before: Callable[[Ground], Awaitable[Do]]
    leaves: str
    stores: bool = False
    times: int = 1
    locks: str = "audit_events"
    """The connection is lost while it waits for this table."""


async def file_handed_in(ground: Ground) -> Do:
    return ground.post("/placements", files={"file": ("a.csv", TWO.encode())}, data={"reference": "october"})


async def cases_from_a_system(ground: Ground) -> Do:
    content = {"reference": "october", "cases": [case(0), case(1)]}
    return lambda: ground.erp.post("/api/v1/placements", json=content, headers={"Idempotency-Key": "october"})


async def file_checked(ground: Ground) -> Do:
    placement = await submit(ground.cast.brandt_submitter.actor, TWO)
    return ground.job("placements.check", placement_id=placement.id)


async def columns_confirmed(ground: Ground) -> Do:
    actor = ground.cast.brandt_submitter.actor
    url = f"/placements/{(await checked(actor, FOREIGN)).id}"
    said = fields_of((await ground.client.get(url)).text) | {"all_currency": "EUR"}
    return ground.post(f"{url}/columns", data=said)


async def row_corrected(ground: Ground) -> Do:
    wrong = csv_text([row(0), row(1, Country="")])
    url = f"/placements/{(await checked(ground.cast.brandt_submitter.actor, wrong)).id}/rows/3"
    typed = fields_of((await ground.client.get(url)).text, "/rows/3") | {"country": "IT"}
    return ground.post(url, data=typed)


async def _typed(ground: Ground, wish: str) -> Do:
    form = fields_of((await ground.client.get("/cases/new")).text, "/cases/new")
    counts = {"invoices": "2", "credits": "1", "contacts": "1", "draft": form["draft"], "version": "0"}
    return ground.post("/cases/new", data={**TYPED, **counts, "do": wish})


async def draft_saved(ground: Ground) -> Do:
    return await _typed(ground, "save")


async def draft_handed_over(ground: Ground) -> Do:
    return await _typed(ground, "place")


async def placement_handed_over(ground: Ground) -> Do:
    placement = await checked(ground.cast.brandt_submitter.actor, TWO)
    return ground.post(f"/placements/{placement.id}/hand-over")


async def cases_made(ground: Ground) -> Do:
    return ground.job("placements.hand_over", placement_id=(await ground.handed_over()).id)


async def placement_cancelled(ground: Ground) -> Do:
    placement = await checked(ground.cast.brandt_submitter.actor, TWO)
    return ground.post(f"/placements/{placement.id}/cancel")


async def roll_back_asked_for(ground: Ground) -> Do:
    placement = await placed(ground.cast.brandt_submitter.actor, [row(0), row(1)])
    return lambda: ground.manager.post(f"/placements/{placement.id}/roll-back", data={"reason": "by mistake"})


async def placement_rolled_back(ground: Ground) -> Do:
    placement, manager = await placed(ground.cast.brandt_submitter.actor, [row(0), row(1)]), ground.cast.manager.actor
    async with transaction(manager.scope):
        await roll_back(manager, placement.id, "by mistake")
    return ground.job("placements.roll_back", placement_id=placement.id)


async def document_with_a_form(ground: Ground) -> Do:
    files = {"files": ("invoice.pdf", PDF)}
    return ground.post(f"/cases/{await ground.case()}/documents", files=files, data={"kind": "invoice"})


async def _announced(ground: Ground, case_id: UUID) -> UUID:
    actor = ground.cast.brandt_submitter.actor
    async with transaction(actor.scope):
        document = await announce(actor, case_id, "invoice.pdf", len(PDF), "invoice")
    form = upload_form(document)
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(form.url, data=form.fields, files={"file": ("x", PDF)})
    assert answer.status_code < 300
    return document.id


async def document_completed(ground: Ground) -> Do:
    case_id = await ground.case()
    said = {"upload_id": str(await _announced(ground, case_id)), "kind": "invoice"}
    return ground.post(f"/cases/{case_id}/documents", data=said)


async def document_of_a_system(ground: Ground) -> Do:
    document_id = await _announced(ground, await ground.case())
    url, headers = f"/api/v1/documents/{document_id}/complete", {"Idempotency-Key": "invoice"}
    return lambda: ground.erp.post(url, json={}, headers=headers)


async def newer_version(ground: Ground) -> Do:
    document = await handed_in(ground.cast.brandt_submitter.actor, await ground.case())
    return ground.post(f"/documents/{document.id}/versions", files={"files": ("newer.pdf", PDF + b"\n")})


async def large_document_examined(ground: Ground) -> Do:
    document_id = await _announced(ground, await ground.case())
    # As a large file is left by its sender, which takes a second to send.
    await ground.owner.execute("update documents set state = 'arrived' where id = $1", document_id)
    return ground.job("documents.examine", document_id=document_id)


async def document_locked(ground: Ground) -> Do:
    document = await handed_in(ground.cast.brandt_submitter.actor, await ground.case())
    return ground.job("documents.keep", document_id=document.id)


async def _file_arrived(ground: Ground, name: str, content: bytes) -> tuple[str, UUID]:
    """A file of a batch that has been sent; nobody was told of it yet."""
    url = await begun(ground.client)
    [known] = await offered(ground.client, url, [(name, len(content))])
    assert await brought(ground.client, f"{url}/files/{known['id']}", content) < 300
    return url, UUID(known["id"])


async def file_of_a_folder_arrived(ground: Ground) -> Do:
    url, file_id = await _file_arrived(ground, "invoice.pdf", PDF)
    return ground.post(f"{url}/files/{file_id}/arrived", headers=SCRIPT)


async def archive_opened(ground: Ground) -> Do:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("one.pdf", PDF)
        written.writestr("two.pdf", PDF)
    url, file_id = await _file_arrived(ground, "scans.zip", archive.getvalue())
    assert (await ground.client.post(f"{url}/files/{file_id}/arrived", headers=SCRIPT)).status_code == 200
    return ground.job("folders.unpack", file_id=file_id)


async def _decided(ground: Ground) -> str:
    """A batch of one file whose case is known."""
    case_id = await ground.case()
    number = await ground.owner.fetchval("select number from cases where id = $1", case_id)
    url = await begun(ground.client)
    await sent(ground.client, url, {f"{number} invoice.pdf": PDF})
    return url


async def folder_to_be_filed(ground: Ground) -> Do:
    url = await _decided(ground)
    return ground.post(f"{url}/decisions", data={"file": "1"})


async def folder_filed(ground: Ground) -> Do:
    url = await _decided(ground)
    await ground.client.post(f"{url}/decisions", data={"file": "1"})
    return ground.job("folders.file", batch_id=UUID(url.rsplit("/", 1)[1]))


async def requirement_answered(ground: Ground) -> Do:
    await accept(ground.cast.owner.actor, ground.cast.brandt, STRICT)
    await placed(ground.cast.brandt_submitter.actor, [row(0, PrincipalAmount="50.00")])
    query = "select id from case_requirements where client_id = $1"
    lacks = await ground.owner.fetchval(query, ground.cast.brandt.id)
    return ground.post(f"/requirements/{lacks}/answer", data={f"answer-{lacks}": "It is all that is left."})


async def recall_asked_for(ground: Ground) -> Do:
    return ground.post(f"/cases/{await ground.case()}/recall", data={"reason": "business_relation"})


async def recall_made_final(ground: Ground) -> Do:
    await (await recall_asked_for(ground))()
    await ground.owner.execute("update recalls set final_on = '2026-01-02' where client_id = $1", ground.cast.brandt.id)
    return ground.job("recalls.make_final")


async def claim_corrected(ground: Ground) -> Do:
    url = f"/cases/{await ground.case()}/corrections"
    page = fields_of((await ground.client.get(url)).text, "/corrections")
    said = {"kind": "credit_note", "component": "principal", "claimed": "900.00", "reason": "CN 17"}
    return ground.post(url, data=page | said)


async def debtors_compared(ground: Ground) -> Do:
    await placed(ground.cast.lanting_submitter.actor, [row(0, **AS_WRITTEN)])
    placement = await ground.handed_over(csv_text([row(0, **OTHERWISE)]))
    await JOBS["placements.hand_over"].handler(
        {"agency_id": str(placement.agency_id), "placement_id": str(placement.id)}
    )
    return ground.job("debtors.match", placement_id=placement.id)


async def account_read(ground: Ground) -> Do:
    case_id = await ground.case()
    return lambda: ground.client.get(f"/cases/{case_id}/account/pdf")


PLACEMENTS = "select count(*) from placements where client_id = $1"
DOCUMENTS = "select count(*) from documents where client_id = $1 and state = 'released'"
FILES = "select count(*) from batch_files where client_id = $1 and state = "
STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step("a file is handed in", file_handed_in, PLACEMENTS, stores=True),
        Step("a system hands cases in", cases_from_a_system, PLACEMENTS, stores=True),
        Step(
            "a file is checked", file_checked, "select count(*) from placement_rows r join placements p"
            " on p.id = r.placement_id where p.client_id = $1 and p.checked_at is not null", stores=True, times=2,
        ),
        Step("its columns are confirmed", columns_confirmed, f"{PLACEMENTS} and mapped_at is not null"),
        Step(
            "a row is corrected", row_corrected,
            "select count(*) from placement_rows where client_id = $1 and corrected <> '[]'",
        ),
        Step("a case is typed and kept", draft_saved, "select count(*) from case_drafts where client_id = $1"),
        Step("a typed case is handed over", draft_handed_over, PLACEMENTS, stores=True),
        Step("a placement is handed over", placement_handed_over, f"{PLACEMENTS} and handed_over_at is not null"),
        Step("its cases are made", cases_made, "select count(*) from cases where client_id = $1", times=2),
        Step("a placement is cancelled", placement_cancelled, f"{PLACEMENTS} and status = 'cancelled'"),
        Step("a placement is to be taken back", roll_back_asked_for, f"{PLACEMENTS} and roll_back_asked_at is not null"),
        Step(
            "a placement is taken back", placement_rolled_back,
            "select count(*) from journals j join cases c on j.external_id = c.id || ' taken back'"
            " where c.client_id = $1 and c.close_code = 'placed_in_error'", times=2,
        ),
        Step("a document comes with a form", document_with_a_form, DOCUMENTS, stores=True),
        Step("a document is completed", document_completed, DOCUMENTS, stores=True),
        Step("a system completes a document", document_of_a_system, DOCUMENTS, stores=True),
        Step("a newer version comes", newer_version, f"{DOCUMENTS} and replaces_id is not null", stores=True),
        Step("a large document is looked at", large_document_examined, DOCUMENTS, stores=True),
        Step("a document is locked", document_locked, f"{DOCUMENTS} and kept_until is not null", stores=True),
        Step("a file of a folder has come", file_of_a_folder_arrived, f"{FILES} 'arrived'", stores=True),
        Step("an archive is opened", archive_opened, f"{FILES} 'arrived'", stores=True, times=2),
        Step("a folder is to be filed", folder_to_be_filed, f"{FILES} 'filing'"),
        Step("a folder is filed", folder_filed, DOCUMENTS, stores=True),
        Step(
            "the client answers what is missing", requirement_answered,
            "select count(*) from case_requirements where client_id = $1 and answered_at is not null",
        ),
        Step("a case is asked back", recall_asked_for, "select count(*) from recalls where client_id = $1"),
        Step("a case goes back", recall_made_final, "select count(*) from recalls where client_id = $1 and status = 'final'"),
        Step("a claim is corrected", claim_corrected, "select count(*) from claim_corrections where client_id = $1"),
        Step(
            "debtors are compared", debtors_compared, "select count(*) from debtor_matches m"
            " join clients k on k.agency_id = m.agency_id where k.id = $1 and m.decision = 'same'",
        ),
        Step("an account is read", account_read, "select 0::bigint where $1::uuid is not null", times=0, locks="cases"),
    )
}  # fmt: skip
