"""The servers behind a command: found, or started for as long as they are needed."""

from __future__ import annotations

import json
import secrets
import smtplib
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import asyncpg
import pytest

from portal.backends.mail import listed, messages_to
from portal.backends.postgres import create_database, database_url, drop_database, require_postgres
from portal.backends.processes import BackendError
from portal.backends.servers import shared_servers
from portal.settings import Settings
from portal.storage.bucket import BucketUnfit, client, ensure_bucket
from tests.portal.backends.starting import ROOT, STAND_IN, Up, environment, processes_of

COMMAND = f"""
import json, os, sys, time
from portal.backends import processes, servers
processes.OWN_COMMAND[:] = [sys.executable, {str(STAND_IN)!r}]
try:
    with servers.backends(os.environ, say=lambda line: print(line, file=sys.stderr)) as settings:
        time.sleep(float(os.environ.get("LINGER", "0")))
        print(json.dumps([settings.database_url, settings.owner_url, settings.s3_endpoint, settings.s3_bucket]))
except (processes.BackendError, servers.SettingsError) as error:
    sys.exit(f"Error: {{error}}")
"""


def command(home: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """A command that asks for its servers and prints where they are."""
    holder = "import sys; from portal.backends import processes, servers; "
    holder += f"processes.OWN_COMMAND[:] = [sys.executable, {str(STAND_IN)!r}]; servers.main()"
    code = COMMAND.replace("try:", f"servers.HOLDER[:] = [sys.executable, '-c', {holder!r}]\ntry:", 1)
    return subprocess.run(
        [sys.executable, "-c", code], env=environment(home, **values), cwd=ROOT, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


def test_a_command_starts_servers_for_itself_and_ends_them(roof: Path) -> None:
    home = roof / "home"
    first = command(home)
    assert first.returncode == 0, first.stderr
    assert "Starting" in first.stderr
    assert processes_of(home) == []
    second = command(home)
    assert second.stdout == first.stdout  # the same data at the same addresses


def test_commands_at_the_same_time_share_their_servers(roof: Path) -> None:
    home = roof / "home"
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda linger: command(home, LINGER=linger), ("0", "1", "2")))
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    assert len({one.stdout for one in done}) == 1
    assert processes_of(home) == []


def test_a_command_uses_what_is_running(roof: Path) -> None:
    home = roof / "home"
    up = Up(home).running()
    running = up.settings()
    used = command(home)
    assert "Starting" not in used.stderr
    assert json.loads(used.stdout)[0] == running["PORTAL_DATABASE_URL"]
    elsewhere = command(
        home,
        PORTAL_DATABASE_URL="postgresql://someone@db.example/portal",
        PORTAL_DATABASE_OWNER_URL="postgresql://owner@db.example/portal",
    )
    assert json.loads(elsewhere.stdout)[0] == "postgresql://someone@db.example/portal"
    assert json.loads(elsewhere.stdout)[2] == running["PORTAL_S3_ENDPOINT"]
    assert up.end() == 0


def test_a_command_with_everything_given_makes_no_home(roof: Path) -> None:
    given = {
        "PORTAL_DATABASE_URL": "postgresql://someone@db.example/portal",
        "PORTAL_DATABASE_OWNER_URL": "postgresql://owner@db.example/portal",
        "PORTAL_S3_ENDPOINT": "https://storage.example",
        "PORTAL_S3_ACCESS_KEY": "key",
        "PORTAL_S3_SECRET_KEY": "secret",
        "PORTAL_S3_BUCKET": "portal",
        "PORTAL_SECRET_KEY": "s" * 32,
        "PORTAL_BASE_URL": "https://portal.example",
    }
    done = command(roof / "home", **given)
    assert done.returncode == 0, done.stderr
    assert not (roof / "home").exists()
    del given["PORTAL_SECRET_KEY"]
    missing = command(roof / "home", **given)
    assert missing.stderr == "Error: PORTAL_SECRET_KEY is missing\n"


def test_the_servers_of_a_test_run_are_removed_when_the_last_user_leaves(roof: Path) -> None:
    folder = roof / "shared"
    with shared_servers(folder, names=["storage", "postgres", "mail"]) as settings:
        with shared_servers(folder, names=["storage", "postgres", "mail"]) as same:
            assert same == settings
        with smtplib.SMTP("127.0.0.1", settings.mail_server.port) as server:
            assert server.noop()[0] == 250
    assert not folder.exists()
    assert processes_of(folder) == []


# PostgreSQL


async def test_the_database_folds_letters_of_every_alphabet(servers: Settings) -> None:
    name = f"alphabets_{secrets.token_hex(4)}"
    await create_database(servers.owner_url, name)
    connection = await asyncpg.connect(database_url(servers.owner_url, name))
    try:
        await connection.execute("create extension pg_trgm")
        assert await connection.fetchval("select cardinality(show_trgm('上海贸易'))") > 3
        assert await connection.fetchval("select similarity('MÜLLER GROSSHANDEL', 'müller grosshandel')") == 1
        assert await connection.fetchval("select lower('ÄÖÜ')") == "äöü"
    finally:
        await connection.close()
        await drop_database(servers.owner_url, name)


async def test_the_application_role_has_no_way_to_more(servers: Settings) -> None:
    connection = await asyncpg.connect(servers.database_url)
    try:
        role = await connection.fetchrow("select * from pg_roles where rolname = current_user")
        assert role is not None
        assert not (role["rolsuper"] or role["rolbypassrls"] or role["rolcreaterole"] or role["rolcreatedb"])
        for other in ("portal_owner", "portal_definer", "postgres"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"set role {other}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table mine (id int)")
    finally:
        await connection.close()


async def test_the_owner_hands_functions_to_the_role_that_reaches_across_but_reaches_no_further_itself(
    servers: Settings,
) -> None:
    connection = await asyncpg.connect(servers.owner_url)
    transaction = connection.transaction()
    await transaction.start()
    try:
        reaching = await connection.fetchrow("select * from pg_roles where rolname = 'portal_definer'")
        assert reaching is not None
        assert reaching["rolbypassrls"]
        assert not reaching["rolcanlogin"]
        await connection.execute("grant create on schema public to portal_definer")
        declare = "create or replace function reach() returns int language sql as 'select {}'"
        for answer in (1, 2):  # the second time it is somebody else's
            await connection.execute(declare.format(answer))
            await connection.execute("alter function reach() owner to portal_definer")
        await connection.execute("create table hidden as select 1 as one")
        await connection.execute(
            "alter table hidden enable row level security; alter table hidden force row level security"
        )
        assert await connection.fetchval("select count(*) from hidden") == 0
    finally:
        await transaction.rollback()
        await connection.close()


async def test_a_password_is_asked_for(servers: Settings) -> None:
    for url in (servers.database_url, servers.owner_url):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(url, password="guessed")


async def test_an_unreachable_database_is_named_in_one_line() -> None:
    with pytest.raises(BackendError, match=r"^PORTAL_DATABASE_URL: [^\n]+$"):
        await require_postgres("postgresql://nobody@127.0.0.1:1/portal", "PORTAL_DATABASE_URL")


async def test_a_postgresql_that_is_too_old_is_refused(servers: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.backends.postgres.OLDEST_MAJOR", 99)
    with pytest.raises(BackendError, match="this is PostgreSQL 18; the portal needs 99 or later"):
        await require_postgres(servers.database_url, "PORTAL_DATABASE_URL")


# Storage


def test_the_bucket_keeps_versions_and_locks(servers: Settings) -> None:
    storage = client(servers.s3_endpoint, servers.s3_access_key, servers.s3_secret_key)
    assert storage.get_bucket_versioning(bucket_name=servers.s3_bucket).status == "Enabled"
    storage.get_object_lock_config(bucket_name=servers.s3_bucket)
    ensure_bucket(storage, servers.s3_bucket)


def test_a_bucket_without_object_lock_is_refused(servers: Settings) -> None:
    storage = client(servers.s3_endpoint, servers.s3_access_key, servers.s3_secret_key)
    bucket = f"unlocked-{secrets.token_hex(4)}"
    storage.make_bucket(bucket_name=bucket)
    with pytest.raises(BucketUnfit, match="created without object lock"):
        ensure_bucket(storage, bucket)


def test_nobody_reads_the_storage_without_a_key(servers: Settings) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{servers.s3_endpoint}/{servers.s3_bucket}/anything")


# Mail


def test_caught_mail_is_kept_listed_and_shown(servers: Settings) -> None:
    message = EmailMessage()
    address = f"caught-{secrets.token_hex(4)}@example.com"  # other runs may share the catcher
    message["From"], message["To"] = servers.mail_from, address
    message["Subject"] = "Einladung: Größe & <b>"
    message.set_content("Choose a password: http://127.0.0.1:8000/invitations/a?b=1&c=2\n<script>alert(1)</script>\n")
    with smtplib.SMTP("127.0.0.1", servers.mail_server.port) as server:
        server.send_message(message)
    folder = servers.home / "mail"
    (kept,) = messages_to(folder, address)
    assert kept["subject"] == message["Subject"]
    caught = next(one for one in listed(folder) if address in one.recipients)
    port = json.loads((servers.home / "ports.json").read_text())["mail page"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{caught.file}") as answer:
        page = answer.read().decode()
    assert 'href="http://127.0.0.1:8000/invitations/a?b=1&amp;c=2"' in page
    assert "<script>" not in page
    assert "<b>" not in page
    for path in ("index.json", "../secrets.json", "%2e%2e/secrets.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}")


async def test_a_copy_of_a_template_holds_its_tables(servers: Settings) -> None:
    pattern = f"pattern_{secrets.token_hex(4)}"
    copies = [f"{pattern}_{number}" for number in range(2)]
    await create_database(servers.owner_url, pattern)
    connection = await asyncpg.connect(database_url(servers.owner_url, pattern))
    await connection.execute("create table kept as select 42 as answer")
    await connection.close()
    for copy in copies:
        await create_database(servers.owner_url, copy, template=pattern)
    connection = await asyncpg.connect(database_url(servers.owner_url, copies[1]))
    assert await connection.fetchval("select answer from kept") == 42
    await connection.close()
    for name in (*copies, pattern):
        await drop_database(servers.owner_url, name)
