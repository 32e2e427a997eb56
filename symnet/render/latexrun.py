"""pdflatex, run so that a document can neither read, nor write, nor run, nor wait for anything."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from symnet.errors import OutputError
from symnet.render.latexneeds import missing_in

_NAME = "document"
_OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error")
_ENVIRONMENT = {
    "openin_any": "p",
    "openout_any": "p",
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    # Error messages on one line, so that the first can be cited whole.
    "max_print_line": "1000",
}
_SECONDS = 60.0
_BYTES_PER_SECOND = 20_000
_MOST_RUNS = 4
_RERUN = re.compile(r"^(?:LaTeX|Package \w+) Warning:.*[Rr]erun", re.MULTILINE)
_ERROR = re.compile(r"^! .*", re.MULTILINE)


def run_pdflatex(program: str, source: str) -> bytes:
    """Return the PDF of a LaTeX source.

    Args:
        program: The path of pdflatex.
        source: The source.

    Raises:
        MissingToolError: Something that the source needs is not installed.
        OutputError: It did not compile, or took too long.
    """
    with tempfile.TemporaryDirectory(prefix="symnet-") as name:
        folder = Path(name)
        (folder / f"{_NAME}.tex").write_text(source, encoding="utf-8")
        for _ in range(_MOST_RUNS):
            log = _run(program, folder, _SECONDS + len(source) / _BYTES_PER_SECOND)
            if not _RERUN.search(log):
                break
        return (folder / f"{_NAME}.pdf").read_bytes()


def _run(program: str, folder: Path, seconds: float) -> str:
    """Return the log of one run."""
    process = subprocess.Popen(  # noqa: S603 - the program is pdflatex, the arguments are constants
        [program, *_OPTIONS, f"{_NAME}.tex"],
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"pdflatex was stopped after {seconds:.0f} seconds") from error
    finally:
        _kill_group(process)
    path = folder / f"{_NAME}.log"
    log = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if code != 0 or not (folder / f"{_NAME}.pdf").exists():
        missing = missing_in(log)
        if missing is not None:
            raise missing
        found = _ERROR.search(log)
        why = found[0] if found else f"exit code {code}"
        raise OutputError(f"pdflatex failed: {why} (--pdf-engine typst makes the PDF without TeX)")
    return log


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started, if any of it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
