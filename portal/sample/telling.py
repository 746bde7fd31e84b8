"""How a story is told: beat after beat, each contact saying when the next one is meant to be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from billing.tables import Channel
from cases.casework import NextAction
from cases.contact.log import ASSESSMENTS
from cases.contact.question import Outcome
from cases.promises.judge import last_day
from cases.promises.make import TOLERANCE_DAYS
from portal.money import exponent
from portal.pages.formats import money, short_date
from portal.pages.text import speaking
from portal.sample.acts import (
    Account,
    Act,
    Answer,
    AskClient,
    Call,
    Close,
    Dispute,
    Event,
    GiveBack,
    Hold,
    LetGo,
    Meet,
    Note,
    Pay,
    ToLegal,
)
from portal.sample.hours import appointed, call_time, desk_time, local_day, moment, places, working_day
from portal.sample.words import Words, words_of

UNREACHED = (Outcome.NO_ANSWER, Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.WRONG_PERSON, Outcome.NOT_CONNECTED)
CONTACTS = (Call, Dispute, Answer, Hold, AskClient, Close, ToLegal, Meet, Note)
"""What negotiators do; the rest happens by itself or in the accounts department."""


@dataclass
class Teller:
    """Tells what happens on one account, from its placement on. ``at`` is how far the story has come."""

    random: Random
    account: Account
    now: datetime
    at: datetime
    balance_minor: int
    beats: list[Event]
    open: int | None = None
    """Which beat is the last contact, when it has not said yet what follows when."""

    @classmethod
    def begin(cls, random: Random, account: Account, now: datetime) -> "Teller":
        """A story that begins with the placement."""
        assert account.placed_at is not None
        return cls(random, account, now, account.placed_at, account.amount_minor, [])

    # Time

    @property
    def words(self) -> Words:
        """Notes in the agency's language."""
        return words_of(self.account.agency.language)

    @property
    def zone(self) -> str:
        """The agency's."""
        return self.account.agency.time_zone

    @property
    def day(self) -> date:
        """The story's day, at the agency."""
        return local_day(self.at, self.zone)

    @property
    def today(self) -> date:
        """The day on which the sample is loaded, at the agency."""
        return local_day(self.now, self.zone)

    @property
    def over(self) -> bool:
        """Whether the story has reached the present."""
        return self.at >= self.now

    def after(self, least: int, most: int) -> datetime:
        """A moment for a call so many working days on."""
        return self.on(working_day(self.day, self.random.randint(least, most), *self._countries))

    def on(self, day: date) -> datetime:
        """A moment for a call on a day, or the next working day after it."""
        right = working_day(day, 0, *self._countries)
        return call_time(self.random, right, places(self.account.debtor, self.account.number), self.zone)

    @property
    def _countries(self) -> tuple[str, str]:
        return self.account.agency.country, self.account.debtor.country

    # What happens

    def add(self, at: datetime, act: Act) -> None:
        """Something that takes the story no further."""
        self.beats.append(Event(at=at, account=self.account, act=act))

    def contact(self, at: datetime, act: Act, *, follows: bool = True) -> None:
        """Something a negotiator does; what was said before to follow, follows now."""
        self._resolve(at)
        self.add(at, act)
        self.at, self.open = at, len(self.beats) - 1 if follows else None

    def _resolve(self, at: datetime) -> None:
        """The last contact said that something would follow: it is this."""
        if self.open is not None:
            beat = self.beats[self.open]
            if isinstance(beat.act, Call | Answer):
                self.beats[self.open] = replace(beat, act=replace(beat.act, follow_at=appointed(at)))
        self.open = None

    def unreached(self, at: datetime, outcome: Outcome | None = None) -> None:
        """A call that reaches nobody who matters."""
        how = outcome or self.random.choice(UNREACHED)
        self.contact(at, Call(outcome=how, note=self.random.choice(self.words.calls[how]), follow_at=at))

    def spoke(self, at: datetime, reason: str = "", assessment: str = "", note: str = "") -> None:
        """A talk with the right person, after which they are called again."""
        given = reason or self.random.choice(sorted(self.words.reasons))
        said = note or self.random.choice(self.words.reasons[given])
        assert not assessment or assessment in ASSESSMENTS
        asked = self.random.random() < 0.4  # to be called back, by whom they spoke to
        act = Call(
            outcome=Outcome.RIGHT_PARTY, note=said, reason_given=given, assessment=assessment,
            action=NextAction.CALL_BACK if asked else NextAction.CALL, own=asked, follow_at=at,
        )  # fmt: skip
        self.contact(at, act)
        self._aside(at)

    def _aside(self, at: datetime) -> None:
        """Now and then something is noted after a talk."""
        if (chance := self.random.random()) < 0.16:
            seen = chance < 0.06
            text = self.random.choice(self.words.told if seen else self.words.notes)
            self.add(at + timedelta(minutes=4), Note(text=text, client_sees=seen))

    def promise(
        self,
        at: datetime,
        amount_minor: int,
        due: date,
        *,
        again: bool = False,
        part: bool = False,
        thanks: bool = False,
    ) -> date:
        """A talk in which so much is promised by a day; gives the last day on which money keeps it."""
        due = max(due, local_day(at, self.zone) + timedelta(days=2))
        lines = self.words.broken if again else self.words.part_promises if part else self.words.promises
        judged = last_day(due, TOLERANCE_DAYS, self.account.debtor.country)
        check = moment(working_day(judged, 1, self.account.agency.country), time(9, 30), self.zone)
        said = self._filled(self.random.choice(lines), amount_minor, due)
        if thanks and not again:
            between = "" if self.account.agency.language.startswith("zh") else " "
            said = f"{self.random.choice(self.words.thanks)}{between}{said}"
        act = Call(
            outcome=Outcome.RIGHT_PARTY, note=said,
            reason_given=self.random.choice(("short_of_cash", "boss_away", "", "")),
            assessment="unable" if part and self.random.random() < 0.4 else "",
            promise_minor=amount_minor, promise_on=due, action=NextAction.CHECK_PROMISE, own=True, follow_at=check,
        )  # fmt: skip
        self.contact(at, act, follows=False)
        return judged

    def promised_for(self) -> date:
        """The day for which the last promise was made."""
        return next(
            beat.act.promise_on
            for beat in reversed(self.beats)
            if isinstance(beat.act, Call) and beat.act.promise_on is not None
        )

    def _filled(self, line: str, amount_minor: int, day: date) -> str:
        with speaking(self.account.agency.language, self.zone):
            return line.format(amount=money(amount_minor, self.account.market.currency), day=short_date(day))

    def pay(self, day: date, amount_minor: int | None = None, channel: Channel = Channel.BANK) -> datetime:
        """Money comes in on a day; it is recorded that day or, on a holiday, when somebody is there."""
        booked = working_day(day, 0, self.account.agency.country)
        at = desk_time(self.random, booked, self.zone, 9, 12)
        self.add(at, Pay(amount_minor=amount_minor, channel=channel, received_on=day))
        self.balance_minor -= self.balance_minor if amount_minor is None else amount_minor
        self.at = max(self.at, at)
        return at

    def round(self, share: float) -> int:
        """A round part of what is still owed, as people promise it: never all of it, never nothing."""
        unit: int = 10 ** exponent(self.account.market.currency)
        major = max(1, int(self.balance_minor * share) // unit)
        step: int = 10 ** max(0, len(str(major)) - 2) * (5 if len(str(major)) > 3 and str(major)[1] > "4" else 1)
        return min(max(step, major // step * step) * unit, max(unit, self.balance_minor - unit), self.balance_minor)

    def ended(self, worked_until: datetime | None = None) -> Sequence[Event]:
        """What has happened by now; nothing follows once the case is closed. What negotiators did after ``worked_until`` is still waiting to be done."""
        if self.open is not None:
            soon = self.on(self.today + timedelta(days=self.random.randint(-2, 9)))
            self._resolve(max(self.after(5, 12), soon))
        worked = min(worked_until or self.now, self.now)
        owed, kept = self.account.amount_minor, []
        for beat in sorted(self.beats, key=lambda each: each.at):
            if owed <= 0 or beat.at >= (worked if isinstance(beat.act, CONTACTS) else self.now):
                break
            kept.append(beat)
            if isinstance(beat.act, Pay):
                owed -= owed if beat.act.amount_minor is None else beat.act.amount_minor
            elif isinstance(beat.act, Close | LetGo | GiveBack):
                owed = 0
        return kept
