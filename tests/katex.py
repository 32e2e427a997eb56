"""KaTeX in strict mode as a judge of formulas; ``SYMNET_KATEX`` names its ``katex.js`` (``npm install katex``)."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("katex.js")
_DISPLAYED = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.MULTILINE | re.DOTALL)
_IN_A_LINE = re.compile(r"(?<!\\)\$([^$\n]+?)(?<!\\)\$")


def formulas(text):
    """Return every formula of a text in Markdown, each with whether it is displayed; no other dollar sign is left."""
    displayed = [(found, True) for found in _DISPLAYED.findall(text)]
    rest = _DISPLAYED.sub("", text)
    inline = [(found, False) for found in _IN_A_LINE.findall(rest)]
    assert not re.search(r"(?<!\\)\$", _IN_A_LINE.sub("", rest))
    return displayed + inline


def refused(found):
    """Return what KaTeX refuses of some formulas, each with the reason; the test is skipped where there is no KaTeX."""
    katex, node = os.environ.get("SYMNET_KATEX", ""), shutil.which("node")
    if not (katex and node):
        reason = "node is not on PATH, or SYMNET_KATEX does not name the katex.js of KaTeX"
        if os.environ.get("SYMNET_REQUIRE_KATEX") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [node, SCRIPT, katex], input=json.dumps(found), capture_output=True, encoding="utf-8", check=True
    )
    return json.loads(done.stdout)
