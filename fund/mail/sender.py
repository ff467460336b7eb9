from dataclasses import dataclass
from email.utils import parseaddr


@dataclass(frozen=True, slots=True, repr=False)
class Sender:
    """Who writes. The doors make it from the settings. Has no repr: it holds the DKIM key."""

    site_name: str
    mail_from: str
    """MAIL_FROM: an address, or `Name <address>`."""
    postal_address: str
    site_url: str
    dkim_key: str = ""
    """One or two private keys in PEM, RSA or Ed25519, one after the other; empty: messages are not signed."""
    dkim_selector: str = ""
    """As many names, separated by commas, in the same order."""

    @property
    def address(self) -> str:
        return parseaddr(self.mail_from)[1] or self.mail_from

    @property
    def name(self) -> str:
        return parseaddr(self.mail_from)[0] or self.site_name

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2] or "localhost"
