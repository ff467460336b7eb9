"""What Gmail, Outlook and Apple Mail do not understand in our mails, by caniemail.com's tables.

Where node is installed, with `npm install --global caniemail`; elsewhere skipped.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fund.mail.letters import every_html

NODE = shutil.which("node")
PACKAGE = Path(NODE).resolve().parent.parent / "lib/node_modules/caniemail" if NODE else None
PROGRAM = """
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
const main = JSON.parse(readFileSync(process.argv[2] + "/package.json")).exports["."];
const path = typeof main === "string" ? main : (main.import?.default ?? main.import ?? main.default);
const { caniemail } = await import(pathToFileURL(process.argv[2] + "/" + path));
const found = new Set();
for (const html of JSON.parse(readFileSync(0))) {
  const { issues } = caniemail({ clients: ["gmail.*", "outlook.*", "apple-mail.*"], html });
  for (const [client, errors] of issues.errors) for (const { title } of errors) found.add(client + "\\n" + title);
}
console.log(JSON.stringify([...found].map((pair) => pair.split("\\n"))));
"""


@pytest.mark.skipif(PACKAGE is None or not PACKAGE.is_dir(), reason="node with caniemail is not installed here")
def test_gmail_outlook_and_apple_mail_understand_everything(tmp_path: Path) -> None:
    program = tmp_path / "check.mjs"
    program.write_text(PROGRAM)
    said = subprocess.run(
        [str(NODE), str(program), str(PACKAGE)], input=json.dumps(every_html()), capture_output=True, text=True,
        check=True, timeout=60,
    ).stdout  # fmt: skip
    assert json.loads(said) == []
