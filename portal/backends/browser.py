"""Finding a Chromium for the browser tests and the pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from portal.backends.processes import BackendError

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Quiet, and able to run as root in a container; for our own pages on loopback only."""

PACKAGES = ("chromium-headless-shell", "chromium")
"""Of Debian; the first is the same engine without a desktop, and takes a fraction of the processor's time to start."""
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    """The path of a Chromium: the system's, else Playwright's own, else, as root on Debian, one freshly installed.

    Raises BackendError when there is none and none can be had.
    """
    found = _on_path() or _of_playwright() or _from_debian()
    if found is None:
        raise BackendError("no Chromium was found: install the package chromium, or run `playwright install chromium`")
    return found


def _on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _of_playwright() -> str | None:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    builds = sorted(path for pattern in patterns for path in folder.glob(pattern) if os.access(path, os.X_OK))
    return str(builds[-1]) if builds else None


def _from_debian() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    _apt("update")
    for package in PACKAGES:
        _apt("install", "--yes", "--no-install-recommends", package)
        if (found := _on_path()) is not None:
            return found
    return None


def _apt(*words: str) -> None:
    environ = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *words], check=False, env=environ, stdout=subprocess.DEVNULL)
