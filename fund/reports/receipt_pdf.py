"""A gift's receipt on one sheet of paper, in the look of the site's light theme."""

import logging
from collections.abc import Sequence
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from fund.kit.i18n import format_moment, translate
from fund.reports.gift_receipt import GiftReceipt

_FONTS = Path(__file__).parent.parent.parent / "static/vendor/dejavu-fonts-ttf-2.37.3"
_INK, _SOFT, _RULE, _FUNDED = (29, 27, 22), (95, 90, 80), (221, 214, 200), (31, 93, 76)
_MARGIN, _NAMES = 24.0, 46.0
"""Millimetres: around the sheet, and the column of the facts' names."""
_LETTER = ("CAD", "USD", "MXN")
"""Currencies of countries that print on Letter; the rest of the world uses A4."""

logging.getLogger("fpdf").setLevel(logging.ERROR)  # it warns of letters that no font has, and quotes them
logging.getLogger("fontTools").setLevel(logging.ERROR)


def receipt_pdf(receipt: GiftReceipt, *, currency: str, site_name: str, postal_address: str, site_url: str) -> bytes:
    """The document's bytes. Its times are the receipt's, so that the same receipt is the same document."""
    sheet = _Sheet("letter" if currency in _LETTER else "a4", receipt)
    sheet.masthead(site_name)
    sheet.heading(receipt)
    sheet.facts(receipt.facts)
    if receipt.refunds:
        sheet.part(translate("What went back", receipt.locale))
        sheet.facts(receipt.refunds, wide=True)
    if receipt.policy:
        sheet.part(translate("If money is left over", receipt.locale))
        sheet.words(receipt.policy)
        sheet.small(
            translate("As decided on {day}; your gift keeps these words.", receipt.locale).format(
                day=receipt.policy_day
            )
        )
    sheet.part(translate("What this is", receipt.locale))
    sheet.words(translate("This is a receipt for your own records. It is not a tax receipt.", receipt.locale))
    written = translate("Written on {moment}; the gift’s own page shows how it stands now.", receipt.locale)
    sheet.small(written.format(moment=format_moment(receipt.written_at, locale=receipt.locale)))
    sheet.foot([site_name, *postal_address.splitlines(), site_url])
    return bytes(sheet.output())


class _Sheet(FPDF):
    def __init__(self, paper: str, receipt: GiftReceipt) -> None:
        super().__init__(format=paper)
        self.add_font("Serif", fname=_FONTS / "DejaVuSerif.ttf")
        self.add_font("Serif", "B", fname=_FONTS / "DejaVuSerif-Bold.ttf")
        self.add_font("Sans", fname=_FONTS / "DejaVuSans.ttf")
        self.set_fallback_fonts(["Sans"], exact_match=False)
        self.set_margin(_MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_lang(receipt.locale)
        self.set_title(f"{receipt.title} {receipt.number}")
        self.set_creation_date(receipt.written_at)
        self.set_producer("")
        self.add_page()

    def masthead(self, site_name: str) -> None:
        self._line("Serif", 12, site_name, style="B")
        self.ln(3)
        self._rule()

    def heading(self, receipt: GiftReceipt) -> None:
        self.ln(10)
        self._line("Sans", 10, translate("Receipt", receipt.locale), colour=_SOFT)
        self.ln(2)
        self._line("Serif", 30, receipt.amount, style="B", colour=_FUNDED)
        self.ln(3)
        self._line("Serif", 13, receipt.title, style="B")
        self.ln(1.5)
        self.words(receipt.sentence)
        self.ln(6)

    def part(self, title: str) -> None:
        self.ln(7)
        self._line("Serif", 12, title, style="B")
        self.ln(2)

    def facts(self, facts: Sequence[tuple[str, str]], *, wide: bool = False) -> None:
        """Name and value with a rule below; `wide`: the names take the greater part, values stand at the right."""
        names = self.epw - _NAMES if wide else _NAMES
        self._rule()
        for name, value in facts:
            self.ln(2)
            top, page = self.get_y(), self.page
            self._cell(names - 4, name, _SOFT)
            under = self.get_y()
            if self.page == page:
                self.set_xy(self.l_margin + names, top)
            self._cell(self.epw - names, value, _INK, align="R" if wide else "L")
            self.set_y(max(under, self.get_y()) + 2)
            self._rule()

    def words(self, text: str) -> None:
        self._line("Serif", 10.5, text, height=1.5)

    def small(self, text: str) -> None:
        self.ln(1.5)
        self._line("Sans", 8.5, text, colour=_SOFT, height=1.5)

    def foot(self, lines: list[str]) -> None:
        self.ln(10)
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
