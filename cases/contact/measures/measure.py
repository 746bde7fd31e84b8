"""What every measure can say. A measure is what a rule tests, with the rule's parameters read into it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cases.contact.question import Question
from portal.pages.text import Text

Plain = None | bool | int | str | Sequence["Plain"] | Mapping[str, "Plain"]
Parameters = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a measure stops a contact or lets it pass: the fact, and the headline when it is what decides."""

    fact: Text
    headline: Text | None = None


class Measure(ABC):
    """A test of one question at one moment. All answers are functions of the two: no clock, no look-ups.

    ``timed`` says that the answer changes with the moment alone; where it doesn't, only an event changes it.
    """

    timed: ClassVar[bool] = False

    @abstractmethod
    def stops(self, question: Question, at: datetime) -> bool:
        """Whether it stands against the contact at ``at``. Cheap: the queue asks it for every row."""

    @abstractmethod
    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        """The fact behind the answer of ``stops``."""

    def releases(self, question: Question, at: datetime) -> datetime | None:
        """The first moment after ``at`` at which it no longer stops; None when only an event can release it."""
        del question, at
        return None

    def lapses(self, question: Question, at: datetime) -> datetime | None:
        """The first moment after ``at`` at which it will stop a contact that it lets pass now; None when it won't."""
        del question, at
        return None

    @property
    def needs(self) -> frozenset[str]:
        """The artefacts that would satisfy it."""
        return frozenset()


def number(parameters: Parameters, name: str) -> int:
    """A whole number; raises ``ValueError`` for anything else."""
    value = parameters.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number")
    return value


def word(parameters: Parameters, name: str) -> str:
    """A text; raises ``ValueError`` for anything else."""
    value = parameters.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text")
    return value


def words(parameters: Parameters, name: str) -> tuple[str, ...]:
    """A list of texts, empty when it isn't given; raises ``ValueError`` for anything else."""
    return tuple(str(value) for value in listed(parameters, name))


def listed(parameters: Parameters, name: str) -> Sequence[Plain]:
    """A list, empty when it isn't given; raises ``ValueError`` for anything else."""
    value = parameters.get(name, ())
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError(f"{name} must be a list")
    return value
