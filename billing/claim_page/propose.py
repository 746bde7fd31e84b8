"""A plan that the debtor draws up: within the agency's limits it may be agreed to at once, else it is a proposal.

The debtor chooses a first payment and its day, how many instalments or how much each, and how often; everything else is
the agency's habit: no interest while it is kept, days off move on, and the whole balance is due if it breaks. A settlement
is never the debtor's to make.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.parts import Parts
from billing.plans.authority import Authority, Rung
from billing.plans.offer import put_forward, workable
from billing.plans.schedule import nominal_day
from billing.plans.sketch import Sketch, Wish, sketch
from billing.plans.terms import Rhythm, Terms
from cases.casework import CaseFile
from cases.contact.calendar import add_working_days
from portal.errors import Forbidden, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes

OPEN_FOR: Final = timedelta(days=14)
"""So long what was drawn up may be approved and agreed to."""
SOON: Final = timedelta(days=31)
"""What begins later than this is looked at by a person, however short it is."""
ANSWERED_IN: Final = 3
"""Working days within which a proposal is answered."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a debtor chooses: a first payment (none: 0), then so many instalments, or of so much each."""

    down_minor: int
    first_on: date
    count: int | None
    amount_minor: int | None
    rhythm: Rhythm
    why: str = ""


def wish_of(choice: Choice, case: CaseFile, today: date, language: str) -> Wish:
    """A debtor's choice as an agreement: instalments begin one step of the rhythm after the first payment."""
    second = choice.first_on
    if choice.down_minor:
        step = Terms(
            currency=case.currency, made_on=today, owed=Parts(), first_on=choice.first_on, rhythm=choice.rhythm
        )
        second = nominal_day(step, 2)
    everything = choice.down_minor >= case.balance_minor
    return Wish(
        first_on=second,
        valid_until=today + OPEN_FOR,
        down_minor=choice.down_minor,
        down_on=choice.first_on if choice.down_minor else None,
        count=None if everything else choice.count,
        amount_minor=None if everything else choice.amount_minor,
        rhythm=choice.rhythm,
        why=choice.why,
        language=language,
        by_debtor=True,
    )


def is_at_once(drawn: Sketch) -> bool:
    """Whether the debtor may agree to it without anybody's word: within the negotiators' limits, all of the claim, and
    beginning soon.
    """
    ladder, made = drawn.ladder.ladder, drawn.schedule
    begins_soon = made.lines[0].due_on <= made.terms.made_on + SOON
    within = drawn.authority.rung is Rung.OWN and not made.terms.is_settlement
    return ladder is not None and ladder.debtor_may and within and begins_soon


def answered_by(case: CaseFile, proposed_on: date) -> date:
    """The day by which a proposal is answered."""
    return add_working_days(proposed_on, ANSWERED_IN, case.debtor_country, case.debtor_region)


async def draw_up(actor: Actor, case: CaseFile, wish: Wish) -> Sketch:
    """A debtor's plan drawn up, with whose word it needs; ``actor`` sees what the agency sees. Writes nothing.

    Raises:
        Refused: it makes no plan; the text says why, beside its field.
    """
    drawn = await sketch(actor, case, wish)
    if drawn.authority.rung is Rung.OWN and not is_at_once(drawn):
        return replace(drawn, authority=Authority(Rung.SUPERVISOR, drawn.authority.checks))
    return drawn


async def propose(actor: Actor, wish: Wish, *, shown: str | None = None) -> UUID:
    """Put a debtor's plan forward; gives its id, also when this very plan is out already.

    What may be agreed at once is approved by that; else it waits for the agency's answer. ``shown`` is the fingerprint of
    what the debtor saw, and nothing else is put forward in its place.

    Raises:
        Refused: it makes no plan, the case is not worked, or another offer is out.
    """
    actor.require("claim.answer")
    if actor.case_id is None:
        raise Forbidden
    async with with_the_agencys_eyes(actor) as portal:
        case = await workable(portal, actor.case_id)
        drawn = await draw_up(portal, case, wish)
        if drawn.outlook is None:
            raise Refused(N_("This cannot be agreed here at the moment. Please call us."), code="no_agreement")
        return await put_forward(portal, actor, drawn, shown=shown)
