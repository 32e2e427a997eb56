"""`symnet explain`: what a rule, a mistake, an entry of the catalog or a key means."""

from __future__ import annotations

import re

import click

from symnet.errors import SymnetError

_EPILOG = """\b
Examples:
  symnet explain cancel                 a rule of a derivation, with a line of one
  symnet explain "sum over all paths"   the same by the words on a sheet
  symnet explain softmax_elementwise    a mistake
  symnet explain training.optimizer     a key of a description
"""

# So many lines of a template are shown as the example of a key, and so many names are suggested for an unknown one.
_MOST_LINES = 4
_SUGGESTED = 3


@click.command(name="explain", epilog=_EPILOG)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def command(names: tuple[str, ...]) -> None:
    """Explain a rule, a mistake or a key, with an example.

    NAME may also be an activation, a loss, a regularizer, an optimizer, a schedule, a notation or a function.
    """
    import shutil

    from symnet.cli.list import show, width_for
    from symnet.sheets.explained import explained
    from symnet.text.say import words

    width = width_for(shutil.get_terminal_size((100, 24)).columns)
    unknown = []
    for name in names:
        found = explained(name)
        if not found:
            unknown.append(name)
        for sort, entry in found:
            example = _example_of_key(entry.name) if sort == "key" else ()
            labelled = tuple(("" if index else words("list.example"), line) for index, line in enumerate(example))
            whole = entry._replace(name=f"{entry.name} ({sort})", facts=(*entry.facts, *labelled))
            show(whole, 0, max((len(label) for label, _text in whole.facts), default=0), width)
    if unknown:
        raise SymnetError("\n".join(map(_unknown, unknown)))


def _example_of_key(path: str) -> tuple[str, ...]:
    """Return lines of a description to start from that have a key; none where no such description has it."""
    from symnet.cli.new import template_text, templates

    outermost, *_, key = path.replace("[]", "").split(".") * 2
    for name in reversed(templates()):
        lines, within = template_text(name).splitlines(), ""
        for index, line in enumerate(lines):
            if begins := re.match(r"(\w+):", line):
                within = begins[1]
            if within == outermost and re.search(rf"(^|[\s{{]){re.escape(key)}:(\s|$)", line.partition("# ")[0]):
                return tuple(_with_what_it_holds(lines[index:]))
    return ()


def _with_what_it_holds(lines: list[str]) -> list[str]:
    """Return the first line and those that stand further in, up to a few, without the blanks before all of them."""
    inset = len(lines[0]) - len(lines[0].lstrip())
    kept = [lines[0]]
    for line in lines[1:]:
        if len(line) - len(line.lstrip()) <= inset or len(kept) == _MOST_LINES:
            break
        kept.append(line)
    return [line[inset:] for line in kept]


def _unknown(name: str) -> str:
    """Return the message for a name that nothing has, with those that may be meant."""
    from difflib import get_close_matches

    from symnet.sheets.explained import known_names

    near = get_close_matches(name.casefold(), sorted(set(known_names())), n=_SUGGESTED)
    quoted = " or ".join(f'"{one}"' for one in near)
    guess = f" Did you mean {quoted}?" if near else " symnet list shows the names of the catalog and of the mistakes."
    return f'found "{name[:100]}"; expected a rule, a mistake, a name of the catalog or a key of a description.{guess}'
