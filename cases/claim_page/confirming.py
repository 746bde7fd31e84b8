"""The debtor confirms the balance of its account, as companies do each year (对账).

What is confirmed is one document: its digest stands in the form, is compared again when the form comes back, and is kept
with the document itself. A confirmed balance is an acknowledgement of the debt, from which limitation may begin anew.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from cases.account.document import as_pdf
from cases.account.register import Account, account_of, with_interest
from cases.casework import CaseFile, load_case, tell
from cases.claim_page.overview import own_case
from cases.claim_page.uploads import hand_in
from cases.documents.words import Kind
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_value

INSERT: Final = """
insert into balance_confirmations (id, agency_id, client_id, case_id, document_id, "on", currency, balance_minor,
                                   document_sha256, name, position, address, confirmed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
LATEST: Final = """
select "on", currency, balance_minor, name, position, confirmed_at, document_id, document_sha256
from balance_confirmations where agency_id = $1 and case_id = $2 order by confirmed_at desc limit $3
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The account of today as a document, to be confirmed."""

    case: CaseFile
    account: Account
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the document."""
        return sha256(self.content).hexdigest()

    @property
    def file_name(self) -> str:
        """What the document is called."""
        return f"account-{self.case.number}-{self.account.on.isoformat()}.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A balance that was confirmed, and by whom."""

    on: date
    currency: str
    balance_minor: int
    name: str
    position: str
    confirmed_at: datetime
    document_id: UUID
    document_sha256: bytes


async def account_to_confirm(actor: Actor) -> Shown:
    """The debtor's account at the end of today, of its one case alone, and its document in the language they read."""
    actor.require("claim.read")
    case = await own_case(actor)
    account = await account_of(actor, case, await agency_day(actor))
    async with with_the_agencys_eyes(actor) as portal:
        account = await with_interest(portal, account)
        content = await as_pdf(portal, account, actor.language)
    return Shown(case, account, content)


async def confirm_balance(actor: Actor, digest: str, name: str, position: str, address: str) -> UUID:
    """Keep that somebody at the debtor confirmed the document that has ``digest``; gives the document's id.

    ``address`` is where the confirmation came from.

    Raises:
        Refused: the account has changed since it was shown, or something is missing.
        StoreAway: the storage does not answer.
    """
    actor.require("claim.answer")
    for field, text in (("name", name), ("position", position)):
        if not text:
            raise Refused(N_("Please fill this in."), field=field, code="missing")
    shown = await account_to_confirm(actor)
    if shown.digest != digest:
        raise Refused(
            N_("The account has changed since you opened this page. Please look at it again."), code="changed_meanwhile"
        )
    document = await hand_in(actor, shown.case, shown.file_name, io.BytesIO(shown.content), Kind.ACCOUNT_STATEMENT)
    case = await load_case(actor, shown.case.id, lock=True)
    before = (
        "select document_id from balance_confirmations where agency_id = $1 and case_id = $2 and document_sha256 = $3"
    )
    if (known := await sql_value(before, actor.agency_id, case.id, bytes.fromhex(digest))) is not None:
        return UUID(str(known))  # sent twice it is confirmed once
    account, now = shown.account, clock.now()
    await sql(
        INSERT,
        *(new_id(), actor.agency_id, case.client_id, case.id, document.id, account.on, case.currency),
        *(account.balance_minor, bytes.fromhex(digest), name, position, address[:100], now),
    )
    facts = {
        "amount_minor": account.balance_minor,
        "currency": case.currency,
        "on": account.on,
        "sha256": digest,
        "document_id": document.id,
    }
    async with with_the_agencys_eyes(actor):
        await tell(actor, case, "balance.confirmed", "contact", {**facts, "name": name, "position": position})
        personal = {"name": name, "position": position, "address": address}
        await record(
            actor, "balance.confirmed", "case", case.id, client_id=case.client_id, facts=facts, personal=personal
        )
    return document.id


async def confirmations_of(actor: Actor, case_id: UUID, most: int = 5) -> Sequence[Confirmation]:
    """The latest confirmations of a case's account."""
    return [Confirmation(**row) for row in await sql(LATEST, actor.agency_id, case_id, most)]
