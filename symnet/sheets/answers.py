"""The file of answers to fill in: every left side that a worksheet asks, question by question, for `symnet check`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from textwrap import wrap

from symnet.description.fields import write_number
from symnet.document import Question
from symnet.layout.symbols import clean_text
from symnet.layout.text import write
from symnet.marking.judge import left_side
from symnet.marking.truth import Truth
from symnet.sheets.lefts import whole_arrays
from symnet.sheets.worksheet import SheetQuestions
from symnet.text.languages import in_language
from symnet.text.say import ROMAN, as_text, words

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
    arrays = whole_arrays(asked.worked, part)
    for question in asked.questions(number):
        groups = [group for group in dict.fromkeys(_groups(question, arrays)) if not known.issuperset(group)]
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


def _groups(question: Question, arrays: Mapping[tuple[str, ...], object]) -> Iterator[tuple[str, ...]]:
    """Yield the ids that a question asks, line by line; those of an array together, though a table has them apart."""
    of_array = {name: ids for ids in arrays for name in ids}
    for answer in (answer for part in question.parts for answer in part.answers):
        whole = set(chain.from_iterable(answer.asked))
        for group in answer.asked:
            if group in arrays or not all(name in of_array and whole.issuperset(of_array[name]) for name in group):
                yield group
            else:
                yield from dict.fromkeys(of_array[name] for name in group)


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
