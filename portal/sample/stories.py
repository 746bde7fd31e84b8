"""What becomes of an account by itself: the natural courses of the sample world, from the first call on."""

from datetime import date, datetime, time, timedelta
from itertools import chain, repeat

from billing.tables import Channel
from portal.sample.acts import (
    Answer,
    Close,
    Dispute,
    Meet,
    Note,
    Return,
)
from portal.sample.hours import moment, working_day
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
        judged_at_night(tell, judged)
    tell.spoke(tell.after(1, 2), note=tell.random.choice(tell.words.broken if missed else tell.words.thanks))
    if tell.random.random() < 0.5:
        tell.pay(working_day(tell.day, tell.random.randint(3, 9), tell.account.agency.country))
    else:
        drags_on(tell)


def judged_at_night(tell: Teller, judged: date) -> None:
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
        judged_at_night(tell, judged)
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
    dispute(tell, tell.after(1, 4))
    at = tell.after(3, 9)
    tell.contact(at, Answer(text=tell.random.choice(tell.words.answers), follow_at=at))
    if tell.random.random() < 0.6:
        due = working_day(tell.day, 9, tell.account.agency.country)
        tell.promise(tell.after(2, 5), tell.balance_minor, max(due, tell.day + 8 * DAY))
        tell.pay(tell.promised_for())
    else:
        drags_on(tell)


def dispute(tell: Teller, at: datetime) -> None:
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
