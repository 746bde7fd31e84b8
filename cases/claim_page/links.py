"""Private links to the debtor's page: made for one case, shown once, mailed on request, revoked at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cases.casework import load_case, tell
from cases.contact.mailing import may_be_mailed
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.mail.postbox import portal_address
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.arrival import new_token, token_hash
from portal.tenancy.database import sql, sql_value

LASTS_DAYS: Final = 30
LONGEST_DAYS: Final = 90
MOST_SHOWN: Final = 10

INSERT: Final = """
insert into claim_links (id, agency_id, client_id, case_id, token_hash, made_by, made_by_name, made_at, expires_at, sent_to)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLink:
    """A private link as the agency sees it; its token is kept nowhere."""

    id: UUID
    made_by_name: str
    made_at: datetime
    expires_at: datetime
    sent_to: str
    proved_at: datetime | None
    wrong_proofs: int
    revoked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it opens the page, to whoever proves to be the debtor."""
        return self.revoked_at is None and now < self.expires_at


async def make_link(
    actor: Actor, case_id: UUID, *, days: int = LASTS_DAYS, sent_to: str = "", link_id: UUID | None = None
) -> str:
    """Make a private link to a case and give its whole address, which is kept nowhere and cannot be shown again.

    ``sent_to`` is the e-mail address that it goes to; one that is handed over otherwise has none. ``link_id`` is the id
    that it is to have.

    Raises:
        NotFound: there is no such case here.
        Refused: it is to last for less than a day, or too long.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(N_("From 1 to %(most)s days."), field="days", code="bad_days", most=LONGEST_DAYS)
    token, link_id, now = new_token(), link_id or new_id(), clock.now()
    await sql(
        INSERT,
        *(link_id, actor.agency_id, case.client_id, case.id, token_hash(token), actor.user_id, actor.name, now),
        *(now + timedelta(days=days), sent_to),
    )
    facts = {"link_id": link_id, "days": days, "mailed": bool(sent_to)}
    await tell(actor, case, "claim_link.made", "contact", facts, client_sees=False)
    await record(
        actor, "claim_link.made", "case", case.id, facts=facts, personal={"email": sent_to} if sent_to else None
    )
    return f"{portal_address()}/claim/{token}"


async def renew_link(actor: Actor, link_id: UUID) -> str | None:
    """Give a link that was made already another token, and that address; None when there is none that holds.

    For a mail that was prepared and may not have left.
    """
    token = new_token()
    renewed = await sql_value(
        "update claim_links set token_hash = $3"
        " where agency_id = $1 and id = $2 and revoked_at is null and expires_at > $4 returning id",
        *(actor.agency_id, link_id, token_hash(token), clock.now()),
    )
    return f"{portal_address()}/claim/{token}" if renewed else None


async def send_link(actor: Actor, case_id: UUID, why: str) -> None:
    """Have a fresh link mailed to the debtor, once the transaction has committed; ``why`` is the code of what asks for it.

    The contact guard is asked now, where a person could be told, and again by the job, which sends nothing where the
    debtor may not be written to.

    Raises:
        NotFound: there is no such case here.
        ContactRefused: the guard does not allow it now.
        Refused: no e-mail address of the debtor is known.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id)
    if actor.kind != "system":
        await may_be_mailed(actor, case)
    await enqueue("claim_links.send", {"agency_id": actor.agency_id, "case_id": case.id, "why": why, "asked": new_id()})


async def revoke_links(actor: Actor, case_id: UUID) -> int:
    """Revoke every link of a case that still holds, and end the visits that came by them; gives how many.

    Raises:
        NotFound: there is no such case here.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id)
    now = clock.now()
    revoked = await sql(
        "update claim_links set revoked_at = $3, revoked_by = $4"
        " where agency_id = $1 and case_id = $2 and revoked_at is null and expires_at > $3 returning id",
        *(actor.agency_id, case.id, now, actor.user_id),
    )
    if not revoked:
        return 0
    await sql(
        "update claim_visits set ended_at = $3 where agency_id = $1 and case_id = $2 and ended_at is null",
        *(actor.agency_id, case.id, now),
    )
    await tell(actor, case, "claim_link.revoked", "contact", {"links": len(revoked)}, client_sees=False)
    await record(actor, "claim_link.revoked", "case", case.id, facts={"links": len(revoked)})
    return len(revoked)


async def links_of(actor: Actor, case_id: UUID) -> list[ClaimLink]:
    """The newest links of a case, newest first.

    Raises:
        NotFound: there is no such case here, or it is not for the agency's people that one asks.
    """
    if not actor.is_staff:
        raise NotFound
    case = await load_case(actor, case_id)
    columns = ", ".join(ClaimLink.__slots__)
    rows = await sql(
        f"select {columns} from claim_links where agency_id = $1 and case_id = $2"  # noqa: S608 - own column names
        " order by made_at desc limit $3",
        *(actor.agency_id, case.id, MOST_SHOWN),
    )
    return [ClaimLink(**row) for row in rows]
