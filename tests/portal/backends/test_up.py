"""`portal up`: one in a home, nothing left behind, and every kill survived."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.portal.backends.starting import PATIENCE, Up, processes_of, until


@pytest.fixture
def home(roof: Path) -> Iterator[Path]:
    """A home with a path longer than a Unix socket may have."""
    folder = roof / ("a-long-way-down-" * 8) / "home"
    folder.parent.mkdir()
    assert len(str(folder)) > 107
    yield folder
    for process in psutil.process_iter(["cmdline", "environ"]):
        if (process.info["environ"] or {}).get("PORTAL_HOME") == str(folder):
            process.kill()


def ask(url: str, query: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_up_starts_everything_once_and_ctrl_c_ends_all_of_it_and_nothing_else(home: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    try:
        up = Up(home).running()
        assert set(up.pids()) == {"postgres", "storage", "mail", "stripe", "serve", "worker"}
        assert "owner@example.com" in up.said
        assert "(reference 2026-00001, 25124): http://127.0.0.1/claim/" + "t" * 43 in up.said
        settings = up.settings()
        assert settings["PORTAL_DEVELOPMENT"] == "1"
        assert settings["PORTAL_BASE_URL"] in up.said

        second = Up(home)
        assert second.process.wait(PATIENCE) == 1
        assert f"already running in {home} at {settings['PORTAL_BASE_URL']}" in second.said.replace("\n", "")
        assert up.settings() == settings  # and the first never noticed

        assert up.end(signal.SIGINT) == 0
        assert processes_of(home) == []
        assert bystander.poll() is None
        assert not list(home.rglob("*.sock"))
    finally:
        bystander.kill()
        bystander.wait()


def test_every_listener_is_on_loopback(home: Path) -> None:
    up = Up(home).running()
    family = psutil.Process(up.process.pid).children(recursive=True)
    listening = [c.laddr.ip for p in family for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert len(listening) > 5
    assert set(listening) <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert up.end(signal.SIGTERM) == 0
    assert processes_of(home) == []


def test_a_part_that_is_killed_is_started_again_where_it_was(home: Path) -> None:
    up = Up(home).running()
    settings = up.settings()
    ask(settings["PORTAL_DATABASE_OWNER_URL"], "create table kept as select 42 as answer")
    before = up.pids()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def all_new() -> bool:
        now = up.pids()
        return all(now[name] != before[name] and psutil.pid_exists(now[name]) for name in before)

    until(all_new, "every part has a new process")
    until(lambda: up.said.count("is running again") >= len(before), "up says that all are back")
    assert up.settings() == settings
    assert ask(settings["PORTAL_DATABASE_OWNER_URL"], "select answer from kept") == 42
    assert up.end() == 0
    assert processes_of(home) == []


def test_a_killed_up_takes_its_servers_along_and_the_next_start_finds_its_data(home: Path) -> None:
    up = Up(home).running()
    settings = up.settings()
    ask(settings["PORTAL_DATABASE_OWNER_URL"], "create table kept as select 42 as answer")
    if sys.platform.startswith("linux"):
        up.end(signal.SIGKILL)
        until(lambda: processes_of(home) == [], "the orphans have ended")
    else:
        up.end(signal.SIGKILL)

    again = Up(home).running()
    assert ask(settings["PORTAL_DATABASE_OWNER_URL"], "select answer from kept") == 42
    assert again.settings() == settings
    again.end(signal.SIGKILL)  # and at once again, while the old ones are still ending
    third = Up(home).running()
    assert ask(settings["PORTAL_DATABASE_OWNER_URL"], "select answer from kept") == 42
    assert third.end() == 0
    assert processes_of(home) == []


def test_a_first_run_killed_before_its_sample_is_complete_begins_again(home: Path) -> None:
    up = Up(home, STAND_IN_SAMPLE_HANGS="1")
    until((home / "log" / "sample.log").exists, "the sample is being loaded")
    half_made = home / "postgres" / "of-the-killed-run"
    half_made.touch()
    up.end(signal.SIGKILL)
    again = Up(home).running()
    assert (home / "postgres" / "PG_VERSION").exists()
    assert not half_made.exists()
    assert not (home / "first-run").exists()
    assert again.end() == 0


def test_what_the_operator_runs_is_not_started(home: Path) -> None:
    external = {
        "PORTAL_S3_ENDPOINT": "https://storage.example",
        "PORTAL_S3_ACCESS_KEY": "key",
        "PORTAL_S3_SECRET_KEY": "secret",
        "PORTAL_S3_BUCKET": "elsewhere",
        "PORTAL_SMTP_URL": "smtp://mail.example",
        "PORTAL_MAIL_FROM": "portal@example.com",
    }
    up = Up(home, **external).running()
    assert set(up.pids()) == {"postgres", "stripe", "serve", "worker"}
    assert up.settings().items() >= external.items()
    assert up.end() == 0


def test_a_wrong_setting_ends_the_start_with_one_line(home: Path) -> None:
    up = Up(home, PORTAL_PORT="eighty")
    assert up.process.wait(PATIENCE) == 1
    assert "PORTAL_PORT is not a number" in up.said
    assert processes_of(home) == []
