"""Notices as they stand, and their words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from billing.notices.tables import NoticeKind
from portal.pages.formats import date_full, money, month
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.tenancy.database import sql

STANDING: Final = """
select id, kind, currency, account_name, on_day, amount_minor, statement_id, began_at from notices
where agency_id = $1 and ended_at is null and ($2::uuid[] is null or id = any($2))
order by kind in ('old', 'unsigned'), id
"""
KIND_TEXTS: Final = {
    NoticeKind.DIFFERS: N_("Bank and ledger differ"),
    NoticeKind.SIDES: N_("Ledger and funds differ"),
    NoticeKind.CHAIN: N_("A bank statement is missing"),
    NoticeKind.OLD: N_("The bank statement is old"),
    NoticeKind.UNSIGNED: N_("A month is not signed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A notice that stands. Minor units of ``currency``."""

    id: UUID
    kind: NoticeKind
    currency: str
    account_name: str
    on_day: date
    amount_minor: int | None
    statement_id: UUID | None
    began_at: datetime

    @property
    def title(self) -> str:
        """What is wrong, a msgid."""
        return KIND_TEXTS[self.kind]

    @property
    def url(self) -> str:
        """Where one sees it: the reconciliation of its day, or the statement that does not follow."""
        if self.kind is NoticeKind.OLD:
            return "/bank"
        if self.statement_id is not None:
            return f"/bank/statements/{self.statement_id}"
        return f"/reconciliation?on={self.on_day.isoformat()}"


async def standing(actor: Actor, ids: list[UUID] | None = None) -> list[Standing]:
    """The notices that stand, or some of them, a difference before what is only missed, the oldest first; none for those whose matter it is not."""
    if not actor.may("reconciliations.read"):
        return []
    rows = await sql(STANDING, actor.agency_id, ids)
    return [Standing(**{**row, "kind": NoticeKind(row["kind"])}) for row in rows]


def sentence(one: Standing) -> str:
    """What is wrong, in the current language."""
    day = date_full(one.on_day)
    amount = money(abs(one.amount_minor or 0), one.currency)
    match one.kind:
        case NoticeKind.DIFFERS if (one.amount_minor or 0) > 0:
            return translate(
                "%(account)s: at the end of %(day)s the bank has %(amount)s more than the ledger, which no item explains.",
                account=one.account_name, day=day, amount=amount,
            )  # fmt: skip
        case NoticeKind.DIFFERS:
            return translate(
                "%(account)s: at the end of %(day)s the bank has %(amount)s less than the ledger, which no item explains.",
                account=one.account_name, day=day, amount=amount,
            )  # fmt: skip
        case NoticeKind.SIDES:
            return translate(
                "%(currency)s: what the ledger has at the bank and whose money it is differ by %(amount)s.",
                currency=one.currency, amount=amount,
            )  # fmt: skip
        case NoticeKind.CHAIN:
            return translate(
                "%(account)s: the statement from %(day)s on does not begin where the one before it closed: %(amount)s lie between.",
                account=one.account_name, day=day, amount=amount,
            )  # fmt: skip
        case NoticeKind.OLD:
            return translate(
                "%(account)s: the bank's last word is of %(day)s. Give its next statement.",
                account=one.account_name, day=day,
            )  # fmt: skip
        case NoticeKind.UNSIGNED:
            return translate(
                "%(currency)s: the end of %(month)s is not signed by two, and its time is over.",
                currency=one.currency, month=month(one.on_day),
            )  # fmt: skip
