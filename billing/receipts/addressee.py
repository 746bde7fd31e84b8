"""Where a debtor is written to about what they paid themselves: an answer, which no dispute holds back, but every stop does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cases.casework import CaseFile
from cases.contact.check import check
from cases.contact.question import Channel, Purpose
from cases.contact.rules import Verdict
from portal.pages.text import known_language
from portal.people.actor import Actor
from portal.tenancy.database import sql_one

MAY: Final = (Verdict.ALLOW, Verdict.REASON)
"""What would need a reason by house practice has one here: the debtor paid, or said so."""

HEAD: Final = """
select a.name, a.time_zone, d.language from agencies a
join debtors d on d.agency_id = a.id and d.id = $2 where a.id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom an answer goes to, or why to nobody. Language and zone are those it is written in."""

    email: str = ""
    why_not: str = ""
    """``no_address`` or ``stopped``; empty where there is an address."""
    language: str
    time_zone: str
    agency_name: str


async def addressee(actor: Actor, case: CaseFile, *, known_before: datetime | None = None) -> Addressee:
    """Where the debtor of a case gets an answer; with ``known_before`` at an address that was known before a moment."""
    head = await sql_one(HEAD, actor.agency_id, case.debtor_id)
    assert head is not None
    decision, _, point = await check(
        actor, case, Channel.EMAIL, None, purpose=Purpose.ANSWER, points_before=known_before
    )
    why_not = "no_address" if point is None else "" if decision.verdict in MAY else "stopped"
    return Addressee(
        email=point.value if point is not None and not why_not else "",
        why_not=why_not,
        language=known_language(head["language"]) or "en",
        time_zone=head["time_zone"],
        agency_name=head["name"],
    )
