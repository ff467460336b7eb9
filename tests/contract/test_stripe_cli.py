"""Stripe's own command line as an outside client: what it triggers happens."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sandbox_client import SECRET, WebhookSink, wait_until_delivered
from tests.fixtures.sandbox_process import SandboxProcess
from tests.fixtures.whole_run import IN_CI

INSTALL_WITHIN, TRIGGER_WITHIN = 50, 20
PACKAGE = "@stripe/cli"
BINARY = "node_modules/@stripe/cli/bin/shim.js"
TRIGGERS = (
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.refunded",
    "charge.dispute.created",
    "invoice.paid",
    "customer.subscription.created",
    "payout.created",
)


def give_up(reason: str) -> None:
    """Skip, or fail where nothing may be missing."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed by npm into a folder of this run; npm keeps the download in its own cache."""
    npm = shutil.which("npm")
    if npm is None:
        give_up("npm is missing")
    folder = tmp_path_factory.mktemp("stripe-cli")
    command = [str(npm), "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--prefer-offline", PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_WITHIN, check=False)
    except subprocess.TimeoutExpired:
        give_up(f"npm did not bring {PACKAGE} within {INSTALL_WITHIN} s")
    if done.returncode:
        give_up(f"npm cannot install {PACKAGE}: {done.stderr[-300:]}")
    return folder / BINARY


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        yield process


@pytest.mark.parametrize("event", TRIGGERS)
def test_a_trigger_succeeds_and_its_event_is_listed(
    sandbox: SandboxProcess, cli: Path, tmp_path: Path, event: str
) -> None:
    sandbox.post("/_sandbox/reset")
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1"}
    environment = {**os.environ, **home, "STRIPE_API_KEY": "sk_test_commandline"}
    started = time.monotonic()
    done = subprocess.run(
        [str(cli), "trigger", event, "--api-base", sandbox.url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TRIGGER_WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Trigger succeeded" in done.stdout
    wait_until_delivered(sandbox)
    assert event in [each["type"] for each in sandbox.events()]
    assert time.monotonic() - started < TRIGGER_WITHIN
    assert not [line for line in sandbox.log() if line.get("headers", {}).get("User-Agent", "").startswith("Stripe/v1")]
