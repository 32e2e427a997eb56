"""What an answer comes to that may be read in several ways, or that has several expressions with equality signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from symnet.marking.compare import Comparer, Judgement
from symnet.marking.records import Answer, Verdict
from symnet.parsing.tokens import shown
from symnet.text.say import words


def settled(answers: Iterable[Answer], comparer: Comparer) -> list[Answer]:
    """Return answers, each that may be several things as the one under which it is right; else it stays unreadable.

    Args:
        answers: The answers to one part.
        comparer: Compares them with what is true.
    """
    typed = list(answers)
    taken = {answer.target.id for answer in typed if answer.target is not None}
    found: list[Answer] = []
    for answer in typed:
        right = [one for one in answer.readings if comparer.compare(one).verdict.is_right]
        # What is answered elsewhere is not what is meant here.
        free = [one for one in right if one.target is not None and one.target.id not in taken]
        chosen = next(iter((*free, *right)), answer)
        if chosen.target is not None:
            taken.add(chosen.target.id)
        found.append(chosen)
    return found


def broken_step(answer: Answer, comparer: Comparer, last: Judgement) -> str:
    """Return which equality sign of an answer stands between what is right and what is wrong; empty if none does.

    Args:
        answer: The answer.
        comparer: Compares it with what is true.
        last: What is said of its last expression, which is the answer.
    """
    told = [(link, _is_right(comparer.compare(link))) for link in answer.links[:-1]]
    known = [pair for pair in (*told, *((link, _is_right(last)) for link in answer.links[-1:])) if pair[1] is not None]
    for (one, first), (other, second) in _backwards(known):
        if first is not second or (first is False and _differ(one, other)):
            first_side, other_side = (shown(link.typed.right)[1:-1] for link in (one, other))
            return words("verdict.broken_step", left=first_side, right=other_side)
    return ""


def _differ(one: Answer, other: Answer) -> bool:
    """Return whether two numbers differ by more than their last digits may."""
    first, second = one.figures, other.figures
    if first is None or second is None:
        return False
    return abs(first.value - second.value) > (first.unit + second.unit) / 2


def _is_right(judgement: Judgement) -> bool | None:
    """Return whether an expression is right; None where that is not known, as of the quantity's own name."""
    if judgement.verdict is Verdict.WRONG:
        return False
    return True if judgement.verdict.is_right else None


def _backwards(known: Sequence[tuple[Answer, bool | None]]) -> Iterator[tuple[tuple[Answer, bool | None], ...]]:
    """Yield each two expressions that follow one another, those next to the last first."""
    yield from reversed(list(pairwise(known)))
