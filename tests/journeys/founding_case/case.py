"""What the story of the founding case is told with: its people's browsers, its figures, its mails."""

import re
from datetime import timedelta
from email import message_from_string, policy
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fund.kit.clock import utc_now
from tests.fixtures.installation import Installation
from tests.forms import form_to, forms_of, submit
from tests.people import ALICE, CAROL, Person, add_member, sign_in

SLUG = "boreal"
PAGE = f"/c/{SLUG}"
WHERE = ("available", "held", "in_trust", "paid", "passed_on")
AT_ONCE = "4000000000000077"
"""A card whose payments may be paid out at once."""
SECOND = Person(CAROL.name, CAROL.address, role="owner")


class Case:
    """One installation, two owners at their desks, and everybody else."""

    def __init__(self, installation: Installation) -> None:
        self.fund = installation
        self.sandbox = installation.sandbox
        self.alice, self.carol = (self._browser(person) for person in (ALICE, SECOND))
        self.public: FlaskClient = installation.app.test_client()
        self.id = 0
        self.sessions: list[str] = []
        """Of every gift, in the order they were given."""
        self.dispute = ""
        """The one that is open, at Stripe."""

    def _browser(self, person: Person) -> FlaskClient:
        client = self.fund.app.test_client()
        sign_in(client, self.fund.database, add_member(self.fund.database, person))
        return client

    @property
    def desk(self) -> str:
        return f"/desk/campaigns/{self.id}"

    def figures(self, **expected: int) -> dict[str, Any]:
        """What anybody reads; the two sides are equal whatever has happened, and these figures are as expected."""
        found = self.fund.figures(SLUG)
        came = found["raised_gross"] + found["organiser_share"]["paid"] - found["refunded"] - found["fees"]
        assert came == sum(found[name] for name in WHERE), found
        assert found["raised_net"] == found["raised_gross"] - found["refunded"] - found["fees"]
        assert {name: found[name] for name in expected} == expected
        return found

    def do(self, path: str, *, to: str = "", **typed: str) -> TestResponse:
        """Alice fills in a form, and it is done."""
        answer = submit(self.alice, path, to=to, **typed)
        assert answer.status_code == 303, f"{path}: {answer.status_code}\n{errors(answer)}"
        return answer

    def book(self, path: str, **typed: str) -> str:
        """Alice fills a form in, looks it over, and books it, with a finger that clicks twice; where she ends up."""
        check = submit(self.alice, path, **typed)
        assert check.status_code == 200, f"{path}: {check.status_code}\n{errors(check)}"
        form = next(form for form in forms_of(check.text) if "nonce" in form.values)
        values = {**form.values, "step": "book"}
        answers = [self.alice.post(form.action, data=values) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303], errors(answers[0])
        return answers[0].headers["Location"]

    def revise(self, kind: str, **typed: str) -> None:
        """A change of terms, looked over and made public."""
        path = f"{self.desk}/revise/{kind}"
        check = submit(self.alice, path, **typed)
        assert check.status_code == 200, errors(check)
        values = form_to(check.text, path).values
        assert values["step"] == "publish"
        assert self.alice.post(path, data=values).status_code == 303

    def give(self, number: int, amount: int) -> None:
        """A donor fills the form in and pays at Stripe's page."""
        session_id = self.fund.give(
            f"{amount // 100}.{amount % 100:02}",
            slug=SLUG,
            email=donor(number),
            visibility=("public", "hidden", "secret")[number % 3],
            display_name=f"Donor {number}" if number % 3 == 0 else "",
        )
        assert self.sandbox.pay(session_id, card=AT_ONCE)["payment_status"] == "paid"
        self.sessions.append(session_id)

    def gift_path(self, number: int) -> str:
        return f"/desk/gifts/{self.fund.gift(self.sessions[number]).id}"

    def pay_out(self, amount: int) -> None:
        """Stripe sends this much to the bank."""
        self.sandbox.pay_out(currency="cad", amount=amount)
        self.fund.work()

    def words(self, path: str) -> str:
        """A public page without its marks."""
        return self._words(self.public, path)

    def words_at_desk(self, path: str) -> str:
        return self._words(self.alice, path)

    def _words(self, reader: FlaskClient, path: str) -> str:
        answer = reader.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\u00a0", " ").split())

    def mails(self, subject: str) -> int:
        """How many messages arrived whose subject says so."""
        return sum(subject in _subject(mail["raw"]) for mail in self.sandbox.mail())

    def link_to(self, address: str, kind: str) -> str:
        """The path of the newest such link that was mailed there."""
        words = "\n".join(_text(raw) for raw in self.fund.mail_to(address))
        found = re.findall(rf"https?://[^/\s]+(/{kind}/[\w.=-]+)", words)
        return str(found[-1])


def _text(raw: str) -> str:
    body = message_from_string(raw, policy=policy.default).get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def donor(number: int) -> str:
    return f"donor{number}@example.net"


def day(days_ago: int = 0) -> str:
    return (utc_now() - timedelta(days=days_ago)).date().isoformat()


def errors(answer: TestResponse) -> str:
    """What a page said no with."""
    return " | ".join(re.findall(r'class="(?:error|notice)[^"]*"[^>]*>(.*?)</(?:p|div|ul)>', answer.text, re.DOTALL))


def _subject(raw: str) -> str:
    """Unfolded and decoded."""
    return str(message_from_string(raw, policy=policy.default)["Subject"])
