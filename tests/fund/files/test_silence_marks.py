import pytest

from fund.files.silence_marks import LONGEST_STRING, silence_marks


@pytest.mark.parametrize(
    ("drawn", "kept"),
    [
        (b"/Span <</ActualText (x)>> BDC (y) Tj EMC", b"/Span <<>> BDC (y) Tj EMC"),
        (b"/P <</MCID 0/Alt <FEFF0041>>>BDC EMC", b"/P <<>>BDC EMC"),
        (rb"/A <</E (a \) >> ( b) c)/X <</Y (>>)>> >> DP f", b"/A <<>> DP f"),
        (b"/A <</E (1)>> BDC /B <</E (2)>> BDC EMC EMC", b"/A <<>> BDC /B <<>> BDC EMC EMC"),
        (b"/OC /MC0 BDC (<<) Tj EMC", b"/OC /MC0 BDC (<<) Tj EMC"),
        (b"BI /W 1 /D <</X 1>> ID \x00<< EI (a) Tj", b"BI /W 1 /D <</X 1>> ID \x00<< EI (a) Tj"),
        (b"/A <</E (no end BDC", b"/A <</E (no end BDC"),
        (b"/A <</E <no end BDC", b"/A <</E <no end BDC"),
        (b"", b""),
    ],
)
def test_words_behind_a_mark_go_and_what_is_drawn_stays(drawn: bytes, kept: bytes) -> None:
    assert silence_marks(drawn) == kept


def test_what_has_no_end_takes_no_longer_for_being_long() -> None:
    for many in (b"<<" * 10**6, b"(" * 2 * 10**6, b"<< (" * 10**6, b">>" * 10**6):
        assert len(silence_marks(many)) == len(many)


def test_a_picture_that_looks_like_a_string_hides_little() -> None:
    picture = b"BI ID ( EI" + b" " * LONGEST_STRING
    assert silence_marks(picture + b"<</E (x)>> BDC") == picture + b"<<>> BDC"
