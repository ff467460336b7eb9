"""A gift's states in a donor's words."""

from fund.donations.models import Donation, HandReturn, Refund
from fund.kit.i18n import format_day, translate

MOVING = ("pending", "requires_action", "succeeded")
"""States of a refund whose money has left us."""

N_ = str
"""Marks a sentence for the catalogues; it is translated where it is looked up."""

_WAITING = {
    "started": (
        N_("This gift is not paid yet"),
        N_("Stripe has not told us of a payment. If you paid a moment ago, this page will say so shortly."),
    ),
    "processing": (
        N_("Your bank debit is on its way"),
        N_("A bank debit takes a few days. It counts when it has settled, not before."),
    ),
    "awaiting_fee": (
        N_("Your payment went through"),
        N_(
            "Stripe has it, and is working out its fee. The gift counts here as soon as that is known, "
            "mostly within the hour."
        ),
    ),
}
_STATES = {
    "paid": (N_("This gift is paid"), N_("Thank you. It is booked in the accounts of the campaign.")),
    "refunded_in_part": (N_("Part of this gift went back to you"), N_("Thank you for the rest, which stays booked.")),
    "refunded": (N_("This gift went back to you"), N_("The whole amount was returned. It no longer counts.")),
    "taken": (
        N_("Your bank took this gift back"),
        N_("A dispute ended in your favour. The amount no longer counts, and you owe nothing."),
    ),
    "disputed": (
        N_("Your bank has asked for this gift back"),
        N_(
            "Somebody told the bank that this payment was not meant. Until that is settled the amount is held. If it "
            "was a mistake, tell your bank that you did give."
        ),
    ),
    "failed": (
        N_("This gift did not come through"),
        N_("The payment was not completed. The gift does not count, and you owe nothing."),
    ),
    "came_back": (
        N_("The bank took this payment back"),
        N_("It had been paid, and was returned days later. The gift does not count, and you owe nothing."),
    ),
    "taken_out": (
        N_("This gift was entered by mistake"),
        N_("A treasurer has taken the entry back. If you did give, write to us with the gift number."),
    ),
    "expired": (N_("This gift was not completed"), N_("No money came to us. If you changed your mind, all is well.")),
}
_APPEARS = {
    "hidden": N_("Hidden from the public"),
    "secret": N_("Hidden from the public and from our team"),
}
_METHODS = {
    "cash": N_("In cash"),
    "cheque": N_("By cheque"),
    "etransfer": N_("By e-transfer"),
    "bank": N_("By bank transfer"),
}
_REFUNDS = {
    "planned": N_("Decided on {day}, about to be sent"),
    "pending": N_("On its way to you since {day}"),
    "requires_action": N_("On its way to you since {day}"),
    "succeeded": N_("Sent back to you on {day}"),
    "failed": N_("Sent on {day}, and came back to us: we owe you this amount. Please write to us."),
    "paid": N_("Sent on {day}, and came back to us; paid to you since"),
}
_BY_HAND = {
    "cash": N_("Paid back to you in cash on {day}"),
    "cheque": N_("Paid back to you by cheque on {day}"),
    "bank": N_("Paid back to you by bank transfer on {day}"),
}


def gift_title(donation: Donation, *, lost: int, locale: str) -> str:
    return translate(_words(donation, lost)[0], locale)


def gift_sentence(donation: Donation, *, lost: int, locale: str) -> str:
    return translate(_words(donation, lost)[1], locale)


def appears(donation: Donation, *, locale: str) -> str:
    """How the public sees the gift."""
    if donation.visibility != "public":
        return translate(_APPEARS[donation.visibility], locale)
    if donation.name_withheld_at is not None:
        return translate("In public, without a name: we took the name off the page", locale)
    return translate("In public as {name}", locale).format(name=donation.display_name or "")


def method(donation: Donation, *, locale: str) -> str:
    if donation.kind == "offline":
        return translate(_METHODS[donation.method], locale)
    if donation.kind == "monthly":
        return translate("Through Stripe, every month", locale)
    return translate("Through Stripe", locale)


def refund_sentence(refund: Refund, *, locale: str) -> str:
    """What happened to money on its way back, and when."""
    day = format_day(refund.sent_at or refund.created_at, locale=locale)
    state = "paid" if refund.state == "failed" and refund.moved and not refund.owed else refund.state
    return translate(_REFUNDS[state], locale).format(day=day)


def hand_return_sentence(row: HandReturn, *, locale: str) -> str:
    return translate(_BY_HAND[row.method], locale).format(day=format_day(row.paid_on, locale=locale))


def _words(donation: Donation, lost: int) -> tuple[str, str]:
    if donation.state == "pending":
        return _WAITING[donation.progress]
    if donation.state == "refunded" and lost:
        return _STATES["taken"]
    if donation.state == "failed" and donation.came_back:
        return _STATES["taken_out" if donation.kind == "offline" else "came_back"]
    return _STATES[donation.state]
