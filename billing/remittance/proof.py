"""Whoever approves money proves once more who they are: with a code of their authenticator, or, where they have none and
the agency allows it, with their password.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal import clock
from portal.errors import Forbidden, Refused
from portal.pages.text import N_
from portal.people import second_factor
from portal.people.actor import Actor
from portal.people.profile import check_own_password
from portal.tenancy.database import sql_value


class Asked(StrEnum):
    """What the actor is asked for."""

    CODE = "code"
    """A code of the authenticator: two-step login is on."""
    PASSWORD = "password"  # noqa: S105 - a kind of proof, no password
    """The password: two-step login is off, and the agency allows it."""
    NOTHING = "nothing"
    """Nothing would do: two-step login has to be turned on first."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was typed."""

    code: str = ""
    password: str = ""


class NotProven(Refused):
    """What was typed does not fit. Wrong ones are counted as attempts at the account."""


async def asked_of(actor: Actor) -> Asked:
    """What the actor proves themselves with.

    Raises:
        Forbidden: no person acts, who alone can approve money.
    """
    if actor.kind != "user":
        raise Forbidden("remittances.approve")
    if (await second_factor.own_credentials()).has_second_factor:
        return Asked.CODE
    allowed = await sql_value("select password_approves_money from agencies where id = $1", actor.agency_id)
    return Asked.PASSWORD if allowed else Asked.NOTHING


async def prove(actor: Actor, proof: Proof, secret_key: str) -> None:
    """Make sure that it is the actor. A code is used up by it. Call it before any row is locked: hashing takes a while.

    Raises:
        NotProven: the code or the password is wrong.
        Refused: it is missing, or two-step login must be turned on first.
        Forbidden: no person acts.
    """
    asked = await asked_of(actor)
    if asked is Asked.NOTHING:
        raise Refused(
            N_("Your agency asks for a code when money is approved. Turn two-step login on under your account first."),
            code="second_factor_needed",
        )
    if not (proof.code if asked is Asked.CODE else proof.password):
        raise Refused(N_("Please fill this in."), field=asked.value, code="missing")
    if asked is Asked.PASSWORD and not await check_own_password(proof.password):
        raise NotProven(N_("This is not your password."), field="password", code="wrong_password")
    if asked is Asked.CODE:
        assert actor.user_id is not None
        if not await second_factor.spend(actor.user_id, proof.code, clock.now(), secret_key):
            wrong = second_factor.wrong_code()
            raise NotProven(wrong.message, field=wrong.field, code=wrong.code)
