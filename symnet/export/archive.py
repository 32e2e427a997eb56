"""Several files as one zip archive, whose bytes depend on the files alone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The first time that an archive knows: it is made from a description, not at a time.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _FILE, _EXECUTABLE = 3, 0o100644, 0o100755


def archived(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """Return files as a zip archive.

    Args:
        files: What they hold, by their paths.
        executable: The paths of those that are run.
    """
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for path, content in files.items():
            info = ZipInfo(path, _TIME)
            # Else the archive would say on which system it was made.
            info.create_system, info.compress_type = _UNIX, ZIP_DEFLATED
            info.external_attr = (_EXECUTABLE if path in executable else _FILE) << 16
            archive.writestr(info, content)
    return stream.getvalue()
