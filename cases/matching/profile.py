"""Debtors as an agency knows them, with all their numbers and addresses: under which keys, and how alike two of them are."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from uuid import UUID

from cases.matching.blocking import PHONE_DIGITS, email_keys, name_keys, number_keys, phone_keys
from cases.matching.evidence import DebtorFacts, normal_phone, normal_street
from cases.matching.names import Kind
from cases.matching.numbers import number_key
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
    registration_numbers: tuple[str, ...] = ()
    tax_ids: tuple[str, ...] = ()

    def facts(
        self, *, registration_number: str = "", tax_id: str = "", street: str = "", phone: str = "", email: str = ""
    ) -> DebtorFacts:
        """The debtor with one of each of which it may have several."""
        return DebtorFacts(
            kind=self.kind,
            name=self.name,
            registration_number=registration_number,
            tax_id=tax_id,
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
    found.update(number_keys((*profile.registration_numbers[:MOST], *profile.tax_ids[:MOST])))
    return {_digest(key): BEARERS_OF_A_NAME if key.startswith("name ") else BEARERS for key in found}


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def compare(one: Profile, other: Profile) -> Score:
    """How much speaks for two debtors being one, by the values that agree best. Symmetric."""
    street = _nearest(one.streets, other.streets, normal_street)
    phone = _nearest(one.phones, other.phones, normal_phone, lambda number: normal_phone(number)[-PHONE_DIGITS:])
    email = _nearest(one.emails, other.emails, str.casefold, lambda address: address.casefold().rpartition("@")[2])
    registered = _nearest(one.registration_numbers, other.registration_numbers, number_key)
    taxed = _nearest(one.tax_ids, other.tax_ids, number_key)
    ours, theirs = (
        profile.facts(
            registration_number=registered[side],
            tax_id=taxed[side],
            street=street[side],
            phone=phone[side],
            email=email[side],
        )
        for side, profile in enumerate((one, other))
    )
    return score(ours, theirs)


def _nearest(ours: tuple[str, ...], theirs: tuple[str, ...], *alike: Callable[[str], str]) -> tuple[str, str]:
    """A value of each that agree by the first measure under which any do; else the first of each."""
    pairs = list(product(ours[:MOST] or ("",), theirs[:MOST] or ("",)))
    for measure in alike:
        for mine, yours in pairs:
            if mine and yours and measure(mine) == measure(yours):
                return mine, yours
    return pairs[0]
