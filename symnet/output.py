"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from symnet.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` in one move, so that no reader ever sees half of it.

    Raises:
        OutputError: If the folder or the file cannot be written; nothing is left behind then.
    """
    import tempfile

    try:
        if path.is_dir():
            raise OutputError(f"{path}: cannot write a file here, there is a folder of this name")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:50]}.", delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
                Path(draft.name).chmod(0o666 & ~_umask())
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise OutputError(f"{path}: cannot write the file: {error.strerror or error}") from None


def _umask() -> int:
    """Return the permissions that new files do not get; reading it means setting it for a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
