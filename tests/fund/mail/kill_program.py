"""A worker to kill: `python -m tests.fund.mail.kill_program DATABASE_URL SMTP_PORT BEGAN`.

Sends mailings until it is killed. Its clock runs many times as fast, counted from BEGAN, so that what waits for
minutes waits for less than a second.
"""

import sys
import time
from datetime import datetime, timedelta

from fund.db.keyring import Keyring
from fund.db.session import Database
from fund.db.types import install_keyring
from fund.kit.clock import utc_now
from fund.mail.send_mailing_batch import MailingSender, send_mailing_batch
from fund.mail.sender import Sender
from fund.mail.smtp_transport import SmtpTransport
from tests.fixtures.databases import TEST_KEYS

TIMES = 600
LEASE = timedelta(seconds=4 * TIMES)


def main(database_url: str, port: str, began: str) -> None:
    install_keyring(Keyring(TEST_KEYS))
    start = datetime.fromisoformat(began)
    sender = Sender("Le Carrefour", "fund@carrefour.example", "1200, rue Sainte-Élisabeth", "https://fund.example")
    worker = MailingSender(
        Database(database_url),
        SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=5),
        sender,
        lambda: start + (utc_now() - start) * TIMES,
        lease=LEASE,
        wait=lambda seconds: time.sleep(seconds / TIMES),
    )
    while True:
        if not send_mailing_batch(worker, lambda: False):
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
