"""The mails of the debtor's page, sent by jobs: the private link, and the code that proves it.

Neither says a word of a debt: who reads along learns that an agency writes, and nothing else.
"""

from typing import Final
from uuid import UUID

from cases.casework import load_case, tell
from cases.claim_page.links import LASTS_DAYS, make_link, renew_link
from cases.claim_page.proof import CODE_LASTS, make_code
from cases.contact.mailing import log_mail
from portal import clock
from portal.errors import Refused
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.pages.text import known_language
from portal.people.actor import Actor, system
from portal.tenancy.database import NOBODY, as_job, sql_one, sql_value, transaction


@job("claim_codes.send", attempts=4)
async def send_code(payload: Payload) -> None:
    """Mail a code, if it was asked for a link there is and the agency knows an address of the debtor."""
    async with transaction(NOBODY):
        letter = await make_code(UUID(payload["attempt_id"]), clock.now())
    if letter is None:
        return
    await send_mail(
        letter.email,
        "cases/claim/code.txt",
        language=known_language(letter.language) or "en",
        time_zone=letter.time_zone,
        agency_name=letter.agency_name,
        code=letter.code,
        minutes=int(CODE_LASTS.total_seconds() // 60),
    )


AGENCY: Final = """
select a.name, a.time_zone, a.base_currency, d.language
from agencies a join cases c on c.agency_id = a.agency_id
join debtors d on d.agency_id = c.agency_id and d.id = c.debtor_id
where a.agency_id = $1 and c.id = $2
"""


@job("claim_links.send")
async def send_link(payload: Payload) -> None:
    """Make a private link and mail it to the debtor, if the contact guard allows it. Sent twice, the last one holds."""
    agency_id, case_id, link_id = (UUID(payload[name]) for name in ("agency_id", "case_id", "asked"))
    async with transaction(as_job(agency_id)):
        row = await sql_one(AGENCY, agency_id, case_id)
        if row is None:
            return
        actor = system(agency_id, row["name"], row["base_currency"], row["time_zone"])
        email, address = await _prepare(actor, case_id, link_id, payload["why"])
    if address is None:
        return
    await send_mail(
        email,
        "cases/claim/link.txt",
        language=known_language(row["language"]) or "en",
        time_zone=row["time_zone"],
        agency_name=row["name"],
        address=address,
        days=LASTS_DAYS,
    )


async def _prepare(actor: Actor, case_id: UUID, link_id: UUID, why: str) -> tuple[str, str | None]:
    """The debtor's e-mail address and that of the link; no link when it must not go out."""
    sent_to = await sql_value(
        "select sent_to from claim_links where agency_id = $1 and id = $2", actor.agency_id, link_id
    )
    if sent_to is not None:
        return sent_to, await renew_link(actor, link_id)
    case = await load_case(actor, case_id, lock=True)
    try:
        email = await log_mail(actor, case)
    except Refused as refusal:
        facts = {"why": why, "because": refusal.code}
        await tell(actor, case, "claim_link.not_sent", "contact", facts, client_sees=False)
        return "", None
    return email, await make_link(actor, case_id, sent_to=email, link_id=link_id)
