"""What has to be said of an outcome before it is kept. Pure rules."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.outcomes.words import RECOVERING, RESTING, Ground, Kind, Security
from portal.errors import Refused
from portal.money import LARGEST_MINOR
from portal.pages.text import N_

LONGEST_REST: Final = timedelta(days=5 * 366)
"""Nobody collects for so long at most; a longer one is recorded anew when this one ends."""
OWN_REST: Final = timedelta(days=180)
"""Negotiators agree to so much by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An outcome as somebody entered it. ``value_minor`` is in minor units of the case's currency."""

    kind: Kind
    on: date | None
    value_minor: int | None = None
    what: str = ""
    agreed_with: str = ""
    document_id: UUID | None = None
    until: date | None = None
    guarantor: str = ""
    security: str = ""
    ranking: int | None = None
    ground: str = ""
    interest_frozen: bool = False

    @property
    def by_law(self) -> bool:
        """Whether nobody's agreement is needed: a court or an insolvency says so."""
        return self.kind is Kind.STANDSTILL and self.ground in (Ground.COURT, Ground.INSOLVENCY)

    @property
    def hold_reason(self) -> str:
        """Why the case rests, as it is kept beside it: the contact guard is stricter where the law says so."""
        return "extension" if self.kind is Kind.EXTENSION else "stay" if self.by_law else "standstill"


def check(wanted: Wanted, today: date) -> None:
    """Look over what somebody entered.

    Raises:
        Refused: something is missing or will not do; it names the field.
    """
    _said(wanted)
    _day(wanted, today)
    if wanted.kind in RECOVERING or wanted.value_minor is not None:
        _value(wanted)
    if wanted.kind in RESTING:
        _until(wanted, today)


def _said(wanted: Wanted) -> None:
    needed = {
        "what": bool(wanted.what.strip()),
        "agreed_with": bool(wanted.agreed_with.strip()) or wanted.by_law,
        "document": wanted.document_id is not None or wanted.kind not in RECOVERING,
        "guarantor": bool(wanted.guarantor.strip()) or wanted.kind is not Kind.EXTENSION,
    }
    for field, said in needed.items():
        if not said:
            raise Refused(N_("Please fill this in."), field=field, code="missing")
    if wanted.kind is Kind.COLLATERAL and wanted.security not in set(Security):
        raise Refused(N_("Please choose."), field="security", code="missing")
    if wanted.kind is Kind.STANDSTILL and wanted.ground not in set(Ground):
        raise Refused(N_("Please choose."), field="ground", code="missing")
    if wanted.ranking is not None and not 1 <= wanted.ranking <= 99:
        raise Refused(N_("A whole number from 1 to 99."), field="ranking", code="out_of_range")


def _day(wanted: Wanted, today: date) -> None:
    if wanted.on is None:
        raise Refused(N_("Please fill this in."), field="on", code="missing")
    if wanted.on > today:
        raise Refused(N_("This day has not come yet."), field="on", code="future")


def _value(wanted: Wanted) -> None:
    if wanted.value_minor is None:
        raise Refused(N_("Please fill this in."), field="value", code="missing")
    if not 0 < wanted.value_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="value", code="bad_amount")


def _until(wanted: Wanted, today: date) -> None:
    if wanted.until is None:
        raise Refused(N_("Please fill this in."), field="until", code="missing")
    if not today <= wanted.until <= today + LONGEST_REST:
        raise Refused(
            N_("Between today and %(days)s days ahead."), field="until", code="out_of_range", days=LONGEST_REST.days
        )
