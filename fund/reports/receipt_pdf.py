"""A gift's receipt on one sheet of paper, in the look of the site's light theme."""

from fund.kit.i18n import format_moment, translate
from fund.reports.gift_receipt import GiftReceipt
from fund.reports.sheet import Sheet


def receipt_pdf(receipt: GiftReceipt, *, currency: str, site_name: str, postal_address: str, site_url: str) -> bytes:
    """The document's bytes. Its times are the receipt's, so that the same receipt is the same document."""
    title = f"{receipt.title} {receipt.number}"
    sheet = Sheet(currency, locale=receipt.locale, title=title, written_at=receipt.written_at)
    sheet.use_the_whole_sheet()
    sheet.masthead(site_name)
    sheet.heading(translate("Receipt", receipt.locale), receipt.amount, receipt.title, receipt.sentence)
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
    sheet.foot([" · ".join([site_name, *postal_address.splitlines()]), site_url])
    return bytes(sheet.output())
