"""Whom one may speak to: the authorised, never a third party, the representative where there is one, nobody who said stop."""

from dataclasses import dataclass
from datetime import datetime

from cases.contact.measures.measure import Explanation, Measure
from cases.contact.question import Channel, Person, Purpose, Question, Stop
from cases.contact.wording import Day
from portal.pages.text import Text, say


@dataclass(frozen=True, slots=True)
class Named(Measure):
    """Only persons recorded as authorised for this debtor, its representative, or the debtor itself."""

    def stops(self, question: Question, at: datetime) -> bool:
        person = question.person
        if person is None or question.purpose == Purpose.LOCATION:
            return False
        return not (person.authorised or person.representative)

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        person = question.person
        if person is None:
            return Explanation(say("Addressed to the debtor itself"))
        if stops:
            return Explanation(
                say("Not recorded as authorised for this debtor"),
                say("%(name)s is not recorded as authorised", name=person.name),
            )
        if person.authorised and person.authorised_since:
            return Explanation(say("Authorised for this debtor since %(since)s", since=Day(person.authorised_since)))
        if person.authorised:
            return Explanation(say("Authorised for this debtor"))
        if person.representative:
            return Explanation(say("Represents this debtor"))
        return Explanation(say("Asked only where the debtor can be reached"))


@dataclass(frozen=True, slots=True)
class ThirdParty(Measure):
    """The debt is never disclosed to a third party, who may only be asked where the debtor can be reached."""

    def stops(self, question: Question, at: datetime) -> bool:
        return is_third_party(question.person) and question.purpose != Purpose.LOCATION

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if stops and question.person:
            return Explanation(
                say("A third party: never disclose the debt; only a location request is allowed"),
                say("Never disclose the debt to %(name)s", name=question.person.name),
            )
        if is_third_party(question.person):
            return Explanation(say("A third party: ask for the location, and say nothing about the debt"))
        return Explanation(say("No third party"))


@dataclass(frozen=True, slots=True)
class Guaranteeing(Measure):
    """Who guaranteed an agreement is contacted once it is broken, and then about the guarantee."""

    def stops(self, question: Question, at: datetime) -> bool:
        person = question.person
        collects = question.purpose == Purpose.COLLECTION
        return person is not None and person.guarantor and collects and question.agreement != "plan_broken"

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if question.person is None or not question.person.guarantor:
            return Explanation(say("No guarantor"))
        if stops:
            return Explanation(
                say("A guarantor: asked only once the agreement is broken"),
                say("%(name)s only answers once the agreement is broken", name=question.person.name),
            )
        return Explanation(say("A guarantor: speak about the guarantee only"))


def is_third_party(person: Person | None) -> bool:
    """Somebody else than the debtor; a representative stands in the debtor's place and is none."""
    return person is not None and person.third_party and not person.representative


@dataclass(frozen=True, slots=True)
class Stopped(Measure):
    """This person, or the debtor for everybody there, asked not to be contacted on this channel, or at all."""

    def stops(self, question: Question, at: datetime) -> bool:
        return _stop_of(question) is not None

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        stop = _stop_of(question)
        if stop is None:
            return Explanation(say("No stop on record"))
        since = Day(stop.since)
        if not stop.channels:
            fact = say("Asked on %(since)s not to be contacted at all", since=since)
        else:
            fact = say(_ASKED[question.channel].msgid, since=since)
        return Explanation(fact, forbidden(question))


def _stop_of(question: Question) -> Stop | None:
    """The stop that holds, the widest first. A representative is not bound by what the debtor asked for itself."""
    stops = question.person.stops if question.person else ()
    if not (question.person and question.person.representative):
        stops = (*stops, *question.debtor_stops)
    holding = [stop for stop in stops if stop.covers(question.channel)]
    return min(holding, key=lambda stop: (bool(stop.channels), stop.since), default=None)


_ASKED = {
    Channel.CALL: say("Asked on %(since)s not to be called"),
    Channel.EMAIL: say("Asked on %(since)s not to be e-mailed"),
    Channel.SMS: say("Asked on %(since)s not to be sent messages"),
    Channel.LETTER: say("Asked on %(since)s not to be sent letters"),
    Channel.VISIT: say("Asked on %(since)s not to be visited"),
}

_FORBIDDEN = {
    Channel.CALL: (say("Do not call %(name)s"), say("Do not call the debtor")),
    Channel.EMAIL: (say("Do not e-mail %(name)s"), say("Do not e-mail the debtor")),
    Channel.SMS: (say("Do not send messages to %(name)s"), say("Do not send messages to the debtor")),
    Channel.LETTER: (say("Do not write to %(name)s"), say("Do not write to the debtor")),
    Channel.VISIT: (say("Do not visit %(name)s"), say("Do not visit the debtor")),
}


def forbidden(question: Question) -> Text:
    """ "Do not call Jürgen Müller", on the channel asked about."""
    named, unnamed = _FORBIDDEN[question.channel]
    return Text(named.msgid, {"name": question.person.name}) if question.person else unnamed


@dataclass(frozen=True, slots=True)
class Represented(Measure):
    """A represented debtor is contacted through the representative only."""

    def stops(self, question: Question, at: datetime) -> bool:
        return question.representation is not None and not (question.person and question.person.representative)

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        representation = question.representation
        if representation is None:
            return Explanation(say("No lawyer on record"))
        if not stops:
            return Explanation(say("Goes to the representative, %(name)s", name=representation.name))
        fact = (
            say("Represented by %(name)s since %(since)s", name=representation.name, since=Day(representation.since))
            if representation.since
            else say("Represented by %(name)s", name=representation.name)
        )
        return Explanation(fact, say("Contact the representative only"))
