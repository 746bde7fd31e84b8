"""Limits on guessing, kept in the database so that they hold over all processes and machines.

An attempt is counted as failed before it is judged, in a transaction of its own: attempts made at the same moment
cannot slip past the limit together, and one that is broken off stays counted.
"""

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from portal.errors import Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.tables import Purpose
from portal.tenancy.database import sql, sql_value

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = {
    Purpose.PASSWORD: 5,
    Purpose.CODE: 5,
    Purpose.RESET: 3,
    Purpose.CLAIM: 5,
    Purpose.CLAIM_CODE: 3,
}
"""Failures of one account within the window after which it must wait. Links and codes asked for count as failures."""
PER_ADDRESS = 20
"""The same for one address, whatever the accounts."""


class TooManyAttempts(Refused):
    """The account or the address must wait (429). It is not said which, nor whether the account exists."""

    def __init__(self) -> None:
        super().__init__(
            N_("Too many attempts. Please wait %(minutes)s minutes and try again."),
            code="rate_limited",
            minutes=int(WINDOW.total_seconds() // 60),
        )


def account_hash(account: str) -> bytes:
    """What is kept of the account that was tried: an e-mail as `normal_email` gives it, a user's id, or the token of a
    private link.
    """
    return hashlib.sha256(account.encode()).digest()


def normal_email(email: str) -> str:
    """An e-mail as it is compared and kept."""
    return email.strip().lower()


async def begin(purpose: Purpose, account: str, address: str, now: datetime) -> UUID:
    """Count an attempt at ``account`` from ``address`` and return its id.

    Raises:
        TooManyAttempts: too many failed before.
    """
    attempt: UUID | None = await sql_value(
        "select begin_attempt($1, $2, $3, $4, $5, $6, $7)",
        purpose.value, account_hash(account), network(address), now, WINDOW, PER_ACCOUNT[purpose], PER_ADDRESS,
    )  # fmt: skip
    if attempt is None:
        raise TooManyAttempts
    return attempt


async def tell_failure(attempt: UUID) -> None:
    """Have a failed attempt written into the trail of the account's agencies.

    A job finds out whose account it was, for strangers as for members, so that both answers take as long.
    """
    await enqueue("people.tell_failed_attempt", {"attempt_id": attempt})


async def succeeded(attempt: UUID) -> None:
    """Take a counted attempt back: it was right."""
    await sql("select attempt_succeeded($1)", attempt)


def network(address: str) -> str:
    """What is limited as one address: an IPv4 address, or the /64 network that one IPv6 subscriber has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:60]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))
