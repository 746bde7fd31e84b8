"""Reading forms. Handlers read the form themselves, so that a wrong field gives the page again and not bare JSON."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.datastructures import UploadFile

from portal.errors import NotFound, Refused
from portal.money import BadAmount, parse_amount
from portal.pages.text import N_

_GROUPED: Final = re.compile(
    r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d*)?", re.ASCII
)
"""An amount in groups of three, by commas or by blanks."""


class Typed(dict[str, str]):
    """What stands in a form's fields; what nobody typed is empty."""

    def __missing__(self, _: str) -> str:
        return ""


class Form:
    """The fields of a submitted form. Texts are stripped; a missing field is empty."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields

    def text(self, name: str, *, required: bool = False, limit: int = 2000) -> str:
        """A text field.

        Raises:
            Refused: it is required and empty, or longer than ``limit`` characters.
        """
        value = self._fields.get(name, "")
        text = value.strip() if isinstance(value, str) else ""
        if required and not text:
            raise Refused(N_("Please fill this in."), field=name, code="missing")
        if len(text) > limit:
            raise Refused(N_("At most %(limit)s characters."), field=name, code="too_long", limit=limit)
        if "\x00" in text:
            raise Refused(N_("This contains a character that cannot be kept."), field=name, code="bad_text")
        return text

    def lines(self, name: str, *, limit: int = 2000) -> str:
        """A text of several lines, as it is kept: browsers send line breaks of two characters.

        Raises:
            Refused: it is longer than ``limit`` characters.
        """
        return "\n".join(line.rstrip() for line in self.text(name, limit=limit).splitlines())

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.text(name))

    def day(self, name: str) -> date | None:
        """A date; None when left empty.

        Raises:
            Refused: it is no date.
        """
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Refused(N_("This is not a date."), field=name, code="bad_date") from None

    def moment(self, name: str, time_zone: str) -> datetime | None:
        """A local date and time (``2026-11-24T14:00``) in a time zone, aware; None when left empty.

        Raises:
            Refused: it is no date and time.
        """
        text = self.text(name)
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)) if text else None
        except ValueError:
            raise Refused(N_("This is not a date and time."), field=name, code="bad_date") from None

    def amount(self, name: str, currency: str) -> int | None:
        """An amount in minor units of ``currency``; None when left empty.

        Commas or blanks may group thousands. Elsewhere they are refused: ``12,50`` is not to become 1,250.

        Raises:
            Refused: it is no amount of that currency.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            return parse_amount(re.sub(r"[^0-9.+-]", "", text) if _GROUPED.fullmatch(text) else text, currency)
        except BadAmount:
            raise Refused(
                N_("This is not an amount in %(currency)s."), field=name, code="bad_amount", currency=currency
            ) from None

    def percent(self, name: str) -> Decimal | None:
        """A percentage as a rate: ``25`` gives 0.25. None when left empty.

        Raises:
            Refused: it is no number between 0 and 100.
        """
        text = self.text(name).rstrip("%").strip()
        if not text:
            return None
        try:
            rate = Decimal(text) / 100
        except InvalidOperation:
            rate = Decimal("nan")
        if not rate.is_finite() or not 0 <= rate <= 1:
            raise Refused(N_("A percentage between 0 and 100."), field=name, code="bad_percent")
        return rate

    def whole(self, name: str, otherwise: int) -> int:
        """A whole number of at most four digits; ``otherwise``, which the rules of the field refuse, for anything else."""
        text = self.text(name, limit=4)
        return int(text) if text.isascii() and text.isdigit() else otherwise

    def id(self, name: str) -> UUID | None:
        """An id; None when left empty.

        Raises:
            NotFound: it is no id.
        """
        text = self.text(name)
        try:
            return UUID(text) if text else None
        except ValueError:
            raise NotFound from None

    def needed_id(self, name: str) -> UUID:
        """An id that the page itself put into the form, as the one by which the same form sent twice is known.

        Raises:
            NotFound: it is none.
        """
        found = self.id(name)
        if found is None:
            raise NotFound
        return found

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file; None when none was chosen."""
        value = self._fields.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def values(self) -> dict[str, str]:
        """All text fields, to fill the form again."""
        return {name: value for name, value in self._fields.items() if isinstance(value, str)}


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form of a request.

    Raises:
        Refused: the request was larger than what is read.
    """
    if request.scope.get("body_too_large"):
        raise Refused(N_("The file is too large: at most 25 MB."), field="file", code="too_large")
    return Form(dict((await request.form()).items()))
