"""Spreadsheets, read by a process of their own (`sheet_child`) and streamed back row by row.

The child has a limit of memory and of processor time. It can wait for nothing but us, and ends when we no longer
listen: closing the reader is all it takes, and whoever dies first takes the other's pipe along.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from cases.intake.as_given import LIMITS, Limits
from cases.intake.files.shape import Kind
from cases.intake.issue import FileError, FileFault
from portal.confined.start import start
from portal.pages.text import N_

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """What a spreadsheet may cost.

    `memory_bytes` is address space, of which Python itself takes about 40 MB; a sheet of 100,000 rows and 20 columns
    takes 200 MB. `ratio`: how many times an entry of the archive may grow when unpacked; XML in sheets grows 5 to 30
    times. `sheets`: how many are looked into for a proposal.
    """

    memory_bytes: int = 512 * MB
    cpu_seconds: int = 60
    unpacked_bytes: int = 400 * MB
    ratio: int = 250
    entries: int = 2_000
    sheets: int = 20


SHEET_LIMITS = SheetLimits()

Cells = tuple[tuple[str, ...], frozenset[int]]
"""A row's texts, and the places of those that are numbers in the sheet, already in plain notation."""

_CHILD = Path(__file__).with_name("sheet_child.py")
_LONGEST_LINE = 64 * MB
_CHUNK = 64 * 1024
_SHOWN_CHARACTERS = 500
"""What a proposal needs to see of a cell."""

_FAULTS = {
    "broken": FileFault.BROKEN_SPREADSHEET,
    "protected": FileFault.PROTECTED,
    "no_such_sheet": FileFault.NO_SUCH_SHEET,
    "too_heavy": FileFault.TOO_HEAVY,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook."""

    name: str
    visible: bool = True


class SheetReader:
    """A workbook opened in a child. `kind` and `sheets` are known at once; `rows` streams what was asked for.

    With a `sheet` that one is read, else the `first` rows of every one, `rows` yielding ``(sheet, cells)``. Raises
    `FileError`. Use it as a context, or close it.
    """

    def __init__(
        self,
        file: BinaryIO,
        sheet: str = "",
        *,
        first: int = -1,
        limits: Limits = LIMITS,
        most: SheetLimits = SHEET_LIMITS,
    ) -> None:
        longest = limits.cell_characters if first < 0 else _SHOWN_CHARACTERS
        told = asdict(most) | {"columns": limits.columns, "cell_characters": longest}
        asked = {"sheet": sheet, "first": first, "limits": told}
        self._sheet, self._most = sheet, most
        with TemporaryFile() as copy:  # of its own, since a descriptor carries its place into the child
            _copy(file, copy, limits)
            self._child = start(_CHILD, asked, copy)
        try:
            opened = self._line()
            self.kind = Kind(opened["kind"])
            self.sheets = tuple(Sheet(name, visible) for name, visible in opened["sheets"])
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the child, for whoever wants to know that it is gone."""
        return self._child.pid

    def rows(self) -> Iterator[tuple[str, Cells]]:
        """The rows, each with the name of its sheet. Raises `FileError` where the child gave up."""
        sheet = ""
        while True:
            line = self._line()
            if isinstance(line, list):
                for cells, numbers in line:
                    yield sheet, (tuple(cells), frozenset(numbers))
            elif "sheet" in line:
                sheet = line["sheet"]
            else:
                return

    def _line(self) -> Any:
        line = self._out.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):  # the system ended it: too much memory, or too much time
            raise self._fault("too_heavy")
        said = json.loads(line)
        if isinstance(said, dict) and "fault" in said:
            raise self._fault(said["fault"])
        return said

    @property
    def _out(self) -> IO[bytes]:
        assert self._child.stdout is not None
        return self._child.stdout

    def _fault(self, word: str) -> FileError:
        self.close()
        if word == "not_a_spreadsheet":
            return FileError(FileFault.NOT_A_TABLE, kind=N_("a ZIP archive"))
        return FileError(_FAULTS[word], sheet=self._sheet, limit_mb=self._most.unpacked_bytes // MB)

    def close(self) -> None:
        """Ends the child, if it has not ended, and waits for it."""
        self._child.kill()
        self._out.close()
        self._child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _copy(file: BinaryIO, copy: IO[bytes], limits: Limits) -> None:
    file.seek(0)
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > limits.size_bytes:
            raise FileError(FileFault.TOO_LARGE, limit_mb=limits.size_bytes // MB)
        copy.write(chunk)
