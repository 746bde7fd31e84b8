"""Where a debtor may be, and so which clocks count.

Two sources speak: the postal address and the telephone number. A source that names a spot (a state, a postal region, an
area code) beats one that names only a country; two that name different spots both count, and a contact must be right
at either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from babel.core import get_global
from phonenumbers import PhoneNumberType
from phonenumbers import timezone as phone_zones

from cases.contact.regions import MAIN_ZONES, POSTAL_ZONES, REGION_ZONES, state_of_zip

AREA = 3
"""How many characters of a postal code decide on a zone, in the countries where it does."""
AREA_COUNTRIES = ("US", *POSTAL_ZONES)


@dataclass(frozen=True, slots=True)
class Place:
    """One place a debtor may be at: an IANA zone, its country, its region where known, and a city to call it by."""

    zone: str
    country: str = ""
    region: str = ""
    city: str = ""

    @property
    def clock(self) -> ZoneInfo:
        """The zone's rules."""
        return _zone(self.zone)

    def lies_in(self, jurisdiction: str) -> bool:
        """Whether the place is in a country (``US``) or region (``US-NY``)."""
        country, _, region = jurisdiction.partition("-")
        return country == self.country and region in {"", self.region}

    def as_facts(self) -> Mapping[str, str]:
        """The place as plain data for JSON."""
        return {"zone": self.zone, "country": self.country, "region": self.region, "city": self.city}


@lru_cache(maxsize=1024)
def places_of(
    country: str, *, region: str = "", postal_code: str = "", city: str = "", phone: str = ""
) -> tuple[Place, ...]:
    """The places a debtor may be at, the address's first. Empty only when nothing at all is known.

    ``country`` is ISO 3166 alpha-2, ``region`` its state or province by code, ``phone`` the number to be dialled (or
    any number of the debtor where none is). A country with several zones counts in all of them until a region, a
    postal code or an area code narrows it.
    """
    address, settled = _address_places(country.upper(), region, postal_code, city)
    dialled, exact = _phone_places(phone, country.upper())
    if not dialled or (settled and not exact):
        return address
    if not address or (exact and not settled and _same_country(address, dialled)):
        return _named(dialled, address, city)
    kept = {_offsets(place.zone) for place in address}
    return (*address, *(place for place in dialled if _offsets(place.zone) not in kept))


def _named(dialled: tuple[Place, ...], address: tuple[Place, ...], city: str) -> tuple[Place, ...]:
    """An area code settles the zone, but the debtor is still called by the city of its address."""
    if not address or len(dialled) > 1:
        return dialled
    return (Place(dialled[0].zone, dialled[0].country, address[0].region, city),)


def _same_country(left: tuple[Place, ...], right: tuple[Place, ...]) -> bool:
    return {place.country for place in left} == {place.country for place in right}


def _address_places(country: str, region: str, postal_code: str, city: str) -> tuple[tuple[Place, ...], bool]:
    """The address's places, and whether they are narrower than the country's own."""
    state = region.strip().upper().removeprefix(f"{country}-")
    code = postal_code.strip().upper()
    if country == "US" and state not in REGION_ZONES["US"]:
        state = state_of_zip(code)
    by_state = REGION_ZONES.get(country, {}).get(state, ())
    zones = by_state or _by_postal_code(country, code)
    known_region = state if len(state) <= 3 else ""
    everywhere = country_zones(country)
    if zones:
        return distinct(Place(zone, country, known_region, city) for zone in zones), True
    settled = len(everywhere) == 1
    return tuple(Place(zone, country, known_region, city if settled else "") for zone in everywhere), settled


def _by_postal_code(country: str, code: str) -> tuple[str, ...]:
    """The longest postal prefix that is known wins; the empty prefix stands for the rest of the country."""
    prefixes = POSTAL_ZONES.get(country, {})
    if not code:
        return ()
    return next((prefixes[code[:length]] for length in range(len(code), -1, -1) if code[:length] in prefixes), ())


@lru_cache(maxsize=256)
def country_zones(country: str) -> tuple[str, ...]:
    """The IANA zones of a country whose clocks differ. China and a few others keep one legal time."""
    listed = MAIN_ZONES.get(country) or get_global("territory_zones").get(country, ())
    return tuple(place.zone for place in distinct(Place(zone, country) for zone in sorted(listed, key=_is_obscure)))


_FAMILIAR = {"Europe/Moscow", "America/Mexico_City"} | {
    zone for states in REGION_ZONES.values() for zones in states.values() for zone in zones
}


def _is_obscure(zone: str) -> bool:
    """Of zones that keep the same clock the one people know is named: New York, not Marengo."""
    return zone not in _FAMILIAR


_SPOTS = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def _phone_places(phone: str, country: str) -> tuple[tuple[Place, ...], bool]:
    """The number's places, and whether it names a spot.

    A mobile number outside the North American plan names its country only; a freephone or internet number names
    nothing, since it follows its owner anywhere.
    """
    try:
        number = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return (), False
    kind = phonenumbers.number_type(number)
    owner = phonenumbers.region_code_for_number(number) or ""
    if kind in _SPOTS:
        zones = [zone for zone in phone_zones.time_zones_for_geographical_number(number) if not zone.startswith("Etc/")]
        places = distinct(Place(zone, owner) for zone in zones)
        return places, bool(places) and len(places) <= len(country_zones(owner) or places)
    if kind == PhoneNumberType.MOBILE or not country:
        return tuple(Place(zone, owner) for zone in country_zones(owner)), len(country_zones(owner)) == 1
    return (), False


def distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places without those whose clock and country another one already has, in their order."""
    kept: dict[tuple[object, ...], Place] = {}
    for place in places:
        kept.setdefault((place.country, _offsets(place.zone)), place)
    return tuple(kept.values())


def local_days(moment: datetime, places: Iterable[Place]) -> frozenset[date]:
    """The dates it is at the places; the UTC date when no place is known."""
    return frozenset(moment.astimezone(place.clock).date() for place in places) or frozenset({moment.date()})


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=512)
def _offsets(zone: str) -> tuple[int, ...]:
    """A zone's clock as one can compare it: its offset each week of the years for which zone data is settled."""
    clock = _zone(zone)
    moments = (
        datetime(year, month, day, 12, tzinfo=UTC)
        for year in range(2026, 2038)
        for month in range(1, 13)
        for day in (1, 8, 15, 22, 29)
        if (month, day) != (2, 29)
    )
    return tuple(_minutes(moment, clock) for moment in moments)


def _minutes(moment: datetime, clock: ZoneInfo) -> int:
    offset = moment.astimezone(clock).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60
