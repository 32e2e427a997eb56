"""Ratios of CPU time: whole processes, in pairs, so that what else the machine does falls on both sides."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# What is measured keeps its compiled modules, as wherever it is installed; so do the peers.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cpu_seconds(command: Sequence[str]) -> float:
    """Return the CPU seconds, user and system, that one run of ``command`` takes.

    Raises:
        subprocess.CalledProcessError: If the command fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Another folder than the checkout's, so that what is installed is what is measured.
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, env=_ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def paired_ratio(command: Sequence[str], reference: Sequence[str], runs: int) -> float:
    """Return the median over ``runs`` pairs of the CPU time of ``command`` over that of ``reference``."""
    if runs > 1:
        for warming_up in (command, reference):
            cpu_seconds(warming_up)
    return statistics.median(cpu_seconds(command) / cpu_seconds(reference) for _ in range(runs))


def report_of(
    script: str, *arguments: str, time_limit: float | None = None, checkout: Path | None = None
) -> Mapping[str, Any] | None:
    """Return the JSON that a script of this folder prints in a process of its own; None if it is over the limit.

    Args:
        script: The script's file name.
        arguments: Its arguments.
        time_limit: In wall-clock seconds.
        checkout: Where the package is taken from; None for the one that is installed.

    Raises:
        subprocess.CalledProcessError: If the script fails.
    """
    command = [sys.executable, str(HERE / script), *arguments]
    environment = _ENVIRONMENT | ({} if checkout is None else {"PYTHONPATH": str(checkout)})
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                timeout=time_limit,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            return None
    content: Mapping[str, Any] = json.loads(done.stdout)
    return content
