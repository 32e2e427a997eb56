"""Pages in a browser, with their own content security policy: what a script finds that works on them from outside."""

import html
import json
import re
import shutil
import subprocess

import pytest

HARNESS = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" /><title>harness</title></head><body>
<pre id="found"></pre>
<iframe id="page" title="page" width="WIDTH" height="900" SANDBOX srcdoc="PAGE"></iframe>
<script>
const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
addEventListener("load", async () => {
  const frame = document.getElementById("page"), win = frame.contentWindow, doc = frame.contentDocument;
  let found;
  try { found = await (async () => { WORK })(); } catch (error) { found = {error: String(error), stack: error.stack}; }
  document.getElementById("found").textContent = JSON.stringify(found ?? null);
});
</script></body></html>
"""


def chromium():
    """Chromium's path; without it a test is skipped."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("Chromium is not on PATH")
    return program


def worked_on(page, folder, work, *, width=1400, script=True, scheme="light"):
    """Return what a script finds that works on a page; in it, ``doc`` and ``win`` are those of the page."""
    path = folder / "harness.html"
    # Without scripts of its own, a page is still open to the harness.
    sandbox = "" if script else 'sandbox="allow-same-origin"'
    filled = {"WIDTH": str(width), "SANDBOX": sandbox, "PAGE": html.escape(page), "WORK": work}
    path.write_text(re.sub("WIDTH|SANDBOX|PAGE|WORK", lambda found: filled[found[0]], HARNESS), encoding="utf-8")
    done = subprocess.run(
        [
            chromium(),
            *("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000", "--dump-dom"),
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            path.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=300,
    )
    gathered = re.search(r'<pre id="found">(.*?)</pre>', done.stdout.decode("utf-8"), re.DOTALL)
    found = json.loads(html.unescape(gathered[1]) or "null")
    assert not (isinstance(found, dict) and "error" in found), found
    return found
