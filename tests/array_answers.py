"""The true answer to a left side that may be an array, laid out as the array is."""

import re

from symnet.layout.latex import write as latex
from symnet.marking.array_names import ArrayVocabulary
from symnet.marking.forms import expression_of
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer
from symnet.marking.truth import Truth
from symnet.numerics.format import decimal_text


def true_answer(work, part, left, *, numbers_alone=False):
    """Return what a left side comes to: numbers where there are some, else LaTeX; None if numbers alone are wanted."""
    truth, read = Truth(work, part), AnswerReader(work, part).read(TypedAnswer(left, ""))
    targets = [entry.target for entry in read.entries] or [read.target]
    numbers = [truth.number(target) for target in targets]
    if None in numbers and numbers_alone:
        return None
    texts = [
        latex(part.build(expression_of(truth, target))) if number is None else decimal_text(number)
        for target, number in zip(targets, numbers, strict=True)
    ]
    if not read.entries:
        return texts[0]
    # The array itself, of its derivatives, of its updated values, or of what an optimizer keeps of it.
    array = ArrayVocabulary(work, part).array_ids[re.fullmatch(r"(?:.*/d|\w+\()?([\w@]+)\)?'*", left)[1]]
    width = len(texts) if array.is_vector else len(array.cells[0])
    rows = [texts[start : start + width] for start in range(0, len(texts), width)]
    if array.is_vector and None not in numbers:
        return f"[{', '.join(texts)}]"
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
