"""Column types. Minor units are plain BigInteger: `Minor` only says so."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from fund.db.keyring import Keyring

_installed: list[Keyring] = []


def install_keyring(keyring: Keyring) -> None:
    """Once per process, by create_app. A process has one set of keys, as it has one environment."""
    _installed[:] = [keyring]


def keyring() -> Keyring:
    if not _installed:
        raise RuntimeError("no keyring installed: DATA_KEYS has not been read")
    return _installed[0]


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware out, stored in UTC; both drivers drop or shift zones when left alone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EncryptedText(TypeDecorator[str]):
    """Text that only this installation's keys can read. Cannot be searched: keep a blind index beside it."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        """`place` is `table.column`; part of what is authenticated."""
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else keyring().encrypt(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else keyring().decrypt(value, self.place)


def normal_address(address: str) -> str:
    """The form an address is indexed in: trimmed, lower case. Nothing cleverer: dots and tags matter to some hosts."""
    return address.strip().lower()


def address_index(address: str) -> str:
    return keyring().blind_index("address:" + normal_address(address))


def address_indexes(address: str) -> list[str]:
    return keyring().blind_indexes("address:" + normal_address(address))


def domain_index(address: str) -> str:
    """Of the part after the @: what a mail server answers for."""
    return keyring().blind_index("domain:" + normal_address(address).rpartition("@")[2])


Minor = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Localised = Annotated[dict[str, str], mapped_column(JSON)]
"""Text by language: `{"en": ..., "fr": ...}`."""
RawJson = Annotated[dict[str, Any], mapped_column(JSON)]
