"""A migration sees what it moves, and the policies bind the owner of the tables again afterwards."""

from __future__ import annotations

import secrets

import asyncpg
import pytest

from portal.backends.postgres import database_url, drop_database
from portal.settings import Settings
from portal.tenancy.migrate import migrate, past_policies
from tests.conftest import own_database
from tests.people import found
from tests.portal.tenancy.catalogue import gaps


async def test_a_migration_sees_every_row_and_leaves_the_walls_as_they_were(database: Settings) -> None:
    name = f"portal_scratch_{secrets.token_hex(4)}"
    await own_database(database, name)
    url = database_url(database.database_owner_url or "", name)
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("set local role portal_definer")
            await found(connection)
        assert await connection.fetchval("select count(*) from clients") == 0
        with pytest.raises(RuntimeError):
            async with past_policies(connection):
                assert await connection.fetchval("select count(*) from clients") == 3
                raise RuntimeError("cut off")
        assert await connection.fetchval("select count(*) from clients") == 0
        await migrate(url)
        assert await gaps(connection) == []
    finally:
        await connection.close()
        await drop_database(database.database_owner_url or "", name)
