"""docs/benchmarks.md: the figures of a run with the machine, the versions and the cases they were taken with."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from portal import clock
from portal.bench.figure import Figure
from portal.bench.pace import Pace
from portal.bench.world import World

PACKAGES = ("litestar", "uvicorn", "jinja2", "asyncpg", "piccolo", "pgqueuer")

INTRO = """# Benchmarks

Written by `portal bench` (`make bench CASES=…`); do not edit. Every figure is a ratio: ours against the bare database, on
one machine in one run, in turns, the median of the rounds. The seconds of another machine say little; the ratio should be
much the same. `holds` says whether the goal was met in this run.
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The machine and what else it had to do: processes that waited for a core, on average over the last minute."""

    began: datetime
    postgres: str
    load_before: float


def surroundings(postgres: str) -> Surroundings:
    """What is to be told of a run that begins now."""
    return Surroundings(clock.now(), postgres, os.getloadavg()[0])


def write(path: Path, figures: Sequence[Figure], world: World, pace: Pace, around: Surroundings) -> None:
    """Write the report of a run that has ended."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(figures, world, pace, around), encoding="utf-8")


def text(figures: Sequence[Figure], world: World, pace: Pace, around: Surroundings) -> str:
    """The report."""
    lines = [INTRO, "| figure | ours | bare | unit | ratio | goal | holds |", "|---|---:|---:|---|---:|---|---|"]
    for one in figures:
        holds = "yes" if one.holds else "**no**"
        lines.append(
            f"| {one.figure} | {one.ours:,g} | {one.other:,g} | {one.unit} | {one.ratio:g} | {one.goal} | {holds} |"
        )
    lines += ["", *(f"- **{one.figure}**: {one.detail}." for one in figures), "", *_machine(world, pace, around)]
    return "\n".join(lines) + "\n"


def _machine(world: World, pace: Pace, around: Surroundings) -> list[str]:
    cores = os.cpu_count() or 1
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"Taken {around.began:%Y-%m-%d %H:%M} UTC: {world.cases:,} cases of one agency and {world.neighbours:,} of"
        f" another, {pace.rounds} rounds of {pace.seconds:g} s.",
        "",
        f"- {_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}.",
        f"- Python {platform.python_version()}, PostgreSQL {around.postgres}, {versions}.",
        "- One server process; the load, the database and the server share the machine.",
        f"- Load average {around.load_before:.1f} when it began. Above {cores} the machine had other work, by which"
        " figures of one process suffer more than those of many.",
    ]


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
