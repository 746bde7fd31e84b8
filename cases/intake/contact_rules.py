"""What must be known of a person to speak to at the debtor's: a name. How to reach them may follow."""

from collections.abc import Mapping

from cases.intake.as_given import Field, GivenCase, Limits
from cases.intake.debtor_rules import read_email, read_phone
from cases.intake.draft import ContactDraft
from cases.intake.findings import Findings
from cases.intake.issue import Code


def read_contacts(findings: Findings, given: GivenCase, country: str, limits: Limits) -> tuple[ContactDraft, ...]:
    """The contacts of a case; national telephone numbers are those of ``country``."""
    if len(given.contacts) > limits.contacts_per_case:
        limit = limits.contacts_per_case
        findings.error(Field.CONTACT_NAME, Code.TOO_MANY_ENTRIES, count=len(given.contacts), limit=limit)
        return ()
    return tuple(_contact(findings, values, place, country) for place, values in enumerate(given.contacts))


def _contact(findings: Findings, values: Mapping[Field, str], place: int, country: str) -> ContactDraft:
    name = findings.text(values, Field.CONTACT_NAME, invoice=place)
    if not name:
        findings.missing(Field.CONTACT_NAME, invoice=place)
    email = findings.text(values, Field.CONTACT_EMAIL, invoice=place)
    phone = findings.text(values, Field.CONTACT_PHONE, invoice=place)
    return ContactDraft(
        name=name,
        position=findings.text(values, Field.CONTACT_POSITION, invoice=place),
        email=read_email(findings, email, Field.CONTACT_EMAIL, place),
        phone=read_phone(findings, phone, country, Field.CONTACT_PHONE, place),
        authorised=bool(values.get(Field.CONTACT_AUTHORISED)),
    )
