from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Refused
from portal.storage.sniff import LARGEST_BYTES, check_size, check_whole, file_name, sniff, type_of_name


def archive(**entries: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "/").replace("_types", "[Content_Types].xml"), content)
    return made.getvalue()


def named(content: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(content.decode(), "<x/>")
    return made.getvalue()


GOOD = {
    "Rechnung.pdf": b"%PDF-1.7\n...\n%%EOF\n",
    "scan.PNG": b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82",
    "photo.jpeg": b"\xff\xd8\xff\xe0....\xff\xd9",
    "fax.tif": b"II*\x00........",
    "Vertrag.docx": named(b"word/document.xml"),
    "posten.xlsx": named(b"xl/workbook.xml"),
    "belege.zip": archive(a=b"x"),
    "notiz.txt": "Der Käufer rief an.\n".encode(),
    "list.csv": b"reference,amount\nA-1,5.00\n",
    "gbk.csv": "名称,金额\n上海,5\n".encode("gb18030"),
    "utf16.csv": "名称,金额\n上海,5\n".encode("utf-16"),
    "mail.eml": b"Received: from x\r\nFrom: a@b.de\r\n\r\n<html><body>hello</body></html>",
}


@pytest.mark.parametrize("name", GOOD)
def test_evidence_is_known_by_its_content(name: str) -> None:
    kind = sniff(name, GOOD[name])
    assert name.lower().endswith(kind.endings)
    check_whole(kind, BytesIO(GOOD[name]), len(GOOD[name]))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<html>", "type_not_accepted"),
        ("picture.svg", b"<svg/>", "type_not_accepted"),
        ("setup.exe", b"MZ\x90", "type_not_accepted"),
        ("old.doc", b"\xd0\xcf\x11\xe0", "type_not_accepted"),
        ("none", b"%PDF-1.7", "type_not_accepted"),
        ("page.txt", b"  <!DOCTYPE html><html>", "unsafe"),
        ("page.csv", b"a,b\n<script>alert(1)</script>", "unsafe"),
        ("picture.txt", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "unsafe"),
        ("page.pdf", b"<html>%PDF-1.7", "unsafe"),
        ("setup.pdf", b"MZ\x90\x00", "unsafe"),
        ("script.txt", b"#!/bin/sh\nrm -rf /", "unsafe"),
        ("program.png", b"\x7fELF\x02", "unsafe"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1", "unsafe"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n", "content_differs"),
        ("text.pdf", b"just words", "content_differs"),
        ("noise.txt", bytes(range(256)), "content_differs"),
        ("words.eml", b"just words", "content_differs"),
        ("packed.pdf", b"PK\x03\x04", "content_differs"),
    ],
)
def test_what_runs_or_pretends_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sniff(name, content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "made", "code"),
    [
        ("a.docx", lambda: archive(a=b"x"), "content_differs"),
        ("a.xlsx", lambda: named(b"word/document.xml"), "content_differs"),
        ("a.xlsx", lambda: archive(_types=b"x", xl__workbook=b"x", xl__vbaProject=b"x"), "macros"),
        ("a.zip", lambda: archive(zeros=bytes(60_000_000)), "too_large_unpacked"),
        ("a.zip", lambda: b"PK\x03\x04 cut off", "incomplete"),
        ("a.pdf", lambda: b"%PDF-1.7 cut off", "incomplete"),
    ],
)
def test_what_only_the_whole_file_tells(name: str, made: Callable[[], bytes], code: str) -> None:
    content = made()
    with pytest.raises(Refused) as refused:
        check_whole(sniff(name, content), BytesIO(content), len(content))
    assert refused.value.code == code


def test_an_empty_file_and_one_that_is_too_large_are_refused() -> None:
    check_size(1)
    check_size(LARGEST_BYTES)
    for size, code in ((0, "empty"), (LARGEST_BYTES + 1, "too_large")):
        with pytest.raises(Refused) as refused:
            check_size(size)
        assert refused.value.code == code


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_kept(given_name: str) -> None:
    name = file_name(given_name)
    assert 1 <= len(name) <= 150
    assert name.isprintable()
    assert "/" not in name
    assert "\\" not in name


def test_a_long_name_keeps_its_ending() -> None:
    assert type_of_name(file_name("C:\\Users\\x\\" + "ä" * 300 + ".pdf")).name == "pdf"


@given(st.binary(max_size=300), st.sampled_from(sorted(GOOD)))
def test_any_bytes_are_either_known_or_refused(content: bytes, name: str) -> None:
    try:
        kind = sniff(name, content)
        check_whole(kind, BytesIO(content), len(content))
    except Refused:
        pass
