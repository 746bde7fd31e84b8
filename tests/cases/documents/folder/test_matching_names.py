"""Names of scans, as people give them, lead to cases and kinds."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.documents.folder.matching_names import (
    LONGEST_PATH,
    MOST_WORDS,
    Known,
    clean_path,
    kind_of,
    match,
    words_of,
)
from cases.documents.words import Kind


def known(word: str, case: int, *, is_open: bool = True) -> dict[str, tuple[Known, ...]]:
    return {word: (Known(word, "invoice", UUID(int=case), f"2026-{case:05}", "Ferretti", is_open),)}


LISTED = known("RE-24188", 1) | known("INV/2024/0007", 2) | known("1001", 3) | known("KD-77 B", 4) | known("4711-A", 5)


@pytest.mark.parametrize(
    ("path", "case", "kind"),
    [
        ("RE-24188.pdf", 1, Kind.INVOICE),
        ("re_24188 Lieferschein unterschrieben.PDF", 1, Kind.DELIVERY_PROOF),
        ("RE24188_Vertrag_v2.pdf", 1, Kind.CONTRACT),
        ("scans/RE-24188/IMG_20261103_0012.jpg", 1, Kind.OTHER),
        ("发票ＲＥ－24188.jpg", 1, Kind.INVOICE),
        ("送货单_RE24188（签收）.jpg", 1, Kind.DELIVERY_PROOF),
        ("INV 2024 0007 contract.docx", 2, Kind.CONTRACT),
        ("INV-2024-0007/POD.pdf", 2, Kind.DELIVERY_PROOF),
        ("2024 statement of account INV2024_0007.xlsx", 2, Kind.ACCOUNT_STATEMENT),
        ("Kunde KD-77 B Mahnung 3.pdf", 4, Kind.CORRESPONDENCE),
        ("Mandate 4711A.pdf", 5, Kind.POWER_OF_ATTORNEY),
        ("授权委托书 4711-a.pdf", 5, Kind.POWER_OF_ATTORNEY),
        ("RE-24188 (1001).pdf", 1, Kind.INVOICE),
        ("holiday.png", None, Kind.OTHER),
        ("RE-2418.pdf", None, Kind.INVOICE),
        ("podium.pdf", None, Kind.OTHER),
    ],
)
def test_a_name_of_a_scan_leads_to_its_case_and_kind(path: str, case: int | None, kind: Kind) -> None:
    sure = match(words_of(path), LISTED).sure
    assert (sure.case_id.int if sure else None) == case
    assert kind_of(path) is kind


def test_what_does_not_decide_is_left_to_a_person() -> None:
    both = known("A-100", 1) | known("B-200", 2)
    assert [one.number for one in match(words_of("A-100 B-200.pdf"), both).found] == ["2026-00001", "2026-00002"]
    twice = {"A-100": known("A-100", 1)["A-100"] + known("A-100", 2, is_open=False)["A-100"]}
    sure = match(words_of("A-100.pdf"), twice).sure
    assert sure is not None and sure.case_id.int == 1, "of two cases with one invoice number the open one is meant"


REFERENCE = st.from_regex(r"[A-Z]{1,4}[0-9]{3,6}(-[0-9]{1,3})?", fullmatch=True)


@settings(max_examples=40)
@given(REFERENCE, st.sampled_from(["scan {}", "{}_x", "a/{}/b", "{}.1", "合同{}副本", "x ({})"]), st.booleans())
def test_a_reference_in_a_name_is_found_however_it_is_framed(reference: str, frame: str, lower: bool) -> None:
    path = frame.format(reference.lower() if lower else reference) + ".pdf"
    assert reference in words_of(path)


@settings(max_examples=60)
@given(st.text(max_size=300), st.integers(1, 30))
def test_any_path_is_cleaned_and_bounded(text: str, times: int) -> None:
    path = clean_path(text * times)
    parts = path.split("/")
    assert path and len(path) <= LONGEST_PATH + 1 and path.isprintable()
    assert not {"", ".", ".."} & set(parts) and "\\" not in path
    assert clean_path(path) == path
    assert len(words_of(path)) <= MOST_WORDS
