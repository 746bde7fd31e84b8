"""Compiled templates, kept beside Python's own compiled modules: each is compiled once, not by every process.

Compiling all pages takes seconds, which otherwise whoever opens them first after a start waits for. Where nothing may be
written, as in the image, what lies there is read; ``python -m portal.pages.keeping`` compiles everything ahead.
"""

import contextlib
import hashlib
import sys
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

FOLDER: Final = Path(cache_from_source(__file__)).parent / "templates"


class Kept(FileSystemBytecodeCache):
    """The compiled templates of one Python in a folder; another source, or another way to compile it, is no match."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        super().__init__(str(folder), f"%s.{sys.implementation.cache_tag}")

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Where a template is kept: mails, which escape nothing, apart from pages."""
        escaping = "escaped" if environment.autoescape else "plain"
        return super().get_bucket(environment, f"{escaping}|{name}", filename, source)

    def get_source_checksum(self, source: str) -> str:
        """What the compiled code comes from: the source, and the modules that decide what becomes of it."""
        return hashlib.sha256(_compiler() + source.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what is kept; what cannot be read is compiled."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, unless the folder cannot be written to or Python shall write nothing."""
        if sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
            # Like Python's own: the image is made by another user than the one it runs as.
            (self.folder / (self.pattern % (bucket.key,))).chmod(0o644)


@cache
def _compiler() -> bytes:
    """What compiles: Jinja's version and the modules of this folder. A filter of a constant is worked out once, too."""
    digest = hashlib.sha256(jinja2.__version__.encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.digest()


def main() -> None:
    """Compile every page ahead."""
    from portal.pages.rendering import environment

    pages = environment()
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)


if __name__ == "__main__":
    main()
