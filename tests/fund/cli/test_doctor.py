import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dkim import verify
from sqlalchemy import text

from config import load_settings
from fund.app import create_app
from fund.kit.clock import utc_now
from fund.mail.compose import Letter, compose
from fund.mail.dkim_records import dkim_records
from fund.mail.render_message import Rendered
from fund.mail.smtp_transport import SmtpTransport
from fund.web.services import Services
from tests.fixtures.databases import sqlite_only
from tests.fixtures.dns_server import DnsServer
from tests.fixtures.services import settings_environ
from tests.fund.mail.smtp_server import SmtpServer

pytestmark = sqlite_only

HOST = "fund.carrefour.org"


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


KEYS = pem(generate_private_key(65537, 2048)) + pem(Ed25519PrivateKey.generate())


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    with DnsServer() as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def with_settings(services: Services, folder: Path, **more: str) -> Services:
    environ = {"MAIL_FROM": f"Le Carrefour <nous@{HOST}>", "DKIM_KEY": KEYS, "DKIM_SELECTOR": "r1,e1", **more}
    settings = load_settings(settings_environ(services.settings.database_url, folder, **environ))
    return replace(services, settings=settings)


def look(services: Services, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit status, and by name of the check its state and what it wants in the DNS."""
    result = create_app(services=services).test_cli_runner().invoke(args=["doctor", "--json", *arguments])
    said = json.loads(result.stdout)
    assert said["ok"] == (result.exit_code == 0)
    return result.exit_code, {one["name"]: (one["state"], one["add"]) for one in said["checks"]}


def publish(dns: DnsServer, services: Services) -> None:
    """All that is asked for."""
    for selector, record in dkim_records(services.sender).items():
        cut = [record[at : at + 250] for at in range(0, len(record), 250)]
        dns.records[f"{selector}._domainkey.{HOST}", "TXT"] = [" ".join(f'"{part}"' for part in cut)]
    dns.records[HOST, "TXT"] = ['"something else"', '"v=spf1 include:_spf.provider.org -all"']
    dns.records["_dmarc.carrefour.org", "TXT"] = ['"v=DMARC1; p=reject; rua=mailto:dmarc@carrefour.org"']
    dns.records[HOST, "MX"] = ["20 b.provider.org.", "10 a.provider.org."]


def test_all_is_well(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path, MAIL_HOOK_SECRET="of-the-hook")
    publish(dns, given)
    status, found = look(given, "--dns", dns.address)
    assert status == 0
    for name in ("Database", "DKIM r1", "DKIM e1", "SPF", "DMARC", "MX", "Mail server", "Bounces", "POSTAL_ADDRESS"):
        assert found[name] == ("ok", ""), name


def test_what_is_missing_is_said_word_by_word(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path)
    status, found = look(given, "--dns", dns.address)
    assert status == 1
    records = dkim_records(given.sender)
    assert found["DKIM r1"] == ("problem", f"r1._domainkey.{HOST} TXT {records['r1']}")
    assert found["DKIM e1"] == ("problem", f"e1._domainkey.{HOST} TXT {records['e1']}")
    assert found["SPF"] == ("problem", f"{HOST} TXT v=spf1 include:<your provider> -all")
    assert found["DMARC"][1].startswith(f"_dmarc.{HOST} TXT v=DMARC1; p=quarantine; rua=")
    assert found["MX"][0] == "problem"
    assert found["Bounces"][0] == "note"


def test_what_it_asks_for_is_what_receivers_check(services: Services, tmp_path: Path) -> None:
    """By another program's check of a message that we signed."""
    given = with_settings(services, tmp_path)
    letter = Letter("k", "bob@example.org", Rendered("Subject", "Text\n", "<p>Text</p>\n"))
    message = compose(letter, given.sender, now=utc_now())
    published = {f"{selector}._domainkey.{HOST}.": record for selector, record in dkim_records(given.sender).items()}
    assert verify(message, dnsfunc=lambda name, **_: published[name.decode()].encode())


WRONG = {
    "another key": ("DKIM r1", f"r1._domainkey.{HOST}", "TXT", ['"v=DKIM1; k=rsa; p=AAAA"'], "problem"),
    "a key given up": ("DKIM r1", f"r1._domainkey.{HOST}", "TXT", ['"v=DKIM1; p="'], "problem"),
    "two keys": ("DKIM r1", f"r1._domainkey.{HOST}", "TXT", ['"p=AAAA"', '"p=BBBB"'], "problem"),
    "no key": ("DKIM r1", f"r1._domainkey.{HOST}", "TXT", ['"hello"'], "problem"),
    "two SPF": ("SPF", HOST, "TXT", ['"v=spf1 -all"', '"v=spf1 mx ~all"'], "problem"),
    "SPF for whoever": ("SPF", HOST, "TXT", ['"v=spf1 mx ?all"'], "problem"),
    "SPF for everybody": ("SPF", HOST, "TXT", ['"v=spf1 +all"'], "problem"),
    "SPF without an end": ("SPF", HOST, "TXT", ['"v=spf1 mx"'], "note"),
    "SPF elsewhere": ("SPF", HOST, "TXT", ['"v=spf1 redirect=_spf.provider.org"'], "ok"),
    "no SPF": ("SPF", HOST, "TXT", ['"v=spf10 -all"'], "problem"),
    "DMARC without a policy": ("DMARC", f"_dmarc.{HOST}", "TXT", ['"v=DMARC1; rua=mailto:a@b.org"'], "problem"),
    "DMARC that only counts": ("DMARC", f"_dmarc.{HOST}", "TXT", ['"v=DMARC1;p=none"'], "note"),
    "two DMARC": ("DMARC", f"_dmarc.{HOST}", "TXT", ['"v=DMARC1;p=none"', '"v=DMARC1;p=reject"'], "problem"),
    "no mail taken": ("MX", HOST, "MX", ["0 ."], "problem"),
}


def test_what_stands_there_and_is_wrong(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path)
    found = {}
    for title, (name, owner, kind, values, _) in WRONG.items():
        publish(dns, given)
        dns.records[owner, kind] = values
        found[title] = look(given, "--dns", dns.address)[1][name][0]
        del dns.records[owner, kind]
    assert found == {title: state for title, (*_, state) in WRONG.items()}


def test_a_key_on_trial_is_noted(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path)
    publish(dns, given)
    (trial,) = dns.records[f"e1._domainkey.{HOST}", "TXT"]
    dns.records[f"e1._domainkey.{HOST}", "TXT"] = [f'"t=y:s; " {trial}']
    status, found = look(given, "--dns", dns.address)
    assert (status, found["DKIM e1"]) == (0, ("note", ""))


def test_a_whole_country_speaks_for_nobody(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path)
    publish(dns, given)
    dns.records["_dmarc.org", "TXT"] = dns.records.pop(("_dmarc.carrefour.org", "TXT"))
    assert look(given, "--dns", dns.address)[1]["DMARC"][0] == "problem"


def test_without_an_mx_the_domain_itself_takes_mail(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path)
    publish(dns, given)
    del dns.records[HOST, "MX"]
    dns.records[HOST, "A"] = ["192.0.2.1"]
    status, found = look(given, "--dns", dns.address)
    assert (status, found["MX"]) == (0, ("note", ""))


def test_a_dns_that_does_not_answer_is_no_problem_of_ours(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    dns.fails = True
    status, found = look(with_settings(services, tmp_path), "--dns", dns.address)
    assert status == 0
    assert {found[name][0] for name in ("DKIM r1", "DKIM e1", "SPF", "DMARC", "MX")} == {"not checked"}
    assert found["DKIM r1"][1].startswith(f"r1._domainkey.{HOST} TXT v=DKIM1; k=rsa; p=")
    assert [found[name][1].partition(" TXT ")[0] for name in ("SPF", "DMARC")] == [HOST, f"_dmarc.{HOST}"]
    status, found = look(with_settings(services, tmp_path, MAIL_FROM="fund@localhost"), "--dns", dns.address)
    assert (status, found["DNS"][0]) == (0, "not checked")


def test_keys_that_cannot_be_used(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    given = with_settings(services, tmp_path, DKIM_KEY="rubbish")
    publish(dns, with_settings(services, tmp_path))
    status, found = look(given, "--dns", dns.address)
    assert (status, found["DKIM"][0]) == (1, "problem")
    given = with_settings(services, tmp_path, DKIM_KEY="", DKIM_SELECTOR="")
    status, found = look(given, "--dns", dns.address)
    assert (status, found["DKIM"][0]) == (0, "note")


def test_the_mail_server_is_greeted(services: Services, tmp_path: Path, smtp: SmtpServer) -> None:
    given = with_settings(services, tmp_path, MAIL_FROM="fund@localhost")
    reached = SmtpTransport(f"smtp://127.0.0.1:{smtp.port}", timeout=5)
    assert look(replace(given, transport=reached))[1]["Mail server"][0] == "note"
    nobody = SmtpTransport("smtp://127.0.0.1:1", timeout=5)
    status, found = look(replace(given, transport=nobody))
    assert (status, found["Mail server"][0]) == (1, "problem")


def test_an_old_schema_is_a_problem(services: Services, tmp_path: Path) -> None:
    given = with_settings(services, tmp_path, MAIL_FROM="fund@localhost")
    with services.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert look(given)[1]["Database"][0] == "problem"


def test_people_can_read_it_too(services: Services, tmp_path: Path, dns: DnsServer) -> None:
    runner = create_app(services=with_settings(services, tmp_path)).test_cli_runner()
    result = runner.invoke(args=["doctor", "--dns", dns.address])
    assert result.exit_code == 1
    assert "problem      SPF: " in result.stdout
    dns.records[HOST, "MX"] = ["20 b.provider.org.", "10 a.provider.org."]
    told = runner.invoke(args=["doctor", "--dns", dns.address]).stdout
    assert "MX: Answers and bounces go to a.provider.org." in told
    assert f"        add: {HOST} TXT v=spf1" in result.stdout
    assert result.stderr.startswith("Problems: ")
    assert KEYS.splitlines()[1] not in result.output
    assert runner.invoke(args=["doctor", "--dns", "dns.example.org"]).exit_code == 2
