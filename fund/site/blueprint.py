"""Every public and member page. Each view that takes a POST carries its guard."""

from flask import Blueprint

from fund.site import (
    account,
    account_address,
    account_data,
    account_gifts,
    books,
    campaign,
    donate,
    feeds,
    files,
    filters,
    follow,
    forgot,
    gift,
    gift_changes,
    gift_monthly,
    history,
    home,
    invite,
    login,
    preferences,
    register,
    reports,
    review,
    thanks,
    timeline,
    unsubscribe,
    words,
)
from fund.site import updates as news

site = Blueprint("site", __name__)
filters.register(site)

BOTH = ("GET", "POST")
POST = ("POST",)

site.add_url_rule("/", view_func=home.home)
site.add_url_rule("/c/<slug>", view_func=campaign.campaign)
site.add_url_rule("/c/<slug>/donate", view_func=donate.donate, methods=BOTH)
site.add_url_rule("/c/<slug>/thanks", view_func=thanks.thanks)
site.add_url_rule("/c/<slug>/history", view_func=history.history)
site.add_url_rule("/c/<slug>/updates", view_func=news.updates)
site.add_url_rule("/c/<slug>/updates/<int:number>", view_func=news.update)
site.add_url_rule("/c/<slug>/updates.atom", view_func=feeds.updates_feed)
site.add_url_rule("/c/<slug>/books", view_func=books.books)
site.add_url_rule("/c/<slug>/books.csv", view_func=books.books_csv)
site.add_url_rule("/c/<slug>/books.json", view_func=books.books_json)
site.add_url_rule("/c/<slug>/timeline", view_func=timeline.timeline)
site.add_url_rule("/c/<slug>/timeline.ics", view_func=timeline.timeline_calendar)
site.add_url_rule("/c/<slug>/timeline.atom", view_func=timeline.timeline_feed)
site.add_url_rule("/c/<slug>/reports", view_func=reports.reports)
site.add_url_rule("/c/<slug>/reports/<int:number>", view_func=reports.report)
site.add_url_rule("/c/<slug>/reports/<int:number>.pdf", view_func=reports.paper)
site.add_url_rule("/updates.atom", view_func=feeds.site_feed)
site.add_url_rule("/c/<slug>/follow", view_func=follow.follow, methods=BOTH)
site.add_url_rule("/follow/<token>", view_func=follow.confirm, methods=BOTH)
site.add_url_rule("/review/<token>", view_func=review.review, methods=BOTH)
site.add_url_rule("/review/<token>/<uuid:file_id>", view_func=review.review_file)
site.add_url_rule("/unsubscribe/<token>", view_func=unsubscribe.unsubscribe, methods=BOTH)
site.add_url_rule("/preferences/<token>", view_func=preferences.preferences, methods=BOTH)
site.add_url_rule("/gift/<token>", view_func=gift.gift)
site.add_url_rule("/gift/<token>.pdf", view_func=gift.gift_pdf)
site.add_url_rule("/gift/<token>/receipt.pdf", view_func=gift.gift_pdf)
site.add_url_rule("/gift/<token>/receipt", view_func=gift_changes.gift_receipt_again, methods=POST)
site.add_url_rule("/gift/<token>/visibility", view_func=gift_changes.gift_visibility, methods=POST)
site.add_url_rule("/gift/<token>/message", view_func=gift_changes.gift_message, methods=POST)
site.add_url_rule("/gift/<token>/portal", view_func=gift_monthly.gift_portal, methods=POST)
site.add_url_rule("/gift/<token>/stop", view_func=gift_monthly.gift_stop, methods=BOTH)
site.add_url_rule("/files/<uuid:file_id>/<name>", view_func=files.file)
site.add_url_rule("/privacy", view_func=words.privacy)
site.add_url_rule("/terms", view_func=words.terms)
site.add_url_rule("/robots.txt", view_func=words.robots)
site.add_url_rule("/favicon.ico", view_func=words.favicon)

site.add_url_rule("/login", view_func=login.login, methods=BOTH)
site.add_url_rule("/logout", view_func=login.logout, methods=POST)
site.add_url_rule("/invite/<token>", view_func=invite.invite, methods=BOTH)
site.add_url_rule("/register", view_func=register.register, methods=BOTH)
site.add_url_rule("/register/<token>", view_func=register.register_confirm, methods=BOTH)
site.add_url_rule("/forgot", view_func=forgot.forgot, methods=BOTH)
site.add_url_rule("/reset/<token>", view_func=forgot.reset, methods=BOTH)
site.add_url_rule("/account", view_func=account.account)
site.add_url_rule("/account/address", view_func=account_address.account_address, methods=POST)
site.add_url_rule("/account/address/withdraw", view_func=account_address.account_address_withdraw, methods=POST)
site.add_url_rule("/account/address/<token>", view_func=account_address.account_address_confirm, methods=BOTH)
site.add_url_rule("/account/gifts", view_func=account_gifts.account_gifts)
site.add_url_rule("/account/export", view_func=account_data.account_export, methods=POST)
site.add_url_rule("/account/delete", view_func=account_data.account_delete, methods=BOTH)
site.add_url_rule("/account/profile", view_func=account.account_profile, methods=POST)
site.add_url_rule("/account/updates", view_func=account.account_updates, methods=POST)
site.add_url_rule("/account/password", view_func=account.account_password, methods=POST)
site.add_url_rule("/account/sessions/<int:session_id>/end", view_func=account.account_revoke, methods=POST)
site.add_url_rule("/account/sessions/end", view_func=account.account_revoke_others, methods=POST)
