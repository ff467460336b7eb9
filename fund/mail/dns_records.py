"""What stands in the DNS. The only importer of dnspython."""

from collections.abc import Sequence

from dns.exception import DNSException
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, NoAnswer, Resolver


class NoDnsError(Exception):
    """Nobody answered in time, or the answer was a fault of the server's: nothing is known of the record."""


class DnsRecords:
    """`servers` and `port`: whom to ask; those of the system if left out."""

    def __init__(self, servers: Sequence[str] = (), *, port: int = 53, timeout: float = 5) -> None:
        try:
            self._resolver = Resolver(configure=not servers)
        except DNSException as none:
            raise NoDnsError from none
        if servers:
            self._resolver.nameservers = list(servers)
            self._resolver.port = port
        self._timeout = timeout

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each put together from its parts. Raises NoDnsError."""
        return [
            b"".join(record.strings).decode("utf-8", "replace")
            for record in self._records(name, "TXT")
            if isinstance(record, TXT)
        ]

    def mail_servers(self, name: str) -> list[str]:
        """Who takes mail for it, first choice first; `.` says that nobody does. Raises NoDnsError."""
        found = [record for record in self._records(name, "MX") if isinstance(record, MX)]
        return [str(record.exchange) for record in sorted(found, key=lambda record: record.preference)]

    def has_address(self, name: str) -> bool:
        """Raises NoDnsError."""
        return any(self._records(name, kind) for kind in ("A", "AAAA"))

    def _records(self, name: str, kind: str) -> list[object]:
        try:
            return list(self._resolver.resolve(name, kind, lifetime=self._timeout, search=False))
        except (NXDOMAIN, NoAnswer):
            return []
        except DNSException as problem:
            raise NoDnsError from problem
