"""An update as its readers will have it: as a page, and as the mail."""

from flask import Response, make_response, render_template, request, url_for

from fund.desk.answers import done
from fund.desk.find import find_any_update, find_campaign
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.kit.clock import utc_now
from fund.kit.i18n import LOCALES
from fund.updates.queries import attachments
from fund.updates.read_figures import read_figures
from fund.updates.send_test_mail import send_test_mail
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services
from fund.web.update_mail import update_mail

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
"""A mail carries its styles inline, which our pages may not. Sandboxed: nothing in it can act on the desk."""


@needs("edit_updates")
def preview(update_id: int) -> str:
    """Both languages under each other: as the page, and as the mail."""
    update = find_any_update(update_id)
    campaign, session = find_campaign(update.campaign_id), read_session()
    figures = read_figures(session, campaign, (text.body for text in update.texts), now=utc_now())
    return render_template(
        "desk/update_preview.html",
        update=update,
        campaign=campaign,
        said=[update.said(locale, figures) for locale in sorted(text.locale for text in update.texts)],
        mails={locale: update_mail(update, campaign, locale) for locale in LOCALES},
        attachments=attachments(session, update.id),
        nonce=new_nonce(),
        now=utc_now(),
    )


@needs("edit_updates")
def mail(update_id: int) -> Answer:
    """The mail's HTML part by itself, in `?locale=` or the page's language."""
    update, asked = find_any_update(update_id), request.args.get("locale", "")
    locale = asked if asked in LOCALES else current_locale()
    response: Response = make_response(update_mail(update, find_campaign(update.campaign_id), locale).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@needs("edit_updates")
def test(update_id: int) -> Answer:
    """The mail, to whoever presses the button and to nobody else."""
    given, asked = services(), request.form.get("locale", "")
    with write_session() as session:
        send_test_mail(
            session,
            given.queue,
            given.sender,
            given.signer,
            given.addresses,
            update_id=update_id,
            member_id=the_member().id,
            locale=asked if asked in LOCALES else current_locale(),
            form=sent_nonce(),
            now=utc_now(),
        )
    return done(gettext("A test is on its way to you alone."), url_for("desk.update_preview", update_id=update_id))
