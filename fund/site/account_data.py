"""What is kept of a member: as a file of their own, and the end of it."""

import json

from flask import Response, make_response, redirect, render_template, request

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.privacy.describe_member import describe_member
from fund.privacy.erase_member import erase_member
from fund.site.account import account_page, check_own_password
from fund.web.errors import explain
from fund.web.guards import Answer, needs_member, the_member
from fund.web.limits import limiter
from fund.web.request_scope import read_session, write_session
from fund.web.sign_in import sign_browser_out


@needs_member
@limiter.limit("10/15 minutes", key_func=lambda: f"password:{the_member().id}")
def account_export() -> Answer:
    """A download. The password is asked for again."""
    try:
        check_own_password("export_password")
    except Refusal as refusal:
        return account_page({}, {"export_password": explain(refusal)}), refusal.status
    kept = describe_member(read_session(), member_id=the_member().id, now=utc_now())
    response: Response = make_response(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@needs_member
@limiter.limit("10/15 minutes", methods=["POST"], key_func=lambda: f"password:{the_member().id}")
def account_delete() -> Answer:
    """A GET says what goes and what stays; the POST, with the password, does it."""
    if request.method == "GET":
        return render_template("site/account_delete.html", errors={}, hide=False)
    hide = "hide_gifts" in request.form
    try:
        check_own_password("delete_password")
        with write_session() as session:
            erase_member(session, member_id=the_member().id, hide_gifts=hide, now=utc_now())
    except Refusal as refusal:
        errors = {refusal.field or "delete_password": explain(refusal)}
        return render_template("site/account_delete.html", errors=errors, hide=hide), refusal.status
    sign_browser_out()
    return redirect(f"{request.script_root}/login?done=deleted", 303)
