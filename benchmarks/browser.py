"""What the page in a browser costs beside this Python, as JSON: ``python browser.py`` once ``web/dist`` is built.

The first sheet is over Pyodide with SymPy imported, in the same browser from the same archives; every other one is over
the same request in this Python, of which the first has already been made in both.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

CHECKOUT = Path(__file__).resolve().parent.parent
FIRST = "cs4045-q1"
FURTHER = ("C1", "C4", "xor", "adam", "maxout", "cs349-paper", "rnn", "cnn")
_CHOICES = {
    "sheet": "solution",
    "form": "scalar",
    "style": "delta",
    "detail": "compact",
    "page": "plain",
    "notation": "",
    "language": "",
}


def request(name: str) -> dict[str, str]:
    """Return what the page asks for the solution of an example."""
    text = (CHECKOUT / "examples" / f"{name}.yaml").read_text(encoding="utf-8")
    return {"name": name, "text": text} | _CHOICES


def here(requests: Sequence[dict[str, str]]) -> list[float]:
    """Return the CPU seconds of each request in this process, asked as the page asks."""
    sys.modules["page"] = SimpleNamespace(stage=lambda _stage: None)  # type: ignore[assignment]
    spec = importlib.util.spec_from_file_location("bridge", CHECKOUT / "web" / "src" / "bridge.py")
    assert spec is not None  # noqa: S101 - for the types
    assert spec.loader is not None  # noqa: S101
    bridge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bridge)
    os.chdir(CHECKOUT / "examples")
    found = []
    for each in requests:
        before = time.process_time()
        bridge.answer("sheet", json.dumps(each))
        found.append(time.process_time() - before)
    return found


def there(requests: Sequence[dict[str, str]]) -> dict[str, object]:
    """Return what the page costs in Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "requests.json")
        asked.write_text(json.dumps(requests), encoding="utf-8")
        command = ("node", str(CHECKOUT / "web" / "test" / "cost.mjs"), str(asked))
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure, and print."""
    examples = (FIRST, *FURTHER)
    requests = [request(name) for name in examples]
    print(json.dumps({"examples": examples, "there": there(requests), "here": here(requests)}))


if __name__ == "__main__":
    main()
