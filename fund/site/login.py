from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.check_credentials import check_credentials
from fund.members.queries import member_by_id
from fund.members.sign_in import sign_in
from fund.site.register import typed_address
from fund.web.errors import explain
from fund.web.guards import Answer, needs_member, own_path
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.sign_in import current_member, sign_browser_in, sign_browser_out

TRIES = "10/15 minutes"


def _was_wrong(response: Response) -> bool:
    """Only wrong tries are counted: signing in is no offence."""
    return response.status_code == 422  # noqa: PLR2004


@anonymous_form
@limiter.limit(TRIES, methods=["POST"], deduct_when=_was_wrong)
@limiter.limit(TRIES, methods=["POST"], deduct_when=_was_wrong, key_func=typed_address)
def login() -> Answer:
    target = own_path(request.values.get("next", ""))
    if request.method == "POST":
        return _try(request.form.get("email", ""), request.form.get("password", ""), target)
    member = current_member()
    if member is not None:
        return redirect(target or _own_room(member.role), 303)
    return _form(target)


@needs_member
def logout() -> AnyResponse:
    sign_browser_out()
    return redirect(f"{request.script_root}/", 303)


def _try(email: str, password: str, target: str | None) -> Answer:
    try:
        member_id = check_credentials(read_session(), address=email, password=password)
        with write_session() as session:
            token = sign_in(session, member_id=member_id, now=utc_now())
    except Refusal as refusal:
        return _form(target, email=email, error=explain(refusal)), refusal.status
    member = member_by_id(read_session(), member_id)
    sign_browser_in(token)
    return redirect(target or _own_room(member.role if member else None), 303)


def _own_room(role: str | None) -> str:
    return url_for("desk.today") if role else f"{request.script_root}/"


def _form(target: str | None, *, email: str = "", error: str = "") -> str:
    return render_template(
        "site/login.html",
        next=target or "",
        email=email,
        errors={"password": error} if error else {},
        done=request.args.get("done", ""),
    )
