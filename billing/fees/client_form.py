"""The fields of a client's terms, as they are typed and as they are shown again."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from cases.client_terms import EditedTerms
from cases.clients import DAYS, Terms
from cases.documents.words import Kind
from cases.intake.proposals import country_names
from cases.remittance_terms import Bearer
from portal.errors import Refused
from portal.pages.formats import amount
from portal.pages.forms import Form
from portal.pages.text import N_, speaking
from portal.people.actor import Actor

PAYS_IN: Final = "pays_in_"
"""What the fields begin with that say what is paid for a currency."""


def terms_in(form: Form, actor: Actor) -> Terms:
    """A client's terms from the form.

    Raises:
        Refused: a field cannot be read.
    """
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
        **days_in(form),
        remittance_method=form.text("remittance_method"),
        remittance_cycle=form.text("remittance_cycle"),
        payout_currencies=",".join(f"{collected}>{target}" for collected, target in _others(form) if target),
        exchange_gain=form.text("exchange_gain") or Bearer.CLIENT,
        exchange_loss=form.text("exchange_loss") or Bearer.AGENCY,
        remittance_floor_minor=0 if floor is None else floor,
        allocation=form.text("allocation"),
        costs_first=form.flag("costs_first"),
        costs_at_close=form.flag("costs_at_close"),
        debtor_sees=",".join(kind for kind in Kind if form.flag(f"sees_{kind}")),
    )


def days_in(form: Form) -> dict[str, int]:
    """The terms that are days; what was left empty is as usual.

    Raises:
        Refused: one of them is no number.
    """
    found: dict[str, int] = {}
    for name in DAYS:
        text = form.text(name, required=name == "terms_days", limit=4)
        if text and not (text.isascii() and text.isdigit()):
            raise Refused(N_("A whole number of days."), field=name, code="bad_number")
        if text:
            found[name] = int(text)
    return found


def edited_in(form: Form, actor: Actor) -> EditedTerms:
    """The terms of a client that is there already, from the form.

    Raises:
        Refused: a field cannot be read.
    """
    terms = terms_in(form, actor)
    kept = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    return EditedTerms(**{**kept, "statement_prefix": form.text("statement_prefix", limit=8).upper()})


def _others(form: Form) -> list[tuple[str, str]]:
    """What is collected, and what is paid for it: empty where that is the same."""
    named = [name for name in sorted(form.values()) if name.startswith(PAYS_IN)]
    return [(name.removeprefix(PAYS_IN), form.text(name, limit=3)) for name in named]


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
        **{name: str(getattr(terms, name)) for name in DAYS},
        "remittance_method": terms.remittance_method,
        "remittance_cycle": terms.remittance_cycle,
        "floor": amount(terms.remittance_floor_minor, actor.base_currency),
        "allocation": terms.allocation,
        "costs_first": "1" if terms.costs_first else "",
        "costs_at_close": "1" if terms.costs_at_close else "",
        "statement_prefix": terms.statement_prefix,
        **{f"{PAYS_IN}{collected}": target for collected, target in other_currencies(terms)},
        "exchange_gain": terms.exchange_gain,
        "exchange_loss": terms.exchange_loss,
        **{f"sees_{kind}": "1" if kind in terms.debtor_sees.split(",") else "" for kind in Kind},
    }


def other_currencies(terms: EditedTerms) -> list[tuple[str, str]]:
    """What is paid out in another currency: what was collected, and what is paid for it."""
    pairs = [pair.partition(">") for pair in terms.payout_currencies.split(",") if pair]
    return [(collected, target) for collected, _, target in pairs]


def countries(actor: Actor) -> Sequence[tuple[str, str]]:
    """The countries to choose from, by their names in the actor's language."""
    with speaking(actor.language):
        return country_names()
