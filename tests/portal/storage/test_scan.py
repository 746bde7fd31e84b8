import dataclasses
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from portal.settings import Settings
from portal.storage import scan
from portal.storage.scan import Scan, Scanned, ScannerAway
from tests.portal.storage.scanner import EICAR, scanner


@pytest.fixture(autouse=True)
def unset(settings: Settings) -> Iterator[None]:
    yield
    scan.configure(settings)


async def ask(settings: Settings, url: str, content: bytes) -> Scanned:
    scan.configure(dataclasses.replace(settings, clamd_url=url))
    return await scan.scan(BytesIO(content), len(content))


async def test_what_is_clean_and_what_is_not_is_told_apart(settings: Settings, tmp_path: Path) -> None:
    large = bytes(range(256)) * 4000
    async with scanner() as clamd, scanner(str(tmp_path / "clamd.sock")) as local:
        for one in (clamd, local):
            assert await ask(settings, one.url, large) == Scanned(Scan.CLEAN)
            assert await ask(settings, one.url, EICAR) == Scanned(Scan.INFECTED, "Eicar-Test-Signature")
            assert one.seen == [large, EICAR]


async def test_without_a_scanner_nothing_is_called_clean(settings: Settings) -> None:
    scan.configure(settings)
    assert await scan.scan(BytesIO(EICAR), len(EICAR)) == Scanned(Scan.NOT_SCANNED)


@pytest.mark.parametrize("behaviour", ["limited", "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"])
async def test_what_is_over_the_scanners_limits_is_not_called_clean(settings: Settings, behaviour: str) -> None:
    async with scanner() as clamd:
        clamd.behaviour = behaviour
        assert (await ask(settings, clamd.url, b"x" * 5_000_000)).scan is Scan.TOO_MUCH


@pytest.mark.parametrize(
    "behaviour", ["silent", "endless", "OK", "stream: OK, or so", "stream: lstat() failed. ERROR", "UNKNOWN COMMAND"]
)
async def test_an_answer_that_says_nothing_is_no_answer(
    settings: Settings, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PATIENCE_SECONDS", 0.2)
    async with scanner() as clamd:
        clamd.behaviour = behaviour
        with pytest.raises(ScannerAway):
            await ask(settings, clamd.url, b"a letter")


async def test_a_scanner_that_is_not_there_is_away(settings: Settings, tmp_path: Path) -> None:
    for url in ("tcp://127.0.0.1:1", f"unix://{tmp_path}/none"):
        with pytest.raises(ScannerAway):
            await ask(settings, url, b"a letter")
