"""From the desk to the mailboxes: everybody entitled has an update exactly once, and who left has no more."""

import re
import subprocess
import sys
from collections import Counter

from fund.campaigns.launch_checklist import STEPS
from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until
from tests.fixtures.whole_run import ROOT
from tests.fund.desk.values import CASE, POLICY
from tests.journeys.mailbox import link_in, mails, one_click, reached, words_of
from tests.journeys.visitor import Visitor
from tests.people import ALICE, BOB, CAROL, CHARLIE, PASSWORD

TITLES = ("The answer went out", "The labels replied", "For those who stayed", "And who came back", "The end")
EVERYBODY = {ALICE.address, BOB.address, CHARLIE.address}


def make_owner(fund: FundProcess) -> Visitor:
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "create-owner",
        "--email",
        ALICE.address,
        "--password-stdin",
    ]
    subprocess.run(
        command, cwd=ROOT, env=fund.environ, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True
    )
    alice = Visitor(fund.url)
    assert alice.submit("/login", to="/login", email=ALICE.address, password=PASSWORD).url == f"{fund.url}/desk/"
    return alice


def bring_people(fund: FundProcess, alice: Visitor) -> None:
    """Bob becomes a member and follows as well, Charlie follows, Carol asks and never confirms."""
    alice.submit("/desk/members", to="/desk/members/invite", email=BOB.address)
    Visitor(fund.url).submit(link_in(fund, BOB.address, "invite"), name="Bob", password=PASSWORD)
    for person in (BOB, CHARLIE, CAROL):
        assert (
            Visitor(fund.url).submit("/c/four-labels/follow", to="/c/four-labels/follow", email=person.address).status
            == 200
        )
    for person in (BOB, CHARLIE):
        link = link_in(fund, person.address, "follow")
        page = Visitor(fund.url).get(link)
        action = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page.text)
        Visitor(fund.url).submit(link, to=action[0] if action else "")


def publish(alice: Visitor, title: str, audience: str = "public") -> None:
    draft = alice.submit(
        "/desk/campaigns/1/updates/new", en_title=title, en_body="It was *delivered*.", audience=audience
    )
    assert alice.submit(f"{draft.url}/publish").url.endswith("/desk/updates")


def test_every_entitled_person_gets_an_update_once_until_they_leave(fund_process: FundProcess) -> None:
    fund = fund_process
    alice = make_owner(fund)
    alice.submit("/desk/campaigns/new", **CASE, **POLICY)
    for step in STEPS:
        alice.submit("/desk/campaigns/1/launch", to=f"/desk/campaigns/1/launch/{step}", action="done")
    alice.submit("/desk/campaigns/1/launch")
    bring_people(fund, alice)

    publish(alice, TITLES[0])
    until(lambda: len(mails(fund, TITLES[0])) >= len(EVERYBODY), timeout=30)
    (to_charlie,) = [mail for mail in mails(fund, TITLES[0]) if str(mail["To"]) == CHARLIE.address]
    link = str(to_charlie["List-Unsubscribe"]).strip("<>")
    assert to_charlie["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    before = Visitor(fund.url).get(link)
    assert before.status == 200
    publish(alice, TITLES[1])
    until(lambda: len(mails(fund, TITLES[1])) >= len(EVERYBODY), timeout=30)

    assert [one_click(link) for _ in range(2)] == [200, 200]
    publish(alice, TITLES[2])
    publish(alice, "The last word", "members")
    until(lambda: len(mails(fund, "The last word")) >= 2, timeout=30)

    preferences = link.replace("/unsubscribe/", "/preferences/")
    for scanned in (link, preferences):
        assert Visitor(fund.url).get(scanned).status == 200
    charlie = Visitor(fund.url).submit(
        preferences, to=preferences.removeprefix(fund.url), wanted="1:updates", locale="fr"
    )
    assert "Saved." in charlie.text
    publish(alice, TITLES[3])
    until(lambda: len(mails(fund, TITLES[3])) >= len(EVERYBODY), timeout=30)
    (in_french,) = [mail for mail in mails(fund, TITLES[3]) if str(mail["To"]) == CHARLIE.address]
    assert "La lire sur le site" in words_of(in_french)
    Visitor(fund.url).post(preferences, act="stopped")
    publish(alice, TITLES[4])
    until(lambda: len(mails(fund, TITLES[4])) >= len(EVERYBODY) - 1, timeout=30)

    assert reached(fund, TITLES[4]) == Counter(EVERYBODY - {CHARLIE.address})
    assert reached(fund, TITLES[3]) == Counter(EVERYBODY)
    assert reached(fund, TITLES[0]) == Counter(EVERYBODY)
    assert reached(fund, TITLES[1]) == Counter(EVERYBODY), "opening the link changed something"
    assert reached(fund, TITLES[2]) == Counter(EVERYBODY - {CHARLIE.address})
    assert reached(fund, "The last word") == Counter({ALICE.address: 1, BOB.address: 1})
