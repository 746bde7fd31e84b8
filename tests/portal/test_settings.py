"""The operator's settings: what is taken, and the one line that says what is wrong."""

from dataclasses import fields
from pathlib import Path

import pytest

from portal.settings import Settings, SettingsError

COMPLETE = {
    "PORTAL_DATABASE_URL": "postgresql://portal_app:app-password@db.example:5432/portal",
    "PORTAL_DATABASE_OWNER_URL": "postgresql://portal_owner:owner-password@db.example:5432/portal",
    "PORTAL_S3_ENDPOINT": "https://storage.example",
    "PORTAL_S3_ACCESS_KEY": "storage-access-key",
    "PORTAL_S3_SECRET_KEY": "storage-secret-key",
    "PORTAL_S3_BUCKET": "portal",
    "PORTAL_STRIPE_SECRET_KEY": "sk_live_secret",
    "PORTAL_STRIPE_WEBHOOK_SECRET": "whsec_secret",
    "PORTAL_SMTP_URL": "smtp://mailer:mail%20password@mail.example:587?starttls",
    "PORTAL_MAIL_FROM": "Portal <portal@example.com>",
    "PORTAL_SECRET_KEY": "k" * 32,
    "PORTAL_BASE_URL": "https://portal.example/",
}

SECRET_VALUES = ("app-password", "owner-password", "storage-access", "storage-secret", "sk_live", "whsec", "k" * 32)


def test_complete_settings_are_read_and_the_rest_has_defaults() -> None:
    settings = Settings.from_env(COMPLETE)
    assert settings.base_url == "https://portal.example"
    assert settings.https
    assert settings.s3_public_endpoint == "https://storage.example"
    assert (settings.host, settings.port, settings.pool_size) == ("127.0.0.1", 8000, 10)
    assert settings.clamd_url is None
    assert settings.trusted_proxies == ()
    assert not settings.development
    assert settings.home == Path("var").absolute()


def test_the_mail_server_is_taken_apart() -> None:
    server = Settings.from_env(COMPLETE).mail_server
    assert (server.host, server.port, server.username, server.password) == (
        "mail.example",
        587,
        "mailer",
        "mail password",
    )
    assert server.starttls
    assert not server.tls
    plain = Settings.from_env(COMPLETE | {"PORTAL_SMTP_URL": "smtps://mail.example"}).mail_server
    assert (plain.port, plain.tls, plain.username) == (465, True, None)


def test_no_secret_shows_when_settings_are_printed() -> None:
    settings = Settings.from_env(COMPLETE)
    shown = repr(settings) + repr(settings.mail_server)
    assert not [secret for secret in (*SECRET_VALUES, "mail%20password", "mail password") if secret in shown]


REQUIRED = [name for name in COMPLETE if "STRIPE" not in name and name != "PORTAL_DATABASE_OWNER_URL"]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_setting_is_named(name: str) -> None:
    environ = {key: value for key, value in COMPLETE.items() if key != name}
    with pytest.raises(SettingsError, match=f"^{name} is missing$"):
        Settings.from_env(environ)
    with pytest.raises(SettingsError, match=f"^{name} is missing$"):
        Settings.from_env(environ | {name: ""})


WRONG = [
    ("PORTAL_DATABASE_URL", "mysql://secret@db/portal"),
    ("PORTAL_DATABASE_URL", "postgresql://secret@db:99999/portal"),
    ("PORTAL_DATABASE_URL", "postgresql://secret@db"),
    ("PORTAL_DATABASE_OWNER_URL", "secret"),
    ("PORTAL_S3_ENDPOINT", "secret:8333"),
    ("PORTAL_S3_ENDPOINT", "http://secret/path"),
    ("PORTAL_S3_BUCKET", "Secret_Bucket"),
    ("PORTAL_STRIPE_API_BASE", "api.stripe.com"),
    ("PORTAL_SMTP_URL", "secret"),
    ("PORTAL_SMTP_URL", "smtp://mail.example?secret"),
    ("PORTAL_SMTP_URL", "smtps://mail.example?starttls"),
    ("PORTAL_MAIL_FROM", "nobody"),
    ("PORTAL_SECRET_KEY", "secret"),
    ("PORTAL_BASE_URL", "portal.example"),
    ("PORTAL_PORT", "0"),
    ("PORTAL_PORT", "eighty"),
    ("PORTAL_PORT", "８０"),
    ("PORTAL_POOL_SIZE", "-1"),
    ("PORTAL_CLAMD_URL", "clamd"),
    ("PORTAL_RETENTION_MODE", "secret"),
    ("PORTAL_DEVELOPMENT", "yes"),
    ("PORTAL_TRUSTED_PROXIES", "10.0.0.0/99"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_in_one_line_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(COMPLETE | {name: value})
    message = str(raised.value)
    assert message.startswith(f"{name} ")
    assert "\n" not in message
    assert "secret" not in message


def test_the_database_may_be_reached_through_a_socket() -> None:
    url = "postgresql://portal_app@/portal?host=/run/postgresql"
    assert Settings.from_env(COMPLETE | {"PORTAL_DATABASE_URL": url}).database_url == url


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 40 + "\n")
    environ = {key: value for key, value in COMPLETE.items() if key != "PORTAL_SECRET_KEY"}
    assert Settings.from_env(environ | {"PORTAL_SECRET_KEY_FILE": str(file)}).secret_key == "f" * 40
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY and PORTAL_SECRET_KEY_FILE are both set"):
        Settings.from_env(COMPLETE | {"PORTAL_SECRET_KEY_FILE": str(file)})
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY_FILE cannot be read"):
        Settings.from_env(environ | {"PORTAL_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_half_of_stripe_is_refused() -> None:
    for name in ("PORTAL_STRIPE_SECRET_KEY", "PORTAL_STRIPE_WEBHOOK_SECRET"):
        with pytest.raises(SettingsError, match=name):
            Settings.from_env({key: value for key, value in COMPLETE.items() if key != name})


def test_migrations_want_the_owner() -> None:
    settings = Settings.from_env({k: v for k, v in COMPLETE.items() if k != "PORTAL_DATABASE_OWNER_URL"})
    with pytest.raises(SettingsError, match="PORTAL_DATABASE_OWNER_URL is missing"):
        _ = settings.owner_url


def test_every_setting_is_in_the_operations_guide() -> None:
    guide = Path(__file__).parents[2].joinpath("docs/operations.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"`PORTAL_{field.name.upper()}`" in guide, field.name
