"""What happened on a case in words: each kind of event by its family."""

from cases.workbench.words.agreements import AGREEMENTS
from cases.workbench.words.contact import CONTACT
from cases.workbench.words.facts import Telling
from cases.workbench.words.handling import HANDLING
from cases.workbench.words.interest import INTEREST
from cases.workbench.words.payments import PAYMENTS

WORDS: dict[str, Telling] = {**HANDLING, **CONTACT, **PAYMENTS, **AGREEMENTS, **INTEREST}
"""By the kind of event."""
