"""The settings, read once. The only place that looks at the environment.

Every setting is documented in docs/guides/operate.md. A secret may come as NAME_FILE, the path of a file that
holds it. *Production* means a live Stripe key or a SITE_URL that is not loopback; there a missing or weak value
raises SettingsError with one line that names it. Elsewhere keys are made on first start beside the database.
"""

import base64
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

SECRETS = (
    "SECRET_KEY", "DATA_KEYS", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "SMTP_URL", "DATABASE_URL",
    "DKIM_KEY", "MAIL_HOOK_SECRET", "REDIS_URL", "METRICS_TOKEN", "DEMO_PASSWORD",
)  # fmt: skip
DATA_KEY_BYTES = 32
WEAK_SECRET = 32
WEAK_TOKEN = 16
"""Characters. Of what another program shows us, as far as it is set."""
_WEBHOOK_SECRET = re.compile(r"whsec_\S+")
_MAIL_FROM = re.compile(r"[^\n\r]*[^\s@<]@[^\s@>]+\.[^\s@>]+>?")
_PROCESSING_FEE = re.compile(r"([A-Z]{3}|\*) +(\d{1,2}(?:\.\d{1,4})?) ?% +(\d{1,9})", re.ASCII)


class SettingsError(Exception):
    """One line for the person who starts the program: which setting, and what is wrong with it."""


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """All of it. Has no repr: it holds secrets."""

    database_url: str
    data_dir: Path
    site_url: str
    site_name: str
    secret_key: str
    data_keys: list[tuple[str, bytes]]
    default_locale: str
    stripe_secret_key: str
    stripe_webhook_secrets: list[str]
    stripe_api_base: str
    smtp_url: str
    mail_from: str
    postal_address: str
    mail_rate: float
    dkim_key: str
    dkim_selector: str
    mail_hook_secrets: list[str]
    redis_url: str
    give_limit: str
    processing_fees: dict[str, tuple[int, int]]
    """By currency, `*` for any other: millionths of the payment, and minor units."""
    trusted_proxies: list[str]
    metrics_token: str
    require_second_factor: bool
    registration: str
    """open, invitation or off: how people become members."""
    invite_rate: int
    """How many people of an imported list are invited in a day, unless the desk says otherwise."""
    workers: int
    log_format: str
    demo_password: str
    executor_id: str

    @property
    def production(self) -> bool:
        return (not self.stripe_secret_key.startswith("sk_test_") and bool(self.stripe_secret_key)) or not _is_loopback(
            self.site_url
        )

    @property
    def secure(self) -> bool:
        """Whether browsers reach the site over https."""
        return self.site_url.startswith("https://")


# size: one line for each setting
def load_settings(environ: Mapping[str, str] | None = None, *, dotenv: Path = Path(".env")) -> Settings:
    """Raises SettingsError. `environ` is for tests; without it the process's own and `.env` are read."""
    values = _Values({**_read_dotenv(dotenv), **os.environ} if environ is None else dict(environ))
    data_dir = Path(values.text("DATA_DIR", "instance")).absolute()
    production = _is_production(values)
    settings = Settings(
        data_dir=data_dir,
        database_url=_database_url(values.text("DATABASE_URL", f"sqlite:///{data_dir / 'retainer.sqlite3'}")),
        site_url=_site_url(values.text("SITE_URL", f"http://127.0.0.1:{values.text('PORT', '8000')}")),
        site_name=values.text("SITE_NAME", "Retainer"),
        secret_key=_secret_key(values, data_dir, production=production),
        data_keys=_data_keys(values, data_dir, production=production),
        default_locale=values.choice("DEFAULT_LOCALE", "en", ("en", "fr")),
        stripe_secret_key=values.text("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secrets=values.listed("STRIPE_WEBHOOK_SECRETS"),
        stripe_api_base=values.text("STRIPE_API_BASE", ""),
        smtp_url=values.text("SMTP_URL", "smtp://127.0.0.1:1025"),
        mail_from=values.text("MAIL_FROM", "fund@localhost"),
        postal_address=values.text("POSTAL_ADDRESS", ""),
        mail_rate=values.number("MAIL_RATE", 0),
        dkim_key=values.text("DKIM_KEY", ""),
        dkim_selector=values.text("DKIM_SELECTOR", ""),
        mail_hook_secrets=values.listed("MAIL_HOOK_SECRET"),
        redis_url=_redis_url(values.text("REDIS_URL", "")),
        give_limit=_limit(values.text("GIVE_LIMIT", "30/10 minutes")),
        processing_fees=_processing_fees(
            values.text("PROCESSING_FEES", "CAD 2.9% 30, SEK 1.5% 180, JPY 3.6% 0, * 2.9% 30")
        ),
        trusted_proxies=_networks(values.listed("TRUSTED_PROXIES")),
        metrics_token=values.text("METRICS_TOKEN", ""),
        require_second_factor=values.choice("REQUIRE_SECOND_FACTOR", "1", ("0", "1")) == "1",
        registration=values.choice("REGISTRATION", "invitation", ("open", "invitation", "off")),
        invite_rate=values.whole("INVITE_RATE", 500),
        workers=values.whole("WORKERS", 4),
        log_format=values.choice("LOG_FORMAT", "text", ("json", "text")),
        demo_password=values.text("DEMO_PASSWORD", ""),
        executor_id=values.text("EXECUTOR_ID", "local"),
    )
    _check_stripe(settings)
    if settings.production:
        _check_production(settings)
    return settings


class _Values:
    def __init__(self, raw: dict[str, str]) -> None:
        self._raw = raw

    def text(self, name: str, default: str) -> str:
        path = self._raw.get(f"{name}_FILE", "") if name in SECRETS else ""
        if path:
            try:
                return Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError) as problem:
                raise SettingsError(f"{name}_FILE cannot be read: {_why(problem)}") from None
        return self._raw.get(name, "").strip() or default

    def listed(self, name: str) -> list[str]:
        return [part.strip() for part in self.text(name, "").split(",") if part.strip()]

    def number(self, name: str, default: float) -> float:
        try:
            number = float(self.text(name, str(default)))
        except ValueError:
            raise SettingsError(f"{name} is not a number") from None
        if not 0 <= number < 1_000_000:  # noqa: PLR2004
            raise SettingsError(f"{name} is out of range")
        return number

    def whole(self, name: str, default: int) -> int:
        number = self.number(name, default)
        if number != int(number):
            raise SettingsError(f"{name} is not a whole number")
        return int(number)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} is one of {', '.join(allowed)}, not {value!r}")
        return value


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and line.lstrip()[:1] != "#")
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _why(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or "it is not text"


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_production(values: _Values) -> bool:
    key = values.text("STRIPE_SECRET_KEY", "")
    return (bool(key) and not key.startswith("sk_test_")) or not _is_loopback(
        values.text("SITE_URL", "http://127.0.0.1")
    )


def _database_url(url: str) -> str:
    """Plain `postgresql://` and `postgres://` mean psycopg 3."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg{separator}{rest}"
    if scheme not in ("sqlite", "postgresql+psycopg"):
        raise SettingsError("DATABASE_URL is neither sqlite:// nor postgresql://")
    return url


def _redis_url(url: str) -> str:
    if url and not url.startswith(("redis://", "rediss://", "redis+")):
        raise SettingsError("REDIS_URL is like redis://host:6379/0")
    return url


def _site_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
        host = parts.hostname or "" if parts.scheme in ("http", "https") and not more and parts.port != 0 else ""
    except ValueError:
        host = ""
    if not host:
        raise SettingsError("SITE_URL is an origin such as https://fund.example.org, without a path")
    if parts.scheme == "http" and not (_is_loopback(url) or host.endswith(".onion")):
        raise SettingsError("SITE_URL must be https")
    return url.rstrip("/")


def _secret_key(values: _Values, data_dir: Path, *, production: bool) -> str:
    given = values.text("SECRET_KEY", "")
    if given or production:
        return given
    return _kept(data_dir / "secret_key", lambda: secrets.token_urlsafe(48))


def _data_keys(values: _Values, data_dir: Path, *, production: bool) -> list[tuple[str, bytes]]:
    given = values.text("DATA_KEYS", "")
    if not given and not production:
        given = _kept(data_dir / "data_keys", lambda: "k1:" + base64.b64encode(secrets.token_bytes(32)).decode())
    keys = [_data_key(part.strip()) for part in given.split(",") if part.strip()]
    if len({key_id for key_id, _ in keys}) < len(keys):
        raise SettingsError("DATA_KEYS has two keys of one name: what one of them wrote could not be read")
    return keys


def _data_key(part: str) -> tuple[str, bytes]:
    key_id, _, encoded = part.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except ValueError:
        secret = b""
    if not key_id.isalnum() or len(secret) != DATA_KEY_BYTES:
        raise SettingsError("DATA_KEYS is `id:base64` of 32 bytes, several separated by commas")
    return key_id, secret


def _kept(path: Path, make: Callable[[], str]) -> str:
    """A key made on first start, mode 0600. Of processes starting at once all take the first one's, whole."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            with os.fdopen(descriptor, "w") as target:
                target.write(make())
            with suppress(FileExistsError):
                os.link(draft, path)
            Path(draft).unlink()
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"DATA_DIR cannot be used, for {path.name}: {_why(problem)}") from None


def _networks(parts: list[str]) -> list[str]:
    for part in parts:
        try:
            ip_network(part, strict=False)
        except ValueError:
            raise SettingsError(f"TRUSTED_PROXIES has {part!r}, which is no address or network") from None
    return parts


def _processing_fees(text: str) -> dict[str, tuple[int, int]]:
    fees: dict[str, tuple[int, int]] = {}
    for part in (piece.strip() for piece in text.split(",") if piece.strip() not in ("", "none")):
        match = _PROCESSING_FEE.fullmatch(part)
        if match is None or match[1] in fees or Decimal(match[2]) >= 50:  # noqa: PLR2004  nobody takes half
            raise SettingsError("PROCESSING_FEES is a list such as `CAD 2.9% 30, * 2.9% 30`, each currency once")
        fees[match[1]] = (int(Decimal(match[2]) * 10_000), int(match[3]))
    return fees


def _limit(text: str) -> str:
    """Such as `30/10 minutes`, or several separated by semicolons."""
    from limits import parse_many  # noqa: PLC0415  the launcher reads this file before anything is installed

    try:
        limits = parse_many(text)
    except ValueError:
        limits = []
    if not limits or any(limit.amount < 1 for limit in limits):
        raise SettingsError(f"GIVE_LIMIT is like 30/10 minutes, not {text!r}")
    return text


def _check_stripe(settings: Settings) -> None:
    key, base = settings.stripe_secret_key, settings.stripe_api_base
    if key and not key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise SettingsError("STRIPE_SECRET_KEY is neither a secret nor a restricted key (sk_..., rk_...)")
    if base and not base.startswith("https://") and not (_is_loopback(base) and key.startswith("sk_test_")):
        raise SettingsError("STRIPE_API_BASE must be https, or loopback with an sk_test_ key")


def _check_production(settings: Settings) -> None:
    demands = {
        "SITE_URL": not _is_loopback(settings.site_url),
        "SECRET_KEY": len(settings.secret_key) >= WEAK_SECRET,
        "DATA_KEYS": bool(settings.data_keys),
        "STRIPE_SECRET_KEY": bool(settings.stripe_secret_key),
        "STRIPE_WEBHOOK_SECRETS": bool(settings.stripe_webhook_secrets)
        and all(_WEBHOOK_SECRET.fullmatch(secret) for secret in settings.stripe_webhook_secrets),
        "POSTAL_ADDRESS": bool(settings.postal_address),
        "MAIL_FROM": _MAIL_FROM.fullmatch(settings.mail_from) is not None,
        "MAIL_HOOK_SECRET": all(len(secret) >= WEAK_TOKEN for secret in settings.mail_hook_secrets),
        "METRICS_TOKEN": not settings.metrics_token or len(settings.metrics_token) >= WEAK_TOKEN,
        "REQUIRE_SECOND_FACTOR": settings.require_second_factor,
    }
    for name, good in demands.items():
        if not good:
            raise SettingsError(f"{name} is missing or too weak for production (a live key or a public SITE_URL)")
