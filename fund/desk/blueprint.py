"""The desk's addresses. Each view says by `@needs` which permission opens it; one file a page."""

from flask import Blueprint

from fund.desk import (
    audit,
    bill,
    bill_new,
    bill_pay,
    bills,
    campaign_close,
    campaign_edit,
    campaign_launch,
    campaign_preview,
    campaign_reports,
    campaigns,
    costs,
    counsel,
    counsel_work,
    demands,
    disputes,
    events,
    files,
    filters,
    gift,
    gifts,
    hand_returns,
    late_money,
    ledger,
    mail,
    mail_messages,
    mailing,
    member,
    member_import,
    member_imports,
    members,
    messages,
    offline_gifts,
    organiser,
    parties,
    pass_on,
    payouts,
    reconciliation,
    refunds,
    revise,
    revisions,
    slowdowns,
    suppressed,
    surplus,
    surplus_shares,
    timeline,
    today,
    trust,
    update_correct,
    update_delete,
    update_edit,
    update_files,
    update_preview,
    update_publish,
    update_review,
    update_schedule,
    update_state,
    updates,
)

desk = Blueprint("desk", __name__, url_prefix="/desk")
desk.add_app_template_filter(filters.when)
desk.add_app_template_filter(filters.typed_day)

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
desk.add_url_rule("/campaigns/<int:campaign_id>/revise", "revisions", revisions.revisions)
desk.add_url_rule("/campaigns/<int:campaign_id>/revise/<kind>", "revise", revise.revise, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/launch", "campaign_launch", campaign_launch.launch, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/launch/<step>", "launch_step", campaign_launch.settle, methods=SEND)
desk.add_url_rule("/campaigns/<int:campaign_id>/close", "campaign_close", campaign_close.close, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/reports", "campaign_reports", campaign_reports.reports)
desk.add_url_rule("/campaigns/<int:campaign_id>/reports.pdf", "campaign_report_paper", campaign_reports.paper)
desk.add_url_rule(
    "/campaigns/<int:campaign_id>/reports/publish", "campaign_report_publish", campaign_reports.publish, methods=SEND
)
desk.add_url_rule("/campaigns/<int:campaign_id>/outcome", "outcome", campaign_close.outcome, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/surplus", "surplus", surplus.surplus)
desk.add_url_rule("/campaigns/<int:campaign_id>/surplus/plan", "surplus_plan", surplus.plan, methods=SEND)
desk.add_url_rule("/campaigns/<int:campaign_id>/surplus/<act>", "surplus_decide", surplus.decide, methods=SEND)
desk.add_url_rule("/campaigns/<int:campaign_id>/surplus/second", "surplus_second", surplus.second, methods=SEND)
desk.add_url_rule(
    "/campaigns/<int:campaign_id>/surplus/pass-on", "surplus_pass_on", pass_on.surplus_pass_on, methods=ASK
)
desk.add_url_rule("/surplus/<uuid:plan_id>", "surplus_shares", surplus_shares.surplus_shares)
desk.add_url_rule("/surplus/<uuid:plan_id>.csv", "surplus_csv", surplus_shares.surplus_csv)
desk.add_url_rule(
    "/surplus/<uuid:plan_id>/<int:position>/by-hand",
    "surplus_by_hand",
    surplus_shares.surplus_by_hand,
    methods=ASK,
)
desk.add_url_rule(
    "/surplus/<uuid:plan_id>/<int:position>/unpaid",
    "surplus_unpaid",
    surplus_shares.surplus_unpaid,
    methods=SEND,
)
desk.add_url_rule("/passed-on/<uuid:passed_on_id>/reverse", "passed_on_reverse", pass_on.passed_on_reverse, methods=ASK)
desk.add_url_rule("/costs", "costs", costs.costs, methods=ASK)
desk.add_url_rule("/costs/<uuid:cost_id>/reverse", "cost_reverse", costs.cost_reverse, methods=SEND)
desk.add_url_rule("/campaigns/<int:campaign_id>/organiser", "organiser", organiser.organiser, methods=ASK)

desk.add_url_rule("/campaigns/<int:campaign_id>/bills", "bills", bills.bills)
desk.add_url_rule("/campaigns/<int:campaign_id>/bills/new", "bill_new", bill_new.bill_new, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/time/new", "time_new", counsel_work.time_new, methods=ASK)
desk.add_url_rule(
    "/campaigns/<int:campaign_id>/disbursements/new", "disbursement_new", counsel_work.disbursement_new, methods=ASK
)
desk.add_url_rule("/campaigns/<int:campaign_id>/trust", "trust", trust.trust, methods=ASK)
desk.add_url_rule("/work/<uuid:work_id>", "work", counsel_work.work, methods=ASK)
desk.add_url_rule("/work/<uuid:work_id>/remove", "work_remove", counsel_work.work_remove, methods=SEND)
desk.add_url_rule("/bills/<uuid:bill_id>", "bill", bill.bill)
desk.add_url_rule("/bills/<uuid:bill_id>/pay", "bill_pay", bill_pay.bill_pay, methods=ASK)
desk.add_url_rule("/bills/<uuid:bill_id>/document", "bill_document", bill.bill_document, methods=SEND)
desk.add_url_rule(
    "/bills/<uuid:bill_id>/document/withdraw", "bill_document_withdraw", bill.bill_document_withdraw, methods=SEND
)
desk.add_url_rule("/bills/<uuid:bill_id>/reverse", "bill_reverse", bill.bill_reverse, methods=ASK)
desk.add_url_rule("/transfers/<uuid:transfer_id>/reverse", "transfer_reverse", trust.transfer_reverse, methods=ASK)

desk.add_url_rule("/campaigns/<int:campaign_id>/parties", "parties", parties.parties, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/demands", "demands", demands.demands, methods=ASK)
desk.add_url_rule("/campaigns/<int:campaign_id>/counsel", "counsel", counsel.counsel, methods=ASK)
desk.add_url_rule("/counsel/<int:counsel_id>", "counsel_edit", counsel.edit, methods=ASK)
desk.add_url_rule("/counsel/<int:counsel_id>/successor", "counsel_succeed", counsel.succeed, methods=ASK)
desk.add_url_rule("/counsel/<int:counsel_id>/remove", "counsel_remove", counsel.remove, methods=SEND)
desk.add_url_rule("/campaigns/<int:campaign_id>/timeline", "timeline", timeline.timeline)
desk.add_url_rule("/campaigns/<int:campaign_id>/timeline/new", "event_new", timeline.new, methods=ASK)
desk.add_url_rule("/timeline/<int:event_id>", "event", timeline.edit, methods=ASK)
desk.add_url_rule("/timeline/<int:event_id>/publish", "event_publish", timeline.publish, methods=SEND)
desk.add_url_rule("/timeline/<int:event_id>/withdraw", "event_withdraw", timeline.withdraw, methods=SEND)

desk.add_url_rule("/updates", "updates", updates.updates)
desk.add_url_rule("/campaigns/<int:campaign_id>/updates/new", "update_new", update_edit.new, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>", "update", update_edit.edit, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>/preview", "update_preview", update_preview.preview)
desk.add_url_rule("/updates/<int:update_id>/mail", "update_mail", update_preview.mail)
desk.add_url_rule("/updates/<int:update_id>/publish", "update_publish", update_publish.publish, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>/test", "update_test", update_preview.test, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/schedule", "update_schedule", update_schedule.schedule, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/unschedule", "update_unschedule", update_state.unschedule, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/pin", "update_pin", update_state.pin, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/withdraw", "update_withdraw", update_state.withdraw, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/files", "update_attach", update_files.attach, methods=SEND)
desk.add_url_rule(
    "/updates/<int:update_id>/files/<uuid:file_id>/detach", "update_detach", update_files.detach, methods=SEND
)
desk.add_url_rule("/updates/<int:update_id>/correct", "update_correct", update_correct.correct, methods=ASK)
desk.add_url_rule(
    "/updates/<int:update_id>/correct/publish", "update_correct_publish", update_correct.publish, methods=SEND
)
desk.add_url_rule("/updates/<int:update_id>/correct/drop", "update_correct_drop", update_correct.drop, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/counsel", "update_counsel", update_review.send, methods=ASK)
desk.add_url_rule("/updates/<int:update_id>/call-back", "update_call_back", update_review.call_back, methods=SEND)
desk.add_url_rule("/updates/<int:update_id>/delete", "update_delete", update_delete.delete, methods=ASK)

desk.add_url_rule("/files/<uuid:file_id>", "file", files.file)

desk.add_url_rule("/members", "members", members.members)
desk.add_url_rule("/members/invite", "member_invite", members.invite, methods=SEND)
desk.add_url_rule("/members/find", "member_find", members.find, methods=SEND)
desk.add_url_rule("/members/import", "member_imports", member_imports.imports, methods=ASK)
desk.add_url_rule("/members/import/<int:import_id>", "member_import", member_import.show)
desk.add_url_rule("/members/import/<int:import_id>.csv", "member_import_report", member_import.report)
desk.add_url_rule(
    "/members/import/<int:import_id>/columns", "member_import_columns", member_import.columns, methods=SEND
)
desk.add_url_rule("/members/import/<int:import_id>/start", "member_import_start", member_import.start, methods=SEND)
desk.add_url_rule("/members/import/<int:import_id>/invite", "member_import_invite", member_import.invite, methods=SEND)
desk.add_url_rule("/members/import/<int:import_id>/<act>", "member_import_steer", member_import.steer, methods=SEND)
desk.add_url_rule("/members/<int:member_id>", "member", member.show)
desk.add_url_rule("/members/<int:member_id>/address", "member_address", member.address, methods=SEND)
desk.add_url_rule("/invitations/<int:invitation_id>/withdraw", "member_withdraw", members.withdraw, methods=SEND)

desk.add_url_rule("/mail", "mail", mail.mail)
desk.add_url_rule("/mail/warm-up", "warm_up", mail.warm_up, methods=SEND)
desk.add_url_rule("/mail/deliveries/<int:delivery_id>", "mail_judge", mail.judge, methods=SEND)
desk.add_url_rule("/mail/<int:mailing_id>", "mailing", mailing.mailing)
desk.add_url_rule("/mail/<int:mailing_id>/<act>", "mailing_steer", mailing.steer, methods=SEND)
desk.add_url_rule("/mail/messages", "mail_messages", mail_messages.messages)
desk.add_url_rule("/mail/messages/<name>", "mail_message", mail_messages.message)
desk.add_url_rule("/mail/messages/<name>/test", "mail_message_test", mail_messages.test, methods=SEND)
desk.add_url_rule("/mail/suppressed", "suppressed", suppressed.suppressed, methods=ASK)
desk.add_url_rule("/mail/suppressed/add", "suppress", suppressed.suppress, methods=SEND)
desk.add_url_rule("/mail/suppressed/<int:suppression_id>/lift", "suppression_lift", suppressed.lift, methods=SEND)
desk.add_url_rule("/payouts", "payouts", payouts.payouts)
desk.add_url_rule("/reconciliation", "reconciliation", reconciliation.reconciliation)
desk.add_url_rule("/reconciliation/run", "reconcile", reconciliation.run, methods=SEND)
desk.add_url_rule("/alerts/<int:alert_id>/settle", "alert_settle", reconciliation.settle, methods=SEND)
desk.add_url_rule("/slowdowns/<int:slowdown_id>/end", "slowdown_end", slowdowns.end, methods=SEND)
desk.add_url_rule("/ledger", "ledger", ledger.ledger)
desk.add_url_rule("/ledger/check", "ledger_check", ledger.check)
desk.add_url_rule("/events", "events", events.events)
desk.add_url_rule("/audit", "audit", audit.audit)
