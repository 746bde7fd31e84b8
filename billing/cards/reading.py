"""Reading the SDK's objects into ours. Whatever an older or lesser server leaves out counts as not said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from billing.cards.objects import (
    Charge,
    Dispute,
    Event,
    Intent,
    Method,
    Payout,
    Refund,
    Setup,
    Transaction,
    as_ours,
)

if TYPE_CHECKING:
    import stripe

OURS = "portal_id"
"""Under this name our row's id stands in the metadata of what we ask for."""


def intent_of(said: stripe.PaymentIntent) -> Intent:
    """A PaymentIntent; its charge and method where they were expanded."""
    currency = said.currency.upper()
    charge, method, error = (
        _said(said, "latest_charge"),
        _said(said, "payment_method"),
        _said(said, "last_payment_error"),
    )
    return Intent(
        id=said.id,
        status=said.status,
        currency=currency,
        amount_minor=as_ours(said.amount, currency),
        client_secret=said.client_secret or "",
        ours=_ours(said),
        customer_id=_id(_said(said, "customer")),
        method=None if method is None or isinstance(method, str) else method_of(method),
        charge=None if charge is None or isinstance(charge, str) else charge_of(charge),
        failure_code="" if error is None else str(_said(error, "decline_code") or _said(error, "code") or ""),
        failure_text="" if error is None else str(_said(error, "message") or ""),
    )


def charge_of(said: stripe.Charge) -> Charge:
    """A charge; its balance transaction where it was expanded."""
    currency, moved = said.currency.upper(), _said(said, "balance_transaction")
    return Charge(
        id=said.id,
        intent_id=_id(_said(said, "payment_intent")),
        currency=currency,
        amount_minor=as_ours(said.amount, currency),
        refunded_minor=as_ours(said.amount_refunded, currency),
        status=said.status,
        created=moment(said.created),
        transaction=None if moved is None or isinstance(moved, str) else transaction_of(moved),
        failure_code=str(_said(said, "failure_code") or ""),
        failure_text=str(_said(said, "failure_message") or ""),
    )


def transaction_of(said: stripe.BalanceTransaction) -> Transaction:
    """What moved on the balance."""
    currency = said.currency.upper()
    return Transaction(
        id=said.id,
        kind=said.type,
        currency=currency,
        amount_minor=as_ours(said.amount, currency),
        fee_minor=as_ours(said.fee, currency),
        source_id=_id(_said(said, "source")),
        created=moment(said.created),
    )


def method_of(said: stripe.PaymentMethod) -> Method:
    """What was paid with, as much as a debtor recognises it by."""
    detail = _said(said, said.type) or said  # the stand-in has the details of a card beside its id
    year, month = _said(detail, "exp_year"), _said(detail, "exp_month")
    return Method(
        id=said.id,
        kind=said.type,
        brand=str(_said(detail, "brand") or ""),
        last4=str(_said(detail, "last4") or ""),
        expires=f"{year:04}-{month:02}" if year and month else "",
        customer_id=_id(_said(said, "customer")),
    )


def setup_of(said: stripe.SetupIntent) -> Setup:
    """A SetupIntent."""
    method = _said(said, "payment_method")
    return Setup(
        id=said.id,
        status=said.status,
        client_secret=said.client_secret or "",
        customer_id=_id(_said(said, "customer")),
        method=None if method is None or isinstance(method, str) else method_of(method),
        ours=_ours(said),
    )


def refund_of(said: stripe.Refund) -> Refund:
    """A refund."""
    currency = said.currency.upper()
    return Refund(
        id=said.id,
        charge_id=_id(_said(said, "charge")),
        currency=currency,
        amount_minor=as_ours(said.amount, currency),
        status=said.status or "",
        created=moment(said.created),
        ours=_ours(said),
        failure_code=str(_said(said, "failure_reason") or ""),
    )


def dispute_of(said: stripe.Dispute) -> Dispute:
    """A chargeback."""
    currency, due = said.currency.upper(), said.evidence_details.due_by
    return Dispute(
        id=said.id,
        charge_id=_id(_said(said, "charge")),
        currency=currency,
        amount_minor=as_ours(said.amount, currency),
        status=said.status,
        reason=said.reason,
        created=moment(said.created),
        due_by=moment(due) if due else None,
        transactions=tuple(transaction_of(one) for one in said.balance_transactions),
    )


def payout_of(said: stripe.Payout) -> Payout:
    """A payout. Its arrival is a day, told as midnight in UTC."""
    currency = said.currency.upper()
    return Payout(
        id=said.id,
        currency=currency,
        amount_minor=as_ours(said.amount, currency),
        status=said.status,
        arrives_on=day(said.arrival_date),
        failure_code=str(_said(said, "failure_code") or ""),
    )


def event_of(said: stripe.Event) -> Event:
    """An event, without what it says of its object: that is fetched."""
    subject: Any = said.data.object
    return Event(
        id=said.id,
        type=said.type,
        object_id=str(_said(subject, "id") or ""),
        created=moment(said.created),
        account_id=str(_said(said, "account") or ""),
    )


def moment(seconds: int) -> datetime:
    """A moment of the processor."""
    return datetime.fromtimestamp(seconds, UTC)


def day(seconds: int) -> date:
    """A day of the processor."""
    return moment(seconds).date()


def _said(thing: object, name: str) -> Any:
    """An attribute, or None where the server left it out."""
    return getattr(thing, name, None)


def _id(thing: object) -> str:
    """The id of an object that is there whole or by its id alone."""
    return "" if thing is None else thing if isinstance(thing, str) else str(_said(thing, "id"))


def _ours(thing: object) -> str:
    return str(_said(_said(thing, "metadata"), OURS) or "")
