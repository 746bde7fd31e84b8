"""A bank's file comes in: stored, read, and kept as a whole or not at all.

Storage is called and the file is read while nothing is locked; one transaction keeps all that it says. A job follows
each file that was stored, so that one whose process was killed in between is read all the same. Reading and keeping
happen once: whoever comes second finds it done.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Final
from uuid import UUID

from billing.bank.accounts import OwnAccount, account_meant, list_accounts
from billing.bank.columns import remember, remembered
from billing.bank.files import KeptFile, load_file
from billing.bank.keeping import keep_statement
from billing.bank.reading.columns import Proposal, TableMap, propose
from billing.bank.reading.faults import refuse
from billing.bank.reading.read import check_size, form_of, read_file
from billing.bank.reading.statement import Form, ReadStatement
from billing.bank.tables import FileStatus
from cases.intake.fetching import fetched
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.storage import store
from portal.tenancy.database import sql, sql_value, transaction

AT_ONCE_BYTES: Final = 1_000_000
"""A larger file is read by a job, so that nobody waits for an answer."""
SHOWN_ROWS: Final = 6
SHOWN_CHARACTERS: Final = 120


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as somebody gives it, with what they chose: its account, where they did, and whether accounts that are not
    the agency's are passed over.
    """

    name: str
    content: bytes
    bank_account_id: UUID | None = None
    leave_out_others: bool = False


INSERT: Final = """
insert into bank_files (id, agency_id, file_name, size_bytes, sha256, object_key, version_id, status, bank_account_id,
                        leave_out_others, given_by, given_by_name, given_at)
values ($2, $1, $3, $4, $5, $6, $7, 'arrived', $8, $9, $10, $11, $12)
on conflict (agency_id, sha256) where status <> 'refused' do nothing returning id
"""
FIRST: Final = "select id from bank_files where agency_id = $1 and sha256 = $2 and status <> 'refused'"


async def receive(actor: Actor, arrival: Arrival, limit_mb: int) -> tuple[UUID, bool]:
    """Store a file and have it read; gives its id, and whether it is new. What was given before is the file it was then.

    Opens transactions of its own: none may be open.

    Raises:
        Refused: it is empty or too large; nothing in it was looked at.
        StoreAway: the storage does not answer; nothing was kept.
    """
    actor.require("bank.import")
    check_size(len(arrival.content), limit_mb)
    digest = hashlib.sha256(arrival.content).digest()
    async with transaction(actor.scope, read_only=True):
        first = await sql_value(FIRST, actor.agency_id, digest)
        await _account_chosen(actor, arrival.bank_account_id)
    if first is not None:
        return first, False
    file_id = new_id()
    key = store.key_of(actor.agency_id, "bank-files", file_id)
    stored = await store.put(key, arrival.content, "application/octet-stream")
    async with transaction(actor.scope):
        written = await sql_value(
            INSERT,
            *(actor.agency_id, file_id, arrival.name[:200], len(arrival.content), digest, key, stored.version),
            *(arrival.bank_account_id, arrival.leave_out_others, actor.user_id, actor.name, clock.now()),
        )
        if written is None:
            return await sql_value(FIRST, actor.agency_id, digest), False
        facts = {"size_bytes": len(arrival.content), "sha256": digest.hex()}
        await record(
            actor, "bank_file.received", "bank_file", file_id, facts=facts, personal={"file_name": arrival.name[:200]}
        )
        await enqueue("bank.read_file", {"agency_id": actor.agency_id, "file_id": file_id})
    if len(arrival.content) <= AT_ONCE_BYTES:
        await read_in(actor, file_id, BytesIO(arrival.content))
    return file_id, True


async def _account_chosen(actor: Actor, bank_account_id: UUID | None) -> None:
    if bank_account_id is None:
        return
    account = next((one for one in await list_accounts(actor) if one.id == bank_account_id), None)
    if account is None:
        raise NotFound
    if account.closed_on is not None:
        raise Refused(N_("This account is closed."), field="account", code="closed")


@job("bank.read_file")
async def read_stored(payload: Payload) -> None:
    """Read a file that was stored, unless that was done already."""
    actor, file_id = system(UUID(payload["agency_id"])), UUID(payload["file_id"])
    async with transaction(actor.scope, read_only=True):
        file = await load_file(actor, file_id)
    if file.status is FileStatus.ARRIVED:
        async with fetched(file.object_key) as content:
            await read_in(actor, file_id, content)


async def read_again(actor: Actor, file_id: UUID) -> None:
    """Read a stored file now: its columns were confirmed. Opens transactions of its own."""
    async with transaction(actor.scope, read_only=True):
        file = await load_file(actor, file_id)
    if file.status is FileStatus.ARRIVED and file.size_bytes <= AT_ONCE_BYTES:
        async with fetched(file.object_key) as content:
            await read_in(actor, file_id, content)


async def read_in(actor: Actor, file_id: UUID, content: BinaryIO) -> None:
    """Read a file and keep what it says, or the reason why nothing of it is kept. Opens transactions of its own."""
    async with transaction(actor.scope, read_only=True):
        file = await load_file(actor, file_id)
        accounts = [account for account in await list_accounts(actor) if account.closed_on is None]
        known = await remembered(actor, file.bank_account_id)
    try:
        table, currency = file.table, _currency_of(file, accounts)
        form = await asyncio.to_thread(form_of, content)
        if form is Form.TABLE and table is None:
            proposal = await asyncio.to_thread(propose, content)
            confirmed = known.get(proposal.table.captions)
            if confirmed is None:
                await _ask_columns(actor, file_id, proposal)
                return
            table = proposal.table.with_meanings(confirmed.meanings, confirmed.order, confirmed.mark)
        statements = await asyncio.to_thread(read_file, content, table, currency)
        await _keep(actor, file_id, form, statements, accounts)
    except Refused as refusal:
        await _turn_down(actor, file_id, refusal)


def _currency_of(file: KeptFile, accounts: Iterable[OwnAccount]) -> str:
    return next((account.currency for account in accounts if account.id == file.bank_account_id), "")


async def _keep(
    actor: Actor, file_id: UUID, form: Form, statements: list[ReadStatement], accounts: list[OwnAccount]
) -> None:
    """Keep all statements of a file in one transaction.

    Raises:
        Refused: one of them is of no account that it may be kept on.
    """
    async with transaction(actor.scope):
        await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"bank files of {actor.agency_id}")
        file = await load_file(actor, file_id, lock=True)
        if file.status is not FileStatus.ARRIVED:
            return
        left_out: list[str] = []
        for position, read in enumerate(statements, 1):
            account = _account_of(read, file, accounts)
            if account is None:
                left_out.append(read.account)
            else:
                await keep_statement(actor, account, file_id, position, read)
                if file.table is not None:
                    await remember(actor, account.id, file.table)
        if len(left_out) == len(statements):
            raise _unknown(left_out[0])
        await sql(
            "update bank_files set status = 'kept', form = $3, left_out = $4, sample = '[]', read_at = $5"
            " where agency_id = $1 and id = $2",
            *(actor.agency_id, file_id, form, json.dumps(list(dict.fromkeys(left_out))), clock.now()),
        )
        facts = {"statements": len(statements) - len(left_out), "kind": form}
        await record(actor, "bank_file.kept", "bank_file", file_id, facts=facts)
        await enqueue("bank.match", {"agency_id": actor.agency_id})


def _account_of(read: ReadStatement, file: KeptFile, accounts: list[OwnAccount]) -> OwnAccount | None:
    """The account of a statement; None where it is not the agency's and may be passed over.

    Raises:
        Refused: it is not the agency's, it is kept in another currency, or another account was chosen for the file.
    """
    chosen = next((account for account in accounts if account.id == file.bank_account_id), None)
    meant = account_meant(read.account, read.currency, accounts)
    # A table often names its account in the bank's own way, or not at all: then the choice says it.
    if meant is None and chosen is not None and (read.form is Form.TABLE or not read.account):
        meant = chosen
    if meant is None:
        if file.leave_out_others and read.account:
            return None
        raise _unknown(read.account)
    if chosen is not None and meant.id != chosen.id:
        raise Refused(
            N_("The file is of %(meant)s, and %(chosen)s was chosen for it. Nothing was taken from the file."),
            field="files", code="another_account", meant=meant.name, chosen=chosen.name,
        )  # fmt: skip
    if meant.currency != read.currency:
        raise Refused(
            N_("The file speaks of %(name)s in %(currency)s, and that account is in %(own)s. Nothing was taken from the file."),
            field="files", code="wrong_currency", name=meant.name, currency=read.currency, own=meant.currency,
        )  # fmt: skip
    return meant


def _unknown(account: str) -> Refused:
    if not account:
        return Refused(
            N_("The file does not say its account. Choose the account that it belongs to, and give it again."),
            field="files", code="no_account",
        )  # fmt: skip
    return Refused(
        N_(
            "%(account)s is none of the agency's accounts that are kept here. Open it first, or say that other accounts are left out, and give the file again."
        ),
        field="files", code="unknown_account", account=account,
    )  # fmt: skip


async def _ask_columns(actor: Actor, file_id: UUID, proposal: Proposal) -> None:
    """A table in a form that nobody has confirmed: its columns are shown with their first rows."""
    rows = sample_of(proposal)
    if len(proposal.table.captions) < 2 or not rows:
        refuse("unknown_format")
    async with transaction(actor.scope):
        await sql(
            "update bank_files set status = 'columns', form = 'table', table_map = $3, sample = $4"
            " where agency_id = $1 and id = $2 and status = 'arrived'",
            *(actor.agency_id, file_id, json.dumps(proposal.table.kept(), ensure_ascii=False)),
            json.dumps(rows, ensure_ascii=False),
        )


def sample_of(proposal: Proposal) -> list[list[str]]:
    """A table's first rows, as they are shown beside its columns."""
    return [[cell[:SHOWN_CHARACTERS] for cell in row] for row in proposal.rows[:SHOWN_ROWS]]


async def _turn_down(actor: Actor, file_id: UUID, refusal: Refused) -> None:
    """Keep why nothing of a file was taken. A table whose columns a person may correct waits for that."""
    async with transaction(actor.scope):
        file = await load_file(actor, file_id, lock=True)
        if file.status is not FileStatus.ARRIVED:
            return
        again = file.table is not None and refusal.code in ("table_row", "no_rows", "too_many_decimals", "bad_amount")
        status = FileStatus.COLUMNS if again else FileStatus.REFUSED
        reason: dict[str, Any] = {"code": refusal.code, "message": refusal.message, "params": refusal.params}
        await sql(
            "update bank_files set status = $3, refusal = $4, read_at = $5 where agency_id = $1 and id = $2",
            *(actor.agency_id, file_id, status, json.dumps(reason, ensure_ascii=False, default=str), clock.now()),
        )
        if not again:
            await record(actor, "bank_file.refused", "bank_file", file_id)


async def say_columns(actor: Actor, file_id: UUID, table: TableMap, bank_account_id: UUID | None = None) -> None:
    """Confirm what a table's columns mean, and which account it is of where it does not say so itself: it is read by that,
    and so are the account's later ones of the same captions.

    Raises:
        NotFound: there is no such file or account for the actor.
        Refused: it does not wait for that, or a day or an amount is missing.
    """
    actor.require("bank.import")
    await _account_chosen(actor, bank_account_id)
    file = await load_file(actor, file_id, lock=True)
    if file.status is not FileStatus.COLUMNS:
        raise Refused(N_("The columns of this file were confirmed already."), code="confirmed")
    if not table.is_whole:
        raise Refused(
            N_("Say which column is the day booked, and which the amount, or money in and money out."),
            field="columns", code="not_whole",
        )  # fmt: skip
    await sql(
        "update bank_files set status = 'arrived', table_map = $3, refusal = '{}', bank_account_id = $4"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, file_id, json.dumps(table.kept(), ensure_ascii=False), bank_account_id),
    )
    await record(actor, "bank_file.columns_said", "bank_file", file_id, facts={"shape": table.shape.told})
    await enqueue("bank.read_file", {"agency_id": actor.agency_id, "file_id": file_id})
