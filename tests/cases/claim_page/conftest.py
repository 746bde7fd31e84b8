import pytest

from portal.mail import postbox
from portal.settings import Settings
from portal.storage import store
from tests.portal.mail.conftest import letterbox

__all__ = ["letterbox"]


@pytest.fixture(scope="session", autouse=True)
async def delivered(database: Settings) -> None:
    """What debtors send lies in real storage, and what they are told goes to the mail catcher."""
    store.configure(database)
    postbox.configure(database)
