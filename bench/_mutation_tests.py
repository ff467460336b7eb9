"""Which quick tests are to notice a fault in which file. Journeys notice more, and take hours."""

from pathlib import Path

GIFTS, PAYOUTS = "tests/fund/donations", "tests/fund/payments/test_settle_payout.py"
BOOKED, BY_HAND = f"{GIFTS}/test_what_is_booked.py", f"{GIFTS}/test_gifts_by_hand.py"
LONE_FEE = f"{GIFTS}/test_book_dispute_fee.py"
LOOKED, FIRST = f"{GIFTS}/test_settle_payment.py", f"{GIFTS}/test_settle_donation.py"
LEDGER, PAYMENTS = "tests/fund/ledger", "tests/fund/payments"
POSTED = f"{LEDGER}/test_post_entry.py"
SHOWN, STOPPED, DECLINED = (f"{GIFTS}/test_{name}.py" for name in ("change_visibility", "stop_gifts", "note_decline"))
SHARED, WRITTEN = f"{GIFTS}/test_refund_share.py", f"{GIFTS}/test_write_to_donor.py"
ASKED, ITS_PAGE = f"{GIFTS}/test_hourly_look.py", "tests/fund/site/test_gift.py"
MONEY = {
    "fund/kit/money.py": ["tests/fund/kit/test_money.py"],
    "fund/ledger/rules.py": [f"{LEDGER}/test_rules.py", POSTED],
    "fund/ledger/queries.py": [f"{LEDGER}/test_queries.py", POSTED],
    "fund/ledger/open_account.py": [POSTED],
    "fund/ledger/post_entry.py": [POSTED, f"{LEDGER}/test_check_ledger.py"],
    "fund/ledger/check_ledger.py": [f"{LEDGER}/test_check_ledger.py", POSTED],
    "fund/donations/rules.py": [f"{GIFTS}/test_rules.py", f"{GIFTS}/test_clean_texts.py"],
    "fund/donations/fee_cover.py": [f"{GIFTS}/test_fee_cover.py"],
    "fund/donations/book_dispute_fee.py": [LONE_FEE],
    "fund/donations/start_donation.py": [f"{GIFTS}/test_cases_of_checkout.py", f"{GIFTS}/test_limits.py"],
    "fund/donations/open_checkout.py": [f"{GIFTS}/test_open_checkout.py"],
    "fund/donations/send_refund.py": [f"{GIFTS}/test_send_refund.py"],
    "fund/donations/postings.py": [LONE_FEE, BY_HAND, BOOKED],
    "fund/donations/leave_debt_unpaid.py": ["tests/fund/closing/test_follow_hand_payment.py"],
    "fund/donations/refund_debts.py": [f"{GIFTS}/test_refund_debts.py", BOOKED],
    "fund/donations/taken_by_disputes.py": [BY_HAND, BOOKED],
    "fund/donations/count_donor.py": [LOOKED],
    "fund/donations/set_donation_state.py": [LOOKED, BOOKED],
    "fund/donations/settle_refund.py": [LOOKED, BOOKED],
    "fund/donations/settle_dispute.py": [LOOKED, BOOKED],
    "fund/donations/settle_payment.py": [LOOKED, BOOKED],
    "fund/donations/book_gift.py": [f"{GIFTS}/test_book_gift.py", LOOKED],
    "fund/donations/settle_donation.py": [FIRST],
    "fund/donations/settle_monthly_payment.py": [FIRST],
    "fund/donations/settle_subscription.py": [FIRST],
    "fund/donations/record_offline_gift.py": [BY_HAND],
    "fund/donations/reverse_offline_gift.py": [BY_HAND],
    "fund/donations/record_organiser_payment.py": [BY_HAND],
    "fund/donations/plan_refund.py": [BY_HAND],
    "fund/donations/check_hand_return.py": [f"{GIFTS}/test_check_hand_return.py", BY_HAND],
    "fund/donations/return_by_hand.py": [BY_HAND],
    "fund/donations/reverse_hand_return.py": [BY_HAND],
    "fund/donations/queries.py": [f"{GIFTS}/test_queries.py"],
    "fund/donations/queries_of_returns.py": [f"{GIFTS}/test_queries_of_returns.py"],
    "fund/donations/queries_of_converted.py": [f"{GIFTS}/test_queries_of_converted.py"],
    "fund/donations/queries_for_surplus.py": [f"{GIFTS}/test_queries_for_surplus.py"],
    "fund/donations/queries_of_declines.py": [DECLINED],
    "fund/donations/note_decline.py": [DECLINED],
    "fund/donations/end_slowdown.py": [DECLINED],
    "fund/donations/forget_declines.py": [DECLINED],
    "fund/donations/change_visibility.py": [SHOWN],
    "fund/donations/moderate_message.py": [SHOWN],
    "fund/donations/withdraw_message.py": [SHOWN],
    "fund/donations/withhold_name.py": [SHOWN],
    "fund/donations/check_gift_is_taken.py": [f"{GIFTS}/test_check_gift_is_taken.py"],
    "fund/donations/taken_now.py": [STOPPED, f"{GIFTS}/test_check_gift_is_taken.py"],
    "fund/donations/stop_when_over.py": [STOPPED],
    "fund/donations/stop_gifts.py": [STOPPED],
    "fund/donations/stop_monthly_gifts.py": [STOPPED],
    "fund/donations/close_checkouts.py": [STOPPED],
    "fund/donations/cancel_monthly_gift.py": [STOPPED],
    "fund/donations/expire_donation.py": [ASKED],
    "fund/donations/ask_again.py": [ASKED],
    "fund/donations/accept_review.py": [f"{GIFTS}/test_accept_review.py"],
    "fund/donations/refund_share.py": [SHARED],
    "fund/donations/refuse_share.py": [SHARED],
    "fund/donations/write_to_donor.py": [WRITTEN],
    "fund/donations/terms_words.py": [WRITTEN],
    "fund/donations/gift_number.py": [WRITTEN],
    "fund/donations/write_to_owner.py": [f"{GIFTS}/test_write_to_owner.py"],
    "fund/donations/resend_receipt.py": [ITS_PAGE],
    "fund/donations/gift_link.py": [ITS_PAGE],
    "fund/donations/thanks_key.py": ["tests/fund/site/test_thanks.py"],
    "fund/payments/postings.py": [PAYOUTS],
    "fund/payments/settle_payout.py": [PAYOUTS],
    "fund/payments/book_site_transaction.py": [PAYOUTS],
    "fund/payments/keep_balance_transaction.py": [f"{PAYMENTS}/test_queries.py"],
    "fund/payments/queries.py": [f"{PAYMENTS}/test_queries.py", f"{PAYMENTS}/test_inbox.py"],
    "fund/payments/settle_alert.py": [f"{PAYMENTS}/test_queries.py"],
    "fund/payments/close_event.py": [f"{PAYMENTS}/test_inbox.py"],
    "fund/payments/receive_events.py": [f"{PAYMENTS}/test_inbox.py"],
    "fund/payments/verify_stripe.py": [f"{PAYMENTS}/test_verify_stripe.py"],
    "fund/kit/signed_posts.py": ["tests/fund/kit/test_signed_posts.py"],
    "fund/payments/read_fields.py": [f"{PAYMENTS}/test_read_stripe.py"],
    "fund/payments/read_stripe.py": [f"{PAYMENTS}/test_read_stripe.py"],
    "fund/payments/read_billing.py": [f"{PAYMENTS}/test_read_stripe.py"],
    "fund/payments/session_params.py": [f"{PAYMENTS}/test_read_stripe.py"],
    "fund/payments/stripe_gateway.py": [f"{PAYMENTS}/test_stripe_gateway.py"],
}
"""Each file that moves or counts money."""
FOLDERS = {
    "fund/mail": [
        "tests/fund/mail",
        "tests/fund/hooks/test_mail.py",
        *(f"tests/fund/cli/test_{name}.py" for name in ("read_bounces", "doctor")),
        *(f"tests/fund/desk/test_{name}.py" for name in ("mail", "mail_messages", "suppressed")),
        *(f"tests/fund/updates/test_{name}.py" for name in ("own_wish", "check_complaints", "leaving_while_sending")),
        "tests/fund/worker/test_mailings.py",
    ],
    "fund/members": [
        "tests/fund/members",
        *(f"tests/fund/site/test_{name}.py" for name in ("login", "register", "forgot", "invite")),
        *(f"tests/fund/site/test_account{part}.py" for part in ("", "_address", "_data")),
        *(f"tests/fund/cli/test_{name}.py" for name in ("members", "import_members")),
        *(f"tests/fund/desk/test_{name}.py" for name in ("members", "member_import")),
        "tests/fund/worker/test_import_members.py",
    ],
    "fund/updates": [
        "tests/fund/updates",
        *(f"tests/fund/site/test_{name}.py" for name in ("updates", "follow", "preferences", "review", "campaign")),
        *(f"tests/fund/desk/test_{name}.py" for name in ("updates", "update_plans")),
        *(f"tests/fund/{name}.py" for name in ("worker/test_mailings", "api/test_updates", "hooks/test_mail")),
    ],
    "fund/hooks": ["tests/fund/hooks"],
}
"""For every file in a folder, all of these: mail to many, who signs in, what comes in from outside."""


def files_of(chosen: list[str]) -> list[str]:
    """The files, and for a folder what it holds: not the declarations, with which nothing can be wrong by itself."""
    return [file for one in chosen for file in (_in_folder(one) if Path(one).is_dir() else [one])]


def tests_of(path: str) -> list[str]:
    """Raises KeyError for a file that no quick tests were named for."""
    return MONEY.get(path) or FOLDERS[str(Path(path).parent)]


def _in_folder(folder: str) -> list[str]:
    return [str(file) for file in sorted(Path(folder).glob("*.py")) if file.name not in ("__init__.py", "models.py")]
