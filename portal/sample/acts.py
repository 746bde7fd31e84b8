"""What can happen on a case of the sample world, as plain data with the moment at which it happens."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from billing.tables import Channel
from cases.casework import NextAction
from cases.contact.question import Direction, Outcome
from portal.sample.debtors import Debtor

if TYPE_CHECKING:
    from portal.sample.cast import AgencyPlan, ClientPlan, Market


@dataclass(kw_only=True)
class Account:
    """An unpaid invoice before it is placed, and what becomes of it afterwards."""

    agency: "AgencyPlan"
    client: "ClientPlan"
    market: "Market"
    debtor: Debtor
    number: str
    """E.164, as the guard will have it."""
    reference: str
    amount_minor: int
    issued_on: date
    due_on: date
    story: str = ""
    worker: int = 0
    """Which of the agency's negotiators has it."""
    paper: bool = False
    """Whether documents come with it."""
    placed_at: datetime | None = None
    case_id: UUID | None = None
    payments: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call and what was agreed to follow. ``follow_at`` None: it is a matter of days, for whoever is free."""

    outcome: Outcome
    note: str = ""
    reason_given: str = ""
    assessment: str = ""
    override: str = ""
    direction: Direction = Direction.OUTBOUND
    promise_minor: int | None = None
    promise_on: date | None = None
    action: NextAction = NextAction.CALL
    follow_at: datetime
    own: bool = False
    """The negotiator does it, not the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Money on the case. Of ``amount_minor`` None everything that is owed."""

    amount_minor: int | None
    channel: Channel = Channel.BANK
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The last payment goes back."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """The debtor disputes the claim, or ``share`` per cent of it."""

    reason: str
    note: str
    share: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The open dispute is answered."""

    text: str
    follow_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The case is left alone for a while."""

    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Somebody writes something down."""

    text: str
    client_sees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskClient:
    """The client has to send something first."""

    text: str
    follow_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The case ends without being paid."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """It is proposed to write the rest off, as the client agreed."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """Whose word that needs gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLegal:
    """The case goes to the lawyers."""

    note: str
    follow_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """Somebody becomes known at the debtor."""

    name: str
    position: str
    kind: str
    """colleague, owner, third_party or lawyer."""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The debtor's contact person asks not to be called."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """The day on which the claim becomes statute-barred is written down."""

    ends_on: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """The client asks for the case back."""

    reason: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """The agency agrees to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """The client claims so many per cent of what it claimed: less at once, more if the agency accepts it."""

    kind: str
    percent: int
    reason: str


Act = (
    Call
    | Pay
    | Return
    | Dispute
    | Answer
    | Hold
    | Note
    | AskClient
    | Close
    | Settle
    | LetGo
    | ToLegal
    | Meet
    | Stop
    | Limitation
    | Recall
    | GiveBack
    | Correct
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens on an account at a moment."""

    at: datetime
    account: Account
    act: Act
