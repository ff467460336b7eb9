"""Letters of mail servers that tell of a failure in words alone: qmail, older Exim, Exchange and Gmail. Best effort."""

import re
from email.message import Message
from email.utils import getaddresses
from typing import Any

from fund.mail.report import is_for_good, status_in

LONGEST = 20_000
_SERVERS = re.compile(r"mailer-daemon|postmaster|mail delivery (?:sub)?system|microsoftexchange", re.IGNORECASE)
_FAILED = re.compile(
    r"qmail-send program|could not be delivered|delivery has failed|delivery to the following recipients? failed"
    r"|wasn.t able to deliver|was not able to deliver|address(?:\(es\)|es)? failed|undeliverable|undelivered mail"
    r"|permanent (?:fatal )?errors?|couldn.t be delivered|wasn.t delivered|n.a pas pu être (?:remis|livré)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[<\s(:]?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,63})[>\s):,]")
_RETURNED = re.compile(
    r"^-{2,}.{0,20}(?:below this line|copy of|original message|returned message).*$", re.IGNORECASE | re.MULTILINE
)


def read_old_bounce(message: Message, text: str, of_ours: str) -> list[dict[str, Any]]:
    """One report for each recipient it names; empty for a letter of a person, or of a machine that is on holiday."""
    listed = [address for _, address in getaddresses(message.get_all("X-Failed-Recipients", [])) if address]
    words = _RETURNED.split(text[:LONGEST], maxsplit=1)[0]
    if not listed and not (_is_from_a_server(message) and _FAILED.search(words)):
        return []
    status = status_in(words)
    is_delay = status.startswith("4.")
    named = listed or _ADDRESS.findall(words)[:1]
    return [
        {
            "kind": "delay" if is_delay else "bounce",
            "hard": not is_delay and is_for_good(status, words),
            "status": status,
            "message_hash": of_ours,
            "address": address,
        }
        for address in (named or [""])
    ]


def _is_from_a_server(message: Message) -> bool:
    sender = str(message.get("From", ""))[:500]
    return _SERVERS.search(sender) is not None or str(message.get("Return-Path", "")).strip() == "<>"
