"""What a measurement says: ours against the bare database, both taken in the same run in turns."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. ``ours`` and ``other`` are medians of rounds taken in turns; ``ratio`` is ours ÷ other."""

    figure: str
    ours: float
    other: float
    unit: str
    ratio: float
    goal: str
    holds: bool
    detail: str = ""
    """What else was seen, and against what it was measured."""


def at_least(figure: str, ours: list[float], other: list[float], unit: str, goal: float, detail: str = "") -> Figure:
    """A rate that may not be lower than ``goal`` times the other's."""
    ratio = _ratio(ours, other)
    return _figure(figure, ours, other, unit, ratio, f"≥ {_plain(goal)}", holds=ratio >= goal, detail=detail)


def at_most(figure: str, ours: list[float], other: list[float], unit: str, goal: float, detail: str = "") -> Figure:
    """A time that may not be longer than ``goal`` times the other's."""
    ratio = _ratio(ours, other)
    return _figure(figure, ours, other, unit, ratio, f"≤ {_plain(goal)}", holds=ratio <= goal, detail=detail)


def _ratio(ours: list[float], other: list[float]) -> float:
    return median(ours) / median(other)


def _figure(
    figure: str, ours: list[float], other: list[float], unit: str, ratio: float, goal: str, *, holds: bool, detail: str
) -> Figure:
    return Figure(
        figure=figure,
        ours=_shown(median(ours)),
        other=_shown(median(other)),
        unit=unit,
        ratio=round(ratio, 3),
        goal=goal,
        holds=holds,
        detail=detail,
    )


def _shown(value: float) -> float:
    """Three digits that mean something, more are noise."""
    return round(value) if value >= 100 else round(value, 1) if value >= 10 else round(value, 3)


def _plain(goal: float) -> str:
    """A goal as it is written: 1/12 rather than 0.083."""
    inverse = round(1 / goal)
    return f"1/{inverse}" if goal < 0.3 and abs(1 / goal - inverse) < 1e-9 else f"{goal:g}"
