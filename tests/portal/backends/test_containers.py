"""compose.yaml and Dockerfile: valid by their own rules, and speaking the portal's settings. No engine runs here."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.settings import SECRETS, Settings

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
VARIABLES = {"PORTAL_DOMAIN": "portal.example", "STORAGE_DOMAIN": "files.example", "MAIL_DOMAIN": "mail.example"}
SECRET_CONTENTS = {
    "database_url": "postgresql://portal_app:secret@database:5432/portal",
    "database_owner_url": "postgresql://portal_owner:secret@database:5432/portal",
    "s3_access_key": "key",
    "s3_secret_key": "secret",
    "secret_key": "k" * 64,
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def lint(*command: str) -> str:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_compose_follows_its_schema() -> None:
    assert lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml") == ""


def test_the_dockerfile_passes_its_lint() -> None:
    assert lint("hadolint", "Dockerfile") == ""


def test_every_service_is_watched(compose: dict[str, Any]) -> None:
    unwatched = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert unwatched == {"app"}  # the image brings its own
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_every_secret_is_a_file_and_no_password_is_written_down(compose: dict[str, Any]) -> None:
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|ROOT_USER|DATABASE_URL", name):
                assert str(value).startswith("/run/secrets/"), name


def test_the_portal_does_not_run_as_root_and_the_owner_of_the_tables_only_migrates(compose: dict[str, Any]) -> None:
    assert re.search(r"^USER [1-9]\d*$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    holders = {name for name, one in compose["services"].items() if "database_owner_url" in one.get("secrets", [])}
    assert holders == {"migrate"}


@pytest.mark.parametrize("service", ["app", "worker", "migrate"])
def test_the_settings_of_compose_are_settings_of_the_portal(
    compose: dict[str, Any], service: str, tmp_path: Path
) -> None:
    known = {f"PORTAL_{field.name.upper()}" for field in fields(Settings)} | {f"{name}_FILE" for name in SECRETS}
    environ = {}
    for name, value in compose["services"][service]["environment"].items():
        assert name in known
        filled = re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: VARIABLES[found[1]], value)
        if filled.startswith("/run/secrets/"):
            secret = filled.removeprefix("/run/secrets/")
            assert secret in compose["services"][service]["secrets"]
            file = tmp_path / secret
            file.write_text(SECRET_CONTENTS[secret])
            filled = str(file)
        environ[name] = filled
    settings = Settings.from_env(environ)
    assert settings.base_url == "https://portal.example"
    assert (settings.database_owner_url is not None) == (service == "migrate")
