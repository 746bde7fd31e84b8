"""Fee agreements with clients: made in versions, never edited, and picked by a date."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from billing.fees.rules import plain
from billing.fees.terms import (
    AMOUNTS,
    RATE_PLACES,
    AgeFrom,
    Agreement,
    Basis,
    Conditions,
    Limits,
    Mode,
    Payee,
    Rule,
    Surcharge,
    SurchargeKind,
    Tier,
)
from billing.spoken import Spoken
from cases.clients import load_client
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.money import decimal_string, parse_amount
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


class SelectedBy(StrEnum):
    """Which date picks the version for a payment."""

    PLACEMENT = "placement"
    """The day the case was placed: a case keeps the terms it came under."""
    PAYMENT = "payment"
    """The day the payment was received."""


@dataclass(frozen=True, slots=True)
class Version:
    """An agreement as it was made."""

    agreement: Agreement
    selected_by: SelectedBy
    agreed_by_name: str
    created_at: datetime

    @property
    def since(self) -> date:
        """From when on it holds."""
        assert self.agreement.effective_from is not None
        return self.agreement.effective_from


async def agree(
    actor: Actor,
    client_id: UUID,
    rules: Sequence[Rule],
    effective_from: date,
    selected_by: SelectedBy = SelectedBy.PLACEMENT,
    age_from: AgeFrom = AgeFrom.DUE,
) -> UUID:
    """Make the next version of a client's agreement; the earlier ones stay as they are.

    Raises:
        NotFound: there is no such client.
        Refused: it would begin before the version that it follows, or its rules leave payments out.
    """
    actor.require("agreements.manage")
    await load_client(actor, client_id)
    await sql("select from clients where agency_id = $1 and id = $2 for no key update", actor.agency_id, client_id)
    last = await sql_one(
        "select version, effective_from from fee_agreements where agency_id = $1 and client_id = $2"
        " order by version desc limit 1",
        *(actor.agency_id, client_id),
    )
    if last is not None and effective_from < last["effective_from"]:
        raise Refused(
            N_("A new version begins no earlier than the one before it, which began on %(day)s."),
            field="effective_from",
            code="too_early",
            day=Spoken(date_full, last["effective_from"]),
        )
    try:
        Agreement(rules=tuple(rules))
    except ValueError:
        raise Refused(N_("The last rule must fit every payment."), code="no_default") from None
    version = last["version"] + 1 if last is not None else 1
    made = await sql_one(
        "insert into fee_agreements (agency_id, client_id, version, effective_from, selected_by, age_from, agreed_by,"
        " created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        *(actor.agency_id, client_id, version, effective_from, selected_by, age_from, actor.user_id, clock.now()),
    )
    assert made is not None
    for position, rule in enumerate(rules, start=1):
        await sql(INSERT_RULE, actor.agency_id, client_id, made["id"], position, *_columns(rule))
    facts = {
        "version": version,
        "effective_from": effective_from,
        "selected_by": str(selected_by),
        "age_from": str(age_from),
        "rules": [[str(rule.basis), [[tier.up_to, tier.rate] for tier in rule.tiers]] for rule in rules],
    }
    await record(actor, "agreement.made", "fee_agreement", made["id"], client_id=client_id, after=facts)
    return UUID(str(made["id"]))


def kept_rate(rate: Decimal | None, field: str) -> Decimal:
    """A rate that must be there, as fine as rates are kept.

    Raises:
        Refused: it is missing or finer, with its field.
    """
    if rate is None:
        raise Refused(N_("Please fill this in."), field=field, code="missing")
    if round(rate, RATE_PLACES) != rate:
        raise Refused(N_("At most four decimals."), field=field, code="too_fine")
    return rate


def flat(rate: Decimal | None, components: Sequence[Component], field: str = "rate") -> Rule:
    """The rule of an agreement with one rate.

    Raises:
        Refused: the rate is missing or finer than it is kept, or no component bears it.
    """
    rate = kept_rate(rate, field)
    if not components:
        raise Refused(N_("Choose at least one."), field="components", code="missing")
    return Rule(tiers=(Tier(None, rate),), components=frozenset(components))


def otherwise(rate: Decimal | None, components: Sequence[Component]) -> Rule:
    """The rule for value recovered otherwise than by money, where it bears another rate; nought is no fee.

    Raises:
        Refused: as of `flat`, beside the field of this rate.
    """
    return replace(flat(rate, components, "otherwise_rate"), conditions=Conditions(otherwise=True))


VERSIONS = """
select a.id, a.version, a.effective_from, a.selected_by, a.age_from, a.created_at, u.name as agreed_by_name
from fee_agreements a left join users u on u.id = a.agreed_by
where a.agency_id = $1 and a.client_id = $2 order by a.version desc
"""
RULES = "select * from fee_rules where agency_id = $1 and client_id = $2 order by agreement_id, position"
INSERT_RULE = """
insert into fee_rules (agency_id, client_id, agreement_id, position, basis, mode, tiers, conditions, minimum_minor,
                       maximum_minor, components)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def versions(actor: Actor, client_id: UUID) -> list[Version]:
    """Every version of a client's agreement, the newest first."""
    # Before their rules: a version that is made in between is left out, instead of standing there without rules.
    made = await sql(VERSIONS, actor.agency_id, client_id)
    rules: dict[UUID, list[Rule]] = {}
    for row in await sql(RULES, actor.agency_id, client_id):
        rules.setdefault(row["agreement_id"], []).append(_rule(row))
    return [
        Version(
            Agreement(
                rules=tuple(rules[row["id"]]),
                age_from=AgeFrom(row["age_from"]),
                version=row["version"],
                effective_from=row["effective_from"],
                id=row["id"],
            ),
            SelectedBy(row["selected_by"]),
            row["agreed_by_name"] or "",
            row["created_at"],
        )
        for row in made
    ]


def pick(made: Sequence[Version], placed_on: date, received_on: date) -> Version | None:
    """The version for a payment; None when the client has no agreement.

    The version in force when the money came says which date decides: that day, or the day of the placement. A case
    placed before the first version began falls under the first.
    """
    oldest_first = sorted(made, key=lambda version: version.agreement.version)
    if not oldest_first:
        return None
    current = _in_force(oldest_first, received_on)
    return current if current.selected_by is SelectedBy.PAYMENT else _in_force(oldest_first, placed_on)


def _in_force(oldest_first: Sequence[Version], day: date) -> Version:
    return next((version for version in reversed(oldest_first) if version.since <= day), oldest_first[0])


async def agreement_for(actor: Actor, client_id: UUID, placed_on: date, received_on: date) -> Agreement:
    """The agreement that a payment falls under.

    Raises:
        Refused: the client has none.
    """
    version = pick(await versions(actor, client_id), placed_on, received_on)
    if version is None:
        raise Refused(N_("This client has no fee agreement yet: the owner makes one."), code="no_agreement")
    return version.agreement


# A rule in the database: the bounds of tiers as texts, amounts in major units, so that a person can read them there.


def _columns(rule: Rule) -> tuple[object, ...]:
    needs = rule.conditions
    conditions: dict[str, object] = {"limits": str(rule.limits)} if rule.limits is not Limits.PAYMENT else {}
    if needs.stages:
        conditions["stages"] = list(needs.stages)
    if needs.received_by:
        conditions["received_by"] = str(needs.received_by)
    if needs.currency:
        conditions["currency"] = needs.currency
    if needs.otherwise:
        conditions["otherwise"] = True
    if needs.foreign:
        conditions["foreign"] = True
    if needs.within_days is not None:
        conditions["within_days"] = needs.within_days
    if rule.surcharge is not None:
        raised = rule.surcharge
        conditions["surcharge"] = {"past_days": raised.past_days, "kind": raised.kind, "rate": plain(raised.rate)}
    tiers = [{"up_to": _bound_text(tier.up_to, rule), "rate": plain(tier.rate)} for tier in rule.tiers]
    components = ",".join(str(component) for component in Component if component in rule.components)
    return (
        *(str(rule.basis), str(rule.mode), json.dumps(tiers), json.dumps(conditions)),
        *(rule.minimum_minor, rule.maximum_minor, components),
    )


def _bound_text(bound: int | None, rule: Rule) -> str | None:
    if bound is None:
        return None
    if rule.basis not in AMOUNTS:
        return str(bound)
    assert rule.conditions.currency is not None
    return decimal_string(bound, rule.conditions.currency)


def _rule(row: asyncpg.Record) -> Rule:
    conditions: Mapping[str, Any] = json.loads(row["conditions"])
    basis, currency = Basis(row["basis"]), conditions.get("currency")
    payee = conditions.get("received_by")
    return Rule(
        id=row["id"],
        basis=basis,
        mode=Mode(row["mode"]),
        tiers=tuple(
            Tier(_bound(tier["up_to"], basis, currency), Decimal(tier["rate"])) for tier in json.loads(row["tiers"])
        ),
        conditions=Conditions(
            stages=tuple(conditions.get("stages", ())),
            received_by=Payee(payee) if payee else None,
            otherwise=conditions.get("otherwise", False),
            foreign=conditions.get("foreign", False),
            currency=currency,
            within_days=conditions.get("within_days"),
        ),
        components=frozenset(Component(name) for name in row["components"].split(",")),
        minimum_minor=row["minimum_minor"],
        maximum_minor=row["maximum_minor"],
        limits=Limits(conditions.get("limits", Limits.PAYMENT)),
        surcharge=_surcharge(conditions.get("surcharge")),
    )


def _surcharge(kept: Mapping[str, Any] | None) -> Surcharge | None:
    if kept is None:
        return None
    return Surcharge(kept["past_days"], SurchargeKind(kept["kind"]), Decimal(kept["rate"]))


def _bound(text: str | None, basis: Basis, currency: str | None) -> int | None:
    if text is None:
        return None
    if basis not in AMOUNTS:
        return int(text)
    assert currency is not None
    return parse_amount(text, currency)
