"""What is wrong with a text that is no YAML, in words of our own: the first common slip that is found at the place.

Where the parser stops and what it says differ from version to version, so only the text itself is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from symnet.description.checking import count
from symnet.description.events import UnreadableError, unreadable
from symnet.description.signs import OPENING, PAIRS, brackets, line_at, quoted
from symnet.description.source import Mark, printable

# A text without a key at its left goes on from line to line; a slip further up is not looked for.
_MOST_LINES = 50


class Fault(NamedTuple):
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
        found = Fault(stop.at, "broken YAML", "correct YAML", f"The parser says: {said}.")
    return unreadable(_mark(text, found.at), found.found, found.expected, found.hint)


def no_space(text: str) -> Fault | None:
    """Return the slip of a key without a space behind its colon at the start of a text; None if it has none.

    Args:
        text: A line, or more.
    """
    found = re.match(r"\s*(?:- +)*([A-Za-z_]\w*):(?=[^\s:/\\])([^#\n]*)", text)
    if found is None or ": " in found[2]:
        return None
    hint = f"Put a space behind the colon: {found[1]}: {printable(found[2].strip())}"
    return Fault(found.start(1), f'"{printable(found[0].strip())}"', f"a space after {found[1]}:", hint)


def _tab(stop: Stop) -> Fault | None:
    for start, line in stop.lines():
        blank = line[: len(line) - len(line.lstrip())]
        if "\t" in blank:
            return Fault(start + blank.index("\t"), "a tab", "spaces", "Use spaces, no tabs.")
        return None
    return None


def _escape(stop: Stop) -> Fault | None:
    """A backslash between double quotes that nobody has meant as an escape."""
    for start, quote, end in quoted(stop.text):
        inside = quote == '"' and start < stop.at and (end < 0 or stop.at <= end)
        word = re.compile(r"\\[A-Za-z]+").search(stop.text, max(start, stop.at - 2)) if inside else None
        if word and word.start() <= stop.at:
            hint = (
                f"Use single quotes around LaTeX, between which a backslash stays one: '{printable(word[0], 20)} ...'"
            )
            return Fault(word.start(), f"{printable(word[0], 20)} between double quotes", "text without escapes", hint)
    return None


def _open_quote(stop: Stop) -> Fault | None:
    """A quote that is never closed: what is behind it reaches to the end of the text."""
    last = next((start for start, _quote, end in quoted(stop.text) if end < 0 and start <= stop.at), None)
    if last is None:
        return None
    sign = stop.text[last]
    return Fault(last, f"a quote {sign} that is not closed", f"a {sign} at the end of the text", "")


def _behind_quote(stop: Stop) -> Fault | None:
    """More behind a text in quotes: mostly an apostrophe in single ones."""
    for start, quote, end in quoted(stop.text):
        behind = re.match(r" *[^\s,\]}:#]", stop.text[end:]) if end >= 0 else None
        if behind and start <= stop.at <= end + behind.end() + 1:
            if "\n" in stop.text[start:end]:
                found = f"a quote {quote} that is not closed on its line"
                return Fault(start, found, f"a {quote} at the end of the text", "")
            rest = printable(line_at(stop.text, end).strip(), 20)
            other = '"' if quote == "'" else "'"
            hint = f"Put all of it in quotes that are not in it, {other}...{other}, or write {quote}{quote} for one."
            if quote == '"':
                hint = f"Put all of it in other quotes, {other}...{other}."
            found = f'"{rest}" behind the closing quote {quote}'
            return Fault(end + behind.end() - 1, found, "the end of the value", hint)
    return None


def _no_space(stop: Stop) -> Fault | None:
    for start, line in islice(stop.lines(), _MOST_LINES):
        slip = no_space(line)
        if slip is not None:
            return slip._replace(at=start + slip.at)
        dash = re.match(r"(\s*)-(?=[{\[A-Za-z\"'])", line)
        if dash and start <= stop.at:
            hint = f"Put a space behind the dash: - {printable(line.strip()[1:], 40)}"
            return Fault(start + len(dash[1]), f'"{printable(line.strip(), 40)}"', "a space after the dash", hint)
        if re.match(r"\s*(?:- )*[^\s:]+:(\s|$)", line) and start < stop.start:
            return None
    return None


def _bracket(stop: Stop) -> Fault | None:
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
            return Fault(at, f'"{sign}"', expected, "")
        elif at <= stop.at:
            hint = f'Leave it out, or put "{OPENING[sign]}" before it.'
            return Fault(at, f'"{sign}" that closes nothing', "brackets in pairs", hint)
    if not opened:
        return None
    partner = stop.text[opened[-1]]
    return Fault(opened[-1], f'"{partner}" that is not closed', f'a "{PAIRS[partner]}" for it', "")


def _second_colon(stop: Stop) -> Fault | None:
    """A text with a colon in it, without quotes."""
    for start, line in list(islice(stop.lines(), 2)):
        found = re.match(r"\s*(?:- +)?([A-Za-z_][\w ]*): +([^\s\"'\[{#&*!|>%@`][^#\n]*?:(?:\s.*|))$", line)
        if found:
            key, value = found[1], found[2].split(" #")[0].rstrip()
            at = start + found.start(2) + re.search(r":(\s|$)", found[2]).start()  # type: ignore[union-attr]
            hint = f"Put the {key} in quotes: {printable(f'{key}: {_in_quotes(value)}', 80)}"
            return Fault(at, "a second colon in a line", "one colon, behind the key", hint)
    return None


def _sign(stop: Stop) -> Fault | None:
    """A text that starts with a sign of YAML's."""
    starts = re.finditer(r"(?:(?:^|:|-)\s+|^|[\[{,]\s*)([@`%*&!|>])", stop.line)
    at = max((stop.start + found.start(1) for found in starts if stop.start + found.start(1) <= stop.at), default=-1)
    if at < 0:
        return None
    value = printable(line_at(stop.text, at).strip(), 40)
    hint = f"Put it in quotes: {_in_quotes(value)}"
    return Fault(at, f"the sign {stop.text[at]}", "a text that starts with something else", hint)


def _no_comma(stop: Stop) -> Fault | None:
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
    return Fault(stop.at, f'"{printable(stop.char)}"', f'a comma or "{closing}"', hint)


def _no_colon(stop: Stop) -> Fault | None:
    """A line without a colon among those of a mapping."""
    for start, line in list(islice(stop.lines(), 2)):
        text = line.split(" #")[0].strip()
        if re.search(r":(\s|$)", text) or text[:1] in "-[]{}\"'" or "," in text:
            continue
        key = re.match(r"(\w+)\s*=+\s*(.*)", text)
        said = printable(f"{key[1]}: {key[2]}", 60) if key else "key: value, with a space behind the colon."
        at = start + len(line) - len(line.lstrip())
        return Fault(at, f'"{printable(text, 40)}"', "a key, a colon and a value", f"Write {said}")
    return None


def _indent(stop: Stop) -> Fault | None:
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
        return Fault(at, f'"{shown}" {kind}', "entries with a dash, or keys without one", "")
    if here == there:
        return None
    column = (
        "It starts further right than the line above, which has its value already."
        if here > there
        else ("It starts in another column than the lines that it belongs to.")
    )
    found = f'{count(here, "space")} before "{shown}"'
    return Fault(at, found, "the same number of spaces before all that belongs together", column)


def _dash(stop: Stop) -> Fault | None:
    """A list that begins behind its key."""
    found = re.match(r"\s*([\w ]+): +(- )", stop.line)
    if found is None:
        return None
    hint = f"Start the list on the next line, or write {printable(found[1])}: [...]."
    return Fault(stop.start + found.start(2), "a dash behind a key", "a value", hint)


_SLIPS: tuple[Callable[[Stop], Fault | None], ...] = (
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
