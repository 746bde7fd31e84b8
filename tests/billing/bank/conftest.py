import pytest

from portal.settings import Settings
from portal.storage import store


@pytest.fixture(scope="session", autouse=True)
async def stored(database: Settings) -> None:
    """Files lie in real storage."""
    store.configure(database)
