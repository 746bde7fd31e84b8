import pytest

from portal.mail import postbox
from portal.settings import Settings
from portal.storage import store
from tests.portal.mail.conftest import letterbox

__all__ = ["letterbox"]


@pytest.fixture(scope="session", autouse=True)
async def mailed(database: Settings) -> None:
    """Placements lie in real storage, and what a recall tells goes to the mail catcher."""
    store.configure(database)
    postbox.configure(database)
