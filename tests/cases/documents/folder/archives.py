"""Archives for tests: good ones, and such as nobody sends by accident."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


def zipped(files: Mapping[str, bytes], *, method: int = ZIP_DEFLATED) -> bytes:
    """An ordinary archive."""
    content = io.BytesIO()
    with ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def from_windows(name: str, data: bytes) -> bytes:
    """As Chinese Windows packs: the name in GBK, with no sign that it is."""
    content = zipped({"#" * len(name.encode("gb18030")): data})
    return content.replace(b"#" * len(name.encode("gb18030")), name.encode("gb18030"))


def with_link(name: str, target: str) -> bytes:
    """An archive that holds a symbolic link."""
    content = io.BytesIO()
    info = ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with ZipFile(content, "w") as archive:
        archive.writestr(info, target)
    return content.getvalue()


def damaged(name: str, data: bytes, other: Mapping[str, bytes]) -> bytes:
    """An archive one of whose files has another content than its checksum says."""
    content = zipped({name: data, **other}, method=ZIP_STORED)
    return content.replace(data, data[:-20] + bytes(19) + data[-1:], 1)


def overlapping(count: int = 9) -> bytes:
    """Every entry is the same bytes (as in Fifield's bomb, without its quotes)."""
    data = zlib.compress(bytes(100_000), 9)[2:-4]
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(bytes(100_000)), len(data), 100_000, 5, 0
    )
    body = local + b"a.txt" + data
    directory = b"".join(
        struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, zlib.crc32(bytes(100_000)), len(data), 100_000,
                    5, 0, 0, 0, 0, 0, 0) + f"{number}.txt".encode()
        for number in range(count)
    )  # fmt: skip
    return body + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
