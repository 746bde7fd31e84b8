import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake.as_given import Limits
from cases.intake.files.detect import detect, preview
from cases.intake.files.shape import ENCODINGS, Kind, Shape, is_unicode
from cases.intake.files.table import captions, letters, open_table
from cases.intake.issue import Code, FileError, FileFault

LETTERS = {"gb18030": "äß客户", "big5": "客戶", "shift_jis": "客か", "cp1251": "жя", "cp1250": "żł"}
WORDS = st.text(
    st.characters(codec="latin-1", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\x85"), max_size=12
)


def table(text: str, shape: Shape, **limits: int):
    return open_table(io.BytesIO(text.encode(shape.encoding)), shape, Limits(**limits))


def csv_shape(**changed) -> Shape:
    return Shape(**{"kind": Kind.CSV, "encoding": "utf-8", "delimiter": ",", "quote": '"'} | changed)


@settings(deadline=None)
@given(
    st.lists(
        st.lists(WORDS, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))), min_size=1, max_size=8
    ),
    st.sampled_from([",", ";", "\t", "|", "^", "~", "#"]),
    st.sampled_from(['"', "'"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "gb18030"]),
)
def test_a_table_reads_back_to_the_same_cells_however_it_was_written(rows, delimiter, quote, quoting, encoding):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quotechar=quote, quoting=quoting)
    writer.writerows([["a", "b", "c"], *rows])
    shape = csv_shape(delimiter=delimiter, quote=quote, encoding=encoding)
    with table(text.getvalue(), shape) as read:
        assert [list(row.cells) for row in read] == rows


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
)
def test_what_was_written_is_found_out_again(delimiter, encoding):
    text = io.StringIO(newline="")
    rows = [["Rechnungsnr", "Kunde", "Betrag"], *[[f"R{n}", "Müller, Söhne & Co", f"{n}.234,50"] for n in range(1, 9)]]
    csv.writer(text, delimiter=delimiter).writerows(rows)
    shape = detect(io.BytesIO(text.getvalue().encode(encoding))).shape
    assert (shape.delimiter, shape.quote, shape.header_row) == (delimiter, '"', 1)
    assert shape.encoding == encoding


def test_apostrophes_may_quote_and_rulings_are_blank_lines():
    text = "'name';'amount'\n-----;----\n'Meyer; Sohn';'1,00'\n'Kurz';'2,00'\n"
    detected = detect(io.BytesIO(text.encode()))
    assert (detected.shape.delimiter, detected.shape.quote) == (";", "'")


def test_a_short_row_is_filled_and_a_long_one_is_an_issue_of_its_own():
    with table("a,b,c\n1\n1,2,3,4\n1,2,3,,\n\n ,\n", csv_shape()) as read:
        rows = list(read)
        assert [row.cells for row in rows] == [("1", "", ""), ("1", "2", "3"), ("1", "2", "3")]
        assert [row.issue and row.issue.code for row in rows] == [None, Code.RAGGED_ROW, None]
        assert rows[1].written == ("1", "2", "3", "4")
        assert (read.blank_lines, rows[2].number) == (2, 4)


def test_a_cell_too_long_is_an_issue_of_its_row():
    with table(f"a,b\n{'x' * 50},1\n", csv_shape(), cell_characters=40) as read:
        issue = next(read).issue
        assert issue is not None
        assert (issue.code, issue.field, issue.params) == (Code.TOO_LONG, "a", {"length": 50, "limit": 40})


def test_captions_are_different_and_those_of_two_rows_are_joined():
    assert captions([["Amount", "", "Amount", "Rechnungs-\nNr."]]) == ("Amount", "(B)", "Amount (2)", "Rechnungs- Nr.")
    assert captions([["年", "客户", "", "余额"], ["", "编码", "名称", "本币"]]) == (
        "年",
        "客户/编码",
        "客户/名称",
        "余额/本币",
    )
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_person_may_choose_another_header_and_another_encoding():
    file = io.BytesIO("Liste\nName;Betrag\nMüller;1,00\n".encode("cp1250"))
    detected = detect(file)
    assert [note.code for note in detected.notes] == [Code.ENCODING_GUESSED, Code.HEADER_FOUND]
    assert list(detected.header) == [1]
    chosen = csv_shape(encoding="cp1250", delimiter=";", header_row=1)
    assert preview(file, chosen).rows[2] == ("Müller", "1,00")
    assert preview(file, chosen, find_header=True).shape.header_row == 2
    with open_table(file, chosen) as read:
        assert read.columns == ("Liste",)


def test_the_header_must_be_in_the_file():
    with pytest.raises(FileError) as refused:
        table("a,b\n", csv_shape(header_row=5))
    assert (refused.value.code, refused.value.params) == (FileFault.NO_HEADER, {"row": 5})


def test_a_shape_survives_being_stored_and_no_other_is_taken():
    shape = csv_shape(header_row=4, header_rows=2)
    assert Shape.from_facts(json.loads(json.dumps(shape.to_facts()))) == shape
    for wrong in (
        {"encoding": "rot13"},
        {"delimiter": "\n"},
        {"delimiter": "ab"},
        {"quote": "x"},
        {"header_row": 0},
        {"header_rows": 3},
    ):
        with pytest.raises(ValueError, match=r"."):
            csv_shape(**wrong)
    with pytest.raises(ValueError, match=r"."):
        Shape.from_facts({"kind": "exe"})


def test_every_encoding_offered_exists_and_unicode_is_no_guess():
    for encoding in ENCODINGS:
        assert LETTERS.get(encoding, "a").encode(encoding)
        assert is_unicode(encoding) is encoding.startswith("utf")
