"""What a field of a case may be chosen from, in a person's language."""

from cases.intake.as_given import Field
from cases.intake.draft import CreditKind, DebtorKind
from cases.intake.proposals import country_names
from portal.money import CURRENCIES
from portal.pages.text import LANGUAGES, N_, Text, say, speaking

Options = list[tuple[str, "str | Text"]]


def options_of(field: Field, language: str) -> Options:
    """The values of a field with their words; nothing where it is typed. Countries stand in the language's own order."""
    if field is Field.CURRENCY:
        return [(code, code) for code in sorted(CURRENCIES)]
    if field is Field.COUNTRY:
        with speaking(language):
            return list(country_names())
    if field is Field.KIND:
        return [(DebtorKind.COMPANY.value, say(N_("Company"))), (DebtorKind.PERSON.value, say(N_("Person")))]
    if field is Field.CREDIT_KIND:
        return [
            (CreditKind.CREDIT_NOTE.value, say(N_("Credit note"))),
            (CreditKind.PAYMENT.value, say(N_("Payment"))),
        ]
    if field is Field.LANGUAGE:
        return [*LANGUAGES.items(), ("de", "Deutsch"), ("fr", "Français"), ("nl", "Nederlands")]
    return []
