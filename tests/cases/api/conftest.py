import pytest

from portal.mail import postbox
from portal.settings import Settings
from portal.storage import store


@pytest.fixture(scope="session", autouse=True)
async def stored(database: Settings) -> None:
    """What systems send lies in real storage."""
    store.configure(database)
    postbox.configure(database)
