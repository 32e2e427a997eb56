"""Results in the form that a description demands of answers, behind those of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.document import AnswerBlank, Line, LineKind, Question, Result, Working
from symnet.marking.forms import demanded
from symnet.sheets.questions.asker import Asker
from symnet.text.say import say


def in_form(asker: Asker, wrt: Symbol) -> Expr:
    """Return the derivative of one sample's loss in terms of what is demanded of answers.

    Args:
        asker: The part of the exercise.
        wrt: With respect to what it is.
    """
    return demanded(asker.sheet.part, wrt, asker.level)


def with_forms(asker: Asker, questions: Iterable[Question]) -> Iterator[Question]:
    """Yield questions for derivatives, each result in the form that is demanded, where that is another.

    Args:
        asker: The part of the exercise.
        questions: The questions.
    """
    for question in questions:
        parts = (part._replace(answers=tuple(map(partial(_with_form, asker), part.answers))) for part in question.parts)
        yield question if asker.level is None else question._replace(parts=tuple(parts))


def _with_form(asker: Asker, answer: AnswerBlank) -> AnswerBlank:
    block = answer.block
    if not isinstance(block, Working | Result):
        return answer
    lines = tuple(line for one in block.lines for line in _lines(asker, one))
    return answer._replace(block=block._replace(lines=lines), asked=tuple(line.of for line in lines))


def _lines(asker: Asker, line: Line) -> Iterator[Line]:
    """Yield a line; a result followed by its other form, which is then asked for, or in deltas replaced by it."""
    gradient, wrt = asker.sheet.part.gradient, Symbol(line.about)
    derivation = gradient.adjoints.get(wrt) or gradient.leaves.get(wrt)
    if not line.of or line.kind is not LineKind.RESULT or derivation is None:
        yield line
        return
    formed = in_form(asker, wrt)
    if formed == derivation.result:
        yield line
    elif asker.level == "deltas":
        yield line._replace(relation="=", right=asker.sheet.build(formed))
    else:
        yield line._replace(of=(), kind=LineKind.STEP)
        reason = say("rule.in_leaves" if asker.level == "leaves" else "rule.in_nodes")
        yield Line(None, "=", asker.sheet.build(formed), reason, line.of, LineKind.RESULT, line.about)
