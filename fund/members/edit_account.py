from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.members.queries import member_by_id
from fund.members.rules import clean_name


def edit_account(session: Session, *, member_id: int, name: str, locale: str) -> None:
    """A member's own name and language of mails."""
    member = member_by_id(session, member_id)
    if member is None:
        raise Refusal("There is no such member.", status=404)
    member.name = clean_name(name)
    member.locale = locale if locale in ("en", "fr") else member.locale
