"""The jobs behind invoices and credit notes: a document is set and kept once, and the client's administrators are told.

Storage and mail server are called between transactions. Killed at any moment, a job begins anew and finds what is done.
"""

import hashlib
from typing import Final
from uuid import UUID

from billing.invoices.credit_notes import CreditNote, load_credit_note
from billing.invoices.document import credit_note_pdf, invoice_pdf
from billing.invoices.register import Invoice, load_invoice
from portal.audit.record import record
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.pages.text import known_language
from portal.people.actor import Actor, system
from portal.storage import store
from portal.tenancy.database import sql, sql_one, sql_value, transaction

TABLES: Final = {"invoice": "client_invoices", "credit_note": "credit_notes"}
MADE: Final = {"invoice": "invoice.document_made", "credit_note": "credit_note.document_made"}
SUBJECTS: Final = {"invoice": "client_invoice", "credit_note": "credit_note"}

KEEP: Final = """
update {table} set language = $3, object_key = $4, version_id = $5, sha256 = $6
where agency_id = $1 and id = $2 and sha256 is null returning id
"""
READERS: Final = """
select m.user_id from memberships m
where m.agency_id = $1 and m.client_id = $2 and m.role = 'admin' and m.ended_at is null order by m.user_id
"""
READER: Final = """
select u.email, u.name, u.language, u.time_zone from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id = $2 and m.user_id = $3 and m.role = 'admin' and m.ended_at is null
  and u.disabled_at is null
"""


async def _load(actor: Actor, kind: str, paper_id: UUID) -> Invoice | CreditNote:
    return await (load_invoice if kind == "invoice" else load_credit_note)(actor, paper_id)


@job("invoices.make_document")
async def make_document(payload: Payload) -> None:
    """Set a document and keep it. Made twice it is one file: the bytes that were kept first stay."""
    actor, kind, paper_id = system(UUID(payload["agency_id"])), payload["kind"], UUID(payload["id"])
    async with transaction(actor.scope, read_only=True):
        paper = await _load(actor, kind, paper_id)
        if paper.is_made:
            return
        said = await sql_value(
            "select language from clients where agency_id = $1 and id = $2", actor.agency_id, paper.client_id
        )
        language = known_language(said) or "en"
        made = (
            invoice_pdf(actor, paper, language)
            if isinstance(paper, Invoice)
            else credit_note_pdf(actor, paper, language)
        )
        content = await made
    kept = await store.put(store.key_of(actor.agency_id, TABLES[kind], paper_id), content, "application/pdf")
    async with transaction(actor.scope):
        digest = hashlib.sha256(content).digest()
        keep = KEEP.format(table=TABLES[kind])
        if await sql_value(keep, actor.agency_id, paper_id, language, kept.key, kept.version, digest) is None:
            return
        await record(
            actor, MADE[kind], SUBJECTS[kind], paper_id, client_id=paper.client_id,
            facts={"number": paper.number, "sha256": digest.hex(), "version": kept.version},
        )  # fmt: skip
        for reader in await sql(READERS, actor.agency_id, paper.client_id):
            await enqueue("invoices.mail", {**payload, "user_id": reader["user_id"]})


@job("invoices.mail")
async def mail(payload: Payload) -> None:
    """Tell one administrator of the client, unless they left meanwhile. The figures stay behind the sign-in."""
    actor, kind = system(UUID(payload["agency_id"])), payload["kind"]
    async with transaction(actor.scope, read_only=True):
        paper = await _load(actor, kind, UUID(payload["id"]))
        reader = await sql_one(READER, actor.agency_id, paper.client_id, UUID(payload["user_id"]))
    if reader is None:
        return
    await send_mail(
        reader["email"],
        f"billing/invoices/{kind}.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        paper=paper,
        name=reader["name"],
    )
