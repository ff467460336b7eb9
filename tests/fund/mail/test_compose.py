import base64
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from fund.mail.compose import Letter, compose
from fund.mail.render_message import Rendered
from fund.mail.sender import Sender
from fund.mail.sign import UnusableKeyError

LEAVE = "https://fund.carrefour.example/unsubscribe/WyJmIiwxLDFd.c2lnbmF0dXJlLW9mLXRoYXQ"
RENDERED = Rendered(
    subject="L’injonction est refusée",
    text="Bonjour,\n\n.a line with a dot\n%%consent%%\n%%unsubscribe_url%%\n",
    html='<p>Bonjour <b>%%consent%%</b> <a href="%%unsubscribe_url%%">x</a></p>',
)
RECEIPT = Letter(key="receipt:42", address="bob@example.org", rendered=RENDERED, personal={"consent": "A & B"})
UPDATE = replace(RECEIPT, key="update:7:abc", unsubscribe_url=LEAVE, list_id="updates.four-labels")
RSA = generate_rsa(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.generate()


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def pem(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def published_key(name: bytes, timeout: int = 5) -> bytes:
    """The DNS, as dkimpy asks it."""
    if name.startswith(b"rsa1."):
        spki = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(spki)
    assert name == b"ed1._domainkey.carrefour.example."
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(ED25519.public_key().public_bytes_raw())


def test_a_receipt_is_text_and_html_from_the_site_to_the_donor(sender: Sender, now: datetime) -> None:
    message = read(compose(RECEIPT, sender, now=now))
    assert message["From"] == "Le Carrefour <fund@carrefour.example>"
    assert message["To"] == "bob@example.org"
    assert message["Subject"] == "L’injonction est refusée"
    assert message["Date"].datetime == now
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_each_recipients_words_are_escaped_in_the_html_alone(sender: Sender, now: datetime) -> None:
    text, html = read(compose(UPDATE, sender, now=now)).iter_parts()
    assert "A & B" in text.get_content()
    assert "<b>A &amp; B</b>" in html.get_content()
    assert f'href="{LEAVE}"' in html.get_content()


def test_an_update_can_be_left_with_one_click(sender: Sender, now: datetime) -> None:
    raw = compose(UPDATE, sender, now=now)
    message = read(raw)
    assert message["List-Unsubscribe"] == f"<{LEAVE}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<updates.four-labels.carrefour.example>"
    assert message["Auto-Submitted"] is None
    head = raw.partition(b"\r\n\r\n")[0]
    assert f"List-Unsubscribe: <{LEAVE}>".encode() in head.replace(b"\r\n ", b" "), "not encoded words"


def test_receivers_can_sum_up_complaints_by_kind_and_campaign_without_learning_who(
    sender: Sender, now: datetime
) -> None:
    ids = [
        read(compose(replace(letter, message=message), sender, now=now))["Feedback-ID"].split(":")
        for letter, message in ((UPDATE, "update"), (RECEIPT, "receipt"), (replace(UPDATE, key="x"), "closing"))
    ]
    assert [one[:3] for one in ids] == [
        ["update", "four-labels", "list"],
        ["receipt", "none", "single"],
        ["closing", "four-labels", "list"],
    ]
    assert len({one[3] for one in ids}) == 1
    assert 5 <= len(ids[0][3]) <= 15


def test_sent_again_it_is_the_same_message_and_two_letters_are_two(sender: Sender, now: datetime) -> None:
    first, again = (read(compose(RECEIPT, sender, now=now)) for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"].endswith("@carrefour.example>")
    assert "receipt:42" not in first["Message-ID"]
    assert read(compose(UPDATE, sender, now=now))["Message-ID"] != first["Message-ID"]


@pytest.mark.parametrize("evil", ["x\r\nBcc: eve@example.org", "x\nBcc: eve@example.org", "x\rBcc: e", "x\u2028y\x85z"])
def test_line_breaks_start_no_header(sender: Sender, now: datetime, evil: str) -> None:
    letter = replace(RECEIPT, rendered=replace(RENDERED, subject="About %%who%%"), personal={"who": evil})
    message = read(compose(letter, replace(sender, site_name=evil), now=now))
    assert message["Bcc"] is None
    assert len(message["Subject"].splitlines()) == 1


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: eve@example.org", "a b@c.example", "", "a@b@c", "<a@b.example>"]
)
def test_what_is_no_address_is_refused(sender: Sender, now: datetime, address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        compose(replace(RECEIPT, address=address), sender, now=now)


def test_no_line_is_longer_than_mail_may_be_and_all_is_ascii(sender: Sender, now: datetime) -> None:
    long = replace(RECEIPT, rendered=Rendered("é" * 150, "é" * 5000, f"<p>{'é' * 5000}</p>"))
    raw = compose(long, sender, now=now)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_mail_from_may_name_who_writes(sender: Sender, now: datetime) -> None:
    named = replace(sender, mail_from="Défense du Carrefour <fund@carrefour.example>")
    assert read(compose(RECEIPT, named, now=now))["From"] == "Défense du Carrefour <fund@carrefour.example>"


def test_dkim_verifies_with_both_kinds_of_key(sender: Sender, now: datetime) -> None:
    signing = replace(sender, dkim_key=pem(RSA) + pem(ED25519), dkim_selector="rsa1, ed1")
    raw = compose(UPDATE, signing, now=now)
    for index in (0, 1):
        assert dkim.DKIM(raw).verify(idx=index, dnsfunc=published_key)
    signed = read(raw)["DKIM-Signature"].replace(" ", "").lower()
    named = set(signed.partition("h=")[2].partition(";")[0].split(":"))
    assert named >= {"from", "to", "subject", "date", "message-id", "list-id", "feedback-id"}
    assert named >= {"list-unsubscribe", "list-unsubscribe-post"}


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"c2lnbmF0dXJl", b"c3Vic3RpdHV0"), (b"One-Click", b"Two-Click"), (b"Bonjour", b"Bonsoir")],
)
def test_dkim_notices_a_change(sender: Sender, now: datetime, old: bytes, new: bytes) -> None:
    signing = replace(sender, dkim_key=pem(RSA), dkim_selector="rsa1")
    raw = compose(UPDATE, signing, now=now)
    assert dkim.verify(raw, dnsfunc=published_key)
    assert old in raw
    assert not dkim.verify(raw.replace(old, new), dnsfunc=published_key)


def test_a_wrong_key_is_named_without_being_shown(sender: Sender, now: datetime) -> None:
    other_kind = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    broken = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"
    for key, selector in [
        ("secret", "a"),
        (broken, "a"),
        (pem(RSA), "a,b"),
        (pem(RSA), ""),
        (other_kind.decode(), "a"),
    ]:
        with pytest.raises(UnusableKeyError) as refused:
            compose(RECEIPT, replace(sender, dkim_key=key, dkim_selector=selector), now=now)
        assert "DKIM_" in str(refused.value)
        assert "c2VjcmV0" not in str(refused.value)
