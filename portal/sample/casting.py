"""Which account has which story: some run their natural course, others are made to stand somewhere today."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from portal.sample.acts import Account, Event
from portal.sample.stories import (
    breaks_promises,
    ends_without_money,
    objects,
    pays,
    pays_in_parts,
    pays_the_client,
    stays_silent,
    takes_it_back,
    talks,
)
from portal.sample.telling import Teller
from portal.sample.today import (
    asks_to_be_left,
    broke_today,
    calls_us,
    claims_more,
    goes_to_law,
    has_an_adviser,
    has_broken,
    has_promised,
    is_asked_back,
    is_called_late,
    is_called_today,
    is_corrected,
    is_disputed,
    is_held,
    needs_papers,
    runs_out,
    settles,
    takes_a_lawyer,
    wants_a_call,
    went_back,
)

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
    (is_asked_back, 2),
    (went_back, 2),
    (is_corrected, 2),
    (claims_more, 2),
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
