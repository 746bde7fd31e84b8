"""The process that draws a document's first page: alone, with little memory and little time.

It reads the document from its standard input and writes a small WebP to its standard output, or nothing. How large a
picture would become is asked of its head before a single pixel is unpacked; whatever goes wrong, it says nothing.
"""

import json
import sys
from typing import Any, BinaryIO

from portal.confined.limits import confine


def of_pdf(file: BinaryIO, asked: dict[str, int]) -> Any:
    """The first page of a PDF, drawn no larger than it is shown."""
    import pypdfium2

    page = pypdfium2.PdfDocument(file)[0]  # type: ignore[no-untyped-call]
    width, height = page.get_size()
    # At least one point in each direction: a page may be as narrow as it likes.
    scale = asked["longest"] / max(width, height, 1.0)
    if min(width, height) * scale < 1:
        raise ValueError("a page without room for a picture")
    return page.render(scale=scale, draw_annots=True).to_pil()


def of_picture(file: BinaryIO, asked: dict[str, int]) -> Any:
    """A photo or a scan made small, turned as its camera says."""
    from PIL import Image, ImageOps

    picture = Image.open(file, formats=["JPEG", "PNG", "TIFF"])
    if picture.width * picture.height > asked["pixels"]:
        raise ValueError("more pixels than are unpacked")
    picture.draft("RGB", (asked["longest"] * 2, asked["longest"] * 2))  # a JPEG is unpacked small at once
    return ImageOps.exif_transpose(picture)


def draw(asked: dict[str, Any]) -> None:
    """Draw what was asked for."""
    from PIL import Image

    file = open(0, "rb", closefd=False)  # noqa: SIM115 - standard input, which may be sought in
    picture = of_pdf(file, asked) if asked["pdf"] else of_picture(file, asked)
    picture.thumbnail((asked["longest"], asked["longest"]))
    picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    paper.save(sys.stdout.buffer, "WEBP", quality=75)


def main() -> None:
    """What the parent starts: the request is the only argument."""
    asked = json.loads(sys.argv[1])
    confine(asked["memory_bytes"], asked["cpu_seconds"])
    draw(asked)


if __name__ == "__main__":
    main()
