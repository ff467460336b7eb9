import base64
import re

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from fund.mail.sender import Sender
from fund.mail.sign import signatures

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)


def dkim_records(sender: Sender) -> dict[str, str]:
    """By selector: the TXT record that its key wants (RFC 6376, 8463). Raises UnusableKeyError."""
    selectors = [signature.selector for signature in signatures(sender)]
    return {selector: _record(pem) for selector, pem in zip(selectors, _PEM.findall(sender.dkim_key), strict=True)}


def _record(pem: str) -> str:
    key = load_pem_private_key(pem.encode(), password=None)
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind, shown = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, shown = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(shown).decode()}"
