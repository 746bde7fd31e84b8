"""The file by which the bank pays an approved run: one transfer for each statement, and our own part to our own account.

ISO 20022 pain.001.001.09, as a SEPA credit transfer. The library writes it and proves it against the schema; what it would
cut or spell otherwise without a word (names, texts) is looked over here first, and whoever cannot be paid by it is named.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import asyncpg
from sepaxml.transfer import SepaTransfer
from text_unidecode import unidecode

from billing.bank.confirming import OwnPayee, own_payee
from billing.bank_details.account import SEPA_COUNTRIES, SEPA_NAME
from billing.bank_details.register import load_detail
from billing.exchange.quotes import Pair, pairs_of
from billing.remittance.run import Run, load_run
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import sql, sql_one

SCHEMA: Final = "pain.001.001.09"
SEPA_TEXT: Final = 140
EURO: Final = "EUR"
"""What a file pays in, whatever the run's currency: what was exchanged into euros is paid by it as well."""

PAID: Final = """
select s.number, coalesce(s.payout_currency, s.currency) as currency,
       case when s.payout_currency is null then s.net_minor else coalesce(x.paid_minor, s.payout_minor) end as minor,
       s.payout_currency is not null and x.id is null as is_waiting, k.name as client_name, d.id as detail_id, coalesce(d.holder, '') as holder,
       coalesce(d.iban, '') as iban, coalesce(d.bic, '') as bic, coalesce(d.version, 1) as version,
       coalesce(d.status in ('replaced', 'ended'), false) as is_given_up
from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
left join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
where s.agency_id = $1 and s.run_id = $2 and s.status = 'approved' and not s.deferred and s.net_minor > 0 order by s.number
"""
PAYER: Final = """
select id, holder, name, iban, bic from bank_accounts
where agency_id = $1 and book = 'trust' and currency = $2 and closed_on is null and iban <> '' order by position limit 1
"""
FILES: Final = """
select id, bank_account_id, file_name, sha256, execution_on, payments, total_minor, made_by_name, made_at
from payment_files where agency_id = $1 and run_id = $2
"""
INSERT: Final = """
insert into payment_files (id, agency_id, run_id, bank_account_id, file_name, content, sha256, execution_on, payments,
                           total_minor, made_by, made_by_name, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment of the file, in minor units of euros."""

    holder: str
    iban: str
    bic: str
    amount_minor: int
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody whom the file cannot pay, and why (a msgid)."""

    name: str
    amount_minor: int
    currency: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a payment file of a run would hold, from which account, on which day, and who is paid by hand."""

    payer: asyncpg.Record | None
    transfers: Sequence[Transfer]
    by_hand: Sequence[ByHand]
    execution_on: date

    @property
    def total_minor(self) -> int:
        """All its transfers together."""
        return sum(transfer.amount_minor for transfer in self.transfers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A payment file that was made."""

    id: UUID
    bank_account_id: UUID
    """The trust account that pays."""
    file_name: str
    sha256: bytes
    execution_on: date
    payments: int
    total_minor: int
    made_by_name: str
    made_at: datetime


async def made_for(actor: Actor, run_id: UUID) -> Made | None:
    """The file of a run, if it was made."""
    row = await sql_one(FILES, actor.agency_id, run_id)
    return Made(**row) if row else None


async def plan_of(actor: Actor, run: Run) -> Plan:
    """What the payment file of an approved run would hold."""
    actor.require("remittances.read")
    payer = await sql_one(PAYER, actor.agency_id, EURO)
    zone, execution_on = await agency_zone(actor), await agency_day(actor)
    transfers: list[Transfer] = []
    by_hand: list[ByHand] = []
    for row in await sql(PAID, actor.agency_id, run.id):
        why = _why_not(row["iban"], row["holder"]) if row["currency"] == EURO else N_("It is not paid in euros.")
        if row["is_waiting"]:
            why = N_("It has not been exchanged yet.")
        if row["is_given_up"]:
            why = N_(
                "Its account was replaced or taken away after the approval. Pay it to the one that is in force now."
            )
        if why is not None:
            by_hand.append(ByHand(row["client_name"], row["minor"], row["currency"], why))
            continue
        text = f"{row['number']} {actor.agency_name}"
        transfers.append(
            Transfer(row["holder"], row["iban"], row["bic"], row["minor"], text[:SEPA_TEXT], row["number"])
        )
        if row["version"] > 1:
            execution_on = max(execution_on, (await load_detail(actor, row["detail_id"])).payable_from(zone))
    ours = 0 if not run.is_undrawn else run.drawn_minor if run.currency == EURO else await _gained(actor, run)
    if ours > 0:
        own = await own_payee(actor, EURO)
        _add_own(actor, run, ours, own, transfers, by_hand)
        execution_on = max(execution_on, own.payable_from(zone) if own else execution_on)
    return Plan(payer=payer, transfers=transfers, by_hand=by_hand, execution_on=execution_on)


async def _gained(actor: Actor, run: Run) -> int:
    """What of a better rate into euros is ours, in minor units."""
    return sum(pair.drawn_minor or 0 for pair in await pairs_of(actor, run.id) if pair.target == EURO)


def _add_own(
    actor: Actor,
    run: Run,
    minor: int,
    own: OwnPayee | None,
    transfers: list[Transfer],
    by_hand: list[ByHand],
) -> None:
    """Our part of the run: it leaves the trust account as well."""
    if own is None:
        why = N_("No account of the agency's own with an IBAN in this currency is confirmed by a second person.")
        by_hand.append(ByHand(actor.agency_name, minor, EURO, why))
        return
    transfers.append(Transfer(own.holder or own.name, own.iban, own.bic, minor, f"Fees {run.number}", run.number))


def _why_not(iban: str, holder: str) -> str | None:
    """Why a client cannot be paid by SEPA; None when it can."""
    if not holder:
        return N_("No account was confirmed when the run was approved.")
    if iban[:2] not in SEPA_COUNTRIES:
        return N_("Its account takes no SEPA transfer.")
    if len(unidecode(holder)) > SEPA_NAME or (not holder.isascii() and not _is_latin(holder)):
        return N_("Its name cannot be written in a SEPA transfer.")
    return None


def _is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters: those of other scripts would be spelt by sound."""
    return all(ord(letter) < 0x250 for letter in name)


def pays_euros(run: Run, pairs: Sequence[Pair]) -> bool:
    """Whether anything of a run is paid in euros."""
    return run.currency == EURO or any(pair.target == EURO for pair in pairs)


async def make_file(actor: Actor, run_id: UUID) -> Made:
    """Make the payment file of an approved run; the same again gives the one that was made.

    Raises:
        NotFound: there is no such run.
        Refused: nothing of it is in euros or it is not exchanged or not approved, was paid already, nobody can be paid by a file, or the agency has no
            trust account to pay from.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    made = await made_for(actor, run.id)
    if made is not None:
        return made
    pairs = await pairs_of(actor, run.id)
    if not pays_euros(run, pairs):
        raise Refused(N_("Payment files are made in euros, for SEPA."), code="not_sepa")
    if run.status is not RunStatus.APPROVED:
        raise Refused(N_("Only a run that is approved and not paid yet has a payment file."), code="not_approved")
    if any(pair.target == EURO and not pair.is_executed for pair in pairs):
        raise Refused(N_("It has not been exchanged yet."), code="not_exchanged")
    plan = await plan_of(actor, run)
    if plan.payer is None:
        raise Refused(N_("Enter the trust account that pays first, with its IBAN."), code="no_payer")
    if not plan.transfers:
        raise Refused(N_("Nobody in this run can be paid by a file."), code="nobody")
    content = await asyncio.to_thread(_written, plan, plan.payer)
    digest, name = sha256(content).digest(), f"{run.number}.xml"
    values = (plan.execution_on, len(plan.transfers), plan.total_minor, actor.user_id, actor.name, clock.now())
    await sql(INSERT, new_id(), actor.agency_id, run.id, plan.payer["id"], name, content, digest, *values)
    facts = {
        "number": run.number, "payments": len(plan.transfers), "currency": EURO, "total_minor": plan.total_minor,
        "execution_on": plan.execution_on, "sha256": digest.hex(),
    }  # fmt: skip
    await record(actor, "remittance.file_made", "remittance_run", run.id, facts=facts)
    made = await made_for(actor, run.id)
    assert made is not None
    return made


def _written(plan: Plan, payer: asyncpg.Record) -> bytes:
    config = {
        "name": payer["holder"] or payer["name"], "IBAN": payer["iban"], "currency": EURO, "batch": False,
        **({"BIC": payer["bic"]} if payer["bic"] else {}),
    }  # fmt: skip
    file = SepaTransfer(config, schema=SCHEMA, clean=True)
    for transfer in plan.transfers:
        file.add_payment(
            {
                "name": transfer.holder, "IBAN": transfer.iban, "amount": transfer.amount_minor,
                "execution_date": plan.execution_on, "description": transfer.text, "endtoend_id": transfer.reference,
                **({"BIC": transfer.bic} if transfer.bic else {}),
            }
        )  # fmt: skip
    return bytes(file.export(validate=True))


async def content_of(actor: Actor, run_id: UUID) -> tuple[str, bytes]:
    """The name and the bytes of a run's payment file, as they were made.

    Raises:
        NotFound: none was made.
    """
    actor.require("remittances.read")
    row = await sql_one(
        "select file_name, content from payment_files where agency_id = $1 and run_id = $2", actor.agency_id, run_id
    )
    if row is None:
        raise NotFound
    return row["file_name"], row["content"]
