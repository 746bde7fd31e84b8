"""A placement as JSON, the way a client's system hands it over: the same cases and rules as the CSV, other names.

Money is a decimal string with the currency beside it; a JSON number is refused, because on its way it may have been a
binary fraction. What nobody here knows is reported and left out.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from cases.intake.as_given import AMOUNTS, FLAGS, LIMITS, LONGEST, Field, GivenCase, Limits
from cases.intake.check import CheckContext, check_rows
from cases.intake.draft import CheckedRow
from cases.intake.issue import WHOLE_PLACEMENT, Code, FileError, FileFault, Issue, Severity, found
from cases.intake.summary import Control, Summary
from cases.intake.values import clean
from cases.intake.written import Written
from portal.money import BadAmount, UnknownCurrency, parse_amount
from portal.pages.text import N_

_PLACEMENT = frozenset({"reference", "control", "cases"})
_CASE = {
    "reference": Field.REFERENCE,
    "currency": Field.CURRENCY,
    "description": Field.DESCRIPTION,
    "interest": Field.INTEREST,
    "costs": Field.COSTS,
    "second_placement": Field.SECOND_PLACEMENT,
}
_DEBTOR = {
    "kind": Field.KIND,
    "name": Field.NAME,
    "registration_number": Field.REGISTRATION_NUMBER,
    "tax_id": Field.TAX_ID,
    "email": Field.EMAIL,
    "phone": Field.PHONE,
    "language": Field.LANGUAGE,
    "contact_person": Field.CONTACT_PERSON,
}
_ADDRESS = {
    "street": Field.STREET,
    "postal_code": Field.POSTAL_CODE,
    "city": Field.CITY,
    "region": Field.REGION,
    "country": Field.COUNTRY,
}
_INVOICE = {"number": Field.NUMBER, "issued_on": Field.ISSUED_ON, "due_on": Field.DUE_ON, "amount": Field.AMOUNT}
_CREDIT = {
    "kind": Field.CREDIT_KIND,
    "number": Field.CREDIT_NUMBER,
    "on": Field.CREDITED_ON,
    "invoice": Field.CREDITED_INVOICE,
    "amount": Field.CREDIT_AMOUNT,
}
_CONTACT = {
    "name": Field.CONTACT_NAME,
    "position": Field.CONTACT_POSITION,
    "email": Field.CONTACT_EMAIL,
    "phone": Field.CONTACT_PHONE,
    "authorised": Field.CONTACT_AUTHORISED,
}
_LISTS = {"invoices": _INVOICE, "credits": _CREDIT, "contacts": _CONTACT}
"""What a case holds several of, each entry an object."""

_PATHS = (
    {field: name for name, field in _CASE.items()}
    | {field: f"debtor.{name}" for name, field in _DEBTOR.items()}
    | {field: f"debtor.address.{name}" for name, field in _ADDRESS.items()}
)
_ENTRY_NAMES = {field: (several, name) for several, names in _LISTS.items() for name, field in names.items()}

_TEXT, _OBJECT, _LIST, _COUNT = N_("text"), N_("an object"), N_("a list"), N_("a whole number")
_TRUTH = N_("true or false")


def path_name(field: Field, place: int = 0) -> str:
    """Where a field stands within its case: ``debtor.address.city``, ``invoices[0].amount``."""
    if field in _PATHS:
        return _PATHS[field]
    several, name = _ENTRY_NAMES[field]
    return f"{several}[{place}].{name}"


@dataclass(frozen=True, slots=True)
class JsonPlacement:
    """A payload that has the shape of a placement.

    `reference` is the client's own for the whole placement, empty when there is none; `control` its own figures;
    `issues` what is wrong above the cases (row 0): any error among them forbids placing anything.
    """

    reference: str
    control: Control
    issues: tuple[Issue, ...]
    _cases: list[object]

    def __iter__(self) -> Iterator[GivenCase]:
        return (_given_case(row, case) for row, case in enumerate(self._cases, start=1))


def read_json_placement(payload: object, *, limits: Limits = LIMITS) -> JsonPlacement:
    """What a decoded JSON payload hands over, unchecked but for its shape.

    Raises `FileError` (bad_payload, no_rows, too_many_rows) when there are no cases to speak of.
    """
    if not isinstance(payload, dict):
        raise FileError(FileFault.BAD_PAYLOAD, name="$", wanted=_OBJECT)
    cases = payload.get("cases")
    if not isinstance(cases, list):
        raise FileError(FileFault.BAD_PAYLOAD, name="cases", wanted=_LIST)
    if not cases:
        raise FileError(FileFault.NO_ROWS)
    if len(cases) > limits.rows:
        raise FileError(FileFault.TOO_MANY_ROWS, limit=limits.rows)
    reader = _Reader(WHOLE_PLACEMENT)
    reader.unknown("", payload, _PLACEMENT)
    reference = reader.reference(payload.get("reference"))
    control = reader.control(payload.get("control"))
    return JsonPlacement(reference, control, tuple(reader.issues), cases)


def drafts_from_json(
    payload: object, context: CheckContext, summary: Summary | None = None
) -> tuple[JsonPlacement, Iterator[CheckedRow]]:
    """The placement and its cases, checked one by one as they are asked for. Raises `FileError`.

    When all have been read, `compare(placement.control, summary)` says whether the client's figures agree.
    """
    placement = read_json_placement(payload, limits=context.limits)
    return placement, check_rows(placement, context, summary)


def json_case(written: Written) -> dict[str, object]:
    """What was typed, as a client's system would say it; what is empty is left out."""

    def named(names: Mapping[str, Field], entry: Mapping[Field, str]) -> dict[str, object]:
        texts: dict[str, object] = {name: entry[known].strip() for name, known in names.items() if entry.get(known)}
        return {name: True if names[name] in FLAGS else text for name, text in texts.items()}

    debtor = {**named(_DEBTOR, written.values), "address": named(_ADDRESS, written.values)}
    lists = {several: [named(names, entry) for entry in written.entries(several)] for several, names in _LISTS.items()}
    return {**named(_CASE, written.values), "debtor": debtor, **lists}


def _given_case(row: int, case: object) -> GivenCase:
    reader = _Reader(row)
    whole = reader.mapping("", case)
    if whole is None:
        return GivenCase(row, {}, (), path_name, tuple(reader.issues), unreadable=True)
    reader.unknown("", whole, _CASE.keys() | _LISTS.keys() | {"debtor"})
    debtor = reader.mapping("debtor", whole.get("debtor")) or {}
    reader.unknown("debtor.", debtor, _DEBTOR.keys() | {"address"})
    address = reader.mapping("debtor.address", debtor.get("address")) or {}
    reader.unknown("debtor.address.", address, _ADDRESS.keys())
    values = (
        reader.texts("", whole, _CASE)
        | reader.texts("debtor.", debtor, _DEBTOR)
        | reader.texts("debtor.address.", address, _ADDRESS)
    )
    invoices, credits, contacts = (tuple(reader.entries(several, whole.get(several))) for several in _LISTS)
    return GivenCase(
        *(row, values, invoices, path_name, tuple(reader.issues), reader.given), credits=credits, contacts=contacts
    )


@dataclass(slots=True)
class _Reader:
    """Takes one case apart; what has the wrong type is noted and then treated as not given."""

    row: int
    issues: list[Issue] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def mapping(self, path: str, value: object) -> Mapping[str, object] | None:
        if isinstance(value, dict):
            return value
        if value is not None or not path:
            self.wrong(path, _OBJECT)
        return None

    def texts(self, prefix: str, source: Mapping[str, object], names: Mapping[str, Field]) -> dict[Field, str]:
        texts: dict[Field, str] = {}
        for name, known in names.items():
            value = source.get(name)
            if known in FLAGS:
                self.truth(prefix + name, known, value, texts)
            elif isinstance(value, str):
                texts[known] = self.given[prefix + name] = value
            elif known in AMOUNTS and isinstance(value, int | float) and not isinstance(value, bool):
                self.error(prefix + name, Code.AMOUNT_IS_NUMBER)
            elif value is not None:
                self.wrong(prefix + name, _TEXT)
        return texts

    def truth(self, path: str, known: Field, value: object, texts: dict[Field, str]) -> None:
        """A value that is true or false; what is true is filled."""
        if value is True:
            texts[known] = self.given[path] = "true"
        elif value not in (None, False):
            self.wrong(path, _TRUTH)

    def entries(self, several: str, value: object) -> Iterator[Mapping[Field, str]]:
        """The invoices, credits or contacts of a case."""
        if not isinstance(value, list):
            if value is not None:
                self.wrong(several, _LIST)
            return
        for place, entry in enumerate(value):
            path = f"{several}[{place}]"
            whole = self.mapping(path, entry) or {}
            self.unknown(f"{path}.", whole, _LISTS[several].keys())
            yield self.texts(f"{path}.", whole, _LISTS[several])

    def unknown(self, prefix: str, source: Mapping[str, object], known: Set[str]) -> None:
        for name in source.keys() - known:
            path = prefix + name
            self.issues.append(found(Severity.WARNING, self.row, path, Code.UNKNOWN_FIELD, {"value": path}))

    def reference(self, value: object) -> str:
        """The placement's own reference."""
        written = self.texts("", {"reference": value}, {"reference": Field.REFERENCE}).get(Field.REFERENCE, "")
        text, limit = clean(written), LONGEST[Field.REFERENCE]
        if text is None:
            self.error("reference", Code.CONTROL_CHARACTERS)
            return ""
        if len(text) > limit:
            self.error("reference", Code.TOO_LONG, length=len(text), limit=limit)
        return text

    def control(self, value: object) -> Control:
        """The client's own figures; a figure that cannot be read is an error, never taken for absent."""
        whole = self.mapping("control", value) or {}
        self.unknown("control.", whole, {"count", "totals"})
        count = whole.get("count")
        if count is not None and (not isinstance(count, int) or isinstance(count, bool)):
            self.wrong("control.count", _COUNT)
            count = None
        totals = self.mapping("control.totals", whole.get("totals"))
        return Control(count, None if totals is None else dict(self.totals(totals)))

    def totals(self, totals: Mapping[str, object]) -> Iterator[tuple[str, int]]:
        for currency, value in totals.items():
            path = f"control.totals.{currency}"
            if not isinstance(value, str):
                self.error(path, Code.AMOUNT_IS_NUMBER)
                continue
            try:
                yield currency, parse_amount(value, currency)
            except UnknownCurrency:
                self.error(path, Code.UNKNOWN_CURRENCY, value=currency)
            except BadAmount:
                self.error(path, Code.BAD_AMOUNT, value=value)

    def wrong(self, path: str, wanted: str) -> None:
        self.error(path, Code.WRONG_TYPE, wanted=wanted)

    def error(self, path: str, code: Code, **params: str | int) -> None:
        self.issues.append(found(Severity.ERROR, self.row, path, code, params))
