"""Where a form goes back to: a page of ours, never somebody else's."""

from typing import Final

_LONGEST: Final = 1000


def own_path(text: str, otherwise: str = "/") -> str:
    """``text`` when it is a path on this site, else ``otherwise``.

    Browsers read ``//host`` and ``/\\host`` as another site, and drop control characters before they look.
    """
    plain = text.strip()
    if (
        not plain.startswith("/")
        or plain[1:2] in ("/", "\\")
        or "\\" in plain
        or len(plain) > _LONGEST
        or any(ord(c) < 0x21 or ord(c) == 0x7F for c in plain)
    ):
        return otherwise
    return plain
