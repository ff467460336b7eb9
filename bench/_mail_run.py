"""One run of the sending engine, in a process of its own: an update is published, its mailing filled and sent.

Reads what to do as JSON on standard input, prints seconds and the largest memory as JSON.
"""

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from _measure import ROOT, environment

sys.path.insert(0, str(ROOT))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import func, insert, select

from config import load_settings
from fund.app import make_services
from fund.campaigns.models import Campaign, CampaignText
from fund.db.migrate import migrate
from fund.db.types import address_index
from fund.kit.clock import utc_now
from fund.mail.models import Delivery, Mailing
from fund.mail.send_mailing_batch import MailingSender, send_mailing_batch
from fund.members.models import Member
from fund.updates.draft_update import draft_update
from fund.updates.publish_update import publish_update
from fund.updates.rules import Words
from fund.web.services import Services
from fund.worker.mailings import FILLS
from fund.worker.system_tables import migrate_queue

AT_ONCE = 2000
NOW = datetime.now(UTC)


def dkim(kinds: str) -> dict[str, str]:
    keys: dict[str, Callable[[], RSAPrivateKey | Ed25519PrivateKey]] = {
        "rsa": lambda: generate_private_key(65537, 2048),
        "ed25519": Ed25519PrivateKey.generate,
    }
    names = [name for name in kinds.split(",") if name]
    pems = [keys[name]().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for name in names]
    return {"DKIM_KEY": "".join(pems), "DKIM_SELECTOR": ",".join(names)} if pems else {}


def store_people(services: Services, count: int) -> int:
    """The campaign's id."""
    campaign = Campaign(slug="bench", status="open", currency="CAD", minimum_gift=500, created_at=NOW, updated_at=NOW)
    blank = dict.fromkeys(("standfirst", "story", "if_we_win", "if_we_lose", "if_we_settle"), "x")
    campaign.texts = [CampaignText(locale=at, title="Four labels, one site", **blank) for at in ("en", "fr")]
    with services.database.write() as session:
        session.add(campaign)
    for first in range(0, count, AT_ONCE):
        rows = [person(number) for number in range(first, min(count, first + AT_ONCE))]
        with services.database.write() as session:
            session.execute(insert(Member), rows)
    return campaign.id


def person(number: int) -> dict[str, object]:
    address = f"member{number}@example.org"
    return {
        "address": address,
        "address_index": address_index(address),
        "name": f"Member {number}",
        "password_hash": "",
        "locale": "fr" if number % 2 else "en",
        "wants_updates": True,
        "consent_source": "list of the community, imported",
        "created_at": NOW,
    }


def publish(services: Services, campaign_id: int) -> float:
    said = "The court has heard us, and it was *long*. Here is what was said and what comes next.\n\n" * 12
    began = time.perf_counter()
    with services.database.write() as session:
        words = {at: Words("The motion was refused", said) for at in ("en", "fr")}
        draft = draft_update(
            session, campaign_id=campaign_id, words=words, audience="members", author_id=None, actor="bench", now=NOW
        )
        publish_update(
            session,
            services.queue,
            services.sender,
            services.signer,
            services.addresses,
            update_id=draft.id,
            actor="bench",
            now=NOW,
        )
    return time.perf_counter() - began


def fill(services: Services) -> float:
    began, more = time.perf_counter(), True
    while more:
        with services.database.write() as session:
            more = FILLS["update"](services, session, 1, utc_now())
    return time.perf_counter() - began


def send(services: Services, hands: int) -> float:
    """As one worker process does it, which has two hands for mail to many."""
    began = time.perf_counter()
    working = [threading.Thread(target=send_all, args=(services,)) for _ in range(hands)]
    for one in working:
        one.start()
    for one in working:
        one.join()
    return time.perf_counter() - began


def send_all(services: Services) -> None:
    worker = MailingSender(services.database, services.transport.another(), services.sender, utc_now)
    while send_mailing_batch(worker, lambda: False):
        pass
    worker.transport.close()


def main() -> None:
    asked = json.load(sys.stdin)
    here = Path(asked["folder"])
    more = {"SMTP_URL": f"smtp://127.0.0.1:{asked['port']}", **dkim(asked["dkim"])}
    if asked.get("database"):
        more["DATABASE_URL"] = asked["database"]
    services = make_services(load_settings(environment(here, 8000, MAIL_FROM="fund@example.org", **more)))
    migrate(services.database.engine)
    migrate_queue(services.settings.database_url)
    campaign_id = store_people(services, asked["people"])
    took = {"publish": publish(services, campaign_id), "fill": fill(services), "send": send(services, asked["hands"])}
    with services.database.read() as session:
        states = dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all())
        state = session.scalars(select(Mailing.state)).one()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({**took, "states": states, "mailing": state, "memory": memory}, sys.stdout)


if __name__ == "__main__":
    main()
