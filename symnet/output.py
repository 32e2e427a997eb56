"""Files that appear whole or not at all, and that are kept once somebody else has edited them.

What is written as LaTeX, HTML, Markdown, YAML or a program says so in a comment behind its first line, with the digest
of all the rest, and a notebook among its metadata: a file whose digest no longer fits was edited, and one without the
comment was written by somebody else. The other formats have no comments, or hold what is not edited; they are
overwritten.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from symnet.errors import OutputError

FORMULA_SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
"""What a cell begins with that a spreadsheet takes for a formula, in its narrow and its wide forms."""


class Comment(NamedTuple):
    """How a comment begins and ends."""

    before: bytes
    after: bytes = b""


# By the suffix of the file.
_COMMENTS: Mapping[str, Comment] = MappingProxyType(
    {
        ".tex": Comment(b"% "),
        ".html": Comment(b"<!-- ", b" -->"),
        ".md": Comment(b"<!-- ", b" -->"),
        ".yaml": Comment(b"# "),
        # A notebook has no comments; its first line opens its metadata, which may have members of any name.
        ".ipynb": Comment(b'  "symnet": "', b'",'),
        ".py": Comment(b"# "),
        ".mjs": Comment(b"// "),
    }
)
# How long a draft's name may be, and how many random letters it ends with.
_LONGEST_DRAFT, _RANDOM = 50, 8
_SAYS = b"Written by symnet, which keeps this file once it is edited. sha256: "


def write_over(path: Path, content: bytes, *, force: bool = False, lasting: bool = True) -> bytes:
    """Write ``content`` to ``path`` with the comment, unless there is a file that somebody has edited or written.

    Args:
        path: Where it goes; its suffix says whether there are comments.
        content: What symnet writes.
        force: Whether it goes there all the same.
        lasting: See :func:`write_whole`.

    Returns:
        What stands there now.

    Raises:
        OutputError: If the file is kept, or cannot be written.
    """
    comment = _COMMENTS.get(path.suffix.lower())
    if comment is None:
        write_whole(path, content, lasting=lasting)
        return content
    if not force and path.is_file() and (why := _whose(_read(path), comment)):
        raise OutputError(f"{path}: kept, since {why}; --force (in Python, force=True) overwrites it")
    signed = _signed(content, comment)
    write_whole(path, signed, lasting=lasting)
    return signed


def write_whole(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write ``content`` to ``path`` in one move, so that no reader ever sees half of it.

    Args:
        path: Where it goes.
        content: What stands there then.
        lasting: Whether to wait until it would outlive a loss of power, which takes longer than most work does; not
            needed where something else tells whether a file is whole.

    Raises:
        OutputError: If the folder or the file cannot be written; nothing is left behind then.
    """
    import tempfile

    try:
        if path.is_dir():
            raise OutputError(f"{path}: cannot write a file here, there is a folder of this name")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name[:_LONGEST_DRAFT]}.", delete=False
        ) as draft:
            try:
                draft.write(content)
                draft.flush()
                if lasting:
                    os.fsync(draft.fileno())
                Path(draft.name).chmod(0o666 & ~_umask())
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise OutputError(f"{path}: cannot write the file: {error.strerror or error}") from None


def remove_drafts(paths: Iterable[Path]) -> None:
    """Remove what :func:`write_whole` left behind where its process was ended on the way; nobody else may write there.

    Args:
        paths: The files that were to be written.
    """
    names: dict[Path, set[str]] = {}
    for path in paths:
        names.setdefault(path.parent, set()).add(path.name[:_LONGEST_DRAFT])
    for folder, of_folder in names.items():
        for found in folder.glob(".*.*") if folder.is_dir() else ():
            begins, _, random = found.name[1:].rpartition(".")
            if begins in of_folder and len(random) == _RANDOM and not found.is_dir():
                found.unlink(missing_ok=True)


def _signed(content: bytes, comment: Comment) -> bytes:
    first, rest = _parted(content)
    return first + comment.before + _SAYS + _digest(content) + comment.after + b"\n" + rest


def _whose(content: bytes, comment: Comment) -> str:
    """Return why a file is not to be overwritten; empty if it is as symnet wrote it, or has nothing in it."""
    if not content.strip():
        return ""
    first, rest = _parted(content)
    said = re.match(re.escape(comment.before + _SAYS) + b"([0-9a-f]{64})" + re.escape(comment.after) + b"\r?\n", rest)
    if said is None:
        return "symnet did not write it, or its first comment was changed"
    return "" if said[1] == _digest(first + rest[said.end() :]) else "it was edited after symnet wrote it"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path}: cannot read the file that is there: {error.strerror or error}") from None


def _parted(content: bytes) -> tuple[bytes, bytes]:
    """Return the first line, which says in which language the rest is, and the rest."""
    end = content.find(b"\n") + 1
    return content[:end], content[end:]


def _digest(content: bytes) -> bytes:
    import hashlib

    # Version control and editors may end lines in another way: that edits nothing.
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest().encode()


def _umask() -> int:
    """Return the permissions that new files do not get; reading it means setting it for a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
