"""Documents on paper: type, rules and columns that receipts and reports share."""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

_FONTS = Path(__file__).parent.parent.parent / "static/vendor/dejavu-fonts-ttf-2.37.3"
_INK, _SOFT, _RULE, _FUNDED = (29, 27, 22), (95, 90, 80), (221, 214, 200), (31, 93, 76)
_MARGIN, _NAMES = 24.0, 46.0
"""Millimetres: around the sheet, and the column of the facts' names."""
_LETTER = ("CAD", "USD", "MXN")
"""Currencies of countries that print on Letter; the rest of the world uses A4."""

logging.getLogger("fpdf").setLevel(logging.ERROR)  # it warns of letters that no font has, and quotes them
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Sheet(FPDF):
    """A document in the site's look, on the paper of the country that uses the currency."""

    def __init__(self, currency: str, *, locale: str, title: str, written_at: datetime) -> None:
        super().__init__(format="letter" if currency in _LETTER else "a4")
        self._page_words = ""
        self.add_font("Serif", fname=_FONTS / "DejaVuSerif.ttf")
        self.add_font("Serif", "B", fname=_FONTS / "DejaVuSerif-Bold.ttf")
        self.add_font("Sans", fname=_FONTS / "DejaVuSans.ttf")
        self.set_fallback_fonts(["Sans"], exact_match=False)
        self.set_margin(_MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_lang(locale)
        self.set_title(title)
        self.set_creation_date(written_at)
        self.set_producer("")
        self.add_page()

    def masthead(self, site_name: str) -> None:
        self._line("Serif", 12, site_name, style="B")
        self.ln(3)
        self._rule()

    def heading(self, kicker: str, figure: str, title: str, sentence: str) -> None:
        """`figure` is the one large thing on the sheet."""
        self.ln(10)
        self._line("Sans", 10, kicker, colour=_SOFT)
        self.ln(2)
        self._line("Serif", 30, figure, style="B", colour=_FUNDED)
        self.ln(3)
        self._line("Serif", 13, title, style="B")
        self.ln(1.5)
        self.words(sentence)
        self.ln(6)

    def part(self, title: str, *, keep: float = 0) -> None:
        """`keep`: millimetres of what follows that must not be left alone on the next page."""
        self.ln(7)
        if keep and self.will_page_break(keep):
            self.add_page()
        self._line("Serif", 12, title, style="B")
        self.ln(2)

    def facts(self, facts: Sequence[tuple[str, str]], *, wide: bool = False, total: bool = False) -> None:
        """Name and value with a rule below; `wide`: the names take the greater part, values stand at the right.

        `total`: the last one is the sum of those above.
        """
        names = self.epw - _NAMES if wide else _NAMES
        air = 1.0 if wide else 1.5
        self._rule()
        for row, (name, value) in enumerate(facts):
            self.ln(air)
            top, page = self.get_y(), self.page
            self._cell(names - 4, name, _INK if total and row == len(facts) - 1 else _SOFT)
            under = self.get_y()
            if self.page == page:
                self.set_xy(self.l_margin + names, top)
            self._cell(self.epw - names, value, _INK, align="R" if wide else "L")
            self.set_y(max(under, self.get_y()) + air)
            self._rule()

    def signature(self, name: str, capacity: str) -> None:
        """Room to sign by hand above a name."""
        self.ln(12)
        self.set_draw_color(*_SOFT)
        self.line(self.l_margin, self.get_y(), self.l_margin + 70, self.get_y())
        self.ln(1.5)
        self._line("Sans", 9.5, f"{name}, {capacity}")

    def number_pages(self, words: str) -> None:
        """`words` has places {page} and {pages}. The lines above come closer to the edge for it."""
        self._page_words = words
        self.use_the_whole_sheet()

    def use_the_whole_sheet(self) -> None:
        """Lines come closer to the lower edge than to the others, rather than begin another page."""
        self.set_auto_page_break(auto=True, margin=_MARGIN * 2 / 3)

    def footer(self) -> None:
        if not self._page_words:
            return
        self.set_y(-_MARGIN / 2)
        self.set_font("Sans", size=8.5)
        self.set_text_color(*_SOFT)
        self.cell(0, 4, self._page_words.format(page=self.page_no(), pages=self.str_alias_nb_pages), align="R")

    def words(self, text: str) -> None:
        self._line("Serif", 10.5, text, height=1.5)

    def small(self, text: str) -> None:
        self.ln(1.5)
        self._line("Sans", 8.5, text, colour=_SOFT, height=1.5)

    def foot(self, lines: list[str]) -> None:
        self.ln(6)
        self._rule()
        self.ln(3)
        for line in lines:
            self._line("Sans", 8.5, line, colour=_SOFT, height=1.5)

    def _cell(self, width: float, text: str, colour: tuple[int, int, int], *, align: str = "L") -> None:
        self.set_font("Sans", size=9.5)
        self.set_text_color(*colour)
        self.multi_cell(width, 5.2, text, align=align, new_x=XPos.RIGHT, new_y=YPos.NEXT)

    def _line(
        self,
        font: str,
        size: float,
        text: str,
        *,
        style: str = "",
        colour: tuple[int, int, int] = _INK,
        height: float = 1.3,
    ) -> None:
        self.set_font(font, style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * height * 25.4 / 72, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rule(self) -> None:
        self.set_draw_color(*_RULE)
        self.set_line_width(0.2)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.set_x(self.l_margin)
