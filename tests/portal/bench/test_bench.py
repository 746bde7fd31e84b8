"""`portal bench` from end to end with few cases: what it prints, and that nothing of it stays. Times are not judged."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from portal.backends.postgres import database_url
from portal.bench.figure import at_least, at_most
from portal.bench.pgbench import script
from portal.bench.recording import Statement
from portal.settings import Settings
from tests.portal.test_cli import ROOT, environ_of

ORDER = [
    "list",
    "workbench",
    "paging",
    "wizard",
    "search",
    "claim",
    "import",
    "posting",
    "remittance",
    "reconciliation",
    "jobs",
]


async def databases(settings: Settings) -> list[str]:
    connection = await asyncpg.connect(database_url(settings.owner_url, "postgres"))
    try:
        return [row["datname"] for row in await connection.fetch("select datname from pg_database")]
    finally:
        await connection.close()


@pytest.mark.xdist_group("bench")
def test_every_figure_is_measured_in_a_database_of_its_own(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "benchmarks.md"
    done = subprocess.run(
        [sys.executable, "-m", "portal", "bench", "--cases", "100", "--json", "--report", str(report)],
        env=environ_of(settings), cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["figure"] for row in rows] == ORDER
    for row in rows:
        assert set(row) == {"figure", "ours", "other", "unit", "ratio", "goal", "holds"}
        assert row["ours"] > 0 and row["other"] > 0 and row["ratio"] > 0, row
        assert isinstance(row["holds"], bool) and row["goal"][0] in "≥≤"
    assert all(f"| {name} |" in report.read_text("utf-8") for name in ORDER)
    assert "portal_bench" not in asyncio.run(databases(settings))


def test_too_few_cases_are_refused(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal", "bench", "--cases", "99"],
        env=environ_of(settings), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "99" in done.stderr


def test_a_figure_is_the_ratio_of_the_middle_rounds() -> None:
    figure = at_least("list", [9.0, 200.0, 10.0], [120.0, 100.0, 1.0], "requests/s", 1 / 12)
    assert (figure.ours, figure.other, figure.ratio, figure.goal, figure.holds) == (10.0, 100, 0.1, "≥ 1/12", True)
    slower = at_most("paging", [13.0], [10.0], "ms", 1.2)
    assert (slower.ratio, slower.goal, slower.holds) == (1.3, "≤ 1.2", False)


def test_a_script_sends_the_values_of_a_page_as_parameters() -> None:
    asked = script([
        Statement("begin", ()),
        Statement("select $1::text, $2::int, $3::text where $1 <> ''", ("O'Hara", None, "")),
    ])  # fmt: skip
    assert asked.text == "begin;\nselect :v1_1::text, null::int, ''::text where :v1_1 <> '';\n"
    assert asked.values == {"v1_1": "O'Hara"}
