"""Debtors as an agency knows them, with all their numbers and addresses: under which keys, and how alike two of them are."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from uuid import UUID

from cases.matching.blocking import PHONE_DIGITS, email_keys, name_keys, phone_keys
from cases.matching.evidence import DebtorFacts, normal_phone, normal_street
from cases.matching.names import Kind
from cases.matching.score import Score, score

MOST = 12
"""As many telephone numbers, addresses and streets of one debtor are looked at: what is more is no debtor's own."""
BEARERS = 20
BEARERS_OF_A_NAME = 5
"""A name that more bear, of a chain for one, needs an address or a number to tell them apart: these are keys as well."""


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is known of a debtor and tells it from others."""

    id: UUID
    kind: Kind
    name: str
    country: str
    postal_code: str = ""
    city: str = ""
    streets: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def facts(self, street: str = "", phone: str = "", email: str = "") -> DebtorFacts:
        """The debtor with one of its streets, telephone numbers and addresses."""
        return DebtorFacts(
            kind=self.kind,
            name=self.name,
            email=email,
            phone=phone,
            street=street,
            postal_code=self.postal_code,
            city=self.city,
            country=self.country,
        )


def keys_of(profile: Profile) -> dict[int, int]:
    """The keys of a debtor, and of how many bearers each still tells something: what more have in common is nobody's.

    A key is a digest of eight bytes, so that no telephone number stands twice in the database.
    """
    found = set(name_keys(profile.kind, profile.name, profile.country, profile.postal_code or profile.city))
    for phone in profile.phones[:MOST]:
        found.update(phone_keys(phone))
    for email in profile.emails[:MOST]:
        found.update(email_keys(email))
    return {_digest(key): BEARERS_OF_A_NAME if key.startswith("name ") else BEARERS for key in found}


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def compare(one: Profile, other: Profile) -> Score:
    """How much speaks for two debtors being one, by the values that agree best. Symmetric."""
    street = _nearest(one.streets, other.streets, normal_street)
    phone = _nearest(one.phones, other.phones, normal_phone, lambda number: normal_phone(number)[-PHONE_DIGITS:])
    email = _nearest(one.emails, other.emails, str.casefold, lambda address: address.casefold().rpartition("@")[2])
    return score(one.facts(street[0], phone[0], email[0]), other.facts(street[1], phone[1], email[1]))


def _nearest(ours: tuple[str, ...], theirs: tuple[str, ...], *alike: Callable[[str], str]) -> tuple[str, str]:
    """A value of each that agree by the first measure under which any do; else the first of each."""
    pairs = list(product(ours[:MOST] or ("",), theirs[:MOST] or ("",)))
    for measure in alike:
        for mine, yours in pairs:
            if mine and yours and measure(mine) == measure(yours):
                return mine, yours
    return pairs[0]
