from collections.abc import Callable

import pytest

from fund.mail.read_dsn import LARGEST, MOST_RECIPIENTS, read_dsn
from tests.factories import bounces
from tests.factories.bounces import GONE, HARD, HASH, NO_REPORT, SOFT


@pytest.mark.parametrize("made", HARD.values(), ids=HARD.keys())
def test_an_address_that_is_gone(made: Callable[[], bytes]) -> None:
    (report,) = read_dsn(made())
    assert (report.kind, report.hard, report.message_hash, report.address) == ("bounce", True, HASH, GONE)
    assert not report.trusted


@pytest.mark.parametrize("made", SOFT.values(), ids=SOFT.keys())
def test_a_bounce_that_says_nothing_of_the_address(made: Callable[[], bytes]) -> None:
    (report,) = read_dsn(made())
    assert (report.kind, report.hard, report.message_hash) == ("bounce", False, HASH)


def test_a_delay_and_a_complaint() -> None:
    (delay,) = read_dsn(bounces.delayed())
    assert (delay.kind, delay.hard, delay.status) == ("delay", False, "4.4.1")
    (complaint,) = read_dsn(bounces.complaint())
    assert (complaint.kind, complaint.message_hash, complaint.address) == ("complaint", HASH, GONE)


@pytest.mark.parametrize("made", NO_REPORT.values(), ids=NO_REPORT.keys())
def test_other_mail_is_no_report(made: Callable[[], bytes]) -> None:
    assert read_dsn(made()) == []


def test_the_diagnosis_says_what_a_status_does_not() -> None:
    (report,) = read_dsn(bounces.exim())
    assert report.status == "5.1.1"
    (report,) = read_dsn(bounces.postfix("5.0.0", said="550 No such user here"))
    assert (report.status, report.hard) == ("5.0.0", True)
    (report,) = read_dsn(bounces.postfix("5.0.0", said="554 Message refused"))
    assert not report.hard


def test_the_same_message_is_one_report_whatever_was_written_above_it() -> None:
    first, again = bounces.postfix(), b"Received: from a by b; today\n" + bounces.postfix()
    assert [one.key for one in read_dsn(first)] == [one.key for one in read_dsn(again)]
    other = bounces.postfix().replace(b"<20261120.1@mx", b"<20261120.2@mx")
    assert read_dsn(other)[0].key != read_dsn(first)[0].key


def test_several_recipients_are_several_reports() -> None:
    blocks = [f"Final-Recipient: rfc822; p{number}@x.example\nAction: failed\nStatus: 5.1.1\n" for number in range(99)]
    reports = read_dsn(bounces.dsn("Reporting-MTA: dns; x\n", *blocks))
    assert len({one.key for one in reports}) == len(reports) == MOST_RECIPIENTS


HOSTILE = {
    "no line ends": b"A" * 3_000_000,
    "only a boundary": b'Content-Type: multipart/report; boundary="b"\n\n' + b"--b\n" * 200_000,
    "a boundary that never comes": b'Content-Type: multipart/report; boundary="never"\n\nFinal-Recipient: x',
    "no such charset": bounces.postfix().replace(b"charset=us-ascii", b"charset=x-none"),
    "bytes in the head": b"From: \xff\xfe\nX-Failed-Recipients: \xff\xfe@\x00\n\n\x00\xff",
    "a status of rubbish": bounces.dsn("\x00:\n:::\n\n" * 500),
    "an address of rubbish": bounces.dsn(f"Final-Recipient: rfc822; {'<' * 5000}\nAction: failed\nStatus: 5.1.1\n"),
    "broken base64": bounces.encoded_status().replace(b"base64\n\n", b"base64\n\n=!=!", 1),
    "cut": bounces.postfix()[:700],
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_comes_is_read_to_an_end(raw: bytes) -> None:
    assert all(one.kind in ("bounce", "delay", "complaint") for one in read_dsn(raw))


def test_a_large_original_is_not_needed() -> None:
    large = bounces.dsn(
        f"Final-Recipient: rfc822; {GONE}\nAction: failed\nStatus: 5.1.1\n",
        original=bounces.returned() + "\n" + "x" * 2 * LARGEST,
        original_type="message/rfc822",
    )
    assert read_dsn(large)[0].message_hash == HASH
