"""The desk's addresses. Each view says by `@needs` which permission opens it; one file a page."""

from flask import Blueprint

from fund.desk import (
    audit,
    campaign_close,
    campaign_edit,
    campaign_launch,
    campaign_preview,
    campaigns,
    disputes,
    events,
    filters,
    gift,
    gifts,
    hand_returns,
    late_money,
    ledger,
    mail,
    members,
    messages,
    offline_gifts,
    organiser,
    payouts,
    reconciliation,
    refunds,
    slowdowns,
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
desk.add_url_rule("/gifts/<uuid:donation_id>/refund", "refund", refunds.refund, methods=ASK)
desk.add_url_rule("/gifts/<uuid:donation_id>/accept", "gift_accept", late_money.accept, methods=SEND)
desk.add_url_rule("/gifts/<uuid:donation_id>/reverse", "gift_reverse", offline_gifts.reverse_gift, methods=ASK)
desk.add_url_rule("/offline-gift", "offline_gift", offline_gifts.offline_gift, methods=ASK)
desk.add_url_rule("/review", "late_money", late_money.late_money)
desk.add_url_rule("/refunds", "refunds", refunds.refunds)
desk.add_url_rule("/refunds/<uuid:refund_id>/by-hand", "hand_return", hand_returns.hand_return, methods=ASK)
desk.add_url_rule(
    "/returns/<uuid:hand_return_id>/reverse", "hand_return_reverse", hand_returns.reverse_return, methods=ASK
)
desk.add_url_rule("/disputes", "disputes", disputes.disputes)
desk.add_url_rule("/disputes/<dispute_id>", "dispute", disputes.dispute)
desk.add_url_rule("/messages", "messages", messages.messages)

desk.add_url_rule("/campaigns", "campaigns", campaigns.campaigns)
desk.add_url_rule("/campaigns/new", "campaign_new", campaign_edit.new, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>", "campaign", campaign_edit.edit, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/preview", "campaign_preview", campaign_preview.preview)
desk.add_url_rule("/campaigns/<int:campaign_id>/launch", "campaign_launch", campaign_launch.launch, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/close", "campaign_close", campaign_close.close, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/organiser", "organiser", organiser.organiser, methods=ASK)

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
desk.add_url_rule("/payouts", "payouts", payouts.payouts)
desk.add_url_rule("/reconciliation", "reconciliation", reconciliation.reconciliation)
desk.add_url_rule("/reconciliation/run", "reconcile", reconciliation.run, methods=SEND)
desk.add_url_rule("/alerts/<int:alert_id>/settle", "alert_settle", reconciliation.settle, methods=SEND)
desk.add_url_rule("/slowdowns/<int:slowdown_id>/end", "slowdown_end", slowdowns.end, methods=SEND)
desk.add_url_rule("/ledger", "ledger", ledger.ledger)
desk.add_url_rule("/ledger/check", "ledger_check", ledger.check)
desk.add_url_rule("/events", "events", events.events)
desk.add_url_rule("/audit", "audit", audit.audit)
