"""A document as a notebook: its text in Markdown, cells to answer in, and one that marks them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pprint import pformat
from typing import Any, NamedTuple

from symnet.document import Block, Document, Heading, Question, QuestionPart, Room
from symnet.render.cells import CodeCell, MarkdownCell, notebook
from symnet.render.markdown import MARKUP, rendered_markdown
from symnet.render.page import Asked, laid_out, page_data
from symnet.render.templates import OWN, Design
from symnet.text.languages import in_language
from symnet.text.say import ROMAN

# What stands in the Markdown where a cell begins; no text has it, since clean_text takes it out.
_BEGINS = "\x02"
_WIDE = 100
# A notebook made by the tools of a course finds cells by these.
_SETUP, _ANSWER, _MARKING = ("symnet-setup",), ("symnet-answer",), ("symnet-marking",)


class Piece(NamedTuple):
    """What makes one cell of text, and the cells behind it.

    Attributes:
        blocks: The blocks of its text.
        behind: The cells.
    """

    blocks: tuple[Block | Asked, ...]
    behind: tuple[MarkdownCell | CodeCell, ...] = ()


def render_ipynb(document: Document, design: Design = OWN) -> str:
    """Return a notebook; where there are questions without answers, it has cells to answer in, and marks them.

    Args:
        document: The document.
        design: How its text is set.
    """
    with in_language(document.language):
        return notebook(_cells(document, design))


def _cells(document: Document, design: Design) -> list[MarkdownCell | CodeCell]:
    questions = [block for block in document.blocks if isinstance(block, Question)]
    losses = tuple(dict.fromkeys(question.loss for question in questions if question.loss))
    room = AnswerCells(losses) if document.exercise else None
    pieces = list(_pieces(document.blocks, room))
    head, *texts = _texts(document, pieces, design)
    cells: list[MarkdownCell | CodeCell] = [MarkdownCell(head)] if head else []
    if room is not None and questions:
        cells.append(_setup(document, room))
    for text, piece in zip(texts, pieces, strict=True):
        cells += [*([MarkdownCell(text)] if text else []), *piece.behind]
    if room is not None:
        cells += _marking(room) if questions else [_solved(document)]
    return cells


class AnswerCells:
    """The cells to answer in. What several questions ask for is answered with the first of them.

    Args:
        losses: The names of the losses, where there are several.
    """

    def __init__(self, losses: tuple[str, ...]) -> None:
        self.losses = losses
        self._known: dict[str, set[str]] = {loss: set() for loss in ("", *losses)}

    def called(self, loss: str) -> str:
        """Return the name of the answers to one of several losses, or of those that all share."""
        return f"answers_{ROMAN[self.losses.index(loss)]}" if loss else "answers"

    def to(self, part: QuestionPart, loss: str) -> tuple[MarkdownCell | CodeCell, ...]:
        """Return the cells to answer a part of a question in: one to run, or an empty one where nothing is marked."""
        lefts = dict.fromkeys(left for answer in part.answers for ids in answer.lefts for left in ids)
        fresh = [left for left in lefts if not any(left in self._known[one] for one in {"", loss})]
        self._known[loss].update(fresh)
        if not fresh:
            return (MarkdownCell("", _ANSWER),) if part.answers else ()
        lines = "".join(f'    {json.dumps(left, ensure_ascii=False)}: "",\n' for left in fresh)
        return (CodeCell(f"{self.called(loss)} |= {{\n{lines}}}", _ANSWER),)


def _pieces(blocks: Iterable[Block], room: AnswerCells | None) -> Iterator[Piece]:
    """Yield the pieces: one for each section, and one for each question or part of one."""
    found: list[Block | Asked] = []
    for block in blocks:
        begins = isinstance(block, Question) or (isinstance(block, Heading) and block.level < 3)
        if begins and found:
            yield Piece(tuple(found))
            found = []
        if isinstance(block, Question):
            yield from _of_question(block, room)
        else:
            found.append(block)
    if found:
        yield Piece(tuple(found))


def _of_question(question: Question, room: AnswerCells | None) -> Iterator[Piece]:
    """Yield the pieces of a question: its words with what is given, then each of its parts."""
    pieces: list[list[Block | Asked]] = []
    for block in laid_out((question,)):
        if isinstance(block, Asked):
            pieces.append([])
        # A cell is room enough.
        if room is None or not isinstance(block, Room):
            pieces[-1].append(block)
    behind = [() if room is None else room.to(part, question.loss) for part in question.parts]
    if len(pieces) > len(behind):
        behind.insert(0, ())
    yield from (Piece(tuple(piece), cells) for piece, cells in zip(pieces, behind, strict=True))


def _texts(document: Document, pieces: Iterable[Piece], design: Design) -> list[str]:
    """Return the Markdown of the head of a document, then of each piece."""
    data = page_data(document._replace(blocks=()), MARKUP)
    blocks: list[dict[str, Any]] = []
    for piece in pieces:
        of_piece: Any = piece.blocks
        found = page_data(document._replace(blocks=of_piece), MARKUP)["blocks"]
        first = found[0] if found else {"kind": "", "before": "", "after": ""}
        blocks += [{**first, "cell": _BEGINS}, *found[1:]]
    text = rendered_markdown({**data, "blocks": blocks}, design)
    return [one.strip("\n") for one in text.split(_BEGINS)]


def _literal(exercise: str) -> str:
    return pformat(json.loads(exercise), width=_WIDE, sort_dicts=False)


def _setup(document: Document, room: AnswerCells) -> CodeCell:
    names = dict.fromkeys(map(room.called, ("", *room.losses)))
    empty = "\n".join(f"{name} = {{}}" for name in names)
    return CodeCell(f"import symnet\n\nexercise = {_literal(document.exercise)}\n{empty}", _SETUP)


def _marking(room: AnswerCells) -> list[MarkdownCell | CodeCell]:
    """Return the cells that mark the answers, one for each loss."""
    if not room.losses:
        return [CodeCell("symnet.check(exercise, answers)", _MARKING)]
    return [
        CodeCell(f"symnet.check(exercise, answers | {room.called(loss)}, loss={json.dumps(loss)})", _MARKING)
        for loss in room.losses
    ]


def _solved(document: Document) -> CodeCell:
    return CodeCell(f"import symnet\n\nwork = symnet.solve({_literal(document.exercise)})\nwork", _SETUP)
