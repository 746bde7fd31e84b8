"""The trail speaks: whatever the code records has words, and every code within its facts as well, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

import asyncpg
import pytest

import portal.app  # noqa: F401 - every package registers its words
from billing.fees.agreements import SelectedBy
from billing.fees.terms import Basis
from billing.outcomes.words import Kind as Kinds
from billing.payments.returns import REASONS as RETURNS
from billing.suspense.taken_back import WHY as SUSPENSE_GONE
from billing.tables import Channel as PaymentChannel
from cases.casework import CLOSE_CODES, NextAction
from cases.clients import ALLOCATIONS, VatTreatment
from cases.contact.question import Channel, Outcome
from cases.contact.rules import Verdict
from cases.corrections.words import KINDS as CORRECTIONS
from cases.disputes import REASONS as DISPUTES
from cases.documents.words import REFUSALS, Kind
from cases.intake.issue import FileFault
from cases.intake.tables import PlacementStatus
from cases.pauses import WHY_HELD
from cases.recall.words import REASONS as RECALLS
from cases.remittance_terms import Bearer, RemittanceCycle, RemittanceMethod
from cases.tables import CaseStatus, Stage
from cases.write_offs import Reason
from portal.audit.record import record
from portal.audit.words import ACTIONS, FACTS, PERSONAL, SUBJECTS, fact_text
from portal.audit.words import CODES as CODED
from portal.ledger.tables import Component
from portal.pages.text import LANGUAGES, speaking
from portal.people.permissions import AGENCY_ROLES, CLIENT_ROLES
from portal.people.tables import Language, Theme
from portal.storage.scan import Scan
from portal.tenancy.database import transaction
from tests.people import Cast
from tests.test_architecture import modules

RECORDERS = {"record", "record_each", "Event", "told", "tell_agencies", "_tell"}
IN_CLEAR = {"facts", "before", "after"}

CODES: dict[tuple[str, str, str], Iterable[str]] = {
    # Action, kind of subject and fact: every code that may stand there.
    ("membership.role_changed", "membership", "role"): (*AGENCY_ROLES, *CLIENT_ROLES),
    ("invitation.made", "invitation", "role"): (*AGENCY_ROLES, *CLIENT_ROLES),
    ("profile.changed", "user", "theme"): Theme,
    ("profile.changed", "user", "language"): Language,
    ("call.logged", "case", "outcome"): Outcome,
    ("call.logged", "case", "verdict"): Verdict,
    ("call.refused", "case", "verdict"): Verdict,
    ("case.next_action_set", "case", "action"): NextAction,
    ("case.closed", "case", "status"): CaseStatus,
    ("case.closed", "case", "close_code"): CLOSE_CODES,
    ("case.to_legal", "case", "stage"): Stage,
    ("case.held", "case", "reason"): WHY_HELD,
    ("dispute.opened", "case", "reason"): DISPUTES,
    ("recall.asked", "case", "reason"): RECALLS,
    ("placement.recall_asked", "placement", "reason"): RECALLS,
    ("suspense.gone", "suspense", "reason"): SUSPENSE_GONE,
    ("correction.posted", "case", "kind"): CORRECTIONS,
    ("correction.posted", "case", "component"): Component,
    ("contact.stopped", "debtor", "channels"): (*Channel, "call,email"),
    ("contact.wished", "case", "channel"): ("call", "email", "letter"),
    ("client.changed", "client", "debtor_sees"): ("invoice", "invoice,contract"),
    ("document.released", "document", "kind"): Kind,
    ("document.released", "document", "scan"): Scan,
    ("document.kind_corrected", "document", "kind"): Kind,
    ("document.refused", "document", "refusal"): REFUSALS,
    ("placement.received", "placement", "door"): ("web", "api"),
    ("placement.checked", "placement", "status"): PlacementStatus,
    ("placement.checked", "placement", "problem"): FileFault,
    ("placement.turned_down", "placement", "problem"): ("not_all", "nothing_left"),
    ("client.added", "client", "vat_treatment"): VatTreatment,
    ("client.changed", "client", "remittance_method"): RemittanceMethod,
    ("client.changed", "client", "remittance_cycle"): RemittanceCycle,
    ("client.changed", "client", "exchange_loss"): Bearer,
    ("client.changed", "client", "allocation"): ALLOCATIONS,
    ("agreement.made", "fee_agreement", "selected_by"): SelectedBy,
    ("payment.recorded", "payment", "channel"): PaymentChannel,
    ("payment.recorded", "payment", "received_by"): ("agency", "client"),
    ("payment.reversed", "payment", "reason"): RETURNS,
    ("outcome.recorded", "outcome", "outcome"): Kinds,
    **{
        (f"write_off.{done}", "write_off", "reason"): Reason
        for done in ("approved", "declined", "proposed", "undone", "withdrawn")
    },
}


def dictionaries(function: ast.AST, arguments: Collection[str]) -> Iterator[ast.Dict]:
    """What a function hands to the trail as facts: the dictionaries themselves, and those of names it hands over."""
    named: dict[str, list[ast.Dict]] = {}
    for node in ast.walk(function):
        target = (
            node.targets[0]
            if isinstance(node, ast.Assign)
            else node.target
            if isinstance(node, ast.AnnAssign)
            else None
        )
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            named.setdefault(target.id, []).append(value)
    for call in ast.walk(function):
        name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and name in RECORDERS:
            for keyword in call.keywords:
                if keyword.arg in arguments:
                    parts = list(ast.walk(keyword.value))
                    taken_from = {id(node.value) for node in parts if isinstance(node, ast.Subscript | ast.Attribute)}
                    for node in parts:
                        if isinstance(node, ast.Dict):
                            yield node
                        elif isinstance(node, ast.Name) and id(node) not in taken_from:
                            yield from named.get(node.id, [])


def recorded(arguments: Collection[str]) -> set[tuple[str, str]]:
    """Where which facts are recorded by these arguments."""
    return {
        (str(path), key.value)
        for path, tree in modules()
        for function in ast.walk(tree)
        if isinstance(function, ast.AsyncFunctionDef)
        for facts in dictionaries(function, arguments)
        for key in facts.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def test_every_fact_that_the_code_records_has_a_name_in_words() -> None:
    found = recorded({*IN_CLEAR, "personal"})
    assert len(found) > 80
    assert [(path, name) for path, name in sorted(found) if name not in {**FACTS, **PERSONAL}] == []


def test_what_people_type_is_never_recorded_in_clear() -> None:
    """Whoever records a new fact names it among those that may stand in clear, or among those that lie apart."""
    assert not set(FACTS) & set(PERSONAL)
    codes = {name for _, name in CODED}
    assert [(path, name) for path, name in sorted(recorded(IN_CLEAR)) if name in PERSONAL and name not in codes] == []
    assert {(action, name) for action, _, name in CODES if name in PERSONAL} == CODED, "each of those is a code of ours"


async def test_the_trail_refuses_in_clear_what_lies_apart(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.negotiator.actor
    async with transaction(actor.scope):
        for clear in (
            {"facts": {"note": "He is ill."}},
            {"before": {"phone": "1"}},
            {"after": {"reason": "He is ill."}},
        ):
            with pytest.raises(LookupError, match="in clear"):
                await record(actor, "note.written", "case", None, **clear)
        await record(actor, "recall.asked", "case", None, facts={"reason": "other"}, personal={"note": "He is ill."})
    clear = await owner.fetchval("select facts::text from audit_events where agency_id = $1", actor.agency_id)
    assert "other" in clear and "ill" not in clear


def test_every_action_that_the_code_records_is_told() -> None:
    written = {
        argument.value
        for _, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in RECORDERS
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value
    }
    assert len(written) > 40
    assert written <= set(ACTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_spoken_in_words(language: str) -> None:
    with speaking(language):
        for (action, kind, name), codes in CODES.items():
            assert action in ACTIONS and kind in SUBJECTS and name in {**FACTS, **PERSONAL}
            for code in codes:
                text = fact_text(name, str(code), of=(action, kind))
                assert text != str(code), f"{action} {name} {code}"
                assert not re.search(r"[a-z]_[a-z]", text), text
                if language != "en" and (name, code) != ("language", "en"):
                    assert re.search(r"[\u4e00-\u9fff]", text), f"{action} {name} {code}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_of_an_agreement_are_spoken_as_sentences(language: str) -> None:
    with speaking(language):
        for basis in Basis:
            bounds = [[90, "0.15"], [None, "0.25"]] if basis is not Basis.FLAT else [[None, "0.25"]]
            text = fact_text("rules", [[str(basis), bounds]], "EUR", of=("agreement.made", "fee_agreement"))
            assert "25\u00a0%" in text and not re.search(r"[a-z]_[a-z]|\[", text)


def test_what_somebody_typed_stays_as_it_was_typed() -> None:
    assert fact_text("note", "right_party", of=("call.logged", "case")) == "right_party"
    assert fact_text("reason", "not_received", of=("case.settled", "case")) == "not_received"
