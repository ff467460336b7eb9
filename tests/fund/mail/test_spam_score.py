"""What SpamAssassin, without the network, says of every mail; where the Debian package `spamassassin` is installed.

Of each way a mail is written one language, in turn; SPAM_SCORES=all takes both.
"""

import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fund.kit.addresses import Addresses
from fund.kit.i18n import LOCALES
from fund.mail.compose import Letter, compose
from fund.mail.render_message import render_message
from fund.mail.rules import message_hash
from fund.mail.samples import can_leave_sample, sample_messages, sample_personal, sample_values, sample_variants
from fund.mail.sender import Sender

ALL = os.environ.get("SPAM_SCORES") == "all"
HIGHEST = 2.0
PROGRAM = shutil.which("spamassassin")


def signing() -> str:
    keys = (generate_private_key(public_exponent=65537, key_size=2048), Ed25519PrivateKey.generate())
    return "".join(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in keys)


def key_of(message: str, variant: str, locale: str) -> str:
    return f"{message}:{variant}:{locale}"


def letter(message: str, variant: str, locale: str, sender: Sender, now: datetime) -> bytes:
    values = sample_values(message, locale=locale, site_url=sender.site_url, variant=variant)
    leave = Addresses(sender.site_url).unsubscribe("sample", locale) if can_leave_sample(message, variant) else None
    rendered = render_message(message, locale=locale, sender=sender, values=values, can_leave=leave is not None)
    return compose(
        Letter(
            key=key_of(message, variant, locale),
            address="ondine@members.example",
            rendered=rendered,
            personal=sample_personal(message, locale=locale, site_url=sender.site_url, variant=variant),
            unsubscribe_url=leave,
            list_id="updates.sample" if leave else "",
            message=message,
        ),
        sender,
        now=now,
    )


@pytest.mark.skipif(PROGRAM is None, reason="spamassassin is not installed here")
def test_no_mail_looks_like_spam(sender: Sender, now: datetime, tmp_path: Path) -> None:
    signer = Sender(
        sender.site_name, sender.mail_from, sender.postal_address, sender.site_url, signing(), "r2026,e2026"
    )
    ways = [(message, variant) for message in sample_messages() for variant in sample_variants(message)]
    kinds = [
        (*way, locale)
        for turn, way in enumerate(ways)
        for locale in (LOCALES if ALL else (LOCALES[turn % len(LOCALES)],))
    ]
    box = tmp_path / "letters.mbox"
    box.write_bytes(
        b"".join(
            b"From fund@carrefour.example Sat Nov 21 14:32:00 2026\n"
            + letter(*kind, signer, now).replace(b"\r\n", b"\n")
            + b"\n"
            for kind in kinds
        )
    )
    said = subprocess.run(
        [str(PROGRAM), "--local", "--test-mode", "--mbox", str(box)],
        capture_output=True, check=True, timeout=240, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    ).stdout.decode(errors="replace")  # fmt: skip
    found = re.findall(r"^X-Spam-Status: \w+, score=(-?[\d.]+).*?^Message-ID: <(\w+)@", said, re.MULTILINE | re.DOTALL)
    scores = {known: float(score) for score, known in found}
    assert {kind: score for kind in kinds if (score := scores[message_hash(key_of(*kind))]) >= HIGHEST} == {}
