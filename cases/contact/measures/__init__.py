"""The measures a rule can name in its ``test`` parameter."""

from collections.abc import Callable, Mapping

from cases.contact.measures.counting import Frequencies, Uncounted
from cases.contact.measures.hours import Hours
from cases.contact.measures.matter import Artefacts, Disputed, Kept, Recalled, Resting
from cases.contact.measures.measure import Measure, Parameters, word
from cases.contact.measures.persons import Guaranteeing, Named, Represented, Stopped, ThirdParty

_READERS: Mapping[str, Callable[[Parameters], Measure]] = {
    "hours": Hours.read,
    "frequency": Frequencies.read,
    "uncounted": Uncounted.read,
    "artefacts": Artefacts.read,
    "named": lambda _: Named(),
    "third_party": lambda _: ThirdParty(),
    "stop": lambda _: Stopped(),
    "dispute": lambda _: Disputed(),
    "recall": lambda _: Recalled(),
    "guarantor": lambda _: Guaranteeing(),
    "plan": lambda _: Kept(),
    "rest": Resting.read,
    "representation": lambda _: Represented(),
}


def read_measure(parameters: Parameters) -> Measure:
    """The measure that a rule's parameters describe; raises ``ValueError`` when there is none such."""
    test = word(parameters, "test")
    if test not in _READERS:
        raise ValueError(f"no measure is called {test}")
    return _READERS[test](parameters)
