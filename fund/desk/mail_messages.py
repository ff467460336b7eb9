"""Every mail that the fund writes, with made-up values: to be looked at, and sent to oneself."""

from flask import Response, abort, make_response, render_template, request, url_for

from fund.desk.answers import done
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.update_preview import MAIL_POLICY
from fund.kit.clock import utc_now
from fund.kit.i18n import LOCALES
from fund.mail.long_words import fill_html
from fund.mail.render_message import Rendered, render_message
from fund.mail.rules import fill_places
from fund.mail.sample_variants import USUAL
from fund.mail.samples import can_leave_sample, sample_messages, sample_personal, sample_values, sample_variants
from fund.mail.send_sample import send_sample
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.limits import limiter
from fund.web.request_scope import write_session
from fund.web.services import services


@needs("preview_mail")
def messages() -> str:
    return render_template("desk/mail_messages.html", messages=sample_messages())


@needs("preview_mail")
def message(name: str) -> Answer:
    """In `?locale=`, as `?variant=`. With `?part=html` or `text`, that part by itself."""
    if name not in sample_messages():
        abort(404)
    locale, part = _asked_locale(request.args.get("locale", "")), request.args.get("part", "")
    variant = _asked_variant(name, request.args.get("variant", ""))
    mail = _sample(name, locale, variant)
    if part not in ("html", "text"):
        return render_template(
            "desk/mail_message.html",
            name=name,
            locale=locale,
            variant=variant,
            variants=sample_variants(name),
            mail=mail,
            nonce=new_nonce(),
            sender=services().sender,
        )
    response: Response = make_response(mail.html if part == "html" else mail.text)
    if part == "text":
        response.mimetype = "text/plain"
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@needs("preview_mail")
@limiter.limit("20/15 minutes", key_func=lambda: f"sample:{the_member().id}")
def test(name: str) -> Answer:
    """To whoever presses the button and to nobody else."""
    given, locale = services(), _asked_locale(request.form.get("locale", ""))
    variant = _asked_variant(name, request.form.get("variant", ""))
    with write_session() as session:
        send_sample(
            session,
            given.queue,
            given.sender,
            message=name,
            variant=variant,
            address=the_member().address,
            locale=locale,
            form=sent_nonce(),
            now=utc_now(),
        )
    back = url_for("desk.mail_message", name=name, locale=locale, variant=variant)
    return done(gettext("A test is on its way to you alone."), back)


def _asked_locale(asked: str) -> str:
    return asked if asked in LOCALES else current_locale()


def _asked_variant(name: str, asked: str) -> str:
    return asked if asked in sample_variants(name) else USUAL


def _sample(name: str, locale: str, variant: str) -> Rendered:
    sender = services().sender
    values = sample_values(name, locale=locale, site_url=sender.site_url, variant=variant)
    can_leave = can_leave_sample(name, variant)
    found = render_message(name, locale=locale, sender=sender, values=values, can_leave=can_leave)
    personal = dict(sample_personal(name, locale=locale, site_url=sender.site_url, variant=variant))
    return Rendered(found.subject, fill_places(found.text, personal), fill_html(found.html, personal))
