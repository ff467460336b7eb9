from datetime import UTC, datetime

import pytest

from fund.updates.live_blocks import fill_blocks, has_blocks

FIGURES = {
    "currency": "CAD", "raised": 124_050, "part": 150_000, "funded": "6.50", "total": "8.00", "billed": "2.00",
    "at": datetime(2026, 11, 21, 14, 32, tzinfo=UTC).isoformat(),
}  # fmt: skip


def test_each_language_says_the_figures_and_their_moment() -> None:
    english = fill_blocks("So far: {{progress}}\n\n{{ hours }}", FIGURES, "en")
    assert "**1,240.50\u00a0CAD** of 1,500.00\u00a0CAD" in english
    assert "**6.5** of 8 hours of counsel funded, 2 of them billed" in english
    assert english.count("21 November 2026, 14:32 UTC") == 2
    french = fill_blocks("{{hours}}", FIGURES, "fr")
    assert "**6,5**" in french
    assert "21 novembre 2026" in french


def test_a_full_stop_stands_where_the_line_ends_and_nowhere_else() -> None:
    said = fill_blocks("{{progress}} and {{hours}}.\n\n- {{progress}} \r\n({{hours}})\n{{progress}}", FIGURES, "en")
    assert [line.rpartition("UTC")[2].strip() for line in said.splitlines()] == [".", "", ".", ")", "."]
    assert "UTC and" in said


@pytest.mark.parametrize("body", ["{progress}", "{{Progress}}", "{{ donors }}", "{{progress", "{{}}", "{{hours}"])
def test_anything_else_stays_as_it_was_typed(body: str) -> None:
    assert not has_blocks([body])
    assert fill_blocks(body, FIGURES, "en") == body
