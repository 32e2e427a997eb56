"""A question put together: its parts with their answers, and the words that say what is asked."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.document import AnswerBlank, Block, Inline, Line, Pictured, Question, QuestionPart, Result, Working
from symnet.quantity import Role
from symnet.sheets.blanks import as_large
from symnet.sheets.questions.asker import Asker, equations, results
from symnet.sheets.repeats import without_repeats
from symnet.sheets.sheet import Sheet
from symnet.text.say import in_a_row, listed, say, words

# More symbols than these are named in words.
_MOST_TERMS = 9


class Drafted(NamedTuple):
    """A part without its label: what is asked, what is given for it, its answers."""

    prompt: Inline
    answers: tuple[AnswerBlank, ...]
    printed: tuple[Block, ...] = ()


def question(prompt: Inline, drafted: Iterable[Drafted], printed: tuple[Block, ...] = ()) -> Iterator[Question]:
    """Yield a question that has no number yet, if there is anything to ask.

    Args:
        prompt: What is asked.
        drafted: Its parts, of which those without answers are left out; a single one has no label and no words.
        printed: What is printed for all of them.
    """
    printed = tuple(map(without_repeats, printed))
    kept = [part for part in drafted if part.answers]
    if len(kept) == 1:
        yield Question(0, prompt, printed, (QuestionPart("", (), kept[0].printed, kept[0].answers),))
    elif kept:
        parts = (
            QuestionPart(_label(number), part.prompt, part.printed, part.answers) for number, part in enumerate(kept)
        )
        yield Question(0, prompt, printed, tuple(parts))


def _label(number: int) -> str:
    """Return the label of a part by its 0-based number: ``a`` to ``z``, then ``aa``."""
    rest, letter = divmod(number, 26)
    return (_label(rest - 1) if rest else "") + chr(ord("a") + letter)


def named(asker: Asker, block: Block) -> Inline:
    """Return what derivatives are of, as a list in a sentence: ``delta``, or ``with respect to w and b``.

    Args:
        asker: The part of the exercise.
        block: Derivatives with respect to nodes, parameters or inputs.
    """
    if not isinstance(block, Working | Result):
        return ()
    names, adjoints = asker.sheet.names, asker.sheet.part.gradient.adjoints
    wrt = [Symbol(group[0].about) for group in equations(block.lines)]
    if names.has_delta and all(names.quantities[symbol.name].role is Role.PRE_ACTIVATION for symbol in wrt):
        return listed([names(adjoints[symbol].symbol.name) for symbol in wrt])
    return say("question.with_respect_to", symbols=listed([names(symbol.name) for symbol in wrt]))


def worked_out(asker: Asker, blocks: tuple[Block, ...]) -> Iterator[Drafted]:
    """Yield a part for each result, with a frame for the calculation before it.

    Args:
        asker: The part of the exercise.
        blocks: Calculations, and each result after those that lead to it.
    """
    before: tuple[AnswerBlank, ...] = ()
    for block in blocks:
        if isinstance(block, Working):
            before += tuple(asker.answers((block,), "frame"))
        elif isinstance(block, Result):
            after = tuple(asker.answers((block,), "lines"))
            if after:
                yield Drafted(named(asker, after[0].block), (*before, *after))
            before = ()


def in_terms_of(
    asker: Asker, answers: Iterable[AnswerBlank], result: Callable[[Symbol], Expr], apart: Container[Role] = ()
) -> Inline:
    """Return the symbols of some results in the order of the legend, each kind in words where there are many.

    Args:
        asker: The part of the exercise.
        answers: Derivatives, each with respect to a parameter or an input.
        result: What the derivative with respect to one of them comes to.
        apart: The roles of symbols that are not named.
    """
    quantities = asker.sheet.names.quantities
    roles, ids = list(Role), list(quantities)
    lines = (line for answer in answers if isinstance(answer.block, Result) for line in answer.block.lines)
    found = {symbol.name for line in lines for symbol in result(Symbol(line.about)).free_symbols}
    named_too = (name for name in found if name in quantities and quantities[name].role not in apart)
    used = sorted(named_too, key=lambda name: (roles.index(quantities[name].role), ids.index(name)))
    if not used:
        return ()
    if len(used) <= _MOST_TERMS:
        return say("question.in_terms", symbols=listed([asker.sheet.names(name) for name in used]))
    kinds = dict.fromkeys(quantities[name].role for name in used)
    return say("question.in_terms_of_kinds", kinds=listed([_plural(asker.sheet, role) for role in kinds]))


def answers_in(drafted: Iterable[Drafted]) -> Iterator[AnswerBlank]:
    """Return the answers of some parts, one after the other.

    Args:
        drafted: The parts.
    """
    return (answer for part in drafted for answer in part.answers)


def _plural(sheet: Sheet, role: Role) -> Inline:
    if role is Role.DELTA and not sheet.names.has_delta:
        return say("backward.pre_activation_derivatives")
    return say(f"role.{role.name.lower()}", count=2)


def likewise(asker: Asker, blocks: Iterable[Block], prompt: Inline) -> Inline:
    """Return the words of a question, with what goes for the units that are not asked for.

    Args:
        asker: The part of the exercise.
        blocks: What there is to ask.
        prompt: The words.
    """
    return in_a_row(prompt, say("worksheet.likewise")) if asker.leaves_out(blocks) else prompt


def results_of(asker: Asker, blocks: Iterable[Block]) -> tuple[AnswerBlank, ...]:
    """Return the answers of a section with numbers: of each calculation the last line, which has the value.

    Args:
        asker: The part of the exercise.
        blocks: Of a section with numbers.
    """
    if not asker.sized:
        return tuple(asker.answers(results(blocks), "values"))
    # Each line has a left side and one result: none of them repeats another.
    kept = (tuple(line for line in lines_of(block) if asker.wants(line.about)) for block in results(blocks))
    return tuple(answer_sized(asker, answer) for lines in kept for answer in as_answer(lines, "values"))


def answer_sized(asker: Asker, answer: AnswerBlank) -> AnswerBlank:
    """Return an answer; where only room is wanted, with the block of another one that takes as much, if there was one.

    Args:
        asker: The part of the exercise.
        answer: An answer in numbers.
    """
    return answer._replace(block=as_large(answer.block)) if asker.sized and not asker.apart else answer


def as_answer(lines: tuple[Line, ...], space: str) -> tuple[AnswerBlank, ...]:
    """Return lines as one answer, if there are any.

    Args:
        lines: The true lines.
        space: How room is left for them.
    """
    return (AnswerBlank(Working(lines), space, tuple(line.of for line in lines)),) if lines else ()


def lines_of(block: Block) -> tuple[Line, ...]:
    """Return the lines of a calculation or a result; none of any other block.

    Args:
        block: The block.
    """
    return block.lines if isinstance(block, Working | Result) else ()


def pictured(drawn: bool, key: str, otherwise: str) -> Inline:
    """Return a sentence that speaks of the drawing, and the one for where there is none, as on a large graph.

    Args:
        drawn: Whether the drawing is printed on the sheet.
        key: The key of the sentence that speaks of it.
        otherwise: The key of the other one.
    """
    return (Pictured(words(key), words(otherwise)),) if drawn else say(otherwise)
