import pytest

from portal.settings import Settings
from portal.storage import scan, store


@pytest.fixture(scope="session", autouse=True)
async def stored(database: Settings) -> None:
    """What proves opening balances lies in real storage."""
    store.configure(database)
    scan.configure(database)
