"""The durable tasks by name, and the queue that each waits in.

These names are written into the database and read back by whatever code runs days later: add, never rename.
"""

APPLICATION = "retainer"
VERSION = "1"
"""One for every release. A task begins again from its start after a crash, so any release can run any task, and
work that an older release left behind is not stranded."""

EVENTS = "events"
MAIL = "mail"
MAILINGS = "mailings"
WORK = "work"
QUEUE_OF = {
    "drain_events": EVENTS,
    "drain_mail": MAIL,
    "fill_mailing": MAILINGS,
    "drain_mailings": MAILINGS,
    "look_at_checkout": WORK,
    "expire_checkout": WORK,
    "send_refund": WORK,
    "run_surplus": WORK,
    "import_members": WORK,
    "cancel_monthly_gift": WORK,
    "book_missing": WORK,
    "reconcile": WORK,
    "reconcile_nightly": WORK,
    "catch_up": WORK,
    "sweep": WORK,
    "look_for_missing_money": WORK,
    "prune": WORK,
}
ALLOWED_SECONDS = 15 * 60
"""A task is called off this long after it began: a machine that died for good cannot keep a queue closed."""
