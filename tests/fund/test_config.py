import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from config import Settings, SettingsError, load_settings
from tests.fixtures.threads import at_once

KEY = "k1:" + "A" * 43 + "="
OTHER_KEY = "k2:" + "B" * 43 + "="
LIVE = {
    "SITE_URL": "https://fund.example.org",
    "SECRET_KEY": "x" * 32,
    "DATA_KEYS": KEY,
    "STRIPE_SECRET_KEY": "sk_live_key",
    "STRIPE_WEBHOOK_SECRETS": "whsec_one,whsec_two",
    "POSTAL_ADDRESS": "12 rue des Tests, Montréal",
    "MAIL_FROM": "fund@example.org",
}


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Settings]:
    return lambda **environ: load_settings({"DATA_DIR": str(tmp_path / "data"), **environ})


Load = Callable[..., Settings]


def test_nothing_set_is_a_trial_on_this_machine(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert settings.database_url == f"sqlite:///{tmp_path}/data/retainer.sqlite3"
    assert (settings.site_url, settings.default_locale) == ("http://127.0.0.1:8000", "en")
    assert (settings.production, settings.secure, settings.workers) == (False, False, 4)
    assert (settings.give_limit, settings.mail_rate, settings.trusted_proxies) == ("30/10 minutes", 0, [])
    assert load(PORT="8123").site_url == "http://127.0.0.1:8123"


def test_keys_are_made_once_for_their_owner_alone(load: Load, tmp_path: Path) -> None:
    first, again = load(), load()
    assert (first.secret_key, first.data_keys) == (again.secret_key, again.data_keys)
    assert len(first.secret_key) >= 32
    assert [len(secret) for _, secret in first.data_keys] == [32]
    made = sorted((tmp_path / "data").iterdir())
    assert [path.name for path in made] == ["data_keys", "secret_key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_processes_that_start_at_once_agree_on_the_keys(load: Load) -> None:
    settings = at_once(8, lambda _n: load())
    assert len({(one.secret_key, str(one.data_keys)) for one in settings}) == 1
    assert settings[0].secret_key


def test_given_keys_are_not_written_down(load: Load, tmp_path: Path) -> None:
    settings = load(SECRET_KEY="given", DATA_KEYS=f"{KEY}, {OTHER_KEY}")
    assert ([name for name, _ in settings.data_keys], settings.secret_key) == (["k1", "k2"], "given")
    assert not (tmp_path / "data").exists()


def test_a_sound_production(load: Load, tmp_path: Path) -> None:
    settings = load(**LIVE)
    assert (settings.production, settings.secure) == (True, True)
    assert settings.stripe_webhook_secrets == ["whsec_one", "whsec_two"]
    assert load(**{**LIVE, "STRIPE_SECRET_KEY": "sk_test_key"}).production
    assert not (tmp_path / "data").exists()


WEAK = [
    ("SITE_URL", "http://127.0.0.1:8000"),
    ("SITE_URL", ""),
    ("SITE_URL", "http://fund.example.org"),
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "x" * 31),
    ("DATA_KEYS", ""),
    ("STRIPE_SECRET_KEY", ""),
    ("STRIPE_WEBHOOK_SECRETS", ""),
    ("STRIPE_WEBHOOK_SECRETS", " , "),
    ("STRIPE_WEBHOOK_SECRETS", "whsec_one,secret"),
    ("POSTAL_ADDRESS", ""),
    ("MAIL_FROM", ""),
    ("MAIL_FROM", "fund@localhost"),
    ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "@"),
    ("MAIL_FROM", "fund@example.org\nBcc: all@example.org"),
    ("STRIPE_WEBHOOK_SECRETS", "whsec_"),
    ("MAIL_HOOK_SECRET", "short"),
    ("MAIL_HOOK_SECRET", f"{'x' * 24},short"),
    ("METRICS_TOKEN", "short"),
    ("REQUIRE_SECOND_FACTOR", "0"),
]
WRONG = [
    ("SITE_URL", "fund.example.org"),
    ("SITE_URL", "https://fund.example.org/path"),
    ("SITE_URL", "https://fund.example.org?x=1"),
    ("SITE_URL", "ftp://fund.example.org"),
    ("SITE_URL", "https://[::1"),
    ("SITE_URL", "https://fund.example.org:99999"),
    ("SITE_URL", "https://somebody:secret@fund.example.org"),
    ("SITE_URL", "https://fund.example.org#top"),
    ("DATABASE_URL", "mysql://x"),
    ("DATA_KEYS", "k1:short"),
    ("DATA_KEYS", "k 1:" + KEY[3:]),
    ("DATA_KEYS", KEY[3:]),
    ("DATA_KEYS", f"{KEY},k1:{OTHER_KEY[3:]}"),
    ("STRIPE_SECRET_KEY", "pk_test_key"),
    ("STRIPE_API_BASE", "http://127.0.0.1:4242"),
    ("STRIPE_API_BASE", "http://stripe.example.org"),
    ("STRIPE_API_BASE", "http://[::1"),
    ("REDIS_URL", "localhost:6379"),
    ("DEFAULT_LOCALE", "de"),
    ("LOG_FORMAT", "xml"),
    ("WORKERS", "many"),
    ("WORKERS", "-1"),
    ("WORKERS", "2.5"),
    ("MAIL_RATE", "nan"),
    ("MAIL_RATE", "inf"),
    ("GIVE_LIMIT", "often"),
    ("GIVE_LIMIT", "0/minute"),
    ("TRUSTED_PROXIES", "10.0.0.0/8,proxy.example.org"),
    ("REQUIRE_SECOND_FACTOR", "yes"),
    ("SECRET_KEY_FILE", "/nowhere/at/all"),
]


@pytest.mark.parametrize(("name", "value"), WEAK + WRONG)
def test_what_is_wrong_is_named_in_one_line_without_its_value(load: Load, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(**{**LIVE, name: value})
    said = str(refused.value)
    assert said.startswith(name)
    assert "\n" not in said
    assert not any(secret in said for secret in ("sk_live", "whsec", "AAAA", "x" * 31))


@pytest.mark.parametrize("limit", ["30/10 minutes", "5 per hour", "1000/minute", "3/10 minutes", "2/second;10/minute"])
def test_limits_as_people_write_them(load: Load, limit: str) -> None:
    assert load(GIVE_LIMIT=limit).give_limit == limit


def test_a_secret_may_come_from_a_file(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("  from the file\n")
    settings = load(SECRET_KEY_FILE=str(path), SECRET_KEY="from the environment", SITE_NAME_FILE=str(path))
    assert (settings.secret_key, settings.site_name) == ("from the file", "Retainer")


def test_a_file_that_holds_no_text_and_a_folder_that_is_none_are_named(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"^SECRET_KEY_FILE cannot be read"):
        load(SECRET_KEY_FILE=str(path))
    with pytest.raises(SettingsError, match=r"^DATA_DIR cannot be used"):
        load(DATA_DIR=str(path))


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_by_any_of_its_names(load: Load, url: str) -> None:
    assert load(DATABASE_URL=url).database_url == "postgresql+psycopg://u@h/d"


def test_the_sandbox_is_reached_with_a_test_key_only(load: Load) -> None:
    base = "http://127.0.0.1:4242"
    assert load(STRIPE_API_BASE=base, STRIPE_SECRET_KEY="sk_test_x").stripe_api_base == base
    with pytest.raises(SettingsError, match="STRIPE_API_BASE"):
        load(STRIPE_API_BASE=base)


def test_the_environment_wins_over_the_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text('# a comment\nSITE_NAME="From the file"\nMAIL_FROM = fund@example.org\n\nnot a setting\n')
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert load_settings(dotenv=dotenv).site_name == "From the file"
    monkeypatch.setenv("SITE_NAME", "From the environment")
    settings = load_settings(dotenv=dotenv)
    assert (settings.site_name, settings.mail_from) == ("From the environment", "fund@example.org")


def test_settings_are_not_printed_by_accident(load: Load) -> None:
    assert "sk_live" not in repr(load(**LIVE))


@pytest.mark.parametrize("url", ["https://fund.example.org/", "http://abcdefghij.onion", "http://[::1]:8000"])
def test_addresses_that_are_fine(load: Load, url: str) -> None:
    assert load(**{**LIVE, "SITE_URL": url, "STRIPE_SECRET_KEY": "sk_test_x"}).site_url == url.rstrip("/")


def test_processing_fees_by_currency(load: Load) -> None:
    assert load().processing_fees["CAD"] == (29_000, 30)
    assert load(PROCESSING_FEES=" EUR 1.5 % 25,* 0.0001% 0 ").processing_fees == {"EUR": (15_000, 25), "*": (1, 0)}
    assert load(PROCESSING_FEES="none").processing_fees == {}


@pytest.mark.parametrize(
    "text",
    ["CAD", "CAD 2.9 30", "cad 2.9% 30", "CAD -1% 0", "CAD 50% 0", "CAD 2.9% 0.3", "CAD 1% 1, CAD 2% 1", "CAD ٢% 1"],
)
def test_processing_fees_that_cannot_be_read(load: Load, text: str) -> None:
    with pytest.raises(SettingsError, match=r"^PROCESSING_FEES is a list such as"):
        load(PROCESSING_FEES=text)
