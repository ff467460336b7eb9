"""The mailboxes of a journey: what arrived, for whom, and what its links do."""

import re
import urllib.request
from collections import Counter
from email import message_from_string, policy
from email.message import EmailMessage

from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until


def mails(fund: FundProcess, subject: str = "") -> list[EmailMessage]:
    """All that arrived with `subject` in their subject."""
    found = [message_from_string(mail["raw"], policy=policy.default) for mail in fund.sandbox.mail()]
    return [mail for mail in found if subject in mail["Subject"]]


def reached(fund: FundProcess, subject: str) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in mails(fund, subject))


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Its text, or its HTML part."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def link_in(fund: FundProcess, address: str, kind: str) -> str:
    """The newest link of that kind that was mailed to the address."""

    def look() -> list[str]:
        texts = [words_of(mail) for mail in mails(fund) if str(mail["To"]) == address]
        return re.findall(rf"{re.escape(fund.url)}(?:/fr)?/{kind}/\S+", "\n".join(texts))

    return until(look, timeout=30)[-1]


def one_click(url: str) -> int:
    """What a mail program sends: no cookie, no Origin, no page."""
    request = urllib.request.Request(
        url, b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.status)
