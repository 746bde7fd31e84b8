import pytest

from portal.mail import postbox
from portal.settings import Settings
from tests.portal.mail.conftest import letterbox

__all__ = ["letterbox"]


@pytest.fixture(scope="session", autouse=True)
async def mailed(database: Settings) -> None:
    """What a recall tells goes to the mail catcher."""
    postbox.configure(database)
