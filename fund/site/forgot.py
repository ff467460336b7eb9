from flask import redirect, render_template, request, url_for

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.ask_reset import ask_reset
from fund.members.passwords import new_password_hash
from fund.members.reset_links import find_reset
from fund.members.reset_password import reset_password
from fund.site.register import OF_ONE_ADDRESS, REQUESTS, typed_address
from fund.web.errors import explain
from fund.web.guards import Answer
from fund.web.i18n import current_locale
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@anonymous_form
@limiter.limit(REQUESTS, methods=["POST"])
@limiter.limit(OF_ONE_ADDRESS, methods=["POST"], key_func=typed_address)
def forgot() -> Answer:
    """Ask for a link that sets a new password. The answer is the same whether or not the address is known."""
    if request.method == "GET":
        return render_template("site/forgot.html", email="", errors={}, sent=request.args.get("sent") == "1")
    here, email = services(), request.form.get("email", "")
    try:
        with write_session() as session:
            ask_reset(
                session,
                here.queue,
                here.sender,
                here.signer,
                here.addresses,
                address=email,
                locale=current_locale(),
                now=utc_now(),
            )
    except Refusal as refusal:
        page = render_template("site/forgot.html", email=email, errors={"email": explain(refusal)}, sent=False)
        return page, refusal.status
    return redirect(url_for("site.forgot", sent=1), 303)


@anonymous_form
@limiter.limit("30/15 minutes", methods=["POST"])
def reset(token: str) -> Answer:
    """A GET shows the form and changes nothing; the POST sets the password."""
    here, now = services(), utc_now()
    _, member = find_reset(read_session(), here.signer, token=token, now=now)
    if request.method == "GET":
        return render_template("site/reset.html", address=member.address, errors={})
    try:
        hashed = new_password_hash(request.form.get("password", ""), address=member.address)
    except Refusal as refusal:
        page = render_template("site/reset.html", address=member.address, errors={"password": explain(refusal)})
        return page, refusal.status
    with write_session() as session:
        reset_password(session, here.queue, here.sender, here.signer, token=token, password_hash=hashed, now=utc_now())
    return redirect(url_for("site.login", done="password"), 303)
