"""From which confidence on a bank's line is booked by itself, how long money of each channel is held, how old the bank's last
word may be, by when a month is signed off, and whose deadlines hold for it. Each agency may set them; what it did not set is as the portal has it. A hold counts for payments recorded from then on.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from billing.deadlines.rules import LAWS
from billing.tables import Channel
from portal.audit.record import record
from portal.editing import ChangedMeanwhile, changed_fields, latest_change
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

CHANGED: Final = "money_rules.changed"
LIMITS: Final = range(50, 101)
HOLDS: Final = range(61)
HELD: Final[Mapping[Channel, str]] = {
    Channel.BANK: "hold_bank",
    Channel.CARD: "hold_card",
    Channel.DIRECT_DEBIT: "hold_direct_debit",
    Channel.CHEQUE: "hold_cheque",
    Channel.CASH: "hold_cash",
}
"""The field of each channel by which money reaches us; what the client has is not held."""

WATCHED: Final = ("statement_days", "signoff_days")
"""Days after which something of the trust accounts is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRules:
    """The rules of an agency. ``match_limit`` of 100; holds in days. ``statement_days`` are
    working days, ``signoff_days`` count from the month's end; 0 of either watches for nothing. ``law`` is a code of the laws that have deadlines, or none."""

    match_limit: int = 90
    hold_bank: int = 0
    hold_card: int = 7
    hold_direct_debit: int = 5
    hold_cheque: int = 10
    hold_cash: int = 0
    statement_days: int = 5
    signoff_days: int = 15
    law: str = ""

    def hold(self, channel: Channel) -> int:
        """Days for which money of a channel may still be taken back, and is not remitted."""
        return int(getattr(self, HELD[channel])) if channel in HELD else 0


NAMES: Final = tuple(MoneyRules.__dataclass_fields__)
SELECT: Final = f"select {', '.join(NAMES)} from money_rules where agency_id = $1"  # noqa: S608 - own names
KEEP: Final = f"""
insert into money_rules (id, agency_id, {", ".join(NAMES)})
values (uuidv7(), $1, {", ".join(f"${place}" for place in range(2, len(NAMES) + 2))})
on conflict (agency_id) do update set {", ".join(f"{name} = excluded.{name}" for name in NAMES)}
"""  # noqa: S608 - own names


async def rules_of(actor: Actor) -> MoneyRules:
    """The rules of the actor's agency."""
    row = await sql_one(SELECT, actor.agency_id)
    return MoneyRules(**row) if row is not None else MoneyRules()


async def change_rules(actor: Actor, wanted: MoneyRules, seen: MoneyRules) -> None:
    """Keep an agency's rules, which were ``seen`` when the change began. What is recorded already keeps its hold.

    Raises:
        ChangedMeanwhile: they were other ones by then.
        Refused: a figure is out of its bounds, with its field.
    """
    actor.require("money_rules.manage")
    if wanted.match_limit not in LIMITS:
        raise Refused(N_("A whole number from 50 to 100."), field="match_limit", code="bad_limit")
    for name in HELD.values():
        if getattr(wanted, name) not in HOLDS:
            raise Refused(N_("A whole number from 0 to 60."), field=name, code="bad_days")
    for name in WATCHED:
        if getattr(wanted, name) not in HOLDS:
            raise Refused(N_("A whole number from 0 to 60."), field=name, code="bad_days")
    if wanted.law and wanted.law not in LAWS:
        raise Refused(N_("Please choose one of the list."), field="law", code="bad_law")
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"money rules of {actor.agency_id}")
    before = await rules_of(actor)
    if before != seen:
        raise ChangedMeanwhile(before, await latest_change(actor, CHANGED, "agency", actor.agency_id))
    old, new = asdict(before), asdict(wanted)
    changed = changed_fields(old, new)
    if not changed:
        return
    await sql(KEEP, actor.agency_id, *(new[name] for name in NAMES))
    await record(
        actor, CHANGED, "agency", actor.agency_id,
        before={name: old[name] for name in changed}, after={name: new[name] for name in changed},
    )  # fmt: skip
