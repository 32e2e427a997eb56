"""Our templates as they are compiled, kept beside them as Python keeps its own modules."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from jinja2.bccache import Bucket, FileSystemBytecodeCache


class KeptBeside(FileSystemBytecodeCache):
    """Keeps what templates are compiled to in the folder ``__pycache__`` beside them, if it can be written.

    What was compiled from another text, with other options or by another version of Jinja or Python is not used.
    """

    def __init__(self, templates: Path, options: Mapping[str, object]) -> None:
        """Make a cache.

        Args:
            templates: The folder of the templates.
            options: What decides what they are compiled to.
        """
        folder = templates / "__pycache__"
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
        made_by = f"{version('jinja2')} {sorted(options.items())}"
        super().__init__(str(folder), f"{hashlib.sha256(made_by.encode()).hexdigest()[:16]}-%s.jinja")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a compiled template from its file; one that cannot be read is compiled again."""
        try:
            super().load_bytecode(bucket)
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template to its file, unless the folder is not ours to write."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)
