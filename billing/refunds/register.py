"""Refunds as they are kept: one of them, and those of a payment's surplus or of a piece of suspended money."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank_details.account import Account
from billing.bank_details.register import FIELDS
from billing.refunds.tables import OPEN, RefundStatus
from billing.suspense.register import load_suspended
from cases.casework import load_case
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

STATUS_TEXTS: Final = {
    RefundStatus.ASKED: N_("Waits for approval"),
    RefundStatus.APPROVED: N_("To be paid"),
    RefundStatus.PAID: N_("Paid back"),
    RefundStatus.RETURNED: N_("The bank sent it back"),
    RefundStatus.DECLINED: N_("Not paid back"),
    RefundStatus.GONE: N_("The payment went back before"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A part of a surplus, or a piece of suspended money, on its way back. Minor units of ``currency``."""

    id: UUID
    payment_id: UUID | None
    suspense_id: UUID | None
    case_id: UUID | None
    client_id: UUID | None
    amount_minor: int
    way: str
    account: Account
    bank_account_id: UUID | None
    sent_from: str
    is_other_payee: bool
    status: RefundStatus
    asked_by: UUID | None
    asked_by_name: str
    asked_at: datetime
    decided_by: UUID | None
    decided_by_name: str
    decided_at: datetime | None
    pay_from: date | None
    paid_on: date | None
    paid_reference: str
    paid_by_name: str
    paid_at: datetime | None
    journal_id: UUID | None
    told: str
    told_at: datetime | None

    @property
    def currency(self) -> str:
        """What it is paid in."""
        return self.account.currency

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.status in OPEN

    @property
    def status_text(self) -> str:
        """A msgid."""
        return STATUS_TEXTS[self.status]

    @property
    def sent_from_in_groups(self) -> str:
        """The account that the money had come from, as people read it; empty where no bank line tells it."""
        return " ".join(re.findall(".{1,4}", self.sent_from))

    @property
    def reference(self) -> str:
        """What the bank is given with the transfer, by which its line is known again."""
        return reference_of(self.id)

    @property
    def url(self) -> str:
        """The page of the money that it is of."""
        return f"/surplus/{self.payment_id}" if self.payment_id is not None else f"/suspense/{self.suspense_id}"


def reference_of(refund_id: UUID) -> str:
    """The reference of a refund's transfer, by hand and in a payment file: 14 letters and digits."""
    return f"R0{refund_id.hex[-12:].upper()}"


REFUNDS: Final = "select * from refunds where agency_id = $1"
OF_SURPLUS: Final = f"{REFUNDS} and payment_id = $2 order by id desc"
OF_SUSPENSE: Final = f"{REFUNDS} and suspense_id = $2 order by id desc"


async def refunds_of_surplus(actor: Actor, payment_id: UUID) -> list[Refund]:
    """The refunds of a payment's surplus, the newest first."""
    return [refund_in(row) for row in await sql(OF_SURPLUS, actor.agency_id, payment_id)]


async def refunds_of_suspense(actor: Actor, suspense_id: UUID) -> list[Refund]:
    """What was asked for of a piece of suspended money, the newest first."""
    return [refund_in(row) for row in await sql(OF_SUSPENSE, actor.agency_id, suspense_id)]


async def load_refund(actor: Actor, refund_id: UUID, *, lock: bool = False) -> Refund:
    """A refund; ``lock`` holds what it is of until the transaction ends (the case of a surplus, the suspended money) and
    the refund itself, and reads it after that.

    Raises:
        NotFound: there is no such refund here.
    """
    actor.require("payments.read")
    row = await sql_one(f"{REFUNDS} and id = $2", actor.agency_id, refund_id)
    if row is not None and lock:
        if row["suspense_id"] is not None:
            await load_suspended(actor, row["suspense_id"], lock=True)
        else:
            await load_case(actor, row["case_id"], lock=True)
        row = await sql_one(f"{REFUNDS} and id = $2 for update", actor.agency_id, refund_id)
    if row is None:
        raise NotFound
    return refund_in(row)


def refund_in(row: asyncpg.Record) -> Refund:
    """A refund from a row that has all columns of the table."""
    names = [name for name in Refund.__slots__ if name not in ("account", "status")]
    account = Account(**{name: row[name] for name in FIELDS})
    return Refund(account=account, status=RefundStatus(row["status"]), **{name: row[name] for name in names})
