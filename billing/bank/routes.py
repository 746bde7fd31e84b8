"""Pages of the bank: accounts, files coming in, statements and their lines."""

from collections.abc import Awaitable
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank import importing, mail
from billing.bank.accounts import (
    BOOKS,
    FIELDS,
    Given,
    OwnAccount,
    close_account,
    list_accounts,
    load_account,
    open_account,
    rename_account,
)
from billing.bank.confirming import confirm_account
from billing.bank.files import KeptFile, latest_files, load_file, open_file
from billing.bank.importing import Arrival, read_again, receive, say_columns
from billing.bank.previewing import SHOWN, Previewed, preview
from billing.bank.reading.columns import MEANING_TEXTS, SEVERAL, Meaning, TableMap
from billing.bank.reading.read import check_size
from billing.bank.register import lines_of, list_statements, load_statement, statements_of_file
from billing.bank.tables import FileStatus
from billing.bank.taking_back import take_back_table
from billing.bank.words import FILE_TEXTS, FILE_TONES, FORM_TEXTS, LINE_TEXTS, LINE_TONES, returned_text, warning_text
from billing.cards.funding import owed_to_bank, pay_in
from billing.notices.standing import sentence, standing
from billing.remittance.proof import Proof, asked_of
from billing.remittance.proving import proving
from cases.intake.files.values import DateOrder, DecimalMark
from portal.errors import NotNow, Refused
from portal.identity import new_id
from portal.ledger.tables import Book
from portal.money import CURRENCIES, is_currency
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_, say
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import settings_of, shown
from portal.storage.store import StoreAway
from portal.tenancy.database import transaction, without_connection

Page = Response[Any]
APART: Final = {"apart": True}
JOBS = (importing, mail)
"""Imported so that a worker knows their jobs."""
MOST_FILES: Final = 20
AWAY: Final = NotNow(N_("The file could not be stored. Nothing was kept; please try again in a minute."), field="files")
NO_STORAGE: Final = NotNow(N_("The storage does not answer. Nothing was changed; please try again in a minute."))
ORDERS: Final = {
    DateOrder.DMY: N_("day, month, year"),
    DateOrder.MDY: N_("month, day, year"),
    DateOrder.YMD: N_("year, month, day"),
}
MARKS: Final = {DecimalMark.POINT: "1,234.56", DecimalMark.COMMA: "1.234,56"}


@get("/bank", guards=[needs("bank.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The accounts, the form that files come in by, the latest files, and the statements."""
    return await _index(request, actor)


async def _index(request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None) -> Page:
    accounts = await list_accounts(actor)
    statements, more = await list_statements(actor, None, id_in(request.query_params.get("before")))
    return render(
        request, "billing/bank/index.html", block="rows", status=error.status if error else 200,
        accounts=accounts, statements=statements, following=statements[-1].id if more else None,
        files=await latest_files(actor), link=narrowed(request), errors=shown(error),
        values=Typed(form.values() if form else {}), limit_mb=settings_of(request).bank_file_mb,
        owed=await owed_to_bank(actor), today=await agency_day(actor), token=form.text("token") if form else new_id(),
        books=BOOKS, form_texts=FORM_TEXTS, file_texts=FILE_TEXTS, file_tones=FILE_TONES,
        notices=await standing(actor), notice_text=sentence,
    )  # fmt: skip


@post("/bank/top-ups", guards=[needs("payments.record")])
async def pay_it_in(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Book that the agency paid in what it owes the clients' account."""
    form = await read_form(request)
    currency = form.text("currency", limit=3)
    try:
        amount = form.amount("amount", currency) if is_currency(currency) else None
        await pay_in(actor, currency, amount, form.day("paid_on"), form.needed_id("token"))
    except Refused as error:
        return await _index(request, actor, form, error)
    return redirect(request, "/bank", N_("Booked. The clients' account has what it was owed."), lock=True)


@post("/bank/files", guards=[needs("bank.import")], opt=APART)
async def give(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Take files in, each by itself: what is wrong with one keeps no other out."""
    form = await read_form(request)
    refusal: Refused | None = None
    given: dict[UUID, bool] = {}
    try:
        account, others = form.id("account"), form.flag("leave_out_others")
        for file in await _files(request):
            content = await _content(file, settings_of(request).bank_file_mb)
            arrival = Arrival(file.filename, content, account, others)
            file_id, is_new = await receive(actor, arrival, settings_of(request).bank_file_mb)
            given.setdefault(file_id, is_new)
    except Refused as error:
        refusal = error
    except StoreAway:
        refusal = AWAY
    if refusal is not None:
        async with transaction(actor.scope, read_only=True):
            return await _index(request, actor, form, refusal)
    return await _told(request, actor, given)


async def _files(request: PageRequest) -> list[UploadFile]:
    given = (await request.form()).getall("files", [])
    files = [file for file in given if isinstance(file, UploadFile) and file.filename]
    if not files:
        raise Refused(N_("Choose a file."), field="files", code="missing")
    if len(files) > MOST_FILES:
        raise Refused(N_("At most %(limit)s files at once."), field="files", code="too_many", limit=MOST_FILES)
    return files


async def _content(file: UploadFile, limit_mb: int) -> bytes:
    """The bytes of a file, once it is known that they are not too many."""
    opened = cast(BinaryIO, file.file)
    check_size(opened.seek(0, 2), limit_mb)
    opened.seek(0)
    return await file.read()


async def _told(request: PageRequest, actor: Actor, given: dict[UUID, bool]) -> Page:
    """Go where one sees what became of the files: by their ids, whether they are new."""
    async with transaction(actor.scope, read_only=True):
        files = [await load_file(actor, file_id) for file_id in given]
        told = await statements_of_file(actor, files[0].id) if len(files) == 1 else []
    if not any(given.values()):
        place = f"/bank/files/{files[0].id}" if len(files) == 1 else "/bank"
        return redirect(request, place, N_("This was given before. Nothing was added."), tone="quiet")
    if len(told) == 1:
        told_text = N_("%(count)s new lines. What was told before stands as it was.")
        return redirect(request, f"/bank/statements/{told[0].id}", told_text, count=told[0].new_lines)
    if len(files) == 1:
        return redirect(request, f"/bank/files/{files[0].id}")
    wrong = sum(file.status in (FileStatus.REFUSED, FileStatus.COLUMNS) for file in files)
    if wrong:
        text = N_("%(count)s files came in; %(wrong)s of them need you.")
        return redirect(request, "/bank", text, tone="warn", count=len(files), wrong=wrong)
    return redirect(request, "/bank", N_("%(count)s files came in."), count=len(files))


@get("/bank/files/{bank_file_id:uuid}", guards=[needs("bank.read")])
async def show_file(request: PageRequest, actor: NamedDependency[Actor], bank_file_id: FromPath[UUID]) -> Page:
    """What became of a file; of a table that nobody has confirmed, what its columns may mean and what results."""
    file = await load_file(actor, bank_file_id)
    made = Previewed()
    if file.status is FileStatus.COLUMNS and file.table is not None:
        accounts = await list_accounts(actor)
        async with without_connection():
            made = await preview(file, file.table, _one(accounts, file.bank_account_id))
    return await _file_page(request, actor, file, made=made)


def _one(accounts: list[OwnAccount], bank_account_id: UUID | None) -> OwnAccount | None:
    return next((account for account in accounts if account.id == bank_account_id), None)


async def _file_page(
    request: PageRequest, actor: Actor, file: KeptFile, table: TableMap | None = None, error: Refused | None = None,
    made: Previewed | None = None, chosen: UUID | None = None, block: str = "whole",
) -> Page:  # fmt: skip
    accounts = [account for account in await list_accounts(actor) if account.closed_on is None]
    template = "columns" if file.status is FileStatus.COLUMNS else "file"
    return render(
        request, f"billing/bank/{template}.html", block=block, status=422 if error else 200,
        file=file, table=table or file.table, accounts=accounts, statements=await statements_of_file(actor, file.id),
        meanings=MEANING_TEXTS, orders=ORDERS, marks=MARKS, form_texts=FORM_TEXTS, file_texts=FILE_TEXTS,
        file_tones=FILE_TONES, errors=shown(error), made=made or Previewed(), most=SHOWN, warning_text=warning_text,
        chosen=_one(accounts, chosen or file.bank_account_id),
    )  # fmt: skip


@post("/bank/files/{bank_file_id:uuid}/open", guards=[needs("bank.read")])
async def open_original(actor: NamedDependency[Actor], bank_file_id: FromPath[UUID]) -> Page:
    """Lead to a file as the bank gave it."""
    return Response(None, status_code=303, headers={"Location": await open_file(actor, bank_file_id)})


@post("/bank/files/{bank_file_id:uuid}/columns", guards=[needs("bank.import")], opt=APART)
async def give_columns(request: PageRequest, actor: NamedDependency[Actor], bank_file_id: FromPath[UUID]) -> Page:
    """Say what the columns of a table mean, and have it read; with ``see`` only show what would result."""
    form = await read_form(request)
    async with transaction(actor.scope, read_only=True):
        file = await load_file(actor, bank_file_id)
    if file.table is None:
        return redirect(request, f"/bank/files/{bank_file_id}")
    table, chosen = file.table, form.id("account")
    try:
        table = _said(form, file.table)
        if form.flag("see"):
            return await _seen(request, actor, file, table, chosen)
        async with transaction(actor.scope):
            await say_columns(actor, bank_file_id, table, chosen)
        await read_again(actor, bank_file_id)
    except Refused as error:
        async with transaction(actor.scope, read_only=True):
            return await _file_page(request, actor, file, table, error, chosen=chosen)
    return await _told(request, actor, {bank_file_id: True})


async def _seen(request: PageRequest, actor: Actor, file: KeptFile, table: TableMap, chosen: UUID | None) -> Page:
    """The page as it would be by this map."""
    async with transaction(actor.scope, read_only=True):
        accounts = await list_accounts(actor)
    made = await preview(file, table, _one(accounts, chosen))
    async with transaction(actor.scope, read_only=True):
        return await _file_page(request, actor, file, table, made=made, chosen=chosen, block="made")


def _said(form: Form, table: TableMap) -> TableMap:
    """The map as the form says it.

    Raises:
        Refused: two columns are said to be the same thing.
    """
    meanings = [_chosen(form.text(f"c{place}", limit=40)) for place in range(len(table.captions))]
    order = next((one for one in DateOrder if one == form.text("order", limit=3)), table.order)
    mark = next((one for one in DecimalMark if one == form.text("mark", limit=1)), table.mark)
    twice = next((one for one in meanings if one not in SEVERAL and meanings.count(one) > 1), None)
    if twice is not None:
        raise Refused(N_("Two columns are said to be the same: %(meaning)s."), field="columns", code="twice",
                      meaning=say(MEANING_TEXTS[twice]))  # fmt: skip
    return table.with_meanings(meanings, order, mark)


def _chosen(code: str) -> Meaning:
    return next((one for one in Meaning if one == code), Meaning.NOTHING)


@post("/bank/files/{bank_file_id:uuid}/withdrawal", guards=[needs("bank.import")], opt=APART)
async def withdraw(request: PageRequest, actor: NamedDependency[Actor], bank_file_id: FromPath[UUID]) -> Page:
    """Take back what a table told, so that its columns are said anew."""
    refusal: Refused
    try:
        await take_back_table(actor, bank_file_id)
    except Refused as error:
        refusal = error
    except StoreAway:
        refusal = NO_STORAGE
    else:
        return redirect(request, f"/bank/files/{bank_file_id}", N_("Taken back. Say what its columns mean."))
    async with transaction(actor.scope, read_only=True):
        return await _file_page(request, actor, await load_file(actor, bank_file_id), error=refusal)


@get("/bank/statements/{bank_statement_id:uuid}", guards=[needs("bank.read")])
async def show_statement(
    request: PageRequest, actor: NamedDependency[Actor], bank_statement_id: FromPath[UUID]
) -> Page:
    """One statement: its balances, whether they add up and follow, and the lines that it told first."""
    statement = await load_statement(actor, bank_statement_id)
    text = request.query_params.get("after", "")
    lines, more = await lines_of(
        actor, statement.id, int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    )
    return render(
        request, "billing/bank/statement.html", block="rows",
        statement=statement, account=await load_account(actor, statement.bank_account_id), lines=lines,
        following=lines[-1].position if more else None, link=narrowed(request), warning_text=warning_text,
        form_texts=FORM_TEXTS, line_texts=LINE_TEXTS, line_tones=LINE_TONES, returned_text=returned_text,
    )  # fmt: skip


@get("/bank/accounts/new", guards=[needs("bank.manage")])
async def new_account(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The form for an account."""
    return await _account_form(request, actor, Form({"book": "trust", "currency": actor.base_currency}))


@post("/bank/accounts", guards=[needs("bank.manage")])
async def create_account(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Keep an account from now on."""
    form = await read_form(request)
    try:
        texts = {name: form.text(name, limit=200) for name in ("book", "currency", *FIELDS)}
        account_id = await open_account(actor, Given(**texts))
    except Refused as error:
        return await _account_form(request, actor, form, error)
    return redirect(
        request, f"/bank/accounts/{account_id}", N_("The account is kept from now on. Give its first file.")
    )


async def _account_form(request: PageRequest, actor: Actor, form: Form, error: Refused | None = None) -> Page:
    return render(
        request, "billing/bank/account_new.html", status=422 if error else 200,
        values=Typed(form.values()), errors=shown(error), books=BOOKS, currencies=sorted(CURRENCIES),
    )  # fmt: skip


@get("/bank/accounts/{bank_account_id:uuid}", guards=[needs("bank.read")])
async def show_account(request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID]) -> Page:
    """One account and its statements."""
    return await _account_page(request, actor, bank_account_id)


async def _account_page(
    request: PageRequest, actor: Actor, bank_account_id: UUID, error: Refused | None = None, name: str | None = None
) -> Page:
    account = await load_account(actor, bank_account_id)
    statements, more = await list_statements(actor, account.id, id_in(request.query_params.get("before")))
    waits = account.book == Book.OPERATING and account.closed_on is None and account.confirmed_at is None
    return render(
        request, "billing/bank/account.html", block="rows",
        status=429 if isinstance(error, TooManyAttempts) else 422 if error else 200,
        account=account, waits=waits,
        asked=await asked_of(actor) if waits and actor.may("payees.confirm") else None, statements=statements, following=statements[-1].id if more else None, link=narrowed(request),
        errors=shown(error), name=account.name if name is None else name, books=BOOKS, form_texts=FORM_TEXTS,
    )  # fmt: skip


@post("/bank/accounts/{bank_account_id:uuid}/name", guards=[needs("bank.manage")])
async def give_name(request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID]) -> Page:
    """Call an account by another name."""
    name = (await read_form(request)).text("name", limit=200)
    what = rename_account(actor, bank_account_id, name)
    return await _step(request, actor, bank_account_id, what, N_("Renamed."), name)


@post("/bank/accounts/{bank_account_id:uuid}/closing", guards=[needs("bank.manage")])
async def give_closing(request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID]) -> Page:
    """Keep an account no longer."""
    what = close_account(actor, bank_account_id)
    return await _step(request, actor, bank_account_id, what, N_("Closed. Its statements stay."))


@post("/bank/accounts/{bank_account_id:uuid}/confirmation", guards=[needs("payees.confirm")])
async def give_confirmation(
    request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID]
) -> Page:
    """Let the agency's part of remittances go to an account of its own that somebody else entered."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await confirm_account(actor, bank_account_id, proof, secret_key)

    told = N_("Confirmed. Our part of remittances goes there; where it comes after another, not for three days.")
    return await _step(request, actor, bank_account_id, proving(request, actor, form, act), told)


async def _step(
    request: PageRequest, actor: Actor, bank_account_id: UUID, what: Awaitable[None], told: str, name: str | None = None
) -> Page:
    try:
        await what
    except Refused as error:
        return await _account_page(request, actor, bank_account_id, error, name)
    return redirect(request, f"/bank/accounts/{bank_account_id}", told)


ROUTES = [
    index, pay_it_in, give, show_file, open_original, give_columns, show_statement, new_account, create_account, show_account, give_name, give_closing,
    give_confirmation,
]  # fmt: skip
