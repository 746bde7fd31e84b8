"""Stripe by its SDK: the one module that imports it, and only once somebody pays, for that takes a second.

What does not answer (away, slow, busy, or with a key that it does not accept) is `Unanswered`; a bank's no is
`Declined`; what would fail the next time as well is `Rejected`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast
from uuid import UUID

from billing.cards.objects import (
    Charge,
    Declined,
    Dispute,
    Event,
    Given,
    Intent,
    KeyRefused,
    NotThere,
    Payout,
    Refund,
    Rejected,
    Setup,
    Transaction,
    as_theirs,
)
from billing.cards.reading import (
    OURS,
    charge_of,
    dispute_of,
    event_of,
    intent_of,
    moment,
    payout_of,
    refund_of,
    setup_of,
    transaction_of,
)
from portal import clock
from portal.errors import Unanswered

if TYPE_CHECKING:
    from types import ModuleType

    import stripe
    from stripe.params import (
        PaymentIntentCreateParams,
        PaymentIntentCreateParamsMandateData,
        RefundCreateParams,
        SetupIntentConfirmParams,
        SetupIntentCreateParams,
    )

    MethodType = Literal["card", "sepa_debit"]

T = TypeVar("T")

SECONDS: Final = 10.0
"""So long the processor may be silent; a call as a whole may take half as long again."""
UNKNOWN_THERE: Final = frozenset({"use_stripe_sdk", "mandate_data"})
TOLERANCE: Final = timedelta(minutes=5)
"""A signature is that old at most: whoever recorded an event cannot send it again tomorrow."""


class BadSignature(Exception):
    """An event that did not come from the processor, or too late."""


class StripeProcessor:
    """Stripe as one agency reaches it: by its own key, or by the platform's and the name of its account."""

    def __init__(self, key: str, account_id: str | None, address: str) -> None:
        self._address = address
        self._client: stripe.StripeClient = _stripe().StripeClient(
            key,
            stripe_account=account_id,
            base_addresses={"api": address},
            max_network_retries=1,
            http_client=_http(asyncio.get_running_loop()),
        )

    async def create_customer(self, ours: UUID, name: str) -> str:
        async with _asking():
            made = await self._client.v1.customers.create_async(
                {"name": name, "metadata": {OURS: str(ours)}}, {"idempotency_key": f"customer {ours}"}
            )
        return made.id

    async def create_intent(
        self,
        ours: UUID,
        amount_minor: int,
        currency: str,
        methods: Sequence[str],
        *,
        customer_id: str = "",
        keep: bool = False,
        given: Given | None = None,
    ) -> Intent:
        wanted = _wanted(ours, amount_minor, currency, methods)
        if customer_id:
            wanted["customer"] = customer_id
        if keep:
            wanted["payment_method_options"] = {
                kind: {"setup_future_usage": "off_session"} for kind in cast("Sequence[MethodType]", methods)
            }  # type: ignore[typeddict-item]
        if given is not None:
            wanted.update({"payment_method": given.method_id, "confirm": True, "use_stripe_sdk": True})
            if given.kind == "sepa_debit":
                wanted["mandate_data"] = _mandate(given)
        async with _asking():
            return intent_of(
                await self._client.v1.payment_intents.create_async(
                    self._as_spoken(wanted), {"idempotency_key": f"{ours}"}
                )
            )

    async def charge_off_session(
        self, ours: UUID, amount_minor: int, currency: str, *, customer_id: str, method_id: str, kind: str
    ) -> Intent:
        wanted = _wanted(ours, amount_minor, currency, [kind])
        wanted.update({"customer": customer_id, "payment_method": method_id, "confirm": True, "off_session": True})
        async with _asking():
            made = await self._client.v1.payment_intents.create_async(
                self._as_spoken(wanted), {"idempotency_key": f"{ours}"}
            )
            return intent_of(made)

    async def fetch_intent(self, intent_id: str) -> Intent:
        async with _asking():
            return intent_of(
                await self._client.v1.payment_intents.retrieve_async(
                    intent_id, {"expand": ["latest_charge.balance_transaction", "payment_method"]}
                )
            )

    async def fetch_charge(self, charge_id: str) -> Charge:
        async with _asking():
            return charge_of(
                await self._client.v1.charges.retrieve_async(charge_id, {"expand": ["balance_transaction"]})
            )

    async def cancel_intent(self, intent_id: str) -> Intent:
        async with _asking():
            return intent_of(await self._client.v1.payment_intents.cancel_async(intent_id))

    async def create_setup(self, ours: UUID, customer_id: str, methods: Sequence[str]) -> Setup:
        wanted: SetupIntentCreateParams = {
            "customer": customer_id,
            "usage": "off_session",
            "allowed_payment_method_types": list(methods),
            "metadata": {OURS: str(ours)},
        }
        async with _asking():
            made = await self._client.v1.setup_intents.create_async(
                self._as_spoken(wanted), {"idempotency_key": f"setup {ours}"}
            )
            return setup_of(made)

    async def confirm_setup(self, setup_id: str, given: Given) -> Setup:
        wanted: SetupIntentConfirmParams = {
            "payment_method": given.method_id,
            "use_stripe_sdk": True,
            "expand": ["payment_method"],
        }
        if given.kind == "sepa_debit":
            wanted["mandate_data"] = _mandate(given)  # type: ignore[typeddict-item]
        async with _asking():
            return setup_of(await self._client.v1.setup_intents.confirm_async(setup_id, wanted))

    async def fetch_setup(self, setup_id: str) -> Setup:
        async with _asking():
            return setup_of(
                await self._client.v1.setup_intents.retrieve_async(setup_id, {"expand": ["payment_method"]})
            )

    async def forget_method(self, method_id: str) -> None:
        try:
            async with _asking():
                await self._client.v1.payment_methods.detach_async(method_id)
        except Rejected:
            return  # it is attached to nobody any more

    async def refund(self, ours: UUID, charge_id: str, amount_minor: int, currency: str) -> Refund:
        wanted: RefundCreateParams = {
            "charge": charge_id,
            "amount": as_theirs(amount_minor, currency),
            "metadata": {OURS: str(ours)},
        }
        async with _asking():
            return refund_of(await self._client.v1.refunds.create_async(wanted, {"idempotency_key": f"{ours}"}))

    async def list_refunds(self, charge_id: str) -> list[Refund]:
        async with _asking(of_many=True):
            pages = await self._client.v1.refunds.list_async({"charge": charge_id, "limit": 100})
            return [refund_of(one) async for one in pages.auto_paging_iter()]

    async def fetch_refund(self, refund_id: str) -> Refund:
        async with _asking():
            return refund_of(await self._client.v1.refunds.retrieve_async(refund_id))

    async def fetch_dispute(self, dispute_id: str) -> Dispute:
        async with _asking():
            return dispute_of(await self._client.v1.disputes.retrieve_async(dispute_id))

    async def fetch_payout(self, payout_id: str) -> Payout:
        async with _asking():
            return payout_of(await self._client.v1.payouts.retrieve_async(payout_id))

    async def list_payout(self, payout_id: str) -> list[Transaction]:
        async with _asking(of_many=True):
            pages = await self._client.v1.balance_transactions.list_async({"payout": payout_id, "limit": 100})
            return [transaction_of(one) async for one in pages.auto_paging_iter() if one.source != payout_id]

    async def list_events(self, since: datetime) -> list[Event]:
        async with _asking(of_many=True):
            pages = await self._client.v1.events.list_async({"created": {"gte": int(since.timestamp())}, "limit": 100})
            found = [event_of(one) async for one in pages.auto_paging_iter()]
        return sorted(found, key=lambda event: event.created)

    async def try_out(self) -> None:
        async with _asking():
            await self._client.v1.balance.retrieve_async()

    def _as_spoken(self, wanted: T) -> T:
        """What is asked for, as the server at this address understands it.

        The stand-in, the only one without TLS, knows the allowed kinds of methods by the name they had until 2026, and
        nothing of what only browsers and direct debits need.
        """
        if self._address.startswith("https:"):
            return wanted
        known = {name: value for name, value in cast("dict[str, object]", wanted).items() if name not in UNKNOWN_THERE}
        older = {name.removeprefix("allowed_"): value for name, value in known.items()}
        return cast("T", older)


def read_event(body: bytes, signature: str, secret: str) -> Event:
    """The event in a request that the processor signed with ``secret`` a moment ago.

    Raises:
        BadSignature: anybody else wrote it, or it is too old, or it is no event.
    """
    sdk = _stripe()
    try:
        sdk.WebhookSignature.verify_header(body, signature, secret)
        # The time it was signed at is part of what is signed; it is held against the portal's own clock.
        signed_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
        said = json.loads(body)
        subject = said["data"]["object"]
        event = Event(
            id=str(said["id"]),
            type=str(said["type"]),
            object_id=str(subject.get("id") or ""),
            created=moment(int(said["created"])),
            account_id=str(said.get("account") or ""),
        )
    except (sdk.SignatureVerificationError, ValueError, TypeError, AttributeError, KeyError, StopIteration) as error:
        raise BadSignature from error
    if abs(clock.now().timestamp() - signed_at) > TOLERANCE.total_seconds():
        raise BadSignature
    return event


def _wanted(ours: UUID, amount_minor: int, currency: str, methods: Sequence[str]) -> PaymentIntentCreateParams:
    return {
        "amount": as_theirs(amount_minor, currency),
        "currency": currency.lower(),
        "allowed_payment_method_types": list(methods),
        "metadata": {OURS: str(ours)},
    }


def _mandate(given: Given) -> PaymentIntentCreateParamsMandateData:
    """That the debtor allows a direct debit, online, now."""
    online = {"ip_address": given.address, "user_agent": given.user_agent}
    return {"customer_acceptance": {"type": "online", "online": online}}  # type: ignore[typeddict-item]


@asynccontextmanager
async def _asking(*, of_many: bool = False) -> AsyncIterator[None]:
    """One question, or several pages of one, whose errors are told in our words."""
    sdk = _stripe()
    try:
        async with asyncio.timeout(SECONDS * (12 if of_many else 1.5)):
            yield
    except (TimeoutError, sdk.APIConnectionError, sdk.RateLimitError) as error:
        raise Unanswered(type(error).__name__) from error
    except (sdk.AuthenticationError, sdk.PermissionError) as error:
        raise KeyRefused(type(error).__name__) from error
    except sdk.CardError as error:
        said = error.error
        intent = getattr(said, "payment_intent", None)
        code = getattr(said, "decline_code", None) or error.code or "declined"
        if error.code == "authentication_required":
            code = error.code
        raise Declined(code, error.user_message or "", getattr(intent, "id", "")) from error
    except sdk.InvalidRequestError as error:
        kind = NotThere if error.http_status == 404 else Rejected
        raise kind(error.code or "invalid_request", error.user_message or "") from error
    except sdk.IdempotencyError as error:
        raise Rejected("idempotency", error.user_message or "") from error
    except sdk.StripeError as error:
        raise Unanswered(type(error).__name__) from error


@cache
def _stripe() -> ModuleType:
    """The SDK, which takes a second to import: not before somebody pays."""
    import stripe

    return stripe


@cache
def _http(_: asyncio.AbstractEventLoop) -> stripe.HTTPXClient:
    """The connections to the processor, of one event loop."""
    return cast("stripe.HTTPXClient", _stripe().HTTPXClient(timeout=SECONDS))
