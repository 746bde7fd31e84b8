"""Editing what somebody else may be editing at the same moment: nothing is overwritten that its editor has not seen.

A form brings along what stood in it when it was opened. When something else is kept by then, nothing is saved: the page
comes back with what others changed filled in, and marked where both changed the same field.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from portal.errors import Refused
from portal.pages.forms import Form, Typed
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.tenancy.database import sql_one

SEEN: Final = "seen"
"""The hidden field that holds what stood in a form when it was opened."""
_LONGEST: Final = 100_000

LATEST: Final = """
select actor_name, at from audit_events
where agency_id = $1 and subject_kind = $2 and subject_id = $3 and action = $4 order by at desc, id desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Change:
    """Who saved something, and when."""

    by: str
    """Empty for the portal itself and the operator's commands."""
    at: datetime


class ChangedMeanwhile(Refused):
    """Others saved while the form was open. ``now`` is what is kept, of the same kind as what was to be saved."""

    def __init__(self, now: object, change: Change | None) -> None:
        super().__init__(N_("This was changed while you had it open."), code="changed_meanwhile")
        self.now = now
        self.change = change


async def latest_change(actor: Actor, action: str, kind: str, subject_id: UUID) -> Change | None:
    """The last time that somebody did this to a subject, as the trail has it."""
    row = await sql_one(LATEST, actor.agency_id, kind, subject_id, action)
    return Change(row["actor_name"], row["at"]) if row else None


def changed_fields(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The names of the fields that differ."""
    return [name for name in after if after[name] != before[name]]


@dataclass(frozen=True, slots=True)
class Editing:
    """What the page of a form shows: the texts in its fields, what stood there at first, and what is wrong by field."""

    values: Typed
    seen: str
    errors: Mapping[str, Text]
    meanwhile: ChangedMeanwhile | None = None
    filled_in: Iterable[str] = ()
    """The fields that others changed and this editor had not touched."""

    @property
    def status(self) -> int:
        """The status of the answer."""
        return 422 if self.errors or self.meanwhile else 200


def opened(texts: Mapping[str, str]) -> Editing:
    """A form as it is opened."""
    return Editing(Typed(texts), json.dumps(dict(texts)), {})


def refused(form: Form, error: Refused) -> Editing:
    """The form as it was sent, with what is wrong beside its field, or under ``form``."""
    return Editing(
        Typed(form.values()), form.values().get(SEEN, ""), {error.field or "form": say(error.message, **error.params)}
    )


def overtaken(form: Form, now: Mapping[str, str], error: ChangedMeanwhile) -> Editing:
    """The form with what others saved meanwhile; where both changed a field, theirs stands beside what was typed."""
    typed, before = form.values(), seen(form).values()
    values, errors, filled_in = {}, {}, []
    for name, kept in now.items():
        mine, first = _plain(typed.get(name, "")), _plain(before.get(name, ""))
        values[name] = kept if mine == first else mine
        if kept in (first, mine):
            continue
        if mine == first:
            filled_in.append(name)
        else:
            errors[name] = say(N_("Saved meanwhile: %(text)s"), text=kept or "–")
    return Editing(Typed(values), json.dumps(dict(now)), errors, error, filled_in)


def seen(form: Form) -> Form:
    """What stood in a form when it was opened: a form itself.

    Raises:
        Refused: it did not come along.
    """
    try:
        texts = json.loads(form.text(SEEN, limit=_LONGEST))
        return Form({str(name): str(value) for name, value in texts.items()})
    except (ValueError, AttributeError, RecursionError):
        raise Refused(N_("This form is incomplete. Please open the page again."), code="incomplete") from None


def _plain(text: str) -> str:
    return "\n".join(text.strip().splitlines())
