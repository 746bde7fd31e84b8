import pytest

from portal.mail import postbox
from portal.settings import Settings
from portal.storage import store
from tests.portal.mail.conftest import letterbox

__all__ = ["letterbox"]


@pytest.fixture(scope="session", autouse=True)
async def stored(database: Settings) -> None:
    """Files lie in real storage, and mail goes to a catcher."""
    store.configure(database)
    postbox.configure(database)
