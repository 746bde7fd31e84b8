"""Where an account is made to stand today, so that every situation of the sample world can be seen."""

from datetime import date, datetime, time, timedelta
from itertools import chain, repeat

from cases.casework import NextAction
from cases.contact.question import Direction, Outcome
from cases.promises.judge import last_day
from cases.promises.make import TOLERANCE_DAYS
from portal.sample.acts import (
    AskClient,
    Call,
    Correct,
    GiveBack,
    Hold,
    LetGo,
    Limitation,
    Recall,
    Settle,
    Stop,
    ToLegal,
)
from portal.sample.hours import appointed, local_day, moment, working, working_day
from portal.sample.stories import DAY, dispute, judged_at_night, meet, opening
from portal.sample.telling import Teller


def _before(tell: Teller, days: int) -> date:
    """A working day so many before today."""
    return working_day(tell.today, -days, tell.account.agency.country)


def _up_to(tell: Teller, day: date) -> None:
    """What happened before the last act, which is near today: calls, some talks, a part of the money."""
    limit = moment(day, time(0), tell.zone) - 4 * DAY
    for gaps in chain(((1, 3), (4, 8), (9, 16), (18, 28)), repeat((28, 42))):
        at = tell.after(*gaps)
        if at >= limit:
            return
        if tell.random.random() < 0.55:
            tell.spoke(at)
        else:
            tell.unreached(at)
        if tell.random.random() < 0.2:
            tell.pay(min(tell.day + 2 * DAY, day - 3 * DAY), tell.round(0.3))


def _final(tell: Teller, least: int, most: int) -> datetime:
    """When the last act is: so many working days ago, and not before what went before it."""
    day = _before(tell, tell.random.randint(least, most))
    _up_to(tell, day)
    at = tell.on(max(day, tell.day + DAY))
    return at if at < tell.now else max(tell.at + timedelta(hours=2), tell.now - timedelta(minutes=40))


def has_promised(tell: Teller) -> None:
    """A promise that is still open."""
    at = _final(tell, 1, 7)
    due = working_day(tell.today, tell.random.randint(1, 14), tell.account.agency.country, tell.account.debtor.country)
    part = tell.random.random() < 0.5
    tell.promise(at, tell.round(0.5) if part else tell.balance_minor, due, part=part)


def has_broken(tell: Teller) -> None:
    """A promise broken lately, and nobody reached since."""
    at = _final(tell, 11, 18)
    due = working_day(local_day(at, tell.zone), tell.random.randint(3, 6), tell.account.agency.country)
    judged = tell.promise(at, tell.round(0.5), due)
    judged_at_night(tell, judged)
    tell.unreached(tell.after(0, 1), Outcome.NO_ANSWER)


def broke_today(tell: Teller) -> None:
    """A promise whose last day was the last working day before today."""
    country = tell.account.debtor.country
    eve = _before(tell, 1)
    due = next(day for back in range(1, 20) if last_day(day := eve - back * DAY, TOLERANCE_DAYS, country) <= eve)
    day = working_day(due, -3, tell.account.agency.country)
    _up_to(tell, day)
    tell.promise(tell.on(max(day, tell.day + DAY)), tell.round(0.5), max(due, tell.day))


def wants_a_call(tell: Teller) -> None:
    """Asked to be called back today."""
    at = _final(tell, 1, 3)
    day = tell.today if working(tell.today, tell.account.agency.country) else _before(tell, 1)
    clock = time(tell.random.choice((9, 10, 11, 13, 14, 14, 15, 16)), tell.random.choice((0, 15, 30, 45)))
    given = tell.random.choice(("boss_away", "short_of_cash", "invoice_missing"))
    act = Call(
        outcome=Outcome.RIGHT_PARTY, note=tell.random.choice(tell.words.reasons[given]), reason_given=given,
        action=NextAction.CALL_BACK, own=True, follow_at=moment(day, clock, tell.zone),
    )  # fmt: skip
    tell.contact(at, act, follows=False)


def is_called_today(tell: Teller) -> None:
    """Called on the last working day or, when that is today, this morning."""
    last = tell.today if working(tell.today, tell.account.agency.country) else _before(tell, 1)
    _up_to(tell, _before(tell, 4))
    at = tell.on(max(last, tell.day))
    at = at if at < tell.now else tell.now - timedelta(minutes=tell.random.randint(3, 170))
    if tell.random.random() < 0.5:
        tell.spoke(max(at, tell.at + DAY))
    else:
        tell.unreached(max(at, tell.at + DAY))


def calls_us(tell: Teller) -> None:
    """They rang back themselves."""
    at = _final(tell, 2, 6)
    act = Call(
        outcome=Outcome.RIGHT_PARTY, direction=Direction.INBOUND, note=tell.random.choice(tell.words.inbound),
        reason_given="invoice_missing", action=NextAction.CALL_BACK, own=True, follow_at=at,
    )  # fmt: skip
    tell.contact(at, act)


def is_called_late(tell: Teller) -> None:
    """Called outside the hours, with a written reason."""
    _final(tell, 3, 8)
    there = moment(tell.day, time(18, 12), "UTC")
    zone = tell.on(tell.day)
    at = max(there, zone) if there > tell.at else tell.at + timedelta(hours=1)
    act = Call(
        outcome=Outcome.RIGHT_PARTY, note=tell.random.choice(tell.words.reasons["short_of_cash"]),
        reason_given="short_of_cash", override=tell.random.choice(tell.words.overrides),
        action=NextAction.CALL_BACK, own=True, follow_at=at,
    )  # fmt: skip
    tell.contact(at, act)


def is_disputed(tell: Teller) -> None:
    """A dispute that waits for its answer."""
    dispute(tell, _final(tell, 1, 5))


def is_held(tell: Teller) -> None:
    """On hold for a while."""
    at = _final(tell, 2, 8)
    reason = tell.random.choice(("client_asked", "papers", "insolvency", "talks"))
    tell.contact(at, Hold(until=tell.today + tell.random.randint(5, 30) * DAY, reason=reason), follows=False)


def needs_papers(tell: Teller) -> None:
    """Waits for something from the client."""
    at = _final(tell, 2, 9)
    ask = AskClient(
        text=tell.random.choice(tell.words.papers), follow_at=tell.on(tell.today + tell.random.randint(0, 6) * DAY)
    )
    tell.contact(at, ask, follows=False)


def goes_to_law(tell: Teller) -> None:
    """With the lawyers."""
    at = _final(tell, 3, 14)
    act = ToLegal(note=tell.words.legal, follow_at=tell.on(tell.today + tell.random.randint(3, 20) * DAY))
    tell.contact(at, act, follows=False)


def settles(tell: Teller) -> None:
    """Pays most of it; the rest is let go by agreement."""
    opening(tell, most=1)
    day = working_day(tell.day, tell.random.randint(5, 25), tell.account.agency.country)
    day = min(day, max(tell.day, _before(tell, 2)))
    at = tell.pay(day, tell.round(0.8))
    tell.add(at + timedelta(hours=3), Settle(note=tell.words.settlement))
    tell.add(at + timedelta(hours=4), LetGo())


def runs_out(tell: Teller) -> None:
    """Old: limitation is near."""
    from portal.sample.places import COUNTRIES

    account = tell.account
    years = COUNTRIES[account.debtor.country].years_of_limitation
    ends = account.due_on.replace(year=account.due_on.year + years)
    note = Limitation(ends_on=ends, note=tell.words.limitation)
    tell.add(tell.at + timedelta(hours=4), note)
    at = _final(tell, 1, 4)
    tell.unreached(at)


def asks_to_be_left(tell: Teller) -> None:
    """The contact person asked not to be called any more."""
    at = _final(tell, 2, 8)
    act = Call(
        outcome=Outcome.REFUSED, note=tell.random.choice(tell.words.calls[Outcome.REFUSED]), assessment="unwilling",
        action=NextAction.SEND_EMAIL, follow_at=appointed(tell.on(tell.today + tell.random.randint(-2, 3) * DAY)),
    )  # fmt: skip
    tell.contact(at, act, follows=False)
    tell.add(at + timedelta(minutes=40), Stop(note=tell.words.stop))


def takes_a_lawyer(tell: Teller) -> None:
    """Represented from now on."""
    at = _final(tell, 3, 9)
    tell.spoke(at, "quality", "disputing", note=tell.words.lawyer)
    meet(tell, at + timedelta(minutes=9), "lawyer")


def has_an_adviser(tell: Teller) -> None:
    """A third party answered the telephone."""
    at = _final(tell, 2, 7)
    tell.unreached(at, Outcome.WRONG_PERSON)
    meet(tell, at + timedelta(minutes=3), "third_party")


def is_asked_back(tell: Teller) -> None:
    """Its client wants it back; the agency has not answered yet."""
    reason, note = tell.random.choice(tell.words.recalls)
    tell.add(_final(tell, 1, 4), Recall(reason=reason, note=note))


def went_back(tell: Teller) -> None:
    """Its client wanted it back, and has it."""
    at = _final(tell, 6, 12)
    reason, note = tell.random.choice(tell.words.recalls)
    tell.add(at, Recall(reason=reason, note=note))
    tell.add(at + DAY, GiveBack())


def is_corrected(tell: Teller) -> None:
    """Its client claims less than it placed."""
    reason = tell.words.claims_less
    tell.add(_final(tell, 2, 8), Correct(kind="credit_note", percent=tell.random.choice((92, 95)), reason=reason))


def claims_more(tell: Teller) -> None:
    """Its client claims more than it placed, and waits for the agency's answer."""
    act = Correct(kind="claim_too_low", percent=tell.random.choice((104, 108)), reason=tell.words.claims_more)
    tell.add(_final(tell, 1, 5), act)
