import pytest

from fund.site.filters import teaser


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("## What happened\n\nThe court has **refused** it.", "The court has refused it."),
        ("The court\nhas refused it.\n\n### What it means\n\nNothing comes down.", "The court has refused it. Nothing"),
        ("# Refused\n", "Refused"),
    ],
)
def test_a_teaser_is_sentences_and_no_heading_runs_into_them(text: str, begins: str) -> None:
    assert teaser(text).startswith(begins)


def test_a_teaser_ends_at_a_word() -> None:
    cut = teaser("fifteen letters " * 20)
    assert cut.endswith(("letters…", "fifteen…"))
    assert len(cut) <= 181
