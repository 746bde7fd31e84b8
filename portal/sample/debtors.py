"""Invented debtors: companies that owe, with an address, somebody to speak to, and a number that rings nowhere."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from portal.sample.places import COUNTRIES, Country, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """A company that owes, as its creditor writes it down."""

    name: str
    country: str
    street: str
    postal_code: str
    city: str
    region: str
    phone: str
    email: str
    contact: str


def companies(random: Random, code: str) -> Iterator[Debtor]:
    """Companies of a country in a random order, none twice, for as long as its names last."""
    country = COUNTRIES[code]
    names = [
        (pattern, stem, trade) for stem in country.stems for trade in country.trades for pattern in country.companies
    ]
    random.shuffle(names)
    towns = [random.choice(country.towns) for _ in names]
    taken: set[str] = set()
    for number, ((pattern, stem, trade), town) in enumerate(zip(names, towns, strict=True)):
        name = pattern.format(stem=stem, trade=trade, town=town.name)
        if name not in taken:
            taken.add(name)
            domain = _ascii(f"{stem} {trade}") or f"{code.lower()}{number + 101}"
            yield _company(random, country, town, name, domain)


def _company(random: Random, country: Country, town: Town, name: str, domain: str) -> Debtor:
    first, last = random.choice(country.first_names), random.choice(country.last_names)
    between = "" if country.code == "CN" else " "
    contact = f"{last}{between}{first}" if country.family_name_first else f"{first} {last}"
    return Debtor(
        name=name,
        country=country.code,
        street=random.choice(country.streets).format(n=random.randint(2, 89)),
        postal_code=_digits(random, town.postal_code),
        city=town.name,
        region=town.region,
        phone=_digits(random, town.phone),
        email=f"{random.choice(('accounts', 'office', 'finance', 'invoices'))}@{domain}.example",
        contact=contact,
    )


def _digits(random: Random, pattern: str) -> str:
    return re.sub("#", lambda _: str(random.randint(0, 9)), pattern)


def _ascii(text: str) -> str:
    """The name as part of an address: letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ł", "l")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
