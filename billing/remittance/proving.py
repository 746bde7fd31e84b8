"""A form by which somebody proves once more who they are: wrong ones count as attempts at the account."""

from collections.abc import Awaitable, Callable

from billing.remittance.proof import NotProven, Proof
from portal import clock
from portal.pages.forms import Form
from portal.pages.toasts import PageRequest
from portal.people import attempts
from portal.people.actor import Actor
from portal.people.routes.browser import sender_of, settings_of
from portal.people.tables import Purpose
from portal.tenancy.database import savepoint
from portal.tenancy.request import settle


async def proving(request: PageRequest, actor: Actor, form: Form, act: Callable[[Proof, str], Awaitable[None]]) -> None:
    """Do what needs a proof, with what was typed and the key of secrets.

    A proof that does not fit is counted, whatever becomes of the page.

    Raises:
        Refused: as ``act`` does.
    """
    proof = Proof(form.values().get("code", "").strip()[:40], form.values().get("password", "")[:1000])
    purpose = Purpose.CODE if proof.code else Purpose.PASSWORD
    account = str(actor.user_id) if proof.code else actor.email
    attempt = await attempts.begin(purpose, account, sender_of(request).address, clock.now())
    try:
        async with savepoint():
            await act(proof, settings_of(request).secret_key)
    except NotProven:
        # Counted only afterwards, guesses made at once would slip past the limit together.
        await attempts.tell_failure(attempt)
        settle(request.scope, commit=True)
        raise
    await attempts.succeeded(attempt)
