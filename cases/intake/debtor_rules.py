"""What must be known of a debtor: a name and a country. How to reach it may follow."""

from collections.abc import Mapping

from cases.intake.as_given import Field
from cases.intake.draft import AddressDraft, DebtorDraft, DebtorKind
from cases.intake.findings import Findings
from cases.intake.issue import Code
from cases.intake.phone import phone_number
from cases.intake.proposals import COUNTRIES, propose_country
from cases.intake.values import is_email, language_tag
from cases.matching.numbers import is_mistyped


def read_debtor(findings: Findings, values: Mapping[Field, str]) -> DebtorDraft:
    """The debtor as far as it could be read; what is wrong with it is in `findings`."""
    name = findings.text(values, Field.NAME)
    if not name:
        findings.missing(Field.NAME)
    address = _address(findings, values)
    email, phone = findings.text(values, Field.EMAIL), findings.text(values, Field.PHONE)
    return DebtorDraft(
        kind=_kind(findings, values),
        name=name,
        email=read_email(findings, email),
        email_given=email,
        phone=read_phone(findings, phone, address.country),
        phone_given=phone,
        language=_language(findings, values),
        contact_person=findings.text(values, Field.CONTACT_PERSON),
        address=address,
        registration_number=_number(findings, values, Field.REGISTRATION_NUMBER, address.country),
        tax_id=_number(findings, values, Field.TAX_ID, address.country),
    )


def _address(findings: Findings, values: Mapping[Field, str]) -> AddressDraft:
    address = AddressDraft(
        street=findings.text(values, Field.STREET),
        postal_code=findings.text(values, Field.POSTAL_CODE),
        city=findings.text(values, Field.CITY),
        region=findings.text(values, Field.REGION),
        country=_country(findings, values),
    )
    # Postal codes do not exist everywhere; without a street or a city no letter arrives anywhere.
    for field in (Field.STREET, Field.CITY):
        if not values.get(field, "").strip():
            findings.warn(field, Code.ADDRESS_MISSING)
            break
    return address


def _country(findings: Findings, values: Mapping[Field, str]) -> str:
    """ISO 3166 alpha-2 in capitals, however it was typed; empty when it is none."""
    text = findings.text(values, Field.COUNTRY)
    code = text.upper()
    if code in COUNTRIES:
        return code
    if text:
        findings.error(Field.COUNTRY, Code.UNKNOWN_COUNTRY, proposal=propose_country(text), value=text)
    else:
        findings.missing(Field.COUNTRY)
    return ""


def _number(findings: Findings, values: Mapping[Field, str], field: Field, country: str) -> str:
    """A registration or tax number as written, with a warning where its check digit is wrong."""
    text = findings.text(values, field)
    if text and is_mistyped(text, country):
        findings.warn(field, Code.BAD_NUMBER, value=text)
    return text


def _kind(findings: Findings, values: Mapping[Field, str]) -> DebtorKind:
    text = findings.text(values, Field.KIND)
    try:
        return DebtorKind(text or DebtorKind.COMPANY)
    except ValueError:
        findings.error(Field.KIND, Code.UNKNOWN_KIND, value=text)
        return DebtorKind.COMPANY


def read_email(findings: Findings, text: str, field: Field = Field.EMAIL, place: int = 0) -> str:
    """An e-mail address that can be used; empty, with a warning, when it is none."""
    if text and not is_email(text):
        findings.warn(field, Code.BAD_EMAIL, invoice=place, value=text)
        return ""
    return text


def read_phone(findings: Findings, text: str, country: str, field: Field = Field.PHONE, place: int = 0) -> str:
    """A telephone number in E.164, read as dialled within ``country``; empty, with a warning, when it is none."""
    if not text or not (country or text.startswith("+")):  # a national number without its country says nothing yet
        return ""
    number = phone_number(text, country)
    if number is None:
        findings.warn(field, Code.BAD_PHONE, invoice=place, value=text, country=country)
    return number or ""


def _language(findings: Findings, values: Mapping[Field, str]) -> str:
    text = findings.text(values, Field.LANGUAGE)
    tag = language_tag(text) if text else ""
    if tag is None:
        findings.warn(Field.LANGUAGE, Code.UNKNOWN_LANGUAGE, value=text)
    return tag or ""
