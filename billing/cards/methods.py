"""A card or bank account that the debtor lets us keep at the processor, to collect the payments of an agreement from.

The words of consent are kept with it as they were shown, in the debtor's language, with the version of the text. A case has
one method at a time; the one before is let go of at the processor by a job.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import asyncpg

from billing.cards.accounts import offered_by
from billing.cards.objects import Given, Method, Setup
from billing.cards.processor import NotSetUp, processor_of
from cases.casework import CaseFile, load_case, tell
from portal import clock
from portal.audit.record import record
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import as_job, sql, sql_one, sql_value, transaction

CONSENT_VERSION: Final = 1
"""Counted up with each change of the words below; the trail has it beside each consent."""
CONSENT: Final = N_(
    "I allow %(agency)s to collect each payment of my agreement on case %(number)s from this card or account on the day"
    " on which it is due, and to try again within ten days if it fails. I am told of every failure, and may withdraw this"
    " here at any time before the day of a payment."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMethod:
    """What payments are collected from."""

    id: UUID
    case_id: UUID
    customer_id: str
    method_id: str
    kind: str
    brand: str
    last4: str
    expires: str
    consent_text: str
    consent_at: datetime
    consent_name: str
    withdrawn_at: datetime | None


COLUMNS: Final = ", ".join(SavedMethod.__slots__)
IN_FORCE: Final = f"""
select {COLUMNS} from saved_methods where agency_id = $1 and case_id = $2 and withdrawn_at is null
order by consent_at desc, id desc limit 1
"""  # noqa: S608 - own column names


async def method_of(actor: Actor, case_id: UUID) -> SavedMethod | None:
    """What the payments of a case are collected from now; None where nothing is."""
    row = await sql_one(IN_FORCE, actor.agency_id, case_id)
    return _method(row) if row is not None else None


def _method(row: asyncpg.Record) -> SavedMethod:
    return SavedMethod(**row)


def method_name(method: SavedMethod) -> str:
    """A saved method as its owner recognises it: ``Visa ···· 4242``."""
    return paid_with(method.kind, method.brand, method.last4)


def paid_with(kind: str, brand: str, last4: str) -> str:
    """The same for what was paid with; empty where it is not known."""
    name = "SEPA" if kind == "sepa_debit" else (brand or kind).capitalize()
    return f"{name} ···· {last4}" if last4 else ""


def consent_words(agency: str, case: CaseFile) -> str:
    """What the debtor agrees to, in the language that is being spoken."""
    return translate(CONSENT, agency=agency, number=case.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Who agreed to what is shown, and from where."""

    name: str
    agrees: bool
    words: str
    address: str


def check_consent(consent: Consent) -> None:
    """See that the form is complete.

    Raises:
        Refused: a name is missing, or the box is not ticked.
    """
    if not consent.name.strip():
        raise Refused(N_("Please fill this in."), field="name", code="missing")
    if not consent.agrees:
        raise Refused(N_("Please tick this to agree."), field="agrees", code="missing")


async def set_up(actor: Actor, token: UUID, given: Given) -> Setup:
    """Have the processor keep what the debtor's browser named, for the debtor's case. Outside of transactions.

    ``token`` is the form's, so that the same form keeps once. The bank may want the debtor to confirm: the setup then
    needs action, and is fetched again by `finish`.

    Raises:
        NotSetUp: the agency takes no money through the processor.
        Declined: the bank does not allow it.
        Unanswered: the processor does not answer.
    """
    actor.require("claim.pay")
    case_id = _own(actor)
    async with transaction(actor.scope, read_only=True):
        case, offered = await load_case(actor, case_id), await offered_by(actor)
        before = await sql_value(
            "select customer_id from saved_methods where agency_id = $1 and case_id = $2 order by id desc limit 1",
            *(actor.agency_id, case_id),
        )
    if offered is None:
        raise NotSetUp
    processor = await processor_of(actor.agency_id)
    customer_id = before or await processor.create_customer(case.id, case.debtor_name)
    setup = await processor.create_setup(_ours(case_id, token), customer_id, offered.methods)
    return await processor.confirm_setup(setup.id, given)


async def finish(actor: Actor, token: UUID, setup_id: str) -> Setup:
    """A setup that the debtor has confirmed meanwhile. Outside of transactions.

    Raises:
        NotFound: it is none of this form's.
        Unanswered: the processor does not answer.
    """
    actor.require("claim.pay")
    processor = await processor_of(actor.agency_id)
    setup = await processor.fetch_setup(setup_id)
    if setup.ours != str(_ours(_own(actor), token)):
        raise NotFound
    return setup


def _ours(case_id: UUID, token: UUID) -> UUID:
    return uuid5(case_id, f"setup {token}")


def _own(actor: Actor) -> UUID:
    if actor.case_id is None:
        raise Forbidden
    return actor.case_id


INSERT: Final = """
insert into saved_methods (id, agency_id, client_id, case_id, customer_id, method_id, kind, brand, last4, expires,
                           consent_text, consent_at, consent_name, consent_address)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing returning id
"""


async def keep(actor: Actor, setup: Setup, method: Method, consent: Consent) -> None:
    """Collect the payments of the debtor's agreement from a method from now on; kept twice, it is kept once."""
    actor.require("claim.pay")
    check_consent(consent)
    async with with_the_agencys_eyes(actor) as portal:
        case = await load_case(portal, _own(actor), lock=True)
        method_id = new_id()
        row = (method_id, actor.agency_id, case.client_id, case.id, setup.customer_id, method.id, method.kind)
        said = (consent.words, clock.now(), consent.name.strip(), consent.address)
        kept = await sql_value(INSERT, *row, method.brand, method.last4, method.expires, *said)
        if kept is None:
            return
        await _let_go(portal, case, but=method_id)
        facts = {"kind": method.kind, "brand": method.brand, "last4": method.last4, "version": CONSENT_VERSION}
        await tell(actor, case, "autopay.begun", "money", facts)
        personal = {"name": consent.name.strip(), "address": consent.address, "text": consent.words}
        await record(actor, "autopay.begun", "case", case.id, facts=facts, personal=personal)


WITHDRAW: Final = """
update saved_methods set withdrawn_at = $3
where agency_id = $1 and case_id = $2 and withdrawn_at is null and ($4::uuid is null or id <> $4) returning id
"""


async def withdraw(actor: Actor, case_id: UUID) -> None:
    """Collect no more payments of a case: the debtor's word, or that of whoever works the case. Said twice, it is said once.

    Raises:
        NotFound: there is no such case for the actor.
    """
    actor.require("claim.pay" if actor.case_id is not None else "cases.work")
    if actor.case_id is not None and actor.case_id != case_id:
        raise NotFound
    await load_case(actor, case_id)
    async with with_the_agencys_eyes(actor) as portal:
        case = await load_case(portal, case_id, lock=True)
        if not await _let_go(portal, case):
            return
        await tell(actor, case, "autopay.ended", "money")
        await record(actor, "autopay.ended", "case", case.id)


async def _let_go(portal: Actor, case: CaseFile, but: UUID | None = None) -> bool:
    rows = await sql(WITHDRAW, portal.agency_id, case.id, clock.now(), but)
    for row in rows:
        await enqueue("saved_methods.forget", {"agency_id": portal.agency_id, "method_id": row["id"]})
    return bool(rows)


@job("saved_methods.forget")
async def forget(payload: Payload) -> None:
    """Have the processor let go of a method that is no longer used."""
    agency_id = UUID(payload["agency_id"])
    async with transaction(as_job(agency_id), read_only=True):
        named = await sql_value(
            "select method_id from saved_methods where agency_id = $1 and id = $2 and withdrawn_at is not null",
            *(agency_id, UUID(payload["method_id"])),
        )
    if named is not None:
        await (await processor_of(agency_id)).forget_method(named)
