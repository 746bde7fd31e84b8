"""An agreement before it is one: from what somebody would agree to, its payments, fee, net and authority. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final

from billing.fees.agreements import Version, versions
from billing.fees.rules import Facts
from billing.parts import Parts
from billing.payments.allocation import order_of
from billing.payments.split import facts_of
from billing.plans.authority import Authority, Claim, authority
from billing.plans.ladders import LadderVersion, ladder_for
from billing.plans.outlook import Outlook, outlook
from billing.plans.rates import Rates, rates_of
from billing.plans.schedule import schedule
from billing.plans.terms import DayOff, Rhythm, Schedule, Terms
from cases.casework import CaseFile
from cases.clients import ClientFile, load_client
from cases.contact.people import check_points
from cases.interest.post import as_if_posted
from cases.plans.interest import charged_through
from cases.plans.standing import BreakRules
from portal.errors import Refused
from portal.money import exponent
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day

LONGEST_OPEN: Final = timedelta(days=60)
"""An offer is open for so long at most."""
OTHER_COUNTS: Final = (3, 6, 9, 12, 18, 24)
"""How many instalments are shown instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody would agree to. ``offer_minor`` is what a settlement asks for, None: everything that is owed."""

    first_on: date
    valid_until: date
    offer_minor: int | None = None
    down_minor: int = 0
    down_on: date | None = None
    count: int | None = None
    amount_minor: int | None = None
    rhythm: Rhythm = Rhythm.MONTH
    anchor_day: int | None = None
    day_off: DayOff = DayOff.NEXT
    yearly_rate: Decimal = Decimal(0)
    accelerates: bool = True
    guarantor: str = ""
    guarantor_address: str = ""
    guarantor_phone: str = ""
    guarantor_email: str = ""
    why: str = ""
    language: str = "en"
    by_debtor: bool = False
    """Drawn up by the debtor, on the page of the claim."""


@dataclass(frozen=True, slots=True)
class Instead:
    """The same agreement with another number of instalments, or another sum."""

    schedule: Schedule
    outlook: Outlook | None
    authority: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """An agreement drawn up: what it would be, and what it would bring."""

    case: CaseFile
    client: ClientFile
    wish: Wish
    schedule: Schedule
    outlook: Outlook | None
    """None while the client has no fee agreement."""
    ladder: LadderVersion
    authority: Authority
    instead: tuple[Instead, ...] = ()

    @property
    def breaks(self) -> BreakRules:
        """When it would be broken: by the limits of the day on which it is offered."""
        assert self.ladder.ladder is not None
        return self.ladder.ladder.breaks_for(self.case.debtor_kind)

    @property
    def fingerprint(self) -> str:
        """What a person agrees to when they offer it: the same text for the same agreement."""
        lines = [(line.due_on, line.to_pay_minor) for line in self.schedule.lines]
        rules = (self.wish.accelerates, self.breaks)
        said = (self.case.id, self.schedule.terms.owed.amounts, lines, self.authority.rung, rules)
        return sha256(repr(said).encode()).hexdigest()[:32]


async def sketch(actor: Actor, case: CaseFile, wish: Wish, *, others: bool = False) -> Sketch:
    """Draw an agreement up for a case, with ``others`` that might be agreed instead. What has accrued on it is owed as well:
    it is posted with the offer.

    Raises:
        Refused: it makes no agreement; the text says why, beside its field.
    """
    client = await load_client(actor, case.client_id)
    today = await agency_day(actor)
    if not today <= wish.valid_until <= today + LONGEST_OPEN:
        raise Refused(
            N_("Between today and %(days)s days ahead."),
            field="valid_until",
            code="out_of_range",
            days=LONGEST_OPEN.days,
        )
    _check_guarantor(case, wish)
    case = await as_if_posted(actor, case, today)
    terms = replace(terms_of(case, client, wish, today), charged_through=await charged_through(actor, case))
    made = schedule(terms)
    view = await _view(actor, case, today)
    looked = view.look(made)
    drawn = Sketch(
        case=case,
        client=client,
        wish=wish,
        schedule=made,
        outlook=looked.outlook,
        ladder=view.ladder,
        authority=looked.authority,
    )
    return replace(drawn, instead=tuple(_instead(drawn, view))) if others else drawn


def _check_guarantor(case: CaseFile, wish: Wish) -> None:
    """Who can be reached has a name, and is reached where the form says."""
    given = (wish.guarantor_address, wish.guarantor_phone, wish.guarantor_email)
    if any(given) and not wish.guarantor:
        raise Refused(N_("Please fill this in."), field="guarantor", code="missing")
    check_points(
        wish.guarantor_phone, wish.guarantor_email, case.debtor_country,
        phone_field="guarantor_phone", email_field="guarantor_email",
    )  # fmt: skip


def terms_of(case: CaseFile, client: ClientFile, wish: Wish, today: date) -> Terms:
    """The terms of what somebody would agree to, on the balance of a day.

    Raises:
        Refused: a settlement asks for more than is owed, or for nothing.
    """
    owed = Parts(case.principal_minor, case.interest_minor, case.costs_minor)
    forgiven = 0
    if wish.offer_minor is not None:
        forgiven = owed.total_minor - wish.offer_minor
        if wish.offer_minor <= 0 or forgiven <= 0:
            raise Refused(N_("Less than is owed, and more than nothing."), field="offer", code="out_of_range")
    return Terms(
        currency=case.currency,
        made_on=today,
        owed=owed,
        forgiven_minor=forgiven,
        down_minor=wish.down_minor,
        down_on=wish.down_on,
        count=wish.count,
        amount_minor=wish.amount_minor,
        rhythm=wish.rhythm,
        anchor_day=wish.anchor_day,
        first_on=wish.first_on,
        day_off=wish.day_off,
        yearly_rate=wish.yearly_rate,
        country=case.debtor_country,
        order=order_of(client.allocation),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What schedules of one case are looked at with."""

    case: CaseFile
    today: date
    made: Sequence[Version]
    facts: Facts
    ladder: LadderVersion
    rates: Rates

    def look(self, made: Schedule) -> Instead:
        """The fee and the authority of a schedule."""
        ladder = self.ladder.ladder
        assert ladder is not None
        mine, theirs = self.case.currency, ladder.currency
        claim = Claim(
            self.rates.convert(made.terms.owed.total_minor, mine, theirs),
            self.rates.convert(made.terms.forgiven_minor, mine, theirs),
            self.case.days_past_due(self.today),
        )
        return Instead(made, outlook(made, self.made, self.facts), authority(ladder, made, claim))


async def _view(actor: Actor, case: CaseFile, today: date) -> _View:
    ladder = await ladder_for(actor, case.client_id)
    assert ladder.ladder is not None
    return _View(
        case,
        today,
        await versions(actor, case.client_id),
        await facts_of(actor, case, today),
        ladder,
        await rates_of([case.currency, ladder.ladder.currency], today),
    )


def _instead(drawn: Sketch, view: _View) -> list[Instead]:
    """Other agreements: more or fewer instalments, or a settlement at the floors."""
    terms = drawn.schedule.terms
    if terms.is_settlement:
        others = [replace(terms, forgiven_minor=forgiven) for forgiven in _floors(drawn, view)]
    else:
        counts = sorted({*OTHER_COUNTS, *((terms.count,) if terms.count else ())})
        others = [replace(terms, count=count, amount_minor=None) for count in counts]
    found: list[Instead] = []
    for other in others:
        try:
            found.append(view.look(schedule(other)))
        except Refused:
            continue  # it makes no plan: there is nothing to show
    return found


def _floors(drawn: Sketch, view: _View) -> list[int]:
    """What would be forgiven at the floors of negotiators and supervisors, and now; the least first."""
    terms = drawn.schedule.terms
    offer = drawn.authority.checks[0]
    percents = [limit for limit in (offer.own, offer.supervisor) if limit is not None]
    owed = terms.owed.total_minor
    # The sum is rounded up to a whole unit of the currency, so that it does not fall below the floor.
    unit = 10 ** exponent(terms.currency)
    sums = {min(owed, -(-int(owed * percent / 100) // unit) * unit) for percent in percents}
    return sorted({*(owed - sum_ for sum_ in sums), terms.forgiven_minor} - {0})
