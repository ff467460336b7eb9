from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.members.passwords import is_password
from fund.members.queries import member_by_address


def check_credentials(session: Session, *, address: str, password: str) -> int:
    """The member's id. An unknown address and a wrong password are refused with one sentence, after the same time.

    Only reads: hashing takes a while and waits for its turn, which a writing session must not.
    """
    member = member_by_address(session, address)
    good = is_password(member.password_hash if member else None, password)
    if member is None or not good:
        raise Refusal("This address and this password do not belong together.", field="password")
    return member.id
