"""Doing what the stories tell, through the same functions that the pages use."""

from datetime import datetime, timedelta
from functools import singledispatch
from uuid import UUID

from billing.payments.receipts import record
from billing.payments.returns import reverse
from billing.write_offs.decide import decide
from billing.write_offs.propose import propose
from billing.write_offs.rules import Wanted as GivenUp
from billing.write_offs.words import How
from cases import disputes
from cases.casework import Next, NextAction, load_case
from cases.contact.decision import Decision
from cases.contact.log import CallReport, ContactRefused, log_call
from cases.contact.people import add_person, add_representative
from cases.contact.question import Channel
from cases.contact.rules import Verdict
from cases.contact.stops import stop_contact
from cases.corrections.correct import correct
from cases.corrections.register import figures
from cases.corrections.rules import Wanted
from cases.limitation import set_limitation
from cases.papers import ask_for_papers
from cases.pauses import close, hold, note
from cases.recall.answer import give_back
from cases.recall.ask import ask_back
from cases.stages import to_legal
from cases.write_offs import Reason
from portal import clock
from portal.identity import new_id
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.sample.acts import (
    Account,
    Answer,
    AskClient,
    Call,
    Close,
    Correct,
    Dispute,
    Event,
    GiveBack,
    Hold,
    LetGo,
    Limitation,
    Meet,
    Note,
    Pay,
    Recall,
    Return,
    Settle,
    Stop,
    ToLegal,
)
from portal.sample.founding import Office
from portal.tenancy.database import sql_one, transaction

PATIENCE = timedelta(days=4)
"""A call that has to wait longer is not made at all."""


async def do(office: Office, event: Event) -> datetime | None:
    """Let an event happen at its moment. Gives the moment at which to try again when the contact guard says: later.

    What the domain refuses otherwise is an error of the story, and is raised.
    """
    with clock.at(event.at):
        actor = await _who(office, event)
        try:
            async with transaction(actor.scope):
                await happen(event.act, actor, event.account)
        except ContactRefused as refusal:
            return _later(refusal.decision, event.at)
    return None


def _later(decision: Decision, at: datetime) -> datetime | None:
    opens = decision.next_allowed_at
    if decision.verdict is not Verdict.REASON or opens is None or opens - at > PATIENCE:
        return None
    return opens + timedelta(minutes=17)


PROPOSED = "select id, rung from write_offs where agency_id = $1 and case_id = $2 and status = 'proposed'"


async def _who(office: Office, event: Event) -> Actor:
    if isinstance(event.act, LetGo):
        return await _whose_word(office, event.account)
    if isinstance(event.act, Pay | Return):
        return office.one(Role.FINANCE)
    if isinstance(event.act, Recall | Correct):
        return office.of(event.account.client, Role.ADMIN)
    if isinstance(event.act, ToLegal | Close | GiveBack):
        return office.one(Role.MANAGER)
    return office.one(Role.NEGOTIATOR, event.account.worker)


async def _whose_word(office: Office, account: Account) -> Actor:
    """Who approves what is proposed to be written off."""
    manager = office.one(Role.MANAGER)
    async with transaction(manager.scope, read_only=True):
        row = await sql_one(PROPOSED, manager.agency_id, _case(account))
    assert row is not None
    return office.of(account.client, Role.ADMIN) if row["rung"] == "client" else manager


def _case(account: Account) -> UUID:
    assert account.case_id is not None
    return account.case_id


@singledispatch
async def happen(act: object, actor: Actor, account: Account) -> None:
    """Do one thing on a case, in the caller's transaction."""
    raise TypeError(f"nobody knows how to do a {type(act).__name__}")


@happen.register
async def _(act: Call, actor: Actor, account: Account) -> None:
    report = CallReport(
        outcome=act.outcome,
        direction=act.direction,
        note=act.note,
        reason_given=act.reason_given,
        assessment=act.assessment,
        override_reason=act.override,
        promise_minor=act.promise_minor,
        promise_on=act.promise_on,
    )
    follow_at = max(act.follow_at, clock.now() + timedelta(hours=1))
    following = Next(act.action, follow_at, actor.user_id if act.own else None)
    await log_call(actor, _case(account), report, following)


@happen.register
async def _(act: Pay, actor: Actor, account: Account) -> None:
    case = await load_case(actor, _case(account), lock=True)
    amount = case.balance_minor if act.amount_minor is None else min(act.amount_minor, case.balance_minor)
    reference = f"{act.channel.upper()}-{act.received_on:%y%m%d}-{account.reference}"
    payer = account.debtor.name
    account.payments.append(await record(actor, case.id, amount, act.received_on, act.channel, reference, payer))


@happen.register
async def _(act: Return, actor: Actor, account: Account) -> None:
    await reverse(actor, account.payments[-1], act.reason, clock.today(actor.time_zone))


@happen.register
async def _(act: Dispute, actor: Actor, account: Account) -> None:
    case = await load_case(actor, _case(account), lock=True)
    part = None if act.share is None else case.balance_minor * act.share // 100
    await disputes.dispute(actor, case.id, act.reason, amount_minor=part, note=act.note)


@happen.register
async def _(act: Answer, actor: Actor, account: Account) -> None:
    row = await sql_one(
        "select id from disputes where agency_id = $1 and case_id = $2 and answered_at is null",
        *(actor.agency_id, _case(account)),
    )
    assert row is not None
    await disputes.answer(actor, row["id"], act.text, Next(NextAction.CALL, act.follow_at, actor.user_id))


@happen.register
async def _(act: Hold, actor: Actor, account: Account) -> None:
    await hold(actor, _case(account), act.until, act.reason)


@happen.register
async def _(act: Note, actor: Actor, account: Account) -> None:
    await note(actor, _case(account), act.text, client_sees=act.client_sees)


@happen.register
async def _(act: AskClient, actor: Actor, account: Account) -> None:
    await ask_for_papers(actor, _case(account), act.text, act.follow_at)


@happen.register
async def _(act: Close, actor: Actor, account: Account) -> None:
    await close(actor, _case(account), act.code)


@happen.register
async def _(act: Settle, actor: Actor, account: Account) -> None:
    wanted = GivenUp(how=How.ALL, reason=Reason.CLIENT_AGREED, note=act.note)
    await propose(actor, _case(account), wanted, new_id())


@happen.register
async def _(act: LetGo, actor: Actor, account: Account) -> None:
    row = await sql_one(PROPOSED, actor.agency_id, _case(account))
    assert row is not None
    await decide(actor, row["id"], approved=True)


@happen.register
async def _(act: ToLegal, actor: Actor, account: Account) -> None:
    await to_legal(actor, _case(account), act.note, Next(NextAction.LEGAL_CHECK, act.follow_at, actor.user_id))


@happen.register
async def _(act: Meet, actor: Actor, account: Account) -> None:
    if act.kind == "lawyer":
        await add_representative(actor, _case(account), act.name, phone=act.phone)
        return
    third = act.kind == "third_party"
    await add_person(
        actor, _case(account), act.name, act.position, phone=act.phone, third_party=third,
        authorised=act.kind == "owner",
    )  # fmt: skip


@happen.register
async def _(act: Stop, actor: Actor, account: Account) -> None:
    row = await sql_one(
        "select p.id from debtor_people p join cases c on c.agency_id = p.agency_id and c.debtor_id = p.debtor_id"
        " where c.agency_id = $1 and c.id = $2 and p.authorised order by p.created_at, p.id limit 1",
        *(actor.agency_id, _case(account)),
    )
    await stop_contact(actor, _case(account), row["id"] if row else None, {Channel.CALL}, act.note)


@happen.register
async def _(act: Limitation, actor: Actor, account: Account) -> None:
    await set_limitation(actor, _case(account), act.ends_on, act.note)


@happen.register
async def _(act: Recall, actor: Actor, account: Account) -> None:
    await ask_back(actor, _case(account), act.reason, act.note)


@happen.register
async def _(act: GiveBack, actor: Actor, account: Account) -> None:
    await give_back(actor, _case(account))


@happen.register
async def _(act: Correct, actor: Actor, account: Account) -> None:
    case = await load_case(actor, _case(account), lock=True)
    claimed = (await figures(case))[Component.PRINCIPAL].claimed_minor
    wanted = Wanted(
        kind=act.kind,
        component=Component.PRINCIPAL,
        after_minor=claimed * act.percent // 100,
        reason=act.reason,
        on=clock.today(actor.time_zone),
    )
    await correct(actor, case.id, wanted)
