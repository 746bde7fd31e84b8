"""What the contact engine is asked, and the facts it is given. All plain data: the engine looks nothing up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.contact.zones import Place


class Channel(StrEnum):
    """The way a contact is made."""

    CALL = "call"
    """A telephone call."""
    EMAIL = "email"
    """An e-mail."""
    SMS = "sms"
    """A text message, or one in a messenger."""
    LETTER = "letter"
    """A letter by post."""
    VISIT = "visit"
    """A visit in person."""


class Direction(StrEnum):
    """Who began."""

    OUTBOUND = "out"
    """We contact them."""
    INBOUND = "in"
    """They contact us."""


class DebtorClass(StrEnum):
    """What the debtor is in law."""

    CONSUMER = "consumer"
    """A natural person, for private ends."""
    SOLE_TRADER = "sole_trader"
    """A natural person in business."""
    GUARANTOR = "guarantor"
    """Answers for another's debt."""
    COMPANY = "company"
    """A legal person."""


class Purpose(StrEnum):
    """What the contact is for."""

    COLLECTION = "collection"
    """To have the debt paid."""
    ANSWER = "answer"
    """To answer the debtor: papers asked for, the reply to a dispute."""
    LOCATION = "location"
    """To ask where the debtor can be reached, without a word about the debt."""


class Outcome(StrEnum):
    """How a contact ended."""

    RIGHT_PARTY = "right_party"
    """Spoke to the person meant."""
    WRONG_PERSON = "wrong_person"
    """Somebody else answered."""
    NO_ANSWER = "no_answer"
    """It rang."""
    VOICEMAIL = "voicemail"
    """A machine answered."""
    NOT_CONNECTED = "not_connected"
    """Busy, or out of service."""
    REFUSED = "refused"
    """Spoke to the person meant, who would not talk about it."""
    SENT = "sent"
    """A message or a letter left."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody asked not to be contacted. No ``channels`` means: on none at all."""

    since: date
    channels: frozenset[Channel] = frozenset()

    def covers(self, channel: Channel) -> bool:
        """Whether the stop holds on ``channel``."""
        return not self.channels or channel in self.channels


@dataclass(frozen=True, slots=True)
class Person:
    """Whom we want to contact at the debtor, as recorded.

    ``authorised``: recorded as one who speaks for this debtor, since a day where that is known. ``guarantor``: answers
    for the debt once what was guaranteed is broken.
    """

    id: str
    name: str
    authorised: bool = False
    authorised_since: date | None = None
    third_party: bool = False
    representative: bool = False
    guarantor: bool = False
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class PastContact:
    """A contact or an attempt with this debtor, on any of its cases."""

    at: datetime
    channel: Channel
    direction: Direction
    outcome: Outcome | None = None
    person_id: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """An open dispute. ``amount_minor`` is the disputed part; None means the whole claim."""

    since: date
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """The case is left alone through a day, as was agreed with the debtor, or as a court or an insolvency orders."""

    until: date
    by_law: bool = False


@dataclass(frozen=True, slots=True)
class Representation:
    """A lawyer or another representative speaks for the debtor, since a day where that is known."""

    name: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """Direct consent to be contacted, received at a moment, for ``channels`` (none means all)."""

    at: datetime
    channels: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """May this person be contacted about this case, on this channel, now?

    ``person`` None means the debtor itself, at its own address or number. ``places`` are all the places the debtor may
    be at (see ``zones.places_of``). ``history`` holds the contacts of this debtor, ours and theirs, long enough back
    for the longest counting rule (30 days will do). ``balance_minor`` is what is owed on the case in ``currency``,
    against which a disputed part is measured; ``about_disputed`` says that the contact is about that very part.
    ``artefacts`` names what is present: ``opt_out_line``, ``validation_notice`` and the like. ``debtor_stops`` were
    asked by the debtor for everybody there; ``recall_asked_on`` is the day since which the client wants the case back.
    ``agreement`` says how an agreement to pay stands that runs (``plan_running``, ``plan_in_grace``), ``rest`` that the
    case is left alone for a time.
    Raises ``ValueError`` when a moment bears no time zone.
    """

    now: datetime
    channel: Channel
    debtor_class: DebtorClass
    places: tuple[Place, ...]
    direction: Direction = Direction.OUTBOUND
    purpose: Purpose = Purpose.COLLECTION
    person: Person | None = None
    case_id: str = ""
    debt_class: str = ""
    history: tuple[PastContact, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    recall_asked_on: date | None = None
    agreement: str = ""
    rest: Rest | None = None
    balance_minor: int = 0
    currency: str = ""
    about_disputed: bool = False
    representation: Representation | None = None
    debtor_stops: tuple[Stop, ...] = ()
    artefacts: frozenset[str] = frozenset()
    consents: tuple[Consent, ...] = ()

    def __post_init__(self) -> None:
        moments = [self.now, *(contact.at for contact in self.history), *(consent.at for consent in self.consents)]
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a moment without a time zone says nothing about the debtor's clock")

    def as_facts(self) -> Mapping[str, object]:
        """The inputs as plain data for JSON, to be kept with the decision. People appear by id, never by name."""
        return {
            "now": self.now.isoformat(),
            "channel": self.channel.value,
            "direction": self.direction.value,
            "purpose": self.purpose.value,
            "debtor_class": self.debtor_class.value,
            "debt_class": self.debt_class,
            "places": [place.as_facts() for place in self.places],
            "case": self.case_id,
            "person": self._person_facts(),
            "debtor_stops": [_stop_facts(stop) for stop in self.debtor_stops],
            "history": [_contact_facts(contact) for contact in self.history],
            "disputes": [{"since": d.since.isoformat(), "amount_minor": d.amount_minor} for d in self.disputes],
            "recall_asked_on": self.recall_asked_on.isoformat() if self.recall_asked_on else None,
            "agreement": self.agreement,
            "rest": {"until": self.rest.until.isoformat(), "by_law": self.rest.by_law} if self.rest else None,
            "balance_minor": self.balance_minor,
            "currency": self.currency,
            "about_disputed": self.about_disputed,
            "represented": self.representation is not None,
            "artefacts": sorted(self.artefacts),
            "consents": [{"at": c.at.isoformat(), "channels": sorted(c.channels)} for c in self.consents],
        }

    def _person_facts(self) -> Mapping[str, object] | None:
        if self.person is None:
            return None
        since = self.person.authorised_since
        return {
            "id": self.person.id,
            "authorised": self.person.authorised,
            "authorised_since": since.isoformat() if since else None,
            "third_party": self.person.third_party,
            "representative": self.person.representative,
            "guarantor": self.person.guarantor,
            "stops": [_stop_facts(stop) for stop in self.person.stops],
        }


def _stop_facts(stop: Stop) -> Mapping[str, object]:
    return {"since": stop.since.isoformat(), "channels": sorted(stop.channels)}


def _contact_facts(contact: PastContact) -> Mapping[str, object]:
    return {
        "at": contact.at.isoformat(),
        "channel": contact.channel.value,
        "direction": contact.direction.value,
        "outcome": contact.outcome.value if contact.outcome else None,
        "person": contact.person_id,
        "case": contact.case_id,
    }
