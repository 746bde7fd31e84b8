"""How a file is to be read, as the form of the page says it: the file's own form and that of the list beside it."""

from dataclasses import replace

from cases.intake.files.shape import Shape
from portal.errors import NotFound, Refused
from portal.pages.forms import Form
from portal.pages.text import N_


def shape_from(form: Form, before: Shape, prefix: str = "") -> Shape:
    """What the form says; what it does not say is as ``before``. ``prefix`` stands before the names of its fields.

    Raises:
        Refused: the row of the column names is none, with its field.
        NotFound: no form of ours says this.
    """
    field = f"{prefix}header_row"
    row = form.text(field, limit=7)
    if not (row.isascii() and row.isdigit() and int(row) > 0):
        raise Refused(N_("This is not a number."), field=field, code="bad_number")
    rows = 2 if form.flag(f"{prefix}two_rows") else 1
    if int(row) < rows:
        raise Refused(N_("A header of two rows ends in row 2 or below."), field=field, code="bad_number")
    name = f"{prefix}delimiter"
    delimiter = form.text(name, limit=1) or ("\t" if form.values().get(name) == "\t" else "")
    try:
        return replace(
            before,
            encoding=form.text(f"{prefix}encoding") or before.encoding,
            delimiter=delimiter or before.delimiter,
            sheet=form.text(f"{prefix}sheet", limit=255) or before.sheet,
            header_row=int(row),
            header_rows=rows,
        )
    except ValueError:
        raise NotFound from None
