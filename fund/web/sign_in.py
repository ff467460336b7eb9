"""Who is signed in: Flask-Login over the table of sessions, which can be revoked.

The signed cookie holds a random token and nothing of the member. Nothing here looks at Flask's session for a request
without our cookie: looking would add `Vary: Cookie` and make every public page uncacheable.
"""

from dataclasses import dataclass, field

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from fund.kit.clock import utc_now
from fund.members.queries import live_session
from fund.members.rules import SEEN_EVERY
from fund.members.see_session import see_session
from fund.members.sign_out import sign_out
from fund.web.request_scope import read_session, write_session


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(UserMixin):
    """The member of this request, as of its start."""

    token: str = field(repr=False)
    session_id: int
    id: int
    name: str = field(repr=False)
    address: str = field(repr=False)
    role: str | None
    locale: str
    wants_updates: bool

    @property
    def actor(self) -> str:
        """How the audit log calls them."""
        return f"member:{self.id}"

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token


class _Login(LoginManager):
    def _update_remember_cookie(self, response: Response) -> Response:
        """There is no second, remembering cookie; the parent would look at the session on every answer."""
        return response


class _Sessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The same as the parent's for who has no cookie, who is most: without making a signer that signs nothing."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def current_member() -> SignedIn | None:
    """Free of any effect for requests that carry no cookie of ours."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001


def sign_browser_in(token: str) -> None:
    """Give this browser the session that `members.sign_in` opened, and nothing of what its cookie held before."""
    session.clear()
    session.permanent = True
    login_user(_load(token))


def sign_browser_out() -> None:
    member = current_member()
    if member is not None:
        with write_session() as writing:
            sign_out(writing, token=member.token, now=utc_now())
        logout_user()
    session.clear()


def _load(token: str) -> SignedIn | None:
    now = utc_now()
    found = live_session(read_session(), token, now=now)
    if found is None:
        return None
    opened, member = found
    signed_in = SignedIn(
        token, opened.id, member.id, member.name, member.address, member.role, member.locale, member.wants_updates
    )
    if opened.seen_at <= now - SEEN_EVERY:
        with write_session() as writing:
            see_session(writing, session_id=opened.id, now=now)
    return signed_in


def _look_first() -> None:
    """Before anything else reads: noting that a session was used ends the request's reading session."""
    current_member()


def init_app(app: Flask) -> None:
    app.session_interface = _Sessions()
    login = _Login()
    login.session_protection = None
    login._session_identifier_generator = str  # noqa: SLF001  else a hash of address and browser goes into the cookie
    login.user_loader(_load)
    login.init_app(app, add_context_processor=False)
    app.before_request(_look_first)
    app.jinja_env.globals["current_member"] = current_member
