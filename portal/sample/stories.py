"""What becomes of an account: the stories of the sample world, told up to the present.

Some run their natural course, from the first call to money or to the end of hope; others are made to stand, today, in
one particular situation, so that every situation can be seen.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, repeat
from random import Random

from billing.tables import Channel
from cases.casework import NextAction
from cases.contact.question import Direction, Outcome
from cases.promises.judge import last_day
from cases.promises.make import TOLERANCE_DAYS
from portal.sample.acts import (
    Account,
    Answer,
    AskClient,
    Call,
    Close,
    Dispute,
    Event,
    Hold,
    Limitation,
    Meet,
    Note,
    Return,
    Settle,
    Stop,
    ToLegal,
)
from portal.sample.hours import appointed, local_day, moment, working, working_day
from portal.sample.telling import Teller

DAY = timedelta(days=1)

# Openings


def ring(tell: Teller, times: int, until: datetime | None = None) -> None:
    """Calls that reach nobody, at growing intervals."""
    for gaps in ((1, 3), (1, 3), (3, 6), (6, 11), (10, 18), (15, 25), (20, 32))[:times]:
        at = tell.after(*gaps)
        if until is not None and at >= until:
            return
        tell.unreached(at)


def come_to_know(tell: Teller) -> None:
    """Sometimes a second person becomes known in the first talk."""
    if tell.random.random() < 0.3:
        kind = tell.random.choice(("colleague", "owner"))
        meet(tell, tell.at + timedelta(minutes=6), kind)


def meet(tell: Teller, at: datetime, kind: str) -> None:
    """Somebody at the debtor becomes known."""
    words, random, debtor = tell.words, tell.random, tell.account.debtor
    from portal.sample.places import COUNTRIES

    country = COUNTRIES[debtor.country]
    first, last = random.choice(country.first_names), random.choice(country.last_names)
    between = "" if debtor.country == "CN" else " "
    name = f"{last}{between}{first}" if country.family_name_first else f"{first} {last}"
    position = {
        "owner": words.owner,
        "third_party": words.adviser,
        "lawyer": "",
    }.get(kind, random.choice(words.positions))
    shown = {"lawyer": f"{last} & {random.choice(country.last_names)}"}.get(kind, name)
    if kind == "lawyer" and debtor.country == "CN":
        shown = f"{last}律师事务所"
    number = debtor.phone[:-2] + f"{random.randint(10, 99)}"
    tell.add(at, Meet(name=shown, position=position, kind=kind, phone=number))


def opening(tell: Teller, most: int = 2) -> None:
    """Up to some calls in vain, then a talk."""
    ring(tell, tell.random.randint(0, most))
    tell.spoke(tell.after(1, 4))
    come_to_know(tell)


# Natural courses


def pays(tell: Teller) -> None:
    """A debtor who forgot, or only waited to be asked."""
    if tell.random.random() < 0.55:
        opening(tell)
        due = working_day(tell.day, tell.random.randint(6, 18), tell.account.agency.country)
        tell.promise(tell.after(2, 6), tell.balance_minor, max(due, tell.day + 9 * DAY))
        tell.pay(tell.promised_for())
    else:
        ring(tell, tell.random.randint(1, 3))
        tell.pay(working_day(tell.day, tell.random.randint(3, 15), tell.account.agency.country))


def pays_in_parts(tell: Teller) -> None:
    """Part after part, some late; in the end all of it, or most."""
    opening(tell)
    missed = False
    for part in range(tell.random.randint(2, 5)):
        if tell.over:
            return
        share = tell.random.choice((0.25, 0.3, 0.35, 0.5))
        amount = tell.round(share)
        due = working_day(tell.day, tell.random.randint(5, 16), tell.account.agency.country)
        first = max(due, tell.day + 5 * DAY)
        judged = tell.promise(tell.after(1, 3), amount, first, part=True, again=missed, thanks=part > 0)
        missed = (chance := tell.random.random()) >= 0.72
        if not missed:
            tell.pay(tell.promised_for(), amount)
            continue
        if chance < 0.86:
            tell.pay(tell.promised_for(), tell.round(share / 2))
        _judged(tell, judged)
    tell.spoke(tell.after(1, 2), note=tell.random.choice(tell.words.broken if missed else tell.words.thanks))
    if tell.random.random() < 0.5:
        tell.pay(working_day(tell.day, tell.random.randint(3, 9), tell.account.agency.country))
    else:
        drags_on(tell)


def _judged(tell: Teller, judged: date) -> None:
    """The night in which a promise is found broken."""
    tell.at = max(tell.at, moment(judged + DAY, time(0, 10), tell.zone))


def breaks_promises(tell: Teller) -> None:
    """Promises much and keeps little."""
    opening(tell, most=3)
    for again in range(tell.random.randint(2, 3)):
        if tell.over:
            return
        due = working_day(tell.day, tell.random.randint(4, 10), tell.account.agency.country)
        judged = tell.promise(tell.after(1, 3), tell.round(tell.random.choice((0.4, 0.6, 0.9))), max(due, tell.day + 5 * DAY),
                              again=again > 0)  # fmt: skip
        _judged(tell, judged)
        tell.unreached(tell.after(0, 1))
        tell.spoke(tell.after(1, 3), "short_of_cash", note=tell.random.choice(tell.words.broken),
                   assessment=tell.random.choice(("unwilling", "unable", "")))  # fmt: skip
    if (chance := tell.random.random()) < 0.3:
        tell.pay(working_day(tell.day, 4, tell.account.agency.country))
    elif chance < 0.5:
        tell.contact(tell.after(15, 25), Close(code="pre_legal_exhausted"), follows=False)
    else:
        drags_on(tell)


def drags_on(tell: Teller) -> None:
    """Talks that lead nowhere soon, ever further apart, with a little money now and then."""
    for gaps in chain(((4, 8), (8, 14), (12, 20), (20, 30)), repeat((30, 45))):
        if tell.over:
            return
        at = tell.after(*gaps)
        if tell.random.random() < 0.6:
            tell.spoke(at)
        else:
            tell.unreached(at)
        if tell.random.random() < 0.22:
            tell.pay(working_day(tell.day, tell.random.randint(2, 6), tell.account.agency.country), tell.round(0.25))


def talks(tell: Teller) -> None:
    """In work, with more talk than money."""
    opening(tell)
    drags_on(tell)


def stays_silent(tell: Teller) -> None:
    """Nobody ever answers; in the end nobody knows where they are."""
    ring(tell, 7)
    if tell.random.random() < 0.7:
        at = tell.after(4, 8)
        tell.add(at - timedelta(minutes=5), Note(text=tell.words.notes[1]))
        tell.contact(at, Close(code="debtor_untraceable"), follows=False)
    else:
        drags_on(tell)


def objects(tell: Teller) -> None:
    """Disputes, is answered, and pays after all, or goes on talking."""
    opening(tell, most=1)
    _dispute(tell, tell.after(1, 4))
    at = tell.after(3, 9)
    tell.contact(at, Answer(text=tell.random.choice(tell.words.answers), follow_at=at))
    if tell.random.random() < 0.6:
        due = working_day(tell.day, 9, tell.account.agency.country)
        tell.promise(tell.after(2, 5), tell.balance_minor, max(due, tell.day + 8 * DAY))
        tell.pay(tell.promised_for())
    else:
        drags_on(tell)


def _dispute(tell: Teller, at: datetime) -> None:
    reason = tell.random.choice(sorted(tell.words.disputes))
    said = tell.random.choice(tell.words.disputes[reason])
    tell.spoke(at, "quality", "disputing", note=said)
    share = tell.random.choice((None, None, 15, 25))
    tell.add(at + timedelta(minutes=3), Dispute(reason=reason, note=said, share=share))
    tell.at = at + timedelta(minutes=3)


def pays_the_client(tell: Teller) -> None:
    """Pays past the agency, to the client itself."""
    opening(tell, most=1)
    day = working_day(tell.day, tell.random.randint(4, 14), tell.account.agency.country)
    whole = tell.random.random() < 0.6
    tell.pay(day, None if whole else tell.round(0.5), Channel.DIRECT)
    if not whole:
        drags_on(tell)


def takes_it_back(tell: Teller) -> None:
    """A payment that comes back, a few days later."""
    opening(tell, most=1)
    day = working_day(tell.day, tell.random.randint(3, 8), tell.account.agency.country)
    while day.day > 18:  # before the month's remittance
        day = working_day(day, 1, tell.account.agency.country)
    channel, reason = tell.random.choice(
        (
            (Channel.CHEQUE, "cheque_bounced"),
            (Channel.DIRECT_DEBIT, "returned_by_bank"),
            (Channel.BANK, "returned_by_bank"),
        )
    )
    at = tell.pay(day, tell.round(0.6), channel)
    back = at + timedelta(days=3, minutes=50)
    tell.add(back, Return(reason=reason))
    tell.at = back
    tell.spoke(tell.after(1, 2), "short_of_cash", note=tell.random.choice(tell.words.broken))
    drags_on(tell)


def ends_without_money(tell: Teller) -> None:
    """Closed for one of the other reasons."""
    ring(tell, tell.random.randint(1, 3))
    code = tell.random.choice(
        ("debtor_insolvent", "withdrawn", "uneconomical", "placed_in_error", "invalid_case_data", "debtor_insolvent",
         "client_unresponsive", "disputed")
    )  # fmt: skip
    tell.contact(tell.after(4, 25), Close(code=code), follows=False)


OWN = frozenset({"wants_a_call", "broke_today", "is_called_today"})
"""Stories of the first negotiator, whose login is shown: a day looks like one."""

NATURAL: tuple[tuple[Callable[[Teller], None], int], ...] = (
    (pays, 36),
    (pays_in_parts, 24),
    (breaks_promises, 9),
    (talks, 9),
    (stays_silent, 6),
    (objects, 6),
    (pays_the_client, 5),
    (takes_it_back, 3),
    (ends_without_money, 8),
)

# Situations that can be seen today


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
    _judged(tell, judged)
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
    _dispute(tell, _final(tell, 1, 5))


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


ARRANGED: tuple[tuple[Callable[[Teller], None], int], ...] = (
    (has_promised, 13),
    (has_broken, 7),
    (broke_today, 3),
    (wants_a_call, 6),
    (is_called_today, 10),
    (calls_us, 2),
    (is_called_late, 2),
    (is_disputed, 5),
    (is_held, 4),
    (needs_papers, 5),
    (goes_to_law, 4),
    (settles, 4),
    (runs_out, 0),
    (asks_to_be_left, 3),
    (takes_a_lawyer, 2),
    (has_an_adviser, 2),
)
"""How many of each among 230 accounts; at least two."""


def tell_all(random: Random, accounts: Sequence[Account], now: datetime) -> list[Event]:
    """The stories of all accounts that were placed long enough ago, in the order of time."""
    events: list[Event] = []
    arranged = cast_arranged(random, accounts, now)
    courses, weights = zip(*NATURAL, strict=True)
    for account in accounts:
        assert account.placed_at is not None
        course = arranged.get(account.reference)
        natural = course is None
        chosen = course or random.choices(courses, weights)[0]
        account.story = chosen.__name__
        account.worker = 0 if account.story in OWN else random.choice((0, 0, 1, 1, 2))
        teller = Teller.begin(random, account, now)
        chosen(teller)
        behind = timedelta(days=random.choice((0, 0, 0, 1, 2, 3, 5))) if natural else timedelta()
        events += teller.ended(now - behind)
    return sorted(events, key=lambda event: (event.at, event.account.reference))


def cast_arranged(random: Random, accounts: Sequence[Account], now: datetime) -> dict[str, Callable[[Teller], None]]:
    """Which account is made to stand where today: each of a client's own, none placed in the last days."""
    old = [account for account in accounts if account.story == "runs_out"]
    ripe = [a for a in accounts if a.story != "runs_out" and a.placed_at and now - a.placed_at > timedelta(days=24)]
    # Rather the younger ones: what is old has mostly come to its end.
    ripe.sort(key=lambda account: (account.placed_at, account.reference), reverse=True)
    pool = [account for place, account in enumerate(ripe) if random.random() < 0.9 - 0.7 * place / len(ripe)]
    random.shuffle(pool)
    cast: dict[str, Callable[[Teller], None]] = {account.reference: runs_out for account in old}
    for course, share in ARRANGED:
        if course is not runs_out:
            times = max(2, share * len(accounts) // 230)
            cast |= {pool.pop().reference: course for _ in range(min(times, len(pool)))}
    return cast
