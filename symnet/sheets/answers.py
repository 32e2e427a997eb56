"""The file of answers to fill in: every left side that a worksheet asks, question by question, for `symnet check`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from textwrap import wrap

from sympy import Symbol

from symnet.arrays.tree import Shape
from symnet.description.fields import write_number
from symnet.document import Question
from symnet.layout.symbols import clean_text
from symnet.layout.text import write
from symnet.layout.tree import Layout
from symnet.marking.array_names import ArrayVocabulary
from symnet.marking.judge import left_side
from symnet.marking.truth import Truth
from symnet.sheets.arrays import shape_of
from symnet.sheets.names import of_adjoint, of_gradient, of_node
from symnet.sheets.worksheet import SheetQuestions
from symnet.text.languages import in_language
from symnet.text.say import ROMAN, as_text, say, words
from symnet.typeset.arrays import ArrayWriter
from symnet.worked import Part, Worked

# The room for the left sides, beyond which the notation beside them is not in line, and the width of a comment.
_LEFT, _WIDE = 24, 100
# What YAML reads as text without quotes; of these words it makes something else.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/@.#']*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def answers_files(asked: SheetQuestions) -> dict[str, str]:
    """Return what is in each file of answers by the end of its name: one file for each loss, that of the first plain.

    Args:
        asked: What a worksheet asks.
    """
    found: dict[str, str] = {}
    losses: set[str] = set()
    for number, part in enumerate(asked.worked.parts):
        # A file says by the name of its loss which one it is to.
        if part.loss_name not in losses:
            losses.add(part.loss_name)
            end = f"answers-{ROMAN[number]}.yaml" if number else "answers.yaml"
            with in_language(asked.worked.description.language):
                found[end] = "".join(f"{line}\n" for line in _lines(asked, number))
    return found


def _lines(asked: SheetQuestions, number: int) -> Iterator[str]:
    """Yield the lines of the file for the loss with a 0-based number."""
    part = asked.worked.parts[number]
    truth = Truth(asked.worked, part)
    yield from _comment(words("answers.title", title=asked.worked.description.title))
    yield from _comment(words("answers.how"))
    if len(asked.worked.parts) > 1:
        yield f"loss: {part.loss_name}"
    yield "answers:"
    known: set[str] = set()
    arrays = _arrays(asked.worked, part)
    for question in asked.questions(number):
        groups = [ids for ids in _groups(question) if not known.issuperset(ids)]
        ids = [name for name in dict.fromkeys(chain.from_iterable(groups)) if name not in known]
        if ids:
            yield ""
            marks = sum((asked.marks[number].get(name, Fraction(0)) for name in ids), Fraction(0))
            said = words("sheet.question", number=str(question.number))
            yield from _comment(f"{said} {as_text(question.prompt)} {_in_words(marks)}", "  ")
        for group in groups:
            if group in arrays:
                yield _blank(*arrays[group])
            else:
                fresh = (name for name in dict.fromkeys(group) if name not in known)
                yield from (_blank(name, write(left_side(part, truth.by_id[name]))) for name in fresh)
            known.update(group)


def _groups(question: Question) -> Iterator[tuple[str, ...]]:
    """Yield the ids that a question asks, line by line."""
    answers = (answer for part in question.parts for answer in part.answers)
    return (ids for answer in answers for ids in answer.asked)


def _arrays(worked: Worked, part: Part) -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Return by the ids of their entries arrays and derivatives with respect to them: left side and notation."""
    graph = part.network.arrays
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    if graph is None:
        return found
    known, writer = ArrayVocabulary(worked, part).array_ids, ArrayWriter.of(part.network, part.notation)
    adjoints, leaves, loss = part.gradient.adjoints, part.gradient.leaves, graph.output.removesuffix("@i")
    for name in filter(known.__contains__, (*graph.inputs, *graph.nodes)):
        shape, symbols = graph.shape(name), tuple(map(Symbol, graph.ids(name)))
        value, derivative = (_with_shape(one, shape) for one in (writer.names(name), writer.derivative(name)))
        of = of_adjoint if adjoints.keys() >= set(symbols) else of_gradient if leaves.keys() >= set(symbols) else None
        for sample in (None, *range(1, worked.samples + 1)):
            mark = "" if sample is None else f"@{sample}"
            if f"{name}{mark}" in known:
                found[tuple(one for symbol in symbols for one in of_node(symbol, sample))] = f"{name}{mark}", value
            if of is not None and (of is of_gradient or f"{name}{mark}" in known):
                left = f"d{loss}{mark}/d{name}" if of is of_gradient else f"d{loss}/d{name}{mark}"
                found[tuple(one for symbol in symbols for one in of(part, symbol, sample))] = left, derivative
    return found


def _with_shape(array: Layout, shape: Shape) -> str:
    return as_text(say("answers.array", array=array, shape=shape_of(shape)))


def _blank(name: str, notation: str) -> str:
    """Return the line of a left side, with the way in which the course writes it as a comment."""
    key = name if _PLAIN.fullmatch(name) and name.lower() not in _WORDS else f'"{name}"'
    return f"  {f'{key}:':{_LEFT}} # {clean_text(notation)}"


def _in_words(marks: Fraction) -> str:
    return words("sheet.one_mark" if marks == 1 else "sheet.of_marks", marks=write_number(marks))


def _comment(text: str, indent: str = "") -> Iterable[str]:
    """Return a text as the lines of a comment."""
    before = f"{indent}# "
    return wrap(clean_text(text), _WIDE, initial_indent=before, subsequent_indent=before, break_long_words=False)
