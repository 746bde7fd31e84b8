"""What is done with all recalls of a placement at once: asked for, agreed to, objected to, or left with the agency.

A placement may have very many cases: the request writes down what is to be done, and a job does it (`following`).
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from cases.contact.wording import Day
from cases.intake.placement import PlacementFile, load_placement
from cases.recall.ask import Wish
from cases.recall.placement.asked import PlacementRecallFile, latest_of, progress_of, rules_of_placement
from cases.recall.tables import RecallStatus
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql


class Act(StrEnum):
    """What is being done with all recalls of a placement."""

    ASK = "ask"
    AGREE = "agree"
    OBJECT = "object"
    LEAVE = "leave"


INSERT: Final = """
insert into placement_recalls (id, agency_id, client_id, placement_id, reason, note, asked_by, asked_by_name, asked_at, terms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def ask_placement_back(actor: Actor, placement_id: UUID, reason: str, note: str = "") -> PlacementRecallFile:
    """Ask for every case of a placement that stands; asked again while one of them is asked for, it is as it was.

    Raises:
        NotFound: there is no such placement for the actor.
        Refused: it is not in the agency's hands, none of its cases can be asked for, or no reason is given.
    """
    actor.require("recalls.ask")
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step != "acknowledged":
        raise Refused(N_("Only a placement that was handed over can be asked back."), code="not_acknowledged")
    asked = await latest_of(actor, placement)
    if asked is not None and (asked.act or (await progress_of(actor, asked)).alive):
        return asked
    wish = Wish(reason, note.strip())
    wish.check()
    rules = await rules_of_placement(actor, placement)
    if not rules.cases:
        raise Refused(N_("No case of this placement stands any more that could be asked for."), code="nothing_stands")
    await sql(
        INSERT,
        *(new_id(), actor.agency_id, placement.client_id, placement.id, wish.reason, wish.note),
        *(actor.user_id, actor.name, clock.now(), as_json(rules.as_facts())),
    )
    facts = {"number": placement.acknowledgement_number, "reason": wish.reason, "cases": rules.cases}
    await record(
        actor, "placement.recall_asked", "placement", placement.id,
        client_id=placement.client_id, facts={**facts, "final_on": rules.final_on},
        personal={"note": wish.note} if wish.note else None,
    )  # fmt: skip
    return await _begin(actor, placement, Act.ASK)


async def leave_placement(actor: Actor, placement_id: UUID) -> PlacementRecallFile:
    """Leave every case of a placement with the agency that is still asked for.

    Raises:
        NotFound: there is no such placement for the actor, or nothing of it is asked for.
        Refused: something else is being done with it.
    """
    actor.require("recalls.ask")
    placement, _ = await _standing(actor, placement_id)
    await record(
        actor, "placement.recall_withdrawn", "placement", placement.id,
        client_id=placement.client_id, facts={"number": placement.acknowledgement_number},
    )  # fmt: skip
    return await _begin(actor, placement, Act.LEAVE)


async def give_placement_back(actor: Actor, placement_id: UUID) -> PlacementRecallFile:
    """Agree to every recall of a placement that waits for an answer, which makes them final.

    Raises:
        NotFound: there is no such placement here, or nothing of it is asked for.
        Refused: no recall waits for an answer, or something else is being done with them.
    """
    actor.require("recalls.answer")
    placement, asked = await _standing(actor, placement_id)
    await _check_waits(actor, asked)
    await record(
        actor, "placement.recall_agreed", "placement", placement.id,
        client_id=placement.client_id, facts={"number": placement.acknowledgement_number},
    )  # fmt: skip
    return await _begin(actor, placement, Act.AGREE)


async def object_to_placement(actor: Actor, placement_id: UUID, text: str) -> PlacementRecallFile:
    """Object to every recall of a placement that waits for an answer, with one reason; the cases go on.

    Raises:
        NotFound: there is no such placement here, or nothing of it is asked for.
        Refused: the client's terms leave no objection any more, no recall waits for an answer, something else is being
            done with them, or no reason is given.
    """
    actor.require("recalls.answer")
    placement, asked = await _standing(actor, placement_id)
    await _check_waits(actor, asked)
    if await agency_day(actor) > asked.may_object:
        raise Refused(
            N_("We could object until %(day)s. The client may have the case back."),
            code="exclusivity_over",
            day=Day(asked.may_object),
        )
    if not text.strip():
        raise Refused(N_("Please fill this in."), field="answer", code="missing")
    await record(
        actor, "placement.recall_objected", "placement", placement.id,
        client_id=placement.client_id, facts={"number": placement.acknowledgement_number},
        personal={"text": text.strip()},
    )  # fmt: skip
    return await _begin(actor, placement, Act.OBJECT, text.strip())


async def _standing(actor: Actor, placement_id: UUID) -> tuple[PlacementFile, PlacementRecallFile]:
    """A placement, held, and its recall, of which something still waits for somebody's word."""
    placement = await load_placement(actor, placement_id, lock=True)
    asked = await latest_of(actor, placement)
    if asked is None:
        raise NotFound
    if asked.act:
        raise Refused(N_("Something is being done with these cases. Look again in a moment."), code="busy")
    if not (await progress_of(actor, asked)).alive:
        raise NotFound
    return placement, asked


async def _check_waits(actor: Actor, asked: PlacementRecallFile) -> None:
    if not (await progress_of(actor, asked)).cases[RecallStatus.PENDING]:
        raise Refused(N_("This was answered already: the client has the next word."), code="answered")


BEGIN: Final = """
update placement_recalls set act = $3, act_by = $4, act_as = $5, act_by_name = $6, act_at = $7, answer = $8
where agency_id = $1 and id = $2
"""


async def _begin(actor: Actor, placement: PlacementFile, act: Act, answer: str = "") -> PlacementRecallFile:
    asked = await latest_of(actor, placement)
    assert asked is not None and actor.role is not None
    await sql(
        BEGIN,
        *(actor.agency_id, asked.id, act, actor.user_id, actor.role, actor.name, clock.now(), answer or asked.answer),
    )
    await enqueue("recalls.follow_placement", {"agency_id": actor.agency_id, "placement_recall_id": asked.id})
    found = await latest_of(actor, placement)
    assert found is not None
    return found
