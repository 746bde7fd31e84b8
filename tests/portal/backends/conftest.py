"""A place for homes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def roof() -> Iterator[Path]:
    """A folder for a home. Not tmp_path: every start of pytest closes the folders above that to PostgreSQL's user."""
    folder = Path(tempfile.mkdtemp(prefix="portal-roof-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
