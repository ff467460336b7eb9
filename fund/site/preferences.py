"""What comes to an address, and how to change it: the token of any mail to many opens it, no account is needed."""

from collections.abc import Callable

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.site.gift_page import private
from fund.updates.allow_again import allow_again
from fund.updates.opt_outs import Wish
from fund.updates.preferences import find_preferences
from fund.updates.rules import TOPICS
from fund.updates.set_preferences import set_preferences
from fund.updates.stop_everything import stop_everything
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

DONE = ("saved", "stopped", "back")
_MOST_DIGITS = 9


@anonymous_form
def preferences(token: str) -> Response:
    """A GET changes nothing: programs follow links too. The token alone proves who asks."""
    signer = services().signer
    if request.method == "POST":
        act = request.form.get("act", "saved")
        with write_session() as session:
            if act in _ACTS:
                _ACTS[act](session, signer, token=token, now=utc_now())
            else:
                locale = request.form.get("locale", "")
                set_preferences(session, signer, token=token, wanted=_wanted(), locale=locale, now=utc_now())
        return redirect(url_for("site.preferences", token=token, done=act if act in DONE else "saved"), 303)
    found = find_preferences(read_session(), signer, token=token)
    if found is None:
        raise Refusal("This address is not on record any more.", status=410)
    done = request.args.get("done", "")
    page = render_template(
        "site/preferences.html", found=found, token=token, done=done if done in DONE else "", topics=TOPICS
    )
    return private(make_response(page))


_ACTS: dict[str, Callable[..., None]] = {"stopped": stop_everything, "back": allow_again}


def _wanted() -> set[Wish]:
    """Of the boxes that are ticked, `<campaign>:<topic>`."""
    wanted = set()
    for box in request.form.getlist("wanted"):
        campaign, _, topic = box.partition(":")
        if campaign.isascii() and campaign.isdigit() and len(campaign) <= _MOST_DIGITS:
            wanted.add((int(campaign), topic))
    return wanted
