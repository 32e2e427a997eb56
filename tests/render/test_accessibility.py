"""Pages in a browser: axe-core finds nothing in them, and a phone shows all of them without scrolling sideways.

Needs Chromium on PATH and axe-core, whose ``axe.min.js`` the variable ``SYMNET_AXE`` names (``npm install axe-core``).
"""

import functools
import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from exercises import solved
from marked_samples import marking, part_of

from symnet.limits import FEWEST_FOR_DISCRIMINATION
from symnet.marking.report import Outcome, reported
from symnet.marking.statistics import ClassEntries
from symnet.marking.submissions import NOBODY
from symnet.render.html import render_html
from symnet.sheets.classroom import class_page
from symnet.sheets.marked import marked

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
PHONE, SCREEN = 360, 1400
# In each frame axe looks at the page, then what is cut off at its right is measured; the outer page gathers both.
LOOK = """
<script src="axe.min.js"></script>
<script>addEventListener("load", async () => {
  const found = await axe.run({resultTypes: ["violations"]});
  const cut = [...document.querySelectorAll("math, .right, .room, p, td")].filter(it => {
    const box = it.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1 && !it.closest("[tabindex]");
  });
  parent.postMessage({
    scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
    width: innerWidth,
    page: PAGE,
    violations: found.violations.map(it => [it.id, it.nodes.length, it.nodes[0].html.slice(0, 200)]),
    cut: cut.map(it => it.textContent.slice(0, 80)),
    sideways: document.documentElement.scrollWidth - innerWidth,
  }, "*");
});</script>
"""
HARNESS = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" /><title>harness</title></head><body>
<pre id="found"></pre>
<script>
  const found = [];
  addEventListener("message", message => {
    found.push(message.data);
    if (found.length === FRAMES) document.getElementById("found").textContent = JSON.stringify(found);
  });
</script>
"""


@pytest.fixture(scope="module")
def browser():
    """Chromium and the folder of axe-core; without them tests are skipped, or fail where they are required."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    axe = Path(os.environ.get("SYMNET_AXE", ""))
    if program and axe.name == "axe.min.js" and axe.is_file():
        return program, axe
    reason = "Chromium is not on PATH, or SYMNET_AXE does not name the axe.min.js of axe-core"
    if os.environ.get("SYMNET_REQUIRE_AXE") == "1":
        pytest.fail(f"SYMNET_REQUIRE_AXE=1, but {reason}")
    pytest.skip(reason)


def seen(browser, folder, pages, scheme):
    """Return what a browser finds in pages, on a phone and on a screen, each in a frame of its own."""
    program, axe = browser
    shutil.copy(axe, folder / "axe.min.js")
    frames = []
    for number, page in enumerate(pages):
        # The page forbids scripts, as it should; here it gets one that looks at it.
        look = LOOK.replace("PAGE", str(number))
        open_page = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", f"{look}</body>")
        frames += [
            f'<iframe title="{width}" width="{width}" height="900" srcdoc="{html.escape(open_page)}"></iframe>'
            for width in (PHONE, SCREEN)
        ]
    path = folder / "harness.html"
    path.write_text(
        HARNESS.replace("FRAMES", str(len(frames))) + "\n".join(frames) + "</body></html>", encoding="utf-8"
    )
    done = subprocess.run(
        [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=120000",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=300,
    )
    gathered = re.search(r'<pre id="found">(.*?)</pre>', done.stdout.decode("utf-8"), re.DOTALL)
    found = json.loads(html.unescape(gathered[1]))
    assert {it["scheme"] for it in found} == {scheme}
    assert sorted(it["width"] for it in found) == sorted([PHONE, SCREEN] * len(pages))
    return found


def pages_of(path, folder):
    """Return the solution of an example, its worksheet and the key as pages."""
    work = solved(path)
    solution = work.save(folder / "solution.html").read_text(encoding="utf-8")
    return [solution, render_html(work.worksheet()), render_html(work.worksheet("key"))]


@pytest.fixture(scope="module")
def looked_at(browser, examples, tmp_path_factory):
    """A function from an example and a scheme of colours to what is found in its pages, each looked at once."""

    @functools.cache
    def look(name, scheme):
        folder = tmp_path_factory.mktemp("pages")
        pages = pages_of(examples[name], folder)
        found = seen(browser, folder, [*pages, solved(examples[name]).html(interactive=True)], scheme)
        # The frames come in any order, each with the number of its page.
        return found, [one for one in found if one["page"] < len(pages)]

    return look


def of_which_everyday(chosen, names):
    """Return names as the cases of a test, all but one of them for the campaign."""
    return [name if name == chosen else pytest.param(name, marks=pytest.mark.campaign) for name in names]


@pytest.mark.parametrize("name", of_which_everyday("C8", EXAMPLES))
def test_axe_finds_nothing(looked_at, name):
    """A solution, its worksheet and the key break no rule of axe-core: on a phone, on a screen, by day and by night."""
    for scheme in ("light", "dark"):
        for found in looked_at(name, scheme)[0]:
            assert found["violations"] == [], (scheme, found["width"])


@pytest.mark.parametrize("name", of_which_everyday("C8", ["C1", "C8", "C9", "adam", "cs4045-q1", "xor"]))
def test_a_phone_shows_every_formula(looked_at, name):
    """At 360 pixels nothing but wide tables and drawings scrolls sideways, and no formula is cut off."""
    for found in looked_at(name, "light")[1]:
        # A scroll bar takes some of the width, so that less than nothing may stand out.
        assert found["sideways"] <= 0, found["width"]
        assert found["cut"] == [], found["width"]


def test_marked_pages_break_no_rule(browser, examples, tmp_path):
    """So it is for a marked submission and the page of a class."""
    part = part_of(examples["cs349-slides"])
    report = reported(marking(part), part)
    entries = [ClassEntries().entry(Outcome("a.yaml", report), NOBODY)] * FEWEST_FOR_DISCRIMINATION
    scheme = {report.loss: {answer.id: answer.out_of for answer in report.answers}}
    pages = [render_html(marked(report, "a.yaml")), render_html(class_page("C1", entries, scheme))]
    for scheme_of_colours in ("light", "dark"):
        for found in seen(browser, tmp_path, pages, scheme_of_colours):
            assert found["violations"] == [], found["width"]
            assert found["sideways"] <= 0, found["width"]


def test_the_browser_would_find_something(browser, tmp_path):
    """The harness sees a violation, and a formula that is cut off."""
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8" /><title>t</title></head><body><main><h1>t</h1>'
        '<p style="width: 900px; color: #bbb">pale</p><math><mi>x</mi></math></main></body></html>'
    )
    phone, screen = sorted(seen(browser, tmp_path, [page], "light"), key=lambda found: found["width"])
    assert {"html-has-lang", "color-contrast"} <= {name for name, *_ in screen["violations"]}
    assert phone["sideways"] > 0
    assert phone["cut"] == ["pale"]
