"""The agency's accounts at banks: of its clients' money, and of its own. One person may open or close one. That our part of
a remittance goes to an account of our own takes two (`billing.bank.confirming`), as where debtors are told to pay, and
where clients are paid (`billing.bank_details`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from stdnum import bic as bics
from stdnum import iban as ibans

from billing.bank.mail import tell_owners
from billing.bank_details.account import compact, one_line, proved
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.balances import bank_balance
from portal.ledger.tables import Book
from portal.money import is_currency
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value

BOOKS: Final[Mapping[str, str]] = {Book.TRUST: N_("Clients' money"), Book.OPERATING: N_("The agency's own")}
FIELDS: Final = ("name", "holder", "iban", "account_number", "bank_name", "bank_code", "bic")
LONGEST: Final = {"name": 60, "holder": 70, "bank_name": 70, "bank_code": 35, "account_number": 34}
_NUMBER: Final = re.compile(r"[0-9A-Z]{4,34}")
_SHORTEST_IN_IBAN: Final = 6
"""A number of fewer digits may end an IBAN by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An account as somebody enters it. Either ``iban`` or ``account_number`` is given."""

    book: str
    currency: str
    name: str
    holder: str = ""
    iban: str = ""
    account_number: str = ""
    bank_name: str = ""
    bank_code: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """An account of the agency, and what its bank said last."""

    id: UUID
    book: str
    currency: str
    position: int
    name: str
    holder: str
    iban: str
    account_number: str
    bank_name: str
    bank_code: str
    bic: str
    opened_on: date
    closed_on: date | None
    created_by: UUID | None
    created_by_name: str
    confirmed_by_name: str
    confirmed_at: datetime | None
    """When another person let the agency's part of remittances be sent to it; of its own accounts alone."""
    debtors_pay_here: bool
    """Debtors are told to pay here."""
    closing_minor: int | None
    """What the bank says stands on it, at the end of ``closing_on``."""
    closing_on: date | None
    fed_at: Any
    """When a file told of it last."""
    open_lines: int
    """Lines that nobody has said yet what they are."""

    @property
    def number_in_groups(self) -> str:
        """Whichever number the account has, as people read it."""
        return str(ibans.format(self.iban)) if self.iban else " ".join(re.findall(".{1,4}", self.account_number))

    @property
    def ends(self) -> str:
        """The end of its number, by which people know it."""
        return (self.iban or self.account_number)[-4:]

    def is_named(self, said: str) -> bool:
        """Whether a bank means this account by what it calls it: an IBAN, ``bank code/number``, or a number."""
        bank, slash, rest = said.partition("/")
        number = compact(re.sub(r"[.']", "", rest if slash else said)).removesuffix(self.currency)
        if not number:
            return False
        if self.account_number and _bare(number) == _bare(self.account_number):
            return True
        if not self.iban:
            return False
        domestic, code = self.iban[4:], compact(bank) if slash else ""
        if code and domestic.startswith(code):
            return _bare(domestic[len(code) :]) == _bare(number)
        if code.isdigit():
            return False
        return number == self.iban or (len(number) >= _SHORTEST_IN_IBAN and domestic.endswith(number))


def _bare(number: str) -> str:
    return number.lstrip("0")


SELECT: Final = """
select b.id, b.book, b.currency, b.position, b.name, b.holder, b.iban, b.account_number, b.bank_name, b.bank_code, b.bic,
       b.opened_on, b.closed_on, b.created_by, b.created_by_name, b.confirmed_by_name, b.confirmed_at,
       exists (select from bank_details d where d.agency_id = b.agency_id and d.client_id is null and d.currency = b.currency
               and d.status = 'in_force'
               and (d.iban, d.account_number) = (b.iban, b.account_number)) as debtors_pay_here,
       said.closing_minor, said.to_on as closing_on, fed.kept_at as fed_at,
       (select count(*) from bank_lines l
        where l.agency_id = b.agency_id and l.bank_account_id = b.id and l.status = 'open') as open_lines
from bank_accounts b
left join lateral (select s.closing_minor, s.to_on from bank_statements s
                   where s.agency_id = b.agency_id and s.bank_account_id = b.id and s.closing_minor is not null
                     and s.withdrawn_at is null
                   order by s.to_on desc, s.id desc limit 1) said on true
left join lateral (select s.kept_at from bank_statements s where s.agency_id = b.agency_id and s.bank_account_id = b.id
                     and s.withdrawn_at is null order by s.kept_at desc limit 1) fed on true
where b.agency_id = $1
"""


async def list_accounts(actor: Actor) -> list[OwnAccount]:
    """All accounts: open ones first, the clients' money before the agency's own, by currency and position."""
    actor.require("bank.read")
    rows = await sql(
        f"{SELECT} order by b.closed_on is not null, b.book = 'operating', b.currency, b.position", actor.agency_id
    )
    return [_account(row) for row in rows]


OPEN: Final = """
select id, name from bank_accounts where agency_id = $1 and book = $2 and currency = $3 and closed_on is null order by position
"""


async def open_accounts(actor: Actor, book: str, currency: str) -> Sequence[asyncpg.Record]:
    """The accounts of a book and currency that are open, by ``id`` and ``name``, for whoever says which one money left."""
    return await sql(OPEN, actor.agency_id, book, currency)


async def load_account(actor: Actor, bank_account_id: UUID) -> OwnAccount:
    """One account.

    Raises:
        NotFound: there is none for the actor.
    """
    actor.require("bank.read")
    row = await sql_one(f"{SELECT} and b.id = $2", actor.agency_id, bank_account_id)
    if row is None:
        raise NotFound
    return _account(row)


def _account(row: asyncpg.Record) -> OwnAccount:
    return OwnAccount(**row)


INSERT: Final = """
insert into bank_accounts (id, agency_id, book, currency, position, opened_on, created_by, created_by_name, created_at,
                           name, holder, iban, account_number, bank_name, bank_code, bic)
select $2, $1, $3, $4, coalesce(max(position), 0) + 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
from bank_accounts where agency_id = $1 and book = $3 and currency = $4
"""


async def open_account(actor: Actor, given: Given) -> UUID:
    """Keep an account from now on; gives its id. The first of its book and currency takes what names no account.

    Raises:
        Refused: something about it will not do, or it is kept already.
    """
    actor.require("bank.manage")
    tidy = checked(given)
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"bank accounts of {actor.agency_id}")
    await _refuse_twin(actor, tidy)
    account_id = new_id()
    await sql(
        INSERT,
        *(actor.agency_id, account_id, tidy.book, tidy.currency, await agency_day(actor)),
        *(actor.user_id, actor.name, clock.now(), *(getattr(tidy, name) for name in FIELDS)),
    )
    await _told(actor, "bank_account.opened", await load_account(actor, account_id))
    if tidy.book == Book.OPERATING:
        await tell_owners(actor, account_id, "bank_account.opened")
    return account_id


TWIN: Final = """
select name from bank_accounts
where agency_id = $1 and currency = $2 and ((iban <> '' and iban = $3) or (account_number <> '' and account_number = $4))
"""


async def _refuse_twin(actor: Actor, given: Given) -> None:
    twin = await sql_value(TWIN, actor.agency_id, given.currency, given.iban, given.account_number)
    if twin is not None:
        field = "iban" if given.iban else "account_number"
        raise Refused(N_("This account is kept already, as “%(name)s”."), field=field, code="kept_already", name=twin)


async def rename_account(actor: Actor, bank_account_id: UUID, name: str) -> None:
    """Call an account by another name.

    Raises:
        NotFound: there is none for the actor.
        Refused: the name will not do.
    """
    actor.require("bank.manage")
    account = await load_account(actor, bank_account_id)
    name = _name(name)
    await sql("update bank_accounts set name = $3 where agency_id = $1 and id = $2", actor.agency_id, account.id, name)
    await _told(actor, "bank_account.renamed", replace(account, name=name))


OTHERS: Final = """
select exists (select from bank_accounts where agency_id = $1 and book = $2 and currency = $3 and position > 1
               and closed_on is null)
"""


async def close_account(actor: Actor, bank_account_id: UUID) -> None:
    """Keep an account no longer: it is fed no more, and its statements stay.

    Raises:
        NotFound: there is none for the actor.
        Refused: it is closed, money stands on it by the books, or what names no account would still come to stand on it.
    """
    actor.require("bank.manage")
    account = await load_account(actor, bank_account_id)
    if account.closed_on is not None:
        raise Refused(N_("This account is closed."), code="closed")
    if await bank_balance(actor.agency_id, account.id):
        raise Refused(N_("By the books money stands on this account. Move it first."), code="not_empty")
    if account.position == 1 and await sql_value(OTHERS, actor.agency_id, account.book, account.currency):
        raise Refused(
            N_("What the books name no account for stands on this one, while others of its kind are open."),
            code="first_of_several",
        )
    await sql(
        "update bank_accounts set closed_on = $3 where agency_id = $1 and id = $2 and closed_on is null",
        *(actor.agency_id, account.id, await agency_day(actor)),
    )
    await _told(actor, "bank_account.closed", account)


def checked(given: Given) -> Given:
    """The account as it is kept: trimmed, numbers without blanks, digits proved.

    Raises:
        Refused: something is missing or cannot be right, with its field.
    """
    tidy = replace(
        given,
        name=_name(given.name), holder=one_line(given.holder), bank_name=one_line(given.bank_name),
        iban=compact(given.iban), account_number=compact(given.account_number),
        bank_code=compact(given.bank_code), bic=compact(given.bic),
    )  # fmt: skip
    if tidy.book not in BOOKS:
        raise Refused(N_("Please choose whose money it holds."), field="book", code="bad_book")
    if not is_currency(tidy.currency):
        raise Refused(N_("Please choose a currency."), field="currency", code="bad_currency")
    for name, limit in LONGEST.items():
        if len(getattr(tidy, name)) > limit:
            raise Refused(N_("At most %(limit)s characters."), field=name, code="too_long", limit=limit)
    if tidy.iban and tidy.account_number:
        raise Refused(N_("Either an IBAN or an account number."), field="account_number", code="two_numbers")
    if tidy.iban:
        proved(ibans.validate, tidy.iban, "iban", N_("This is not an IBAN: its check digits do not fit."))
    elif not tidy.account_number:
        raise Refused(N_("An IBAN, or an account number with its bank."), field="iban", code="missing")
    elif not _NUMBER.fullmatch(tidy.account_number):
        raise Refused(N_("4 to 34 digits or letters."), field="account_number", code="bad_number")
    if tidy.bic:
        proved(bics.validate, tidy.bic, "bic", N_("This is not a BIC."))
    return tidy


def _name(name: str) -> str:
    tidy = one_line(name)
    if not tidy or not tidy.isprintable():
        raise Refused(N_("Please fill this in."), field="name", code="missing")
    if len(tidy) > LONGEST["name"]:
        raise Refused(N_("At most %(limit)s characters."), field="name", code="too_long", limit=LONGEST["name"])
    return tidy


async def _told(actor: Actor, action: str, account: OwnAccount) -> None:
    facts = {"book": account.book, "currency": account.currency, "account_ends": account.ends}
    await record(actor, action, "bank_account", account.id, facts=facts, personal={"name": account.name})


def account_meant(said: str, currency: str, accounts: Iterable[OwnAccount]) -> OwnAccount | None:
    """The account that a bank means. Of one number in several currencies, the one in the statement's.

    Raises:
        Refused: the agency keeps it in another currency only.
    """
    named = [account for account in accounts if account.is_named(said)]
    fitting = [account for account in named if account.currency == currency]
    if named and not fitting:
        raise Refused(
            N_(
                "The file speaks of %(name)s in %(currency)s, and that account is in %(own)s. Nothing was taken from the file."
            ),
            field="files",
            code="wrong_currency",
            name=named[0].name,
            currency=currency,
            own=named[0].currency,
        )
    return fitting[0] if fitting else None
