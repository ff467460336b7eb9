"""A report on paper: the same lines as its page, under the names of who answers for it."""

from fund.kit.i18n import translate
from fund.reports.report_words import ReportWords
from fund.reports.sheet import Sheet

ROW = 7.2
"""Millimetres that a line of a part takes."""
SIGNATURE = 14


def report_pdf(words: ReportWords, *, site_name: str, postal_address: str, url: str) -> bytes:
    """The document's bytes; its times are the report's, so that the same report is the same document."""
    locale = words.locale
    sheet = Sheet(words.currency, locale=locale, title=f"{words.title}: {words.campaign}", written_at=words.written_at)
    sheet.number_pages(translate("Page {page} of {pages}", locale))
    sheet.masthead(site_name)
    closing = translate("Closing balance, {currency}", locale).format(currency=words.currency)
    sheet.heading(f"{words.title} · {closing}", words.closing, words.campaign, words.period)
    if words.outcome:
        sheet.part(words.outcome[0])
        sheet.words(words.outcome[1])
    for part in words.parts:
        sheet.part(part.title, keep=ROW * (len(part.lines) + 2))
        sheet.facts(part.lines, wide=True, total=part.total)
    sheet.part(translate("Who answers for it", locale), keep=SIGNATURE * (len(words.people) + 1))
    for name, capacity in words.people:
        sheet.signature(name, capacity)
    if not words.people:
        sheet.small(translate("A preview: nobody has signed it.", locale))
    sheet.small(words.basis)
    sheet.foot([" · ".join([site_name, *postal_address.splitlines()]), url])
    return bytes(sheet.output())
