"""The fields of a client's terms, as they are typed and as they are shown again."""

from collections.abc import Sequence
from decimal import Decimal

from cases.client_terms import EditedTerms
from cases.clients import Terms
from cases.intake.proposals import country_names
from portal.errors import Refused
from portal.pages.formats import amount
from portal.pages.forms import Form
from portal.pages.text import N_, speaking
from portal.people.actor import Actor


def terms_in(form: Form, actor: Actor) -> Terms:
    """A client's terms from the form.

    Raises:
        Refused: a field cannot be read.
    """
    days = form.text("terms_days", required=True, limit=4)
    if not (days.isascii() and days.isdigit()):
        raise Refused(N_("A whole number of days."), field="terms_days", code="bad_number")
    floor = form.amount("floor", actor.base_currency)
    return Terms(
        name=form.text("name", required=True),
        country=form.text("country"),
        language=form.text("language"),
        time_zone=form.text("time_zone"),
        address=form.lines("address", limit=500),
        vat_number=form.text("vat_number", limit=40).replace(" ", "").upper(),
        vat_treatment=form.text("vat_treatment"),
        vat_rate=form.percent("vat_rate") or Decimal(0),
        terms_days=int(days),
        remittance_method=form.text("remittance_method"),
        remittance_cycle=form.text("remittance_cycle"),
        remittance_floor_minor=0 if floor is None else floor,
        allocation=form.text("allocation"),
        iban=form.text("iban", limit=60).replace(" ", "").upper(),
    )


def edited_in(form: Form, actor: Actor) -> EditedTerms:
    """The terms of a client that is there already, from the form.

    Raises:
        Refused: a field cannot be read.
    """
    terms = terms_in(form, actor)
    kept = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    return EditedTerms(**{**kept, "iban": "", "statement_prefix": form.text("statement_prefix", limit=8).upper()})


def texts_of(terms: EditedTerms, actor: Actor) -> dict[str, str]:
    """The terms as they stand in the form."""
    return {
        "name": terms.name,
        "country": terms.country,
        "language": terms.language,
        "time_zone": terms.time_zone,
        "address": terms.address,
        "vat_number": terms.vat_number,
        "vat_treatment": terms.vat_treatment,
        "vat_rate": f"{terms.vat_rate * 100:f}".rstrip("0").rstrip(".") if terms.vat_rate else "",
        "terms_days": str(terms.terms_days),
        "remittance_method": terms.remittance_method,
        "remittance_cycle": terms.remittance_cycle,
        "floor": amount(terms.remittance_floor_minor, actor.base_currency),
        "allocation": terms.allocation,
        "statement_prefix": terms.statement_prefix,
    }


def countries(actor: Actor) -> Sequence[tuple[str, str]]:
    """The countries to choose from, by their names in the actor's language."""
    with speaking(actor.language):
        return country_names()
