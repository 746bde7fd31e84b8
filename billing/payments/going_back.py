"""Money that goes back, whoever takes it: its journal undone, its fee returned exactly, the case owed again.

Before the remittance the client's funds give it back (event 8 of the money rules). After it the client has had its part:
the trust is advanced the money by us, and the client owes us what it was paid, less the fee and its VAT, which are given
back at once (event 9); its next remittance takes it (event 10). What of it had repaid costs that we advanced is advanced
anew: out of what the trust owes us while no run has drawn it, else by us.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.fees.terms import Payee
from billing.payments.at_close import charge_rest, charges_to_return
from billing.payments.journals import SOURCE, bank_account_of, post_return
from billing.payments.reaching import give_back_shares
from billing.payments.receipts import tomorrow
from billing.payments.register import Payment, load_payment
from billing.remittance.clawback import claw_back
from billing.remittance.taken_back import Taken, return_to_draft, taken_by
from billing.surplus.left import stop_refunds
from billing.suspense.here import Here, held_here, let_go, matched_from, wait_again
from billing.write_offs.register import closing_write_off
from billing.write_offs.undo import owe_again
from cases.casework import CLAIM_GONE, CaseFile, Next, NextAction, load_case, move, set_next, tell
from cases.claims import take_out_again
from cases.pauses import PAYABLE_CODES
from cases.plans.anew import judge_plan_anew
from cases.plans.follow import judge_plan
from cases.promises.anew import judge_anew
from cases.recall.final import take_out_recalled
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import as_json, record
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, Line, by_component, cr, dr, owe_more, post
from portal.ledger.tables import Book, Component
from portal.people.actor import Actor
from portal.people.behalf import on_behalf
from portal.tenancy.database import savepoint, sql, sql_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Money goes back: once by ``external_id``, for a reason of `billing.payments.returns.REASONS`, on a day."""

    external_id: str
    reason: str
    on: date
    kind: str = "return"
    """return, chargeback or refund: what its journal is called."""
    fee_minor: int = 0
    """What the processor takes for a chargeback."""


INSERT: Final = """
insert into payments (id, agency_id, client_id, case_id, journal_id, received_on, release_on, channel, received_by,
                      external_reference, payer, currency, amount_minor, principal_minor, interest_minor, costs_minor,
                      surplus_minor, held_minor, charge_id, suspense_id, fee_minor, fee_rate, fee_rule_id, fee_facts,
                      reverses, recorded_by, recorded_at, costs_kept_minor, banks_kept_minor)
select $3, agency_id, client_id, case_id, $4, $5, greatest(release_on, $5), channel, received_by, external_reference,
       payer, currency, -amount_minor, -principal_minor, -interest_minor, -costs_minor, -surplus_minor, -held_minor,
       charge_id, suspense_id, -fee_minor, fee_rate, fee_rule_id, $6, id, $7, $8, -costs_kept_minor, -banks_kept_minor
from payments where agency_id = $1 and id = $2
"""


KEPT_OF: Final = """
select id from payments p where agency_id = $1 and kept_of = $2 and not exists (
    select from payments r where r.agency_id = p.agency_id and r.reverses = p.id)
"""
"""What banks kept of a payment at the client's cost: it goes back with it."""


async def go_back(actor: Actor, case: CaseFile, payment: Payment, back: Back) -> UUID:
    """Undo a payment that nobody undid before; gives the id of the payment that reverses it.

    The caller holds the case's row. What of it waited in suspense and was booked meanwhile is undone first. Raises as
    `portal.ledger.journal.post` does.
    """
    beside = await sql_value(KEPT_OF, actor.agency_id, payment.id)
    for number, matched in enumerate([*await matched_from(actor, payment.id), *filter(None, [beside])], start=1):
        again = Back(external_id=f"{back.external_id} part {number}", reason=back.reason, on=back.on, kind=back.kind)
        made = await load_payment(actor, matched)  # its surplus may have paid another claim
        await go_back(actor, await load_case(actor, made.case_id, lock=True), made, again)
        case = await load_case(actor, case.id)
    taken = await taken_by(actor, payment.id, payment.currency)
    here = await held_here(actor, payment)
    whole = (here.surplus_minor, here.held_minor) == (payment.surplus_minor, payment.held_minor)
    if back.kind == "return" and not taken.is_final and whole:
        journal_id = await post_return(actor, payment, back.external_id, back.on)
    else:
        journal_id = await _post(actor, payment, back, taken, here)
    reversal_id = await _keep(actor, payment, back, journal_id)
    await let_go(actor, payment.id, journal_id)
    await stop_refunds(actor, payment.id)
    if payment.suspense_id is not None:
        await wait_again(actor, payment.suspense_id)
    if taken.is_final:
        await claw_back(actor, payment, reversal_id, taken, back.on, back.reason)
    elif taken.run is not None:
        await return_to_draft(actor, taken.run, payment.id)
    await _tell(actor, case, payment, reversal_id, back)
    if payment.is_fee_alone:
        return reversal_id
    await _follow(actor, case, reversal_id, back.on)
    await _follow_minimum(actor, case, back)
    return reversal_id


async def _follow_minimum(actor: Actor, case: CaseFile, back: Back) -> None:
    """What was charged at a close goes back with the last payment that bore it; of a case that stays closed what is
    missing of its minimum now is charged.
    """
    for charge_id, charged_on in await charges_to_return(actor, case.id):
        again = Back(external_id=f"{charge_id} back", reason=back.reason, on=max(back.on, charged_on))
        await go_back(actor, await load_case(actor, case.id), await load_payment(actor, charge_id), again)
    await charge_rest(actor, [await load_case(actor, case.id)])


async def _post(actor: Actor, payment: Payment, back: Back, taken: Taken, here: Here) -> UUID:
    kind = f"{back.kind} clawed back" if taken.is_final else back.kind
    account = await bank_account_of(actor, payment.journal_id) if payment.cash == 1000 else None
    draft = JournalDraft(SOURCE, back.external_id, kind, back.on, tuple(lines(payment, back, taken, here, account)))
    async with savepoint():
        return (await post(actor, [draft]))[0]


def lines(payment: Payment, back: Back, taken: Taken, here: Here, bank_account: UUID | None = None) -> Iterator[Line]:
    """The lines by which a payment goes back. What was paid out to the debtor meanwhile is our loss, not the trust's; of
    a charge only what the processor took says what that is (`billing.payments.processor`)."""
    client, currency, ours = payment.client_id, payment.currency, payment.received_by is Payee.AGENCY
    undone = ours and not taken.is_final
    repaid = payment.costs_kept_minor if undone else 0
    kept = payment.banks_kept_minor
    kept_here = kept if undone else 0
    funds = payment.amount_minor - repaid if undone else 0
    given = funds + repaid + here.surplus_minor + here.held_minor
    lost = back.fee_minor + (0 if payment.cash == 1010 else here.missing_minor)
    advanced = lost + (payment.amount_minor - kept if ours and taken.is_final else 0)
    for account, minor, holder in (
        (2000, funds, client),
        (2040, repaid, None),
        (2030, here.surplus_minor, None),
        (2020, here.held_minor, None),
    ):
        if minor:
            yield dr(Book.TRUST, account, minor, currency, client=holder)
    if given:
        yield cr(Book.TRUST, payment.cash, given - kept_here, currency, bank_account=bank_account)
    if kept_here:
        yield cr(Book.TRUST, 1090, kept_here, currency)
        yield dr(Book.OPERATING, 2190, kept_here, currency)
    if kept:
        yield cr(Book.OPERATING, 5020, kept, currency)
    if advanced:
        yield dr(Book.TRUST, 1090, advanced, currency)
        yield cr(Book.TRUST, payment.cash, advanced, currency, bank_account=bank_account)
    if taken.is_final:
        yield from _owed_by_client(payment, taken)
    if lost:
        yield dr(Book.OPERATING, 5010, lost, currency)
    if advanced:
        yield cr(Book.OPERATING, 2190, advanced, currency)
    if repaid:
        yield cr(Book.OPERATING, 1220, repaid, currency)
    if payment.costs_kept_minor and (ours or taken.is_final):
        yield dr(Book.OPERATING, 1240, payment.costs_kept_minor, currency, client=client)
    if payment.fee_minor and not taken.is_final:
        yield dr(Book.OPERATING, 4090, payment.fee_minor, currency)
        yield cr(Book.OPERATING, 1210, payment.fee_minor, currency, client=client)
    owed = {component: payment.parts.on(component) for component in Component}
    yield from by_component(owe_more, payment.case_id, owed, currency, client=client)


def _owed_by_client(payment: Payment, taken: Taken) -> Iterator[Line]:
    """What the client had of it is owed by it; the fee and the VAT that its statement took are given back."""
    owed = taken.owed_minor(payment)
    if owed:
        side = dr if owed > 0 else cr
        yield side(Book.OPERATING, 1230, abs(owed), payment.currency, client=payment.client_id)
    if payment.fee_minor:
        yield dr(Book.OPERATING, 4090, payment.fee_minor, payment.currency)
    if taken.vat_minor:
        yield dr(Book.OPERATING, 2100, taken.vat_minor, payment.currency)


async def _keep(actor: Actor, payment: Payment, back: Back, journal_id: UUID) -> UUID:
    reversal_id = new_id()
    reverses = {"payment_id": payment.id, "received_on": payment.received_on}
    await sql(
        INSERT,
        *(actor.agency_id, payment.id, reversal_id, journal_id, back.on),
        *(as_json({**json.loads(payment.fee_facts), "reverses": reverses}), actor.user_id, clock.now()),
    )
    await give_back_shares(actor, reversal_id)
    return reversal_id


async def _tell(actor: Actor, case: CaseFile, payment: Payment, reversal_id: UUID, back: Back) -> None:
    if payment.is_fee_alone:
        told = {"payment_id": reversal_id, "amount_minor": payment.fee_minor, "currency": payment.currency}
        await tell(actor, case, "minimum_fee.returned", "money", told)
        more = {"reverses": payment.id, "case_id": case.id}
        await record(
            actor, "minimum_fee.returned", "payment", payment.id, client_id=case.client_id, facts={**told, **more}
        )
        return
    facts: dict[str, object] = {
        "payment_id": reversal_id,
        "reverses": payment.id,
        "amount_minor": payment.total_minor,
        "currency": payment.currency,
        "received_on": back.on,
        "of": payment.received_on,
        "fee_minor": payment.fee_minor,
        "balance_minor": case.balance_minor + payment.amount_minor,
        "reason": back.reason,
    }
    await tell(actor, case, "payment.reversed", "money", facts)
    await record(
        actor,
        "payment.reversed",
        "payment",
        payment.id,
        client_id=case.client_id,
        facts={**facts, "case_id": case.id},
    )


async def _follow(actor: Actor, case: CaseFile, because: UUID, on: date) -> None:
    """A case that was closed as paid or settled is open again, and somebody looks at it; its promise is judged anew. One
    whose rest was written off after that money is open again as well, and owes it again. What a client had taken back
    stays with it, and a claim that left the books stays out of them.
    """
    portal = on_behalf(actor)
    case = await load_case(actor, case.id)
    given_up = await closing_write_off(portal, case)
    # What was too much opens nothing when it goes back.
    if case.balance_minor and (given_up is not None or case.close_code in PAYABLE_CODES):
        await move(portal, case, CaseStatus.ACTIVE)
        case = await load_case(actor, case.id)
        whose = (case.next_action_user_id, case.next_action_queue_id)
        await set_next(portal, case, Next(NextAction.REVIEW, await tomorrow(actor), *whose, "payment_returned"))
        if given_up is not None:
            await owe_again(portal, case, given_up, because, on)
        case = await load_case(actor, case.id)
    await judge_anew(portal, case)
    case = await load_case(actor, case.id)
    await judge_plan(portal, case.id)
    await judge_plan_anew(portal, case, because, on)
    case = await load_case(actor, case.id)
    await take_out_recalled(portal, case, because, on)
    case = await load_case(actor, case.id)
    if case.close_code in CLAIM_GONE:
        await take_out_again(portal, case, because, on)
    await refresh(actor, case.id)
