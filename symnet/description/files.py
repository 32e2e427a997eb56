"""From a file or a text to a tree with marks, within limits."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from symnet.description.events import UnreadableError, tree, unreadable
from symnet.description.faults import no_space
from symnet.description.source import Scalar, printable
from symnet.description.syntax import json_events, yaml_events
from symnet.errors import DescriptionError, Problem

MOST_BYTES = 2_000_000

# The characters that YAML does not allow in a text. Compiling this takes longer than reading a small file, so it is
# left to texts that have anything but plain letters and line ends.
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_LINE_ENDS = str.maketrans("\t\n\r", "   ")


def content_of(name: str) -> bytes:
    """What is in the file of this name.

    Raises:
        DescriptionError: If it cannot be read, or is too large.
    """
    shown = printable(name, 500)
    try:
        with Path(name).open("rb") as file:
            # The size of a pipe or a device is not known before it is read.
            size, content = os.fstat(file.fileno()).st_size, b""
            if size <= MOST_BYTES:
                content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DescriptionError(shown, (Problem("", printable(reason), "a file that can be read"),)) from error
    if max(size, len(content)) > MOST_BYTES:
        raise DescriptionError(shown, (Problem("", f"more than {MOST_BYTES} bytes", "a smaller file"),))
    return content


def mapping_in(text: str | bytes, name: str, allowed: str, hint: str) -> tuple[dict[Any, Any], list[Problem]]:
    """The mapping that a text holds, and a problem for each key that is there twice.

    Args:
        text: JSON if the name ends in ``.json``, YAML if not.
        name: The name of the file.
        allowed: What a file may hold, for the message about one that does not.
        hint: What to do then.

    Raises:
        DescriptionError: If it holds anything else, or nothing that can be read.
    """
    try:
        characters = decoded(text)
        events = json_events if name.lower().endswith(".json") else yaml_events
        root, repeated = tree(events(characters))
        if root is None:
            raise unreadable((1, 1), "an empty file", allowed)
        if isinstance(root, Scalar) and (slip := no_space(root.text)):
            raise unreadable(root.mark, slip.found, slip.expected, slip.hint)
        if not isinstance(root, dict):
            raise unreadable((1, 1), "no mapping", allowed, hint)
    except UnreadableError as error:
        raise DescriptionError(name, (error.problem,)) from error
    return root, repeated


def decoded(text: str | bytes) -> str:
    """The characters of a text, without the mark of its encoding.

    Raises:
        UnreadableError: If it is too large, is not in UTF-8, or has characters that are not printed.
    """
    if len(text) > MOST_BYTES:
        raise unreadable(None, f"more than {MOST_BYTES} bytes", "a smaller file")
    try:
        characters = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        column = error.start - error.object.rfind(b"\n", 0, error.start)
        found = f"the byte 0x{error.object[error.start]:02x}"
        raise unreadable((line, column), found, "text in UTF-8", "Save the file as UTF-8.") from error
    characters = characters.removeprefix("\ufeff")
    plain = characters.isascii() and characters.translate(_LINE_ENDS).isprintable()
    if not plain and (strange := re.search(_UNPRINTABLE, characters)):
        at = strange.start()
        mark = characters.count("\n", 0, at) + 1, at - characters.rfind("\n", 0, at)
        raise unreadable(mark, f"the character U+{ord(strange[0]):04X}", "printable text")
    return characters
