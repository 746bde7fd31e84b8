"""Text with delimiters: which ones, and the records between them, line by line and never the whole file."""

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Iterator
from typing import BinaryIO

from cases.intake.files.shape import DELIMITERS, Shape
from cases.intake.issue import FileError, FileFault

_SAMPLE_CHARACTERS = 64 * 1024
_SAMPLE_RECORDS = 200
_LONGEST_LINE = 1_000_000
_RULING = re.compile(r"[\s|+=_-]*[=_+-][\s|+=_-]*")
_KNOWN = re.compile(
    r"""\s*(
        | [-+(]*[^\w\s,;|]?\s?[-+(]?\d+([ .,'’]\d+)*[ .,'’)\-+]*\s?([^\W\d_]{1,3}|[€£$¥])?   # a number, as it may be written
        | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?                                  # a date
        | [^,;|\t^~\x1f"]*                                                         # words
        | [^;|\t^~\x1f"]*[^\W\d_][^;|\t^~\x1f"]*                                    # words with a comma among them
    )\s*""",
    re.VERBOSE,
)


def sample_of(file: BinaryIO, encoding: str) -> str:
    """The beginning of the file, up to the end of a line. Raises `FileError` where it cannot be decoded."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        sample = text.read(_SAMPLE_CHARACTERS)
    except UnicodeDecodeError:
        raise FileError(FileFault.BAD_ENCODING, row=1) from None
    finally:
        text.detach()
        file.seek(0)
    end = sample.rfind("\n") + 1
    return sample[:end] if len(sample) == _SAMPLE_CHARACTERS and end else sample


def detect_delimiter(sample: str) -> tuple[str, str]:
    """The delimiter and the quotation mark under which the text looks most like a table.

    After van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019): the
    product of how regular the records are and how many of their cells look like something.
    """
    quote = _detect_quote(sample)
    return max(DELIMITERS, key=lambda delimiter: _score(sample, delimiter, quote)), quote


def _detect_quote(sample: str) -> str:
    """An apostrophe only where it encloses cells and no double one does."""
    edge = "".join(map(re.escape, DELIMITERS))
    enclosed = {
        quote: len(re.findall(rf"(?:^|[{edge}]){quote}[^{quote}\n]*{quote}(?=[{edge}\r\n]|$)", sample, re.M))
        for quote in "\"'"
    }
    return "'" if enclosed["'"] > 1 and not enclosed['"'] else '"'


def _score(sample: str, delimiter: str, quote: str) -> float:
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quotechar=quote):
            if any(map(str.strip, record)):
                records.append(record)
            if len(records) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0
    widths = Counter(map(len, records))
    if not widths or set(widths) == {1}:
        return 0.0
    regular = sum(times * (width - 1) / width for width, times in widths.items()) / len(widths)
    cells = [cell for record in records if len(record) > 1 for cell in record]
    return regular * sum(_KNOWN.fullmatch(cell[:200]) is not None for cell in cells) / len(cells)


def first_line(file: BinaryIO, encoding: str, blank: str) -> str:
    """The first line that is more than ``blank`` characters, empty when there is none. Leaves the file open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        return next((line for line in Lines(text) if line.strip(blank)), "")
    finally:
        text.detach()


def read_records(file: BinaryIO, shape: Shape) -> Generator[list[str], None, None]:
    """The records of the file in order, a blank line being an empty one; rulings of dashes are blank lines.

    Leaves the file open. Raises `FileError`: bad_encoding, unreadable_row.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=shape.encoding, newline="")
    try:
        yield from _records(Lines(text), shape)
    finally:
        text.detach()


def _records(lines: "Lines", shape: Shape) -> Iterator[list[str]]:
    if shape.quote:
        reader = csv.reader(lines, delimiter=shape.delimiter, quotechar=shape.quote)
    else:
        reader = csv.reader(lines, delimiter=shape.delimiter, quotechar=None, quoting=csv.QUOTE_NONE)
    row = 0
    while True:
        row += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FileError(FileFault.UNREADABLE_ROW, row=row) from None
        except UnicodeDecodeError:
            raise FileError(FileFault.BAD_ENCODING, row=row) from None
        if lines.at_end:  # a record asks for a line more than the file has only inside quotation marks
            raise FileError(FileFault.UNREADABLE_ROW, row=row)
        yield [] if len(record) == 1 and _RULING.fullmatch(record[0]) else record


class Lines(Iterator[str]):
    """Lines of bounded length. `at_end` once a line was asked for and none was left."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.at_end = False
        self._text = text
        self._read = 0

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_LINE)
        self._read += 1
        if not line:
            self.at_end = True
            raise StopIteration
        if len(line) >= _LONGEST_LINE:
            raise FileError(FileFault.UNREADABLE_ROW, row=self._read)
        return line
