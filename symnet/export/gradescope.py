"""An autograder for Gradescope: an archive that marks a submitted file of answers by ``symnet check``.

Gradescope runs ``setup.sh`` once, and ``run_autograder`` for each submission; that writes ``results.json``. A student
who got a variant gives its code in the file of answers, or in its name.
"""

from __future__ import annotations

from importlib.metadata import version

from symnet.export.archive import archived
from symnet.render.templates import templates_dir

# JSON is YAML too.
_SPEC = "exercise.yaml"


def gradescope(content: bytes) -> bytes:
    """Return the archive of an autograder.

    Args:
        content: The description of the exercise, as its file has it.
    """
    files = {
        "setup.sh": _file("setup.sh"),
        "run_autograder": _file("run_autograder"),
        "grade.py": _file("grade.py"),
        "requirements.txt": f"symnet=={version('symnet')}\n".encode(),
        _SPEC: content,
    }
    return archived(files, frozenset({"setup.sh", "run_autograder"}))


def _file(name: str) -> bytes:
    """Return what is in one of the files that are the same in every archive."""
    return (templates_dir() / "export" / "gradescope" / name).read_bytes()
