"""Rows as they stood in the file that was placed, read once more from the storage where nothing of them was kept."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, closing

from cases.intake.as_given import LIMITS
from cases.intake.fetching import fetched
from cases.intake.files.shape import Kind, Shape
from cases.intake.files.sheets import SHEET_LIMITS, Cells
from cases.intake.files.table import raw_rows
from cases.intake.placement import PlacementFile


class Originals:
    """The rows of a file, asked for by their numbers, which only grow: the file is read once."""

    def __init__(self, rows: Iterator[Cells]) -> None:
        self._rows = enumerate(rows, 1)

    def cells_of(self, numbers: Collection[int]) -> Mapping[int, tuple[str, ...]]:
        """The cells of the rows with these numbers, all beyond those that were asked for before."""
        wanted = set(numbers)
        found: dict[int, tuple[str, ...]] = {}
        while len(found) < len(wanted):
            number, (cells, _) = next(self._rows, (0, ((), frozenset())))
            if not number:
                break
            if number in wanted:
                found[number] = cells
        return found


@asynccontextmanager
async def originals(placement: PlacementFile) -> AsyncIterator[Originals]:
    """The file of a placement that was read, from its first row on. Calls the storage; reading it may take its time."""
    assert placement.object_key is not None
    async with fetched(placement.object_key) as file:
        with closing(raw_rows(file, _shape(placement), LIMITS, SHEET_LIMITS)) as rows:
            yield Originals(rows)


def _shape(placement: PlacementFile) -> Shape:
    """How the file was read; the simple form has no shape of its own."""
    if placement.shape is not None and placement.column_map is not None:
        return Shape.from_facts(placement.shape)
    return Shape(Kind.CSV, placement.summary["encoding"], placement.summary["delimiter"], '"')
