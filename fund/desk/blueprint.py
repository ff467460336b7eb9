"""The desk's addresses. Each view says by `@needs` which permission opens it; one file a page."""

from flask import Blueprint

from fund.desk import (
    audit,
    campaign_close,
    campaign_edit,
    campaign_launch,
    campaign_preview,
    campaigns,
    events,
    filters,
    gift,
    gifts,
    ledger,
    mail,
    members,
    messages,
    today,
    update_delete,
    update_edit,
    update_preview,
    update_publish,
    updates,
)

desk = Blueprint("desk", __name__, url_prefix="/desk")
desk.add_app_template_filter(filters.when)

ASK = ("GET", "POST")
SEND = ("POST",)

desk.add_url_rule("/", "today", today.today)

desk.add_url_rule("/gifts", "gifts", gifts.gifts)
desk.add_url_rule("/gifts/<uuid:donation_id>", "gift", gift.gift)
desk.add_url_rule("/gifts/<uuid:donation_id>/message", "moderate", gift.moderate, methods=SEND)
desk.add_url_rule("/gifts/<uuid:donation_id>/name", "withhold", gift.withhold, methods=SEND)
desk.add_url_rule("/messages", "messages", messages.messages)

desk.add_url_rule("/campaigns", "campaigns", campaigns.campaigns)
desk.add_url_rule("/campaigns/new", "campaign_new", campaign_edit.new, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>", "campaign", campaign_edit.edit, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/preview", "campaign_preview", campaign_preview.preview)
desk.add_url_rule("/campaigns/<int:campaign_id>/launch", "campaign_launch", campaign_launch.launch, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/close", "campaign_close", campaign_close.close, methods=ASK)

desk.add_url_rule("/updates", "updates", updates.updates)
desk.add_url_rule("/campaigns/<int:campaign_id>/updates/new", "update_new", update_edit.new, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>", "update", update_edit.edit, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>/preview", "update_preview", update_preview.preview)
desk.add_url_rule("/updates/<int:update_id>/mail", "update_mail", update_preview.mail)
desk.add_url_rule("/updates/<int:update_id>/publish", "update_publish", update_publish.publish, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>/delete", "update_delete", update_delete.delete, methods=ASK)

desk.add_url_rule("/members", "members", members.members)
desk.add_url_rule("/members/invite", "member_invite", members.invite, methods=SEND)
desk.add_url_rule("/invitations/<int:invitation_id>/withdraw", "member_withdraw", members.withdraw, methods=SEND)

desk.add_url_rule("/mail", "mail", mail.mail)
desk.add_url_rule("/ledger", "ledger", ledger.ledger)
desk.add_url_rule("/ledger/check", "ledger_check", ledger.check)
desk.add_url_rule("/events", "events", events.events)
desk.add_url_rule("/audit", "audit", audit.audit)
