"""The largest memory of importing SymPy, or of a command of symnet, in megabytes: ``python memory.py [ARGUMENT ...]``.

What the system keeps of a process that was started counts the memory of the one that started it; what is read here does
not.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def largest() -> float:
    """Return the largest memory of this process so far, in megabytes."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = STATUS.read_text(encoding="ascii").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        from symnet.cli.app import cli

        cli(sys.argv[1:], standalone_mode=False)
    else:
        import sympy  # noqa: F401 - that is what is measured
    print(json.dumps({"megabytes": largest()}))
