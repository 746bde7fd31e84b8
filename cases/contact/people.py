"""Who becomes known at a debtor in the course of the work: with their position, their number, and what they may hear."""

from typing import Final
from uuid import UUID

from cases.casework import load_case, tell
from cases.intake.phone import phone_number
from cases.intake.values import is_email
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

INSERT = """
insert into debtor_people (id, agency_id, debtor_id, name, position, authorised, authorised_on, third_party,
                           representative, guarantor, created_at)
values ($1, $2, $3, $4, $5, $6, case when $6 then $7::timestamptz::date end, $8, $9, $10, $7)
"""
POINT = """
insert into contact_points (agency_id, debtor_id, person_id, kind, value, source, created_at)
values ($1, $2, $3, $4, $5, 'contact', $6)
"""


async def add_person(
    actor: Actor,
    case_id: UUID,
    name: str,
    position: str = "",
    *,
    phone: str = "",
    email: str = "",
    authorised: bool = False,
    third_party: bool = False,
) -> UUID:
    """Write down somebody at the debtor of a case, as the agency found them out; no client sees them.

    ``authorised`` may speak for the debtor; a ``third_party`` must never hear of the debt. Gives the person's id.

    Raises:
        NotFound: there is no such case here.
        Refused: there is no name, the number or address is none, or they would be both.
    """
    if third_party and authorised:
        raise Refused(N_("A third party does not speak for the debtor."), field="authorised", code="both")
    return await _add(actor, case_id, name, position, phone, email, authorised=authorised, third_party=third_party)


async def add_representative(actor: Actor, case_id: UUID, name: str, *, phone: str = "", email: str = "") -> UUID:
    """Write down who represents the debtor: from now on contact goes to them only. Gives the person's id.

    Raises:
        NotFound: there is no such case here.
        Refused: there is no name, or the number or address is none.
    """
    person_id = await _add(actor, case_id, name, "", phone, email, representative=True)
    case = await load_case(actor, case_id)
    await sql(
        "update debtors set represented_by = $3 where agency_id = $1 and id = $2",
        *(actor.agency_id, case.debtor_id, name),
    )
    await tell(actor, case, "debtor.represented", "contact", {"name": name}, client_sees=False)
    await record(actor, "debtor.represented", "debtor", case.debtor_id, personal={"name": name})
    return person_id


GUARANTOR: Final = """
select id from debtor_people where agency_id = $1 and debtor_id = $2 and guarantor and name = $3 limit 1
"""


async def add_guarantor(actor: Actor, case_id: UUID, name: str, *, phone: str = "", email: str = "") -> UUID:
    """Write down who answers for the debt, once however often it is agreed: contacted only about that, after a break.

    Raises:
        NotFound: there is no such case here.
        Refused: there is no name, or the number or address is none.
    """
    case = await load_case(actor, case_id)
    known: UUID | None = await sql_value(GUARANTOR, actor.agency_id, case.debtor_id, name)
    return known or await _add(actor, case_id, name, "", phone, email, authorised=True, guarantor=True)


def check_points(
    phone: str, email: str, country: str, *, phone_field: str = "phone", email_field: str = "email"
) -> str:
    """Look over how somebody can be reached; gives the number as it is kept.

    Raises:
        Refused: the number or address is none.
    """
    number = phone_number(phone, country) if phone else ""
    if number is None:
        raise Refused(N_("This is not a telephone number there."), field=phone_field, code="bad_phone")
    if email and not is_email(email):
        raise Refused(N_("This is not an e-mail address."), field=email_field, code="bad_email")
    return number


async def _add(
    actor: Actor,
    case_id: UUID,
    name: str,
    position: str,
    phone: str,
    email: str,
    *,
    authorised: bool = False,
    third_party: bool = False,
    representative: bool = False,
    guarantor: bool = False,
) -> UUID:
    actor.require("cases.work")
    case = await load_case(actor, case_id)
    if not name.strip():
        raise Refused(N_("Please fill this in."), field="name", code="missing")
    number = check_points(phone, email, case.debtor_country)
    person_id, now = new_id(), clock.now()
    await sql(
        INSERT,
        *(person_id, actor.agency_id, case.debtor_id, name, position, authorised, now, third_party, representative),
        guarantor,
    )
    for kind, value in (("phone", number), ("email", email)):
        if value:
            await sql(POINT, actor.agency_id, case.debtor_id, person_id, kind, value, now)
    facts = {
        "authorised": authorised,
        "third_party": third_party,
        "representative": representative,
        "guarantor_since": now.date() if guarantor else None,
    }
    personal = {key: value for key, value in (("name", name), ("phone", number), ("email", email)) if value}
    await record(actor, "debtor.person_added", "debtor", case.debtor_id, facts=facts, personal=personal)
    return person_id
