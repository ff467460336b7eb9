import secrets

from fund.campaigns.queries import all_campaigns
from fund.kit.clock import utc_now
from fund.members.passwords import hash_password
from fund.members.register_member import register_member
from fund.updates.opt_ins import set_opt_ins
from fund.updates.rules import TIMELINE
from fund.web.services import Services

PEOPLE = (
    ("alice@example.org", "Alice", "owner", "en"),
    ("bob@example.org", "Bob", None, "en"),
    ("carol@example.org", "Carol", None, "fr"),
)
ASKS_FOR_EVENTS = "carol@example.org"


def demo_people(app: Services) -> None:
    """The owner and two members, all with the one demo password; one asked for each event of the cases."""
    hashed = hash_password(demo_password(app))
    with app.database.write() as session:
        for address, name, role, locale in PEOPLE:
            register_member(
                session,
                address=address,
                name=name,
                password_hash=hashed,
                role=role,
                locale=locale,
                wants_updates=True,
                consent_source="demo",
                actor="command",
                now=utc_now(),
            )
        cases = {(campaign.id, TIMELINE) for campaign in all_campaigns(session)}
        set_opt_ins(session, ASKS_FOR_EVENTS, cases, source="demo", now=utc_now())


def demo_password(app: Services) -> str:
    """DEMO_PASSWORD, else one that is made once and kept beside the database, readable by its owner alone."""
    if app.settings.demo_password:
        return app.settings.demo_password
    path = app.settings.data_dir / "demo_password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text().strip()
