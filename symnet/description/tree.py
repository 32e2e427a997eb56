"""YAML or JSON as a tree of values with their places, within limits."""

from __future__ import annotations

import json
import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from symnet.description.flaws import count
from symnet.description.source import Mark, MarkedDict, MarkedList, Scalar, printable
from symnet.errors import DescriptionError, Problem
from symnet.limits import DEEPEST_VALUES, LONGEST_SEARCHED_TEXT, MOST_FILE_BYTES, MOST_VALUES

# A tree with marks, out of the events of a YAML or JSON text, within limits.


class Event(NamedTuple):
    """One step through a text: ``kind`` is one of ``[ ] { }`` or ``scalar``; ``lead`` is that of the scalar."""

    kind: str
    mark: Mark
    text: str = ""
    plain: bool = True
    lead: int | None = None


class UnreadableError(Exception):
    """A text that makes no tree."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.found)
        self.problem = problem


def unreadable(mark: Mark | None, found: str, allowed: str, hint: str = "") -> UnreadableError:
    """The error for a text that makes no tree, at a mark."""
    line, column = mark or (None, None)
    return UnreadableError(Problem("", found, allowed, hint, line, column))


def tree(events: Iterable[Event]) -> tuple[Any, list[Problem]]:
    """The tree of the events, and a problem for each key that is there twice (the first one counts).

    Raises:
        UnreadableError: If the text is nested too deeply, has too many values, or a key that is no word.
    """
    top = MarkedList((1, 1))
    open_nodes: list[MarkedList | MarkedDict] = [top]
    key: list[Event | None] = [None]
    repeated: list[Problem] = []
    for number, event in enumerate(events):
        if number > MOST_VALUES:
            raise unreadable(event.mark, f"more than {MOST_VALUES} values", "a smaller file")
        inside = open_nodes[-1]
        if event.kind in "]}":
            open_nodes.pop()
            key.pop()
            continue
        if isinstance(inside, MarkedDict) and key[-1] is None:
            key[-1] = _key(event, inside, repeated)
            continue
        node = _node(event)
        if isinstance(inside, MarkedList):
            inside.append(node)
        elif (at := key[-1]) is not None:
            inside.setdefault(at.text, node)
            inside.keys_at.setdefault(at.text, at.mark)
            key[-1] = None
        if not isinstance(node, Scalar):
            open_nodes.append(node)
            key.append(None)
            if len(open_nodes) > DEEPEST_VALUES + 1:
                raise unreadable(event.mark, "lists or mappings within one another", f"at most {DEEPEST_VALUES} levels")
    return (top[0] if top else None), repeated


def _node(event: Event) -> Scalar | MarkedList | MarkedDict:
    if event.kind == "scalar":
        return Scalar(event.text, event.plain, event.mark, event.lead)
    return MarkedList(event.mark) if event.kind == "[" else MarkedDict(event.mark)


def _key(event: Event, inside: MarkedDict, repeated: list[Problem]) -> Event:
    if event.kind != "scalar":
        raise unreadable(event.mark, "a list or mapping as a key", "a word as a key")
    if event.plain and event.text == "<<":
        raise unreadable(event.mark, "a merge key <<", "plain keys", "Write the keys out.")
    if event.text in inside:
        line = inside.keys_at[event.text][0]
        found = f'the duplicate key "{printable(event.text)}" (first on line {line})'
        repeated.append(Problem("", found, "each key once", "", *event.mark))
    return event


# The brackets and quotes of a YAML text, found in one pass that no broken text stops.

PAIRS = {"[": "]", "{": "}"}
OPENING = {close: opening for opening, close in PAIRS.items()}
QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'", re.DOTALL)}


def signs(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each text in quotes, and of each bracket that is one; -1 for an end that is not there."""
    # Whether a value may begin here, within how many brackets, and whether one or a quote has just been closed.
    fresh, depth, closed = True, 0, False
    at = 0
    while at < len(text) <= LONGEST_SEARCHED_TEXT:
        char, end = text[at], at + 1
        if char == "#" and (at == 0 or text[at - 1].isspace()):
            end = at + len(line_at(text, at))
        elif char.isspace():
            fresh = fresh or char == "\n"
        elif char in QUOTED and fresh:
            found = QUOTED[char].match(text, at)
            yield at, found.end() if found else -1
            if found is None:
                return
            end, fresh, closed = found.end(), False, True
        elif char in PAIRS and (fresh or depth):
            yield at, end
            depth, fresh, closed = depth + 1, True, False
        elif char in OPENING and (fresh or depth or closed):
            yield at, end
            depth, fresh, closed = max(depth - 1, 0), False, True
        else:
            last = not text[end : end + 1].strip() or closed
            fresh = (char == "," and depth > 0) or (char == ":" and last) or (char == "-" and last and fresh)
            closed = False
        at = end


def brackets(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place of each bracket of a text that is one, and which it is."""
    return ((start, text[start]) for start, _end in signs(text) if text[start] not in QUOTED)


def quoted(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield the start, the quote and the end of each text in quotes; -1 for an end that is not there."""
    return ((start, text[start], end) for start, end in signs(text) if text[start] in QUOTED)


def line_at(text: str, start: int) -> str:
    """Return what stands from a place to the end of its line."""
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


# What is wrong with a text that is no YAML, in words of our own: the first common slip that is found at the place.
#
# Where the parser stops and what it says differ from version to version, so only the text itself is looked at.

# A text without a key at its left goes on from line to line; a slip further up is not looked for.
_MOST_LINES = 50


class Slip(NamedTuple):
    """A slip.

    Attributes:
        at: The 0-based place in the text.
        found: What stands there.
        expected: What may stand there.
        hint: What to do.
    """

    at: int
    found: str
    expected: str
    hint: str


class Stop(NamedTuple):
    """Where the parser has stopped.

    Attributes:
        text: The whole text.
        at: The 0-based place in it.
    """

    text: str
    at: int

    @property
    def start(self) -> int:
        """Where the line of the place starts; that of the last line with anything on it behind the end of the text."""
        end = self.at if self.text[self.at :].strip() else len(self.text.rstrip())
        return self.text.rfind("\n", 0, end) + 1

    @property
    def line(self) -> str:
        """That line."""
        return line_at(self.text, self.start)

    @property
    def char(self) -> str:
        """The character at the place; empty at the end."""
        return self.text[self.at : self.at + 1]

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the start and the text of the line and of those before it, without blank ones, the nearest first."""
        start = self.start
        while True:
            line = line_at(self.text, start)
            if line.strip() and not line.lstrip().startswith("#"):
                yield start, line
            if start == 0:
                return
            start = self.text.rfind("\n", 0, start - 1) + 1


def fault(text: str, at: int, said: str) -> UnreadableError:
    """Return the error for a text that is no YAML.

    Args:
        text: The text.
        at: The 0-based place at which its parser has stopped.
        said: What that says.
    """
    stop = Stop(text, min(at, len(text)))
    found = next((slip for find in _SLIPS if (slip := find(stop))), None)
    if found is None:
        found = Slip(stop.at, "broken YAML", "correct YAML", f"The parser says: {said}.")
    return unreadable(_mark(text, found.at), found.found, found.expected, found.hint)


def no_space(text: str) -> Slip | None:
    """Return the slip of a key without a space behind its colon at the start of a text; None if it has none.

    Args:
        text: A line, or more.
    """
    found = re.match(r"\s*(?:- +)*([A-Za-z_]\w*):(?=[^\s:/\\])([^#\n]*)", text)
    if found is None or ": " in found[2]:
        return None
    hint = f"Put a space behind the colon: {found[1]}: {printable(found[2].strip())}"
    return Slip(found.start(1), f'"{printable(found[0].strip())}"', f"a space after {found[1]}:", hint)


def _tab(stop: Stop) -> Slip | None:
    for start, line in stop.lines():
        blank = line[: len(line) - len(line.lstrip())]
        if "\t" in blank:
            return Slip(start + blank.index("\t"), "a tab", "spaces", "Use spaces, no tabs.")
        return None
    return None


def _escape(stop: Stop) -> Slip | None:
    """A backslash between double quotes that nobody has meant as an escape."""
    for start, quote, end in quoted(stop.text):
        inside = quote == '"' and start < stop.at and (end < 0 or stop.at <= end)
        word = re.compile(r"\\[A-Za-z]+").search(stop.text, max(start, stop.at - 2)) if inside else None
        if word and word.start() <= stop.at:
            hint = (
                f"Use single quotes around LaTeX, between which a backslash stays one: '{printable(word[0], 20)} ...'"
            )
            return Slip(word.start(), f"{printable(word[0], 20)} between double quotes", "text without escapes", hint)
    return None


def _open_quote(stop: Stop) -> Slip | None:
    """A quote that is never closed: what is behind it reaches to the end of the text."""
    last = next((start for start, _quote, end in quoted(stop.text) if end < 0 and start <= stop.at), None)
    if last is None:
        return None
    sign = stop.text[last]
    return Slip(last, f"a quote {sign} that is not closed", f"a {sign} at the end of the text", "")


def _behind_quote(stop: Stop) -> Slip | None:
    """More behind a text in quotes: mostly an apostrophe in single ones."""
    for start, quote, end in quoted(stop.text):
        behind = re.match(r" *[^\s,\]}:#]", stop.text[end:]) if end >= 0 else None
        if behind and start <= stop.at <= end + behind.end() + 1:
            if "\n" in stop.text[start:end]:
                found = f"a quote {quote} that is not closed on its line"
                return Slip(start, found, f"a {quote} at the end of the text", "")
            rest = printable(line_at(stop.text, end).strip(), 20)
            other = '"' if quote == "'" else "'"
            hint = f"Put all of it in quotes that are not in it, {other}...{other}, or write {quote}{quote} for one."
            if quote == '"':
                hint = f"Put all of it in other quotes, {other}...{other}."
            found = f'"{rest}" behind the closing quote {quote}'
            return Slip(end + behind.end() - 1, found, "the end of the value", hint)
    return None


def _no_space(stop: Stop) -> Slip | None:
    for start, line in islice(stop.lines(), _MOST_LINES):
        slip = no_space(line)
        if slip is not None:
            return slip._replace(at=start + slip.at)
        dash = re.match(r"(\s*)-(?=[{\[A-Za-z\"'])", line)
        if dash and start <= stop.at:
            hint = f"Put a space behind the dash: - {printable(line.strip()[1:], 40)}"
            return Slip(start + len(dash[1]), f'"{printable(line.strip(), 40)}"', "a space after the dash", hint)
        if re.match(r"\s*(?:- )*[^\s:]+:(\s|$)", line) and start < stop.start:
            return None
    return None


def _bracket(stop: Stop) -> Slip | None:
    """Brackets that do not go in pairs."""
    opened: list[int] = []
    for at, sign in brackets(stop.text):
        if sign in "[{":
            opened.append(at)
        elif opened and PAIRS[stop.text[opened[-1]]] == sign:
            opened.pop()
        elif opened:
            partner, (line, column) = stop.text[opened[-1]], _mark(stop.text, opened[-1])
            expected = f'"{PAIRS[partner]}", since "{partner}" is open from line {line}, column {column}'
            return Slip(at, f'"{sign}"', expected, "")
        elif at <= stop.at:
            hint = f'Leave it out, or put "{OPENING[sign]}" before it.'
            return Slip(at, f'"{sign}" that closes nothing', "brackets in pairs", hint)
    if not opened:
        return None
    partner = stop.text[opened[-1]]
    return Slip(opened[-1], f'"{partner}" that is not closed', f'a "{PAIRS[partner]}" for it', "")


def _second_colon(stop: Stop) -> Slip | None:
    """A text with a colon in it, without quotes."""
    for start, line in list(islice(stop.lines(), 2)):
        found = re.match(r"\s*(?:- +)?([A-Za-z_][\w ]*): +([^\s\"'\[{#&*!|>%@`][^#\n]*?:(?:\s.*|))$", line)
        if found:
            key, value = found[1], found[2].split(" #")[0].rstrip()
            at = start + found.start(2) + re.search(r":(\s|$)", found[2]).start()  # type: ignore[union-attr]
            hint = f"Put the {key} in quotes: {printable(f'{key}: {_in_quotes(value)}', 80)}"
            return Slip(at, "a second colon in a line", "one colon, behind the key", hint)
    return None


def _sign(stop: Stop) -> Slip | None:
    """A text that starts with a sign of YAML's."""
    starts = re.finditer(r"(?:(?:^|:|-)\s+|^|[\[{,]\s*)([@`%*&!|>])", stop.line)
    at = max((stop.start + found.start(1) for found in starts if stop.start + found.start(1) <= stop.at), default=-1)
    if at < 0:
        return None
    value = printable(line_at(stop.text, at).strip(), 40)
    hint = f"Put it in quotes: {_in_quotes(value)}"
    return Slip(at, f"the sign {stop.text[at]}", "a text that starts with something else", hint)


def _no_comma(stop: Stop) -> Slip | None:
    """Something else than a comma behind a value within brackets."""
    opened: list[int] = []
    for at, sign in brackets(stop.text[: stop.at]):
        if sign in PAIRS:
            opened.append(at)
        elif opened:
            opened.pop()
    if not opened:
        return None
    closing = PAIRS[stop.text[opened[-1]]]
    hint = "Put a comma between two entries, and a text with a colon in quotes."
    return Slip(stop.at, f'"{printable(stop.char)}"', f'a comma or "{closing}"', hint)


def _no_colon(stop: Stop) -> Slip | None:
    """A line without a colon among those of a mapping."""
    for start, line in list(islice(stop.lines(), 2)):
        text = line.split(" #")[0].strip()
        if re.search(r":(\s|$)", text) or text[:1] in "-[]{}\"'" or "," in text:
            continue
        key = re.match(r"(\w+)\s*=+\s*(.*)", text)
        said = printable(f"{key[1]}: {key[2]}", 60) if key else "key: value, with a space behind the colon."
        at = start + len(line) - len(line.lstrip())
        return Slip(at, f'"{printable(text, 40)}"', "a key, a colon and a value", f"Write {said}")
    return None


def _indent(stop: Stop) -> Slip | None:
    """A line that starts in another column than what it belongs to."""
    before = list(islice(stop.lines(), 2))
    if len(before) < 2 or not re.match(r"\s*(?:- )?[\w\"' ]+:|\s*-(\s|$)", stop.line):
        return None
    (start, line), (_, above) = before
    here, there = (len(one) - len(one.lstrip()) for one in (line, above))
    dash, dash_above = (one.lstrip().startswith("- ") for one in (line, above))
    at, shown = start + here, printable(line.strip(), 40)
    if here == there and dash != dash_above:
        kind = "among the keys of a mapping" if dash else "among the entries of a list"
        return Slip(at, f'"{shown}" {kind}', "entries with a dash, or keys without one", "")
    if here == there:
        return None
    column = (
        "It starts further right than the line above, which has its value already."
        if here > there
        else ("It starts in another column than the lines that it belongs to.")
    )
    found = f'{count(here, "space")} before "{shown}"'
    return Slip(at, found, "the same number of spaces before all that belongs together", column)


def _dash(stop: Stop) -> Slip | None:
    """A list that begins behind its key."""
    found = re.match(r"\s*([\w ]+): +(- )", stop.line)
    if found is None:
        return None
    hint = f"Start the list on the next line, or write {printable(found[1])}: [...]."
    return Slip(stop.start + found.start(2), "a dash behind a key", "a value", hint)


_SLIPS: tuple[Callable[[Stop], Slip | None], ...] = (
    _tab,
    _escape,
    _open_quote,
    _behind_quote,
    _no_space,
    _bracket,
    _sign,
    _no_comma,
    _dash,
    _second_colon,
    _indent,
    _no_colon,
)


def _in_quotes(text: str) -> str:
    quote = "'" if '"' in text or "\\" in text else '"'
    return f"{quote}{text}{quote}"


def _mark(text: str, at: int) -> Mark:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


# YAML and JSON as events; nothing is resolved, every value keeps its text.

# The C parser is several times as fast; both give the same events.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS = {yaml.SequenceStartEvent: "[", yaml.MappingStartEvent: "{"}
_CLOSES = {yaml.SequenceEndEvent: "]", yaml.MappingEndEvent: "}"}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[][{}]|[^][{},:"\s]+')
# Python's parser takes these; JSON has no such words.
_NOT_JSON = frozenset({"NaN", "Infinity", "-Infinity"})


def yaml_events(text: str) -> Iterator[Event]:
    """The events of the one document in a YAML text.

    Raises:
        UnreadableError: Where it breaks the syntax, or uses an anchor, an alias, a tag or a second document.
    """
    read = 0
    try:
        for event in _parsed(text):
            read += 1
            yield event
    except yaml.MarkedYAMLError as error:
        where: Any = error.problem_mark or error.context_mark
        # A parser looks ahead, and some have limits of nesting of their own. What stands before the place at which it
        # gives up is read first, so that a limit of ours speaks before any of the parser's, whatever its version.
        with suppress(yaml.MarkedYAMLError, UnreadableError):
            yield from islice(_parsed(text[: where.index]), read, None)
        said = printable(", ".join(part for part in (error.context, error.problem) if part), 200)
        raise fault(text, where.index, said) from error


def _parsed(text: str) -> Iterator[Event]:
    documents = 0
    event: Any
    for event in yaml.parse(text, Loader=_PARSER):
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise unreadable(mark, "a second document", "one description per file")
        if isinstance(event, yaml.NodeEvent):
            _refuse_sharing(event, mark)
        kind = type(event)
        if kind is yaml.ScalarEvent:
            yield Event("scalar", mark, event.value, event.implicit[0], _lead(event))
        elif kind in _OPENS:
            yield Event(_OPENS[kind], mark)
        elif kind in _CLOSES:
            yield Event(_CLOSES[kind], mark)


def _lead(event: Any) -> int | None:  # noqa: ANN401
    """How far behind its mark the text of a scalar starts; None if it is folded or escaped."""
    start, end = event.start_mark, event.end_mark
    if start.line != end.line:
        return None
    # Escapes and doubled quotes take more room than what they stand for.
    around = end.column - start.column - len(event.value)
    return around // 2 if around in _AROUND else None


# Nothing around a plain text, or two quotes.
_AROUND = (0, 2)


def _refuse_sharing(event: yaml.NodeEvent, mark: Mark) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise unreadable(mark, f"the alias *{printable(str(event.anchor))}", "plain values", "Write the value out.")
    if event.anchor is not None:
        raise unreadable(mark, f"the anchor &{printable(event.anchor)}", "plain values", "Write the value out.")
    if (tag := getattr(event, "tag", None)) is not None:
        raise unreadable(mark, f"the tag {printable(tag)}", "plain values", "Leave the tag out.")


def json_events(text: str) -> Iterator[Event]:
    """The events of a JSON text, whose syntax is checked first.

    Raises:
        UnreadableError: Where it breaks the syntax, or is nested too deeply.
    """
    starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def mark(index: int) -> Mark:
        line = bisect_right(starts, index)
        return line, index - starts[line - 1] + 1

    _refuse_depth(text, mark)
    _refuse_errors(text)
    for found in _TOKEN.finditer(text):
        word = found[0]
        if word in "[]{}":
            yield Event(word, mark(found.start()))
        elif word[0] == '"':
            said = json.loads(word)
            yield Event("scalar", mark(found.start()), said, False, 1 if len(said) == len(word) - 2 else None)
        elif word in _NOT_JSON:
            raise unreadable(mark(found.start()), word, "correct JSON", "A number has to be finite.")
        else:
            yield Event("scalar", mark(found.start()), word, lead=0)


def _refuse_depth(text: str, mark: Callable[[int], Mark]) -> None:
    """Refuse what is nested too deeply before the recursive parser sees it."""
    depth = 0
    for found in _TOKEN.finditer(text):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST_VALUES:
            raise unreadable(
                mark(found.start()), "lists or mappings within one another", f"at most {DEEPEST_VALUES} levels"
            )


def _refuse_errors(text: str) -> None:
    try:
        # Numbers stay texts: this pass looks at the syntax alone.
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        hint = f"The parser says: {error.msg}."
        raise unreadable((error.lineno, error.colno), "broken JSON", "correct JSON", hint) from error


# From a file or a text to a tree with marks, within limits.


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
            if size <= MOST_FILE_BYTES:
                content = file.read(MOST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DescriptionError(shown, (Problem("", printable(reason), "a file that can be read"),)) from error
    if max(size, len(content)) > MOST_FILE_BYTES:
        raise DescriptionError(shown, (Problem("", f"more than {MOST_FILE_BYTES} bytes", "a smaller file"),))
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
    if len(text) > MOST_FILE_BYTES:
        raise unreadable(None, f"more than {MOST_FILE_BYTES} bytes", "a smaller file")
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
