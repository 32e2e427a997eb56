"""The script of pages to learn with in Node, without any page."""

import json
import shutil
import subprocess

import pytest

from symnet.render.learning import MODULES
from symnet.render.templates import templates_dir


def worked_out(code, data, modules=MODULES[:3]):
    """Return what code prints that runs behind parts of the script, with data as ``data``; without Node, skip.

    Args:
        code: JavaScript that returns something.
        data: What it gets.
        modules: The parts of the script.
    """
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not on PATH")
    parts = [(templates_dir() / "html" / f"{name}.js").read_text(encoding="utf-8") for name in modules]
    read = 'const data = JSON.parse(require("fs").readFileSync(0, "utf8"));'
    whole = "\n".join(['"use strict";', *parts, read, f"const found = (() => {{ {code} }})();"])
    printed = "process.stdout.write(JSON.stringify(found, (key, it) => (Object.is(it, NaN) ? null : it)));"
    done = subprocess.run(
        [node, "-e", whole + printed],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
