"""The modules of the package as syntax trees, parsed once for all tests that look through them."""

import ast
import functools
from pathlib import Path

import symnet

PACKAGE = Path(symnet.__file__).parent


@functools.cache
def trees():
    """Return the syntax tree of every module by its path below the package; never few. Tests change none of them."""
    found = {
        path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
    }
    assert len(found) > 100
    return found
