"""The process that opens a spreadsheet: alone, with little memory and little time.

A spreadsheet is a program for its reader: a few kilobytes may unpack to terabytes. So a child of ours reads it from
its standard input, checks the directory of the archive before opening anything, and writes lines of JSON. When it
takes too much, the system ends it, and nobody else notices. It imports nothing of the portal but its limits, since
it must start quickly and know nothing.

Lines written: ``{"kind": …, "sheets": [[name, visible], …]}``; per sheet asked for ``{"sheet": name}`` and its rows in
batches, ``[[[cell, …], [positions of numbers]], …]``; ``{"end": true}`` when everything was said. Or ``{"fault": …}``.
"""

import datetime
import json
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from portal.confined.limits import confine

BATCH_CHARACTERS = 64 * 1024
RATIO_FROM = 1024 * 1024  # what unpacks to less than this may be packed as tightly as it likes


class Fault(Exception):
    """Why the spreadsheet cannot be read, in a word that the parent knows."""


def kind_of(file: BinaryIO, limits: dict[str, int]) -> str:
    """The kind by its content; of an archive only the directory is read. Raises `Fault`."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            kind = _kind_of_archive({entry.filename for entry in entries})
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise Fault("broken") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise Fault("protected")
    unpacked = sum(entry.file_size for entry in entries)
    tight = any(
        entry.file_size > RATIO_FROM and entry.file_size > limits["ratio"] * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > limits["entries"] or unpacked > limits["unpacked_bytes"] or tight:
        raise Fault("too_heavy")
    return kind


def _kind_of_archive(names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    raise Fault("not_a_spreadsheet")


def text_of(cell: object) -> tuple[str, bool]:
    """A cell as text, and whether it was a number. Digits that only binary fractions brought are not shown."""
    if isinstance(cell, bool):
        return str(cell).upper(), False
    if isinstance(cell, int | float):
        return format(Decimal(f"{cell:.15g}"), "f"), True
    if isinstance(cell, datetime.datetime):
        day, time = cell.date().isoformat(), cell.time()
        return (day if time == datetime.time() else f"{day} {time.isoformat('seconds')}"), False
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat(), False
    return str(cell), False


def batches(sheet: Any, first: int, limits: dict[str, int]) -> Iterator[list[list[Any]]]:
    """The rows of a sheet from its first column on, without empty cells behind, at most `first` of them.

    One column more than the limit, and one character, say that there are too many.
    """
    width, longest = limits["columns"] + 1, limits["cell_characters"] + 1
    left = [""] * min(sheet.start[1] if sheet.start else 0, width - 1)
    batch: list[list[Any]] = []
    size = 0
    for place, row in enumerate(sheet.iter_rows()):
        if place == first:
            break
        cells, numbers = list(left), []
        for cell in islice(row, max(width - len(left), 0)):
            text, is_number = text_of(cell)
            if is_number:
                numbers.append(len(cells))
            cells.append(text[:longest])
        while cells and not cells[-1]:
            cells.pop()
        batch.append([cells[:width], numbers])
        size += sum(map(len, cells)) + len(cells)
        if size > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def answer(fact: object) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(fact, separators=(",", ":")) + "\n")


def read(asked: dict[str, Any]) -> None:
    """Reads one sheet, or the first rows of every one when none is named. Raises `Fault`."""
    file = open(0, "rb", closefd=False)  # noqa: SIM115 - standard input, which may be sought in
    kind = kind_of(file, asked["limits"])
    file.seek(0)
    # Loaded only now, when the directory of the archive is known to be harmless.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(file)
        known = [sheet for sheet in workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
        visible = {sheet.name: sheet.visible is SheetVisibleEnum.Visible for sheet in known}
        answer({"kind": kind, "sheets": [[sheet.name, visible[sheet.name]] for sheet in known]})
        if asked["sheet"] and asked["sheet"] not in visible:
            raise Fault("no_such_sheet")
        for name in [asked["sheet"]] if asked["sheet"] else list(visible)[: asked["limits"]["sheets"]]:
            answer({"sheet": name})
            for batch in batches(workbook.get_sheet_by_name(name), asked["first"], asked["limits"]):
                answer(batch)
    except PasswordError:
        raise Fault("protected") from None
    except (CalamineError, ValueError, OSError):
        raise Fault("broken") from None
    answer({"end": True})


def main() -> None:
    """What the parent starts: the request is the only argument."""
    asked = json.loads(sys.argv[1])
    confine(asked["limits"]["memory_bytes"], asked["limits"]["cpu_seconds"])
    try:
        read(asked)
    except Fault as fault:
        answer({"fault": str(fault)})
    except MemoryError:
        answer({"fault": "too_heavy"})


if __name__ == "__main__":
    main()
