"""The client's administrators are told by e-mail that a statement is closed: each once, with a link or with the PDF."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from billing.exchange.rate import rate_text
from billing.papers.keeping import Kept, attached, made
from billing.papers.readers import reader
from billing.statements.by_mail import CHOSEN
from billing.statements.equation import equation
from billing.statements.register import Counts, Statement, counts_of, load_statement
from portal import clock
from portal.audit.record import record
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import Actor, system
from portal.tenancy.database import sql_value, transaction

SENT: Final = "select exists (select from statement_mails where agency_id = $1 and statement_id = $2 and user_id = $3)"
KEEP: Final = """
insert into statement_mails (id, agency_id, client_id, statement_id, user_id, sha256, sent_at)
values (uuidv7(), $1, $2, $3, $4, $5, $6) on conflict do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A statement, how it is told, and to whom."""

    statement: Statement
    counts: Counts
    reader: asyncpg.Record
    attached: bool


@job("statements.mail_closed")
async def mail_closed(payload: Payload) -> None:
    """Tell one of them, unless they left meanwhile or were told. The bytes that go along are those that are kept."""
    actor, user_id = system(UUID(payload["agency_id"])), UUID(payload["user_id"])
    async with transaction(actor.scope, read_only=True):
        letter = await _letter(actor, UUID(payload["statement_id"]), user_id)
    if letter is None:
        return
    statement = letter.statement
    paper = None
    if letter.attached:
        paper = await made(actor.agency_id, "statement", statement.id, letter.reader["language"])
    await _send(letter, paper)
    async with transaction(actor.scope):
        digest = paper.sha256 if paper else None
        kept = await sql_value(
            KEEP, actor.agency_id, statement.client_id, statement.id, user_id, digest, clock.now()
        )  # fmt: skip
        if kept is not None:
            facts = {"number": statement.number, "attached": paper is not None}
            await record(
                actor, "statement.mailed", "statement", statement.id, client_id=statement.client_id,
                facts=facts | ({"sha256": digest.hex()} if digest else {}), personal={"email": letter.reader["email"]},
            )  # fmt: skip


async def _letter(actor: Actor, statement_id: UUID, user_id: UUID) -> Letter | None:
    statement = await load_statement(actor, statement_id)
    whom = await reader(actor, statement.client_id, user_id)
    if whom is None or await sql_value(SENT, actor.agency_id, statement.id, user_id):
        return None
    wants = await sql_value(CHOSEN, actor.agency_id, statement.client_id, user_id)
    return Letter(statement, await counts_of(actor, statement.id), whom, bool(wants))


async def _send(letter: Letter, paper: Kept | None) -> None:
    statement, whom = letter.statement, letter.reader
    rate, target = statement.quoted_rate, statement.payout_currency
    await send_mail(
        whom["email"],
        "billing/statement_closed.txt",
        language=whom["language"],
        time_zone=whom["time_zone"],
        attachments=[await attached(paper)] if paper else [],
        statement=statement,
        sums=lambda: equation(statement, letter.counts),
        is_attached=paper is not None,
        rate=rate_text(statement.currency, rate, target) if rate and target else "",
        name=whom["name"],
    )
