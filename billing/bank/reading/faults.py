"""What can be wrong with a bank's file: stable codes, and a sentence for a person."""

from collections.abc import Mapping
from typing import Final, NoReturn

from portal.errors import Refused
from portal.pages.text import N_

FAULTS: Final[Mapping[str, str]] = {
    "empty_file": N_("The file is empty."),
    "too_large": N_("The file is too large: at most %(limit)s MB."),
    "unknown_format": N_(
        "This is no bank statement that we can read: camt.052, camt.053 or camt.054, MT940 or MT942, or a table (CSV, XLSX)."
    ),
    "has_doctype": N_("This XML file brings definitions of its own, which no bank statement does. It was not opened."),
    "broken_xml": N_("The XML ends early or is broken, near line %(row)s. Fetch the file from the bank again."),
    "too_deep": N_("The XML holds more in one piece than a bank statement does. It was not read."),
    "bad_encoding": N_("The letters of this file cannot be read. Save it as UTF-8, or fetch it from the bank again."),
    "no_statement": N_("There is no statement in this file."),
    "broken_line": N_("Line %(row)s of the file is not as MT940 has it. Nothing was taken from the file."),
    "lost_lines": N_(
        "Statement %(number)s lists %(wanted)s entries and %(found)s of them could be read. Nothing was taken from the file."
    ),
    "bad_date": N_("“%(text)s” is not a day (entry %(entry)s). Nothing was taken from the file."),
    "no_date": N_("Entry %(entry)s says no day on which it was booked. Nothing was taken from the file."),
    "bad_amount": N_("“%(text)s” is not an amount in %(currency)s (entry %(entry)s). Nothing was taken from the file."),
    "too_many_decimals": N_(
        "%(text)s has more decimals than %(currency)s (entry %(entry)s), and money is not rounded here. Nothing was taken from the file."
    ),
    "unknown_currency": N_("“%(currency)s” is no currency that we know."),
    "no_currency": N_("The file does not say its currency. Choose the account that it belongs to."),
    "mixed_currencies": N_(
        "Statement %(number)s holds %(one)s and %(other)s. An account has one currency; nothing was taken from the file."
    ),
    "bad_table": N_(
        "This table cannot be read (row %(row)s): a quotation mark is not closed, or a line is far too long."
    ),
    "no_rows": N_("There is no row with a day and an amount in this table. Say what its columns mean."),
    "ragged_row": N_(
        "Row %(row)s has more cells than the table has columns, so that none of them can be trusted. Put texts with a delimiter into quotation marks."
    ),
    "table_row": N_(
        "Row %(row)s: “%(text)s” is not an amount or a day. Say what the columns mean, or take the row out."
    ),
}
"""Why a file is refused."""

WARNINGS: Final[Mapping[str, str]] = {
    "not_adding_up": N_(
        "Opening and entries come to %(counted)s, and the bank says %(closing)s: %(difference)s apart."
    ),
    "not_booked": N_("Not booked by the bank yet, so left out: %(count)s entries. A later statement brings them."),
    "no_balances": N_("The file says no balances, so that nothing proves that it is complete."),
    "batch_differs": N_("The parts of a collective entry of %(amount)s do not add up to it. It is kept as one line."),
    "broken_details": N_("Text of an entry could not be told apart from the account, and is left out."),
    "rows_left_out": N_("%(count)s rows have a day and no amount, and are left out."),
    "clamped_date": N_("A value date like 30 February stands in the file. The last day of that month was taken."),
}
"""What a person should know of a statement that was taken all the same."""


def refuse(code: str, **params: object) -> NoReturn:
    """Refuse a file, beside the field that it was given in.

    Raises:
        Refused: always.
    """
    raise Refused(FAULTS[code], field="files", code=code, **params)
