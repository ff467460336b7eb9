"""What the server itself writes about a visitor, beside what the application does."""

import socket

from tests.fixtures.databases import sqlite_only
from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until


@sqlite_only
def test_of_a_line_that_is_no_request_neither_address_nor_words_are_kept(fund_process: FundProcess) -> None:
    with socket.create_connection(("127.0.0.1", fund_process.port), timeout=10) as visitor:
        visitor.sendall(b"GET /gift/a-key-of-a-donor\r\n\r\n")
        assert b" 400 " in visitor.recv(1000)
    until(lambda: "Invalid request" in fund_process.log)
    line = next(line for line in fund_process.log.splitlines() if "Invalid request" in line)
    assert "127.0.0.1" not in line
    assert "a-key-of-a-donor" not in line
