"""The operator's commands, as programs read and call them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.settings import Settings

ROOT = Path(__file__).parents[2]

# Many commands in one process of their own: starting Python and importing everything takes longer than they do.
RUNNER = """
import json, sys
from click.testing import CliRunner
from portal.cli import main
done = [CliRunner().invoke(main, words, input=text) for words, text in json.load(sys.stdin)]
print(json.dumps([[one.exit_code, one.stdout, one.stderr] for one in done]))
"""

Answer = tuple[int, str, str]


def environ_of(settings: Settings) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return plain | {
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_DATABASE_OWNER_URL": settings.owner_url,
        "PORTAL_S3_ENDPOINT": settings.s3_endpoint,
        "PORTAL_S3_ACCESS_KEY": settings.s3_access_key,
        "PORTAL_S3_SECRET_KEY": settings.s3_secret_key,
        "PORTAL_S3_BUCKET": settings.s3_bucket,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_BASE_URL": "https://portal.example",
        "PORTAL_SMTP_URL": settings.smtp_url,
        "PORTAL_MAIL_FROM": settings.mail_from,
    }


def run(environ: dict[str, str], *commands: list[str], text: str = "") -> list[Answer]:
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], input=json.dumps([[words, text] for words in commands]), env=environ, cwd=ROOT,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [(code, out, err) for code, out, err in json.loads(done.stdout)]


@pytest.fixture
def portal(settings: Settings) -> Callable[..., list[Answer]]:
    def call(*commands: list[str], text: str = "") -> list[Answer]:
        return run(environ_of(settings), *commands, text=text)

    return call


def test_the_operator_adds_an_agency_a_client_people_and_keys(portal: Callable[..., list[Answer]]) -> None:
    slug = f"nord-{secrets.token_hex(4)}"
    added, again, listed, clients, nowhere = portal(
        ["agency", "add", "--slug", slug, "--name", "Nordlicht", "--time-zone", "Europe/Berlin", "--json"],
        ["agency", "add", "--slug", slug, "--name", "Another"],
        ["agency", "list", "--json"],
        ["client", "add", "--agency", slug, "--name", "Müller GmbH", "--json"],
        ["client", "add", "--agency", "no-such-agency", "--name", "Nobody"],
    )
    assert added[0] == 0, added
    agency = json.loads(added[1])
    assert agency["slug"] == slug
    assert again[0] == 1
    assert again[2] == f"Error: There is an agency {slug} already.\n"
    assert {"id": agency["id"], "slug": slug, "name": "Nordlicht"} in json.loads(listed[1])
    client = json.loads(clients[1])
    assert list(client) == ["id"]
    assert nowhere[0] == 1
    assert nowhere[2] == "Error: There is no agency no-such-agency.\n"

    who = ["--email", f"{slug}@example.com", "--name", "Ada"]
    invited, own_key, client_key, both, neither = portal(
        ["user", "add", "--agency", slug, "--role", "owner", *who],
        ["api-key", "add", "--agency", slug, "--json"],
        ["api-key", "add", "--client", client["id"], "--json"],
        ["api-key", "add", "--client", client["id"], "--agency", slug],
        ["api-key", "add"],
    )
    assert invited[0] == 0, invited
    assert "https://portal.example/invitation/" in invited[1]
    keys = {json.loads(answer[1])["key"] for answer in (own_key, client_key)}
    assert len(keys) == 2
    for wrong in (both, neither):
        assert wrong[0] == 2
        assert "one of the two" in wrong[2]


def test_a_password_is_read_from_standard_input(portal: Callable[..., list[Answer]]) -> None:
    slug = f"sued-{secrets.token_hex(4)}"
    person = ["--agency", slug, "--role", "owner", "--name", "Ada", "--json", "--password-stdin"]
    _, added = portal(
        ["agency", "add", "--slug", slug, "--name", "Südstern"],
        ["user", "add", "--email", f"{slug}@example.com", *person],
        text="seven plain turnips walk home\n",
    )
    assert added[0] == 0, added
    assert json.loads(added[1])["invitation"] is None


def test_migrating_again_changes_nothing(portal: Callable[..., list[Answer]]) -> None:
    first, second = portal(["migrate", "--json"], ["migrate"])
    assert (first[0], json.loads(first[1])) == (0, {"ok": True})
    assert second[1] == "The database is up to date.\n"


def test_what_is_expected_to_go_wrong_is_one_line(settings: Settings) -> None:
    environ = environ_of(settings)
    for name, value, said in (
        ("PORTAL_PORT", "eighty", "Error: PORTAL_PORT is not a number from 1 to 65535\n"),
        ("PORTAL_SECRET_KEY", "short", "Error: PORTAL_SECRET_KEY is too short: at least 32 bytes\n"),
    ):
        for code, _, error in run(environ | {name: value}, ["serve"], ["worker"], ["agency", "list"]):
            assert (code, error) == (1, said)
    unreachable = environ | {"PORTAL_DATABASE_URL": "postgresql://portal_app@127.0.0.1:1/portal"}
    for code, _, error in run(unreachable, ["serve"], ["worker"], ["agency", "list"]):
        assert code == 1
        assert error.startswith("Error: PORTAL_DATABASE_URL: ")
        assert error.count("\n") == 1


def test_serve_and_worker_start_no_servers_of_their_own(tmp_path: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    home = tmp_path / "home"
    for code, _, error in run(plain | {"PORTAL_HOME": str(home)}, ["serve"], ["worker"]):
        assert code == 1
        assert error.startswith("Error: PORTAL_")
        assert error.endswith(" is missing\n")
    assert not home.exists()


def test_help_is_quick_and_complete() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "portal", "--help"], cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    for command in [
        "up",
        "serve",
        "worker",
        "migrate",
        "sample",
        "verify",
        "bench",
        "user",
        "agency",
        "client",
        "api-key",
    ]:
        assert f"\n  {command} " in done.stdout
    assert not any(name in done.stderr for name in ("litestar", "piccolo", "asyncpg"))
