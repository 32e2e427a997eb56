"""What is checked before a wheel is built: the version of Python.

Versions of pip before 24.1 look at ``requires-python`` of a folder last, and try every release of every dependency
before they say so, for many minutes and without a word. Building comes before that, so it is said here.
"""

import platform
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.specifiers import SpecifierSet


class PythonIsNewEnough(BuildHookInterface):
    """Ends the build where ``requires-python`` does not hold."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface
        """End the build with one line that says which Python is needed, unless this one will do."""
        needed, found = self.metadata.core.requires_python, platform.python_version()
        if not SpecifierSet(needed).contains(found, prereleases=True):
            sys.exit(f"symnet needs Python {needed}, and this is Python {found}. Make .venv with a newer one.")
