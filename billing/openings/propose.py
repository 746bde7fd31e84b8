"""Whoever wrote opening balances down proposes them: they add up, something proves them, and another person looks at them."""

from uuid import UUID

from billing.openings.prepare import check_draft, write_trail
from billing.openings.register import Opening, load_opening
from billing.openings.tables import OpeningStatus
from billing.spoken import Spoken
from portal import clock
from portal.errors import Refused
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def propose(actor: Actor, opening_id: UUID) -> None:
    """Say that they are right; from then on they wait for somebody who wrote none of them. The same again changes nothing.

    Raises:
        NotFound: there are none.
        Refused: they do not add up, nothing proves them, they are of nothing, or are no draft.
    """
    actor.require("openings.propose")
    opening = await load_opening(actor, opening_id, lock=True)
    if opening.status is OpeningStatus.PROPOSED:
        return
    check_draft(opening)
    check_whole(opening)
    await sql(
        "update openings set status = 'proposed', proposed_by_name = $3, proposed_at = $4,"
        " authors = case when $5 = any (authors) then authors else authors || $5::uuid end where agency_id = $1 and id = $2",
        *(actor.agency_id, opening.id, actor.name, clock.now(), actor.user_id),
    )
    await write_trail(actor, opening, "opening.proposed")


async def make_draft(actor: Actor, opening_id: UUID) -> None:
    """Make a proposal a draft again, to change it; whoever should approve it may say so as well.

    Raises:
        NotFound: there is none.
        Refused: it is in the books, or was given up.
    """
    if not actor.may("openings.approve"):
        actor.require("openings.propose")
    opening = await load_opening(actor, opening_id, lock=True)
    if opening.status is OpeningStatus.PROPOSED:
        await sql(
            "update openings set status = 'draft', version = version + 1 where agency_id = $1 and id = $2",
            *(actor.agency_id, opening.id),
        )
        await write_trail(actor, opening, "opening.made_draft")
    else:
        check_draft(opening)


async def drop(actor: Actor, opening_id: UUID) -> None:
    """Give them up before they are in the books; the same again changes nothing.

    Raises:
        NotFound: there are none.
        Refused: they are in the books.
    """
    actor.require("openings.propose")
    opening = await load_opening(actor, opening_id, lock=True)
    if opening.status is OpeningStatus.DROPPED:
        return
    if opening.status is OpeningStatus.APPROVED:
        check_draft(opening)
    await sql("update openings set status = 'dropped' where agency_id = $1 and id = $2", actor.agency_id, opening.id)
    await write_trail(actor, opening, "opening.dropped")


def check_whole(opening: Opening) -> None:
    """Refuse what may not be brought into the books.

    Raises:
        Refused: it does not add up, nothing proves it, or there is nothing.
    """
    if opening.difference_minor:
        raise Refused(
            N_("It does not add up: %(amount)s lie between what the trust accounts hold and whose it is."),
            code="difference", amount=Spoken(money, opening.difference_minor, opening.currency),
        )  # fmt: skip
    if not (opening.trust_minor or opening.operating_minor or opening.held_for_minor or opening.vat_minor):
        raise Refused(N_("There is nothing to bring over."), code="nothing")
    if opening.proof_sha256 is None:
        raise Refused(
            N_("Add what proves it: the closing list of the system before, or the bank's confirmation."),
            code="no_proof",
        )
