"""How values before and after a training step are told apart in each notation."""

import pytest

from symnet.layout import latex
from symnet.layout.tree import Accent, Fence, Glyph, Number, Scripts
from symnet.notation import marks
from symnet.notation.profiles import NOTATIONS

PLAIN = Glyph("w")
INDEXED = Scripts(Glyph("w"), Number("1"), Fence(Number("2")))
BARRED = Accent("bar", Glyph("theta"))


@pytest.mark.parametrize(
    ("profile", "relation", "before", "after"),
    [
        ("standard", "=", ["w", "w_1^{(2)}", r"\bar{\theta}"], ["w'", "{w_1^{(2)}}'", r"{\bar{\theta}}'"]),
        ("cs349", "gets", ["w", "w_1^{(2)}", r"\bar{\theta}"], ["w", "w_1^{(2)}", r"\bar{\theta}"]),
        (
            "bishop",
            "=",
            [r"w^{(\tau)}", r"w_1^{(2)(\tau)}", r"\bar{\theta}^{(\tau)}"],
            [r"w^{(\tau + 1)}", r"w_1^{(2)(\tau + 1)}", r"\bar{\theta}^{(\tau + 1)}"],
        ),
        ("inf2008", "gets", ["w", "w_1^{(2)}", r"\bar{\theta}"], ["w", "w_1^{(2)}", r"\bar{\theta}"]),
        (
            "cs4045",
            "=",
            ["w^{(t)}", "w_1^{(2)(t)}", r"\bar{\theta}^{(t)}"],
            ["w^{(t + 1)}", "w_1^{(2)(t + 1)}", r"\bar{\theta}^{(t + 1)}"],
        ),
        (
            "eecs445",
            "=",
            ["w^{(k)}", "w_1^{(2)(k)}", r"\bar{\theta}^{(k)}"],
            ["w^{(k + 1)}", "w_1^{(2)(k + 1)}", r"\bar{\theta}^{(k + 1)}"],
        ),
    ],
)
def test_an_updated_value(profile, relation, before, after):
    """A prime, an arrow in place of the equals sign, or the number of the step behind all that stands high already."""
    notation = NOTATIONS[profile]
    assert marks.relation(notation) == relation
    assert [latex.write(marks.before(notation, layout)) for layout in (PLAIN, INDEXED, BARRED)] == before
    assert [latex.write(marks.updated(notation, layout)) for layout in (PLAIN, INDEXED, BARRED)] == after
