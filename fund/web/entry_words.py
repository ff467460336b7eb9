"""Kinds of entries, kept in the books as fixed English words, in the page's language."""

from fund.web.i18n import gettext

N_ = str

KINDS = {
    "gift": N_("gift"),
    "offline_gift": N_("offline gift"),
    "offline_gift_reversed": N_("offline gift, entered by mistake"),
    "gift_returned": N_("gift returned by hand"),
    "organiser_share": N_("organiser's share"),
    "refund": N_("refund"),
    "refund_failed": N_("refund that failed"),
    "refund_owed": N_("refund owed"),
    "owed_settled": N_("refund no longer owed"),
    "payment_failure": N_("bank debit that came back"),
    "dispute_withdrawn": N_("dispute, withdrawn"),
    "dispute_reinstated": N_("dispute, given back"),
    "dispute_lost": N_("dispute lost"),
    "dispute_fx": N_("dispute, change of rate"),
    "dispute_fee": N_("fee of a dispute"),
    "bill_issued": N_("bill of counsel"),
    "bill_reversed": N_("bill of counsel, reversed"),
    "bill_paid": N_("payment of a bill"),
    "advance": N_("advance to trust"),
    "trust_returned": N_("return from trust"),
    "counsel_succeeded": N_("trust handed to new counsel"),
    "cost_assigned": N_("cost of Stripe, assigned"),
    "cost_assigned_reversed": N_("cost of Stripe, assigned by mistake"),
    "passed_on": N_("surplus passed on"),
    "passed_on_reversed": N_("surplus passed on, reversed"),
    "payout": N_("payout"),
    "payout_paid": N_("payout arrived"),
    "payout_unpaid": N_("payout undone"),
    "payout_failure": N_("payout failed"),
    "payout_cancel": N_("payout cancelled"),
    "stripe_cost": N_("cost of Stripe"),
    "reserve": N_("reserve"),
    "suspense": N_("in suspense"),
}


def kind_words(kind: str) -> str:
    """Of an entry; a kind without words stands as it is kept."""
    return gettext(KINDS[kind]) if kind in KINDS else kind
