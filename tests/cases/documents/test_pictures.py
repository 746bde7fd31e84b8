"""The first page as a small picture: drawn by a confined process, or not at all."""

from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID

import pytest
from PIL import Image

from cases.documents import pictures
from portal.jobs import work_off
from tests.cases.casework import placed_case
from tests.cases.documents.handing_in import handed_in
from tests.people import Cast, Visit


def drawn(width: int, height: int, form: str = "PNG", mode: str = "RGB") -> bytes:
    made = BytesIO()
    Image.new(mode, (width, height)).save(made, form)
    return made.getvalue()


def written(content: bytes) -> BinaryIO:
    file = TemporaryFile()  # noqa: SIM115 - ends with the test
    file.write(content)
    return file


async def test_a_released_pdf_has_a_picture_for_those_who_may_see_it(cast: Cast, visit: Visit) -> None:
    case_id: UUID = await placed_case(cast.nordkai, cast.brandt)
    document = await handed_in(cast.brandt_submitter.actor, case_id, "scan.pdf", drawn(600, 800, "PDF"))
    client = await visit(cast.brandt_viewer)
    url = f"/documents/{document.id}/picture"
    assert (await client.get(url)).status_code == 404
    await work_off(agency_id=cast.nordkai.id)
    answer = await client.get(url)
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(BytesIO(answer.content)).size == (240, 320)
    for page in (f"/documents/{document.id}", f"/cases/{case_id}/documents"):
        assert f'src="{url}"' in (await client.get(page)).text
    for who in (cast.lanting_submitter, cast.huadong_owner):
        assert (await (await visit(who)).get(url)).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        drawn(8_000, 8_000, mode="1"),  # 8 kB that unpack to 64 million pixels
        drawn(40, 40)[:60],
        b"%PDF-1.7\n" + b"no page of any kind\n" * 20 + b"%%EOF\n",
    ],
    ids=["bomb", "cut short", "no page"],
)
def test_what_cannot_be_drawn_within_the_limits_simply_has_none(content: bytes) -> None:
    assert pictures.first_page(written(content), pdf=content.startswith(b"%PDF")) is None


def test_a_reader_that_takes_too_much_is_ended_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LIMITS", {**pictures.LIMITS, "memory_bytes": 20 * pictures.MB})
    assert pictures.first_page(written(drawn(40, 40)), pdf=False) is None
