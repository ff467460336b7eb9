import hmac
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from fund.kit.signed_posts import SKEW, NotSignedError, check_age, check_signed

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = b'{"id": 1}'
UNIX = int(NOW.timestamp())


def signature(secret: str, moment: int = UNIX) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + BODY, sha256).hexdigest()


def answer(header: str, *secrets: str) -> str:
    try:
        check_signed(BODY, header, secrets or ("new", "old"), now=NOW)
    except NotSignedError as problem:
        return str(problem)
    return "signed"


def test_any_of_the_secrets_may_have_made_any_of_the_signatures() -> None:
    for secret in ("new", "old"):
        assert answer(f"t={UNIX},v1={signature(secret)}") == "signed"
    assert answer(f"t={UNIX}, v0=x, v1={signature('gone')}, v1={signature('old')}") == "signed"
    assert answer(f"t={UNIX},v1={signature('gone')}") == "no signature matches"
    assert answer(f"t={UNIX + 1},v1={signature('new')}") == "no signature matches", "the time is signed as well"


@pytest.mark.parametrize(
    "header",
    ["", "t=", f"t={UNIX}", f"v1={signature('new')}", f"t={UNIX},t={UNIX},v1=x", "t=-1,v1=x", "t=١,v1=x", "t=1e3,v1=x"],
)
def test_a_header_without_one_time_and_a_signature_proves_nothing(header: str) -> None:
    assert answer(header) == "no signature in the header"


def test_what_cannot_be_written_down_matches_nothing() -> None:
    assert answer(f"t={UNIX},v1=\ud800é") == "no signature matches"


@pytest.mark.parametrize(("seconds", "word"), [(-SKEW - 1, "too old"), (-SKEW, ""), (SKEW, ""), (SKEW + 1, "future")])
def test_old_signatures_and_such_from_the_future_do_not_count(seconds: int, word: str) -> None:
    moment = UNIX + seconds
    found = answer(f"t={moment},v1={signature('new', moment)}")
    assert word in found if word else found == "signed"


def test_a_longer_time_can_be_allowed() -> None:
    check_age(str(UNIX - 3600), now=NOW, oldest=3600)
    for moment in (str(UNIX - 3601), "soon", "9" * 13):
        with pytest.raises(NotSignedError):
            check_age(moment, now=NOW, oldest=3600)
