"""Documents as PDF, set by typst: the one way from content in words to the bytes that are sent and kept.

A template takes its content as JSON and only gives it its place. It may import ``/portal/pages/letter.typ``, the
letterhead and footer that all letters of an agency share. The same content and moment give the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Final

import typst

ROOT: Final = Path(__file__).parents[2]
FONT_FOLDER: Final = Path(str(files("manimgx_fonts_cjk")))
"""Noto Sans CJK under the SIL Open Font License: Latin and Chinese of one make; typst brings no Chinese font."""

NO_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)

_one_at_a_time: Final = Lock()


def pdf(template: Path, content: Mapping[str, object], moment: datetime | None = None) -> bytes:
    """Set a template; ``moment`` is the time the file carries. Blocks for some 10 ms a page: call it in a thread."""
    inputs = {"content": json.dumps(content, ensure_ascii=False)}
    whole_second = (moment or NO_MOMENT).replace(microsecond=0)  # typst takes no parts of one
    with _one_at_a_time:
        made = _compiler().compile(str(template), format="pdf", sys_inputs=inputs, timestamp=whole_second)
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(ROOT), font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True)


def text_lines(text: str) -> list[str]:
    """The lines of an address or the like that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
