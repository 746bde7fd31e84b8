"""The fields of a case in a form: what they are called, what stands in them, and what was found in each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cases.intake.as_given import AMOUNTS, FLAGS, LONGEST, Field
from cases.intake.files.vocabulary import is_word
from cases.intake.grid import TITLES, Spoken
from cases.intake.issue import Issue, Severity
from cases.intake.written import LISTS, OF_CASE, Written, spot
from portal.pages.text import N_, Text, say

DAYS: Final = frozenset({Field.ISSUED_ON, Field.DUE_ON, Field.CREDITED_ON})
ENTRY_TEXTS: Final[Mapping[str, str]] = {
    "invoices": N_("%(field)s of invoice %(place)s"),
    "credits": N_("%(field)s of credit %(place)s"),
    "contacts": N_("%(field)s of contact %(place)s"),
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form; ``proposal`` is what was probably meant, empty when nobody can know."""

    name: str
    field: Field
    label: Text
    value: str
    error: Text | None = None
    warning: Text | None = None
    proposal: str = ""
    options: tuple[tuple[str, "str | Text"], ...] = ()

    @property
    def kind(self) -> str:
        """How it is given: chosen, ticked, or typed as an amount, a day, a text or a longer one."""
        if self.options:
            return "choice"
        if self.field in FLAGS:
            return "flag"
        if self.field is Field.DESCRIPTION:
            return "long"
        return "amount" if self.field in AMOUNTS else "day" if self.field in DAYS else "text"

    @property
    def is_ticked(self) -> bool:
        """Of what is ticked: whether it is."""
        return is_word(self.value, "yes")

    @property
    def longest(self) -> int:
        """How many characters it holds."""
        return LONGEST[self.field]

    @property
    def is_found(self) -> bool:
        """Whether something was found in it."""
        return self.error is not None or self.warning is not None


def form_field(known: Field, place: int, value: str, issues: Sequence[Issue], *, number: bool = False) -> FormField:
    """A field with what a check by spots found in it; ``number``: its label says which entry it belongs to."""
    name = spot(known, place)
    mine = [issue for issue in issues if issue.field == name]
    wrong = [Spoken(issue) for issue in mine if issue.severity is Severity.ERROR]
    odd = [Spoken(issue) for issue in mine if issue.severity is Severity.WARNING]
    several = name.partition(".")[0]
    label = say(TITLES[known])
    if number and several in ENTRY_TEXTS:
        label = say(ENTRY_TEXTS[several], field=label, place=place + 1)
    return FormField(
        name=name,
        field=known,
        label=label,
        value=" ".join(value.splitlines()),  # a browser would drop the breaks of a cell, and join its words
        error=_sentence(wrong),
        warning=_sentence(odd),
        proposal=next((issue.proposal for issue in mine if issue.proposal), "") or "",
    )


def _sentence(spoken: Iterable[Spoken]) -> Text | None:
    found = list(spoken)
    return say("%(sentence)s", sentence=found[0]) if found else None


def fields_of(written: Written, issues: Sequence[Issue]) -> list[FormField]:
    """Every field of a case, in the order of a form."""
    texts = written.texts()
    fields = [form_field(known, 0, texts[spot(known)], issues) for known in OF_CASE]
    for several, of_entry in LISTS.items():
        entries = written.entries(several)
        for place in range(len(entries)):
            for known in of_entry:
                value = texts[spot(known, place)]
                fields.append(form_field(known, place, value, issues, number=len(entries) > 1))
    return fields
