"""What forms say of interest."""

from cases.interest.change import BEARING
from cases.interest.judge import Decided
from cases.interest.statutory import TABLES, Table
from cases.interest.terms import AGREED, DAY_COUNTS, NONE, Basis
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.pages.forms import Form
from portal.pages.text import N_


def basis_in(form: Form, prefix: str = "") -> Basis:
    """A basis, from fields whose names begin with ``prefix``. A rate that is typed counts only where one was agreed.

    Raises:
        Refused: nothing was chosen, or a field is no such thing.
    """
    basis = form.text(f"{prefix}basis")
    if not basis:
        raise Refused(N_("Please choose."), field=f"{prefix}basis", code="missing")
    if basis != AGREED:
        return Basis(basis=basis)
    rate = form.percent(f"{prefix}rate")
    if rate is None:
        raise Refused(N_("Please fill this in."), field=f"{prefix}rate", code="missing")
    day_count = form.text(f"{prefix}day_count")
    if day_count not in {str(each) for each in DAY_COUNTS}:
        raise Refused(N_("Please choose one of the list."), field=f"{prefix}day_count", code="unknown")
    return Basis(basis=AGREED, rate=rate, day_count=int(day_count))


def component_in(form: Form) -> Component:
    """Which part of the claim is meant; the principal where nothing is said.

    Raises:
        Refused: it bears no interest.
    """
    component = form.text("component") or Component.PRINCIPAL
    if component not in BEARING:
        raise Refused(N_("Please choose."), field="component", code="missing")
    return Component(component)


def decided_in(form: Form) -> Decided:
    """A judgment.

    Raises:
        Refused: a field is no such thing.
    """
    return Decided(
        judged_on=form.day("judged_on"),
        court=form.text("court", limit=200),
        reference=form.text("court_reference", limit=100),
        pay_by=form.day("pay_by"),
        after=basis_in(form, "after_") if form.text("after_basis") else None,
        added=Basis(basis=form.text("added")) if form.text("added") else None,
        costs_too=form.flag("costs_too"),
    )


def laws(debtor_kind: str, *, after_judgment: bool = False, adding: bool = False) -> list[Table]:
    """The tables that may be chosen for debtors of a kind; of the interest that comes on top, or of the ordinary one."""
    return [
        table
        for table in TABLES.values()
        if table.is_for(debtor_kind) and table.adds is adding and (after_judgment or not table.judgment)
    ]


CHOICES = (NONE, AGREED)
"""Bases that are no law's, as forms offer them."""
