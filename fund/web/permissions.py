"""Who may do what: the one table. Every desk route names one of these permissions.

The owner is the only role so far; the others of the design (editor, treasurer, lawyer, auditor) are added here.
"""

OWNER = "owner"

PERMISSIONS: dict[str, frozenset[str]] = {
    "see_desk": frozenset({OWNER}),
    "edit_campaigns": frozenset({OWNER}),
    "edit_timeline": frozenset({OWNER}),
    "edit_terms": frozenset({OWNER}),
    "launch_campaigns": frozenset({OWNER}),
    "edit_launch_steps": frozenset({OWNER}),
    "close_campaigns": frozenset({OWNER}),
    "plan_surplus": frozenset({OWNER}),
    "second_surplus": frozenset({OWNER}),
    "see_donations": frozenset({OWNER}),
    "refund_gifts": frozenset({OWNER}),
    "see_disputes": frozenset({OWNER}),
    "enter_offline_gifts": frozenset({OWNER}),
    "moderate_messages": frozenset({OWNER}),
    "see_bills": frozenset({OWNER}),
    "enter_bills": frozenset({OWNER}),
    "pay_counsel": frozenset({OWNER}),
    "edit_updates": frozenset({OWNER}),
    "publish_updates": frozenset({OWNER}),
    "invite_members": frozenset({OWNER}),
    "import_members": frozenset({OWNER}),
    "move_members": frozenset({OWNER}),
    "see_members": frozenset({OWNER}),
    "see_reports": frozenset({OWNER}),
    "publish_reports": frozenset({OWNER}),
    "see_books": frozenset({OWNER}),
    "see_payouts": frozenset({OWNER}),
    "reconcile": frozenset({OWNER}),
    "see_mail": frozenset({OWNER}),
    "preview_mail": frozenset({OWNER}),
    "run_mailings": frozenset({OWNER}),
    "see_suppressed": frozenset({OWNER}),
    "lift_suppression": frozenset({OWNER}),
    "see_audit": frozenset({OWNER}),
}


def may(role: str | None, permission: str) -> bool:
    """KeyError for a permission that is not in the table: a bug, never a "no"."""
    return role in PERMISSIONS[permission]
