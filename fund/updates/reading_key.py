"""The key in the link of donors' news: who gave need not be a member, so what was mailed to them opens the page."""

from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.updates.models import Update

_PURPOSE = "read"


def with_key(signer: Signer, update: Update, url: str) -> str:
    """The address of an update as its mail has it: of donors' news with a key for this update alone."""
    if update.audience != "donors":
        return url
    return f"{url}?key={signer.sign(_PURPOSE, update.id)}"


def opens(signer: Signer, update: Update, key: str) -> bool:
    """Whether the key was made for this update. False for a forged one, or one of another update."""
    if not key or update.audience != "donors":
        return False
    try:
        return signer.read(_PURPOSE, key) == update.id
    except Refusal:
        return False
