"""A database whose walls may be broken."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from portal.backends.postgres import database_url, drop_database
from portal.settings import Settings
from tests.conftest import own_database


@pytest.fixture(scope="session")
async def scratch_database(database: Settings) -> AsyncIterator[str]:
    """A database of its own, whose walls may be broken."""
    assert database.database_owner_url is not None
    name = f"portal_scratch_{secrets.token_hex(4)}"
    await own_database(database, name)
    yield database_url(database.database_owner_url, name)
    await drop_database(database.database_owner_url, name)


@pytest.fixture
async def scratch(scratch_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner, whose changes are rolled back."""
    connection = await asyncpg.connect(scratch_database)
    change = connection.transaction()
    await change.start()
    yield connection
    await change.rollback()
    await connection.close()
