"""A home: its secrets, its ports, and who may hold it."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from portal.backends.home import Home, HomeInUseError, State
from portal.backends.processes import BackendError, Identity
from portal.backends.secrets import NAMES, load_secrets


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)


def test_secrets_are_generated_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    secrets = load_secrets(file)
    assert set(secrets) == set(NAMES)
    assert len(set(secrets.values())) == len(NAMES)
    assert min(map(len, secrets.values())) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_secrets(file) == secrets


def test_a_secrets_file_that_others_can_read_is_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    secrets = load_secrets(file)
    file.chmod(0o644)
    assert load_secrets(file) == secrets
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_home_lets_nobody_look_around(home: Home) -> None:
    assert not home.path.stat().st_mode & (stat.S_IROTH | stat.S_IRGRP | stat.S_IWOTH | stat.S_IWGRP)


def test_one_starter_holds_a_home(home: Home) -> None:
    with home.hold("up"):
        assert home.held()
        with pytest.raises(HomeInUseError, match=f"already running in {home.path}.*process {os.getpid()}"):
            home.hold("up").__enter__()
    assert not home.held()
    assert home.state is None
    with home.hold("up"):
        assert home.state is not None


def test_the_record_of_a_starter_that_is_gone_is_not_believed(home: Home) -> None:
    home.record(State(kind="up", starter=Identity(1, 0.0), ready=True, environ={"PORTAL_BASE_URL": "http://gone"}))
    assert home.state is None


def test_the_record_is_as_private_as_the_secrets(home: Home) -> None:
    with home.hold("up"):
        assert stat.S_IMODE((home.path / "state.json").stat().st_mode) == 0o600


def test_a_process_left_by_a_killed_starter_is_ended_and_a_later_one_with_its_number_is_not(home: Home) -> None:
    orphan, stranger = sleeper(), sleeper()
    try:
        earlier = Identity.of(stranger.pid)
        left = {"web": Identity.of(orphan.pid), "worker": replace(earlier, started=earlier.started - 100)}
        home.record(State(kind="up", starter=Identity(1, 0.0), processes=left))
        with home.hold("up"):
            assert orphan.wait(10) != 0
            assert stranger.poll() is None
    finally:
        for process in (orphan, stranger):
            process.kill()
            process.wait()


def test_a_damaged_record_stops_nobody(home: Home) -> None:
    for text in ("", "{", "[]", json.dumps({"kind": "up"})):
        (home.path / "state.json").write_text(text)
        with home.hold("up"):
            assert home.held()


def test_a_port_is_kept_while_it_is_free(home: Home) -> None:
    port = home.port("postgres")
    assert home.port("postgres") == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert home.port("postgres") != port


def test_a_preferred_port_is_taken_when_it_is_free(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        preferred = other.getsockname()[1]
        substitute = home.port("web", preferred=preferred)
        assert substitute != preferred
    assert home.port("web", preferred=preferred) == preferred


def test_two_listeners_never_get_the_same_port(home: Home) -> None:
    assert len({home.port(f"listener {number}") for number in range(50)}) == 50


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackendError, match="PORTAL_HOME cannot be used"):
        Home(tmp_path / "file" / "home")


def test_a_newcomer_waits_for_servers_that_are_ending(home: Home) -> None:
    with home.nobody_using() as nobody:
        assert nobody
        user = subprocess.Popen(
            [sys.executable, "-c", "import sys; from portal.backends.home import Home; from pathlib import Path\n"
             "with Home(Path(sys.argv[1])).using(): print('in')", str(home.path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip
        time.sleep(0.5)
        assert user.poll() is None
    assert user.communicate(timeout=30)[0] == b"in\n"
    with home.using(), home.nobody_using() as nobody:
        assert not nobody
