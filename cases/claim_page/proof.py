"""Who opens a private link proves to be the debtor: by what stands in the letter, or by a code mailed to an address that
the agency already had.

Whether the link is unknown, has ended, or the proof is wrong, the answer is the same and takes as long. Each attempt is
counted before it is judged, for the link and for the address it comes from; after so many wrong ones over its whole life
a link opens nothing any more, so that nobody can go on guessing for a month.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from cases.casework import load_case, tell
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people import attempts
from portal.people.arrival import ClaimVisit, by_claim, new_token, token_hash
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import SignInNeeded
from portal.people.sessions import Sender
from portal.people.tables import Purpose
from portal.tenancy.database import NOBODY, as_job, enter, sql, sql_one, sql_value, transaction

MOST_WRONG: Final = 30
"""Wrong proofs in the life of a link, after which it is as good as revoked."""
LONGEST_VISIT: Final = timedelta(hours=12)
CODE_LASTS: Final = timedelta(minutes=15)
CODE_DIGITS: Final = 8

BEGIN: Final = """
insert into claim_visits (id, agency_id, client_id, case_id, link_id, token_hash, language, address, began_at,
                          last_seen_at, expires_at)
select $1, agency_id, client_id, case_id, id, $4, $5, $6, $7, $7, least($8, expires_at)
from claim_links where agency_id = $2 and id = $3
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody gave as proof: the reference and postal code of the letter, or a code that was mailed."""

    reference: str = ""
    postal_code: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A visit that was proved, and the token of its cookie."""

    token: str
    visit: ClaimVisit


def wrong_proof() -> Refused:
    """The one answer to whatever is wrong: the proof, or the link."""
    return Refused(
        N_("That does not fit, or this link is no longer valid. Please compare it with our letter, or ask for a code."),
        code="wrong_proof",
    )


def plain(text: str) -> str:
    """A reference or postal code as it is compared: letters and digits alone, of one width and one case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def is_one_of(given: str, wanted: Iterable[str | None]) -> bool:
    """Whether ``given`` is one of those wanted; what is empty fits nothing. Each is compared in full."""
    mine = plain(given).encode()
    fits = [hmac.compare_digest(mine, plain(one or "").encode()) for one in wanted]
    return bool(mine) and any(fits)


async def prove(token: str, proof: Proof, language: str, sender: Sender, now: datetime, request_id: UUID) -> Opened:
    """Begin a visit for whoever proves that they are the debtor. Opens its own transactions.

    Raises:
        TooManyAttempts: the link or the address must wait.
        Refused: anything else is wrong, in the same words.
    """
    async with transaction(NOBODY):
        attempt = await attempts.begin(Purpose.CLAIM, token, sender.address, now)
    async with transaction(NOBODY):
        hashed = token_hash(token)
        link = await sql_one("select * from claim_link_by_token($1, $2, $3)", hashed, now, MOST_WRONG)
        references, postal_codes = (link["references"], link["postal_codes"]) if link else ([None] * 2, [None] * 2)
        by_letter = is_one_of(proof.reference, references) & is_one_of(proof.postal_code, postal_codes)
        by_code = await sql_value("select spend_claim_code($1, $2, $3)", hashed, code_hash(proof.code), now)
        if link is not None and (by_letter or by_code):
            await attempts.succeeded(attempt)
            return await _welcome(link["agency_id"], link["link_id"], language, sender, now, request_id)
        await sql("select claim_proof_failed($1)", hashed)
    raise wrong_proof()


async def _welcome(
    agency_id: UUID, link_id: UUID, language: str, sender: Sender, now: datetime, request_id: UUID
) -> Opened:
    token = new_token()
    await enter(as_job(agency_id))
    await sql(
        BEGIN,
        *(new_id(), agency_id, link_id, token_hash(token), language, sender.address[:100], now, now + LONGEST_VISIT),
    )
    await sql(
        "update claim_links set proved_at = $3 where agency_id = $1 and id = $2 and proved_at is null",
        *(agency_id, link_id, now),
    )
    visit = await by_claim(token, now, request_id)
    if visit is None or visit.actor.case_id is None:
        raise SignInNeeded
    await enter(visit.actor.scope)
    case = await load_case(visit.actor, visit.actor.case_id)
    async with with_the_agencys_eyes(visit.actor):
        await tell(visit.actor, case, "claim_page.opened", "contact", {"link_id": link_id}, client_sees=False)
        await record(
            visit.actor, "claim_page.opened", "case", case.id,
            facts={"link_id": link_id}, personal={"address": sender.address},
        )  # fmt: skip
    return Opened(token, visit)


async def ask_for_code(token: str, address: str, now: datetime) -> None:
    """Ask for a code to be mailed, if there is such a link and an address to mail it to. A job finds that out.

    Raises:
        TooManyAttempts: one was asked for too often, for this link or from that address.
    """
    attempt = await attempts.begin(Purpose.CLAIM_CODE, token, address, now)
    await enqueue("claim_codes.send", {"attempt_id": attempt})


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """To whom a code is mailed."""

    email: str
    language: str
    time_zone: str
    agency_name: str
    code: str


async def make_code(attempt_id: UUID, now: datetime) -> CodeLetter | None:
    """A fresh code for the link that one was asked for; None when nobody is to be written to."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row = await sql_one(
        "select * from begin_claim_code($1, $2, $3, $4, $5)",
        *(attempt_id, code_hash(code), now, now + CODE_LASTS, MOST_WRONG),
    )
    return CodeLetter(code=code, **row) if row else None


def code_hash(code: str) -> bytes:
    """What is kept of a code, beside the link's hash: its digits, however they were grouped."""
    return sha256(plain(code).encode()).digest()


async def sign_out(visit: ClaimVisit, now: datetime) -> None:
    """End a visit for good; its link still opens the page, to whoever proves it again."""
    await sql(
        "update claim_visits set ended_at = $3 where agency_id = $1 and id = $2 and ended_at is null",
        *(visit.actor.agency_id, visit.id, now),
    )


async def speak(visit: ClaimVisit, language: str) -> None:
    """Have the pages of a visit in another language from now on."""
    await sql(
        "update claim_visits set language = $3 where agency_id = $1 and id = $2",
        *(visit.actor.agency_id, visit.id, language),
    )
