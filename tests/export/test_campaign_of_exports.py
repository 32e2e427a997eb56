"""Every export of many variants: all right answers and all mistakes, there and in `symnet check`."""

from pathlib import Path

import pytest
from test_canvas import accepts, items, opened
from test_moodle import gaps, grade, numerical
from test_prairielearn import graded
from tried import Tried

from symnet.description.load import load_text
from symnet.export.canvas import canvas
from symnet.export.moodle import cloze, moodle
from symnet.export.prairielearn import prairielearn
from symnet.pipeline import solve
from symnet.variants.select import Workshop

SPEC = b"""\
inputs: 2
layers: [{units: 2, activation: tanh}, {units: 1, activation: sigmoid}]
loss: binary_cross_entropy
data: {inputs: [[0.3, 0.7]], targets: [[1]]}
parameters: [{weights: [[0.1, 0.2], [0.3, 0.4]], biases: [0.1, 0.2]}, {weights: [[0.5, 0.6]], biases: [0.3]}]
variants: {weights: {range: [-1.5, 1.5], step: 0.1, exclude: 0}, biases: {range: [-0.5, 0.5], step: 0.1}}
questions: [{ask: a2_1}, {ask: deltas}, {ask: dL/dw1_1_2}]
"""


EXAMPLES = ("C1", "xor", "lstm", "cnn", "attention", "adam", "C4", "jacobian")


@pytest.mark.campaign
def test_fifty_variants_agree_everywhere():
    """Moodle, a cloze, Canvas and PrairieLearn accept of 50 variants what `symnet check` accepts, and nothing else."""
    shop = Workshop(load_text(SPEC, "campaign.yaml"), 2026)
    assert sum(compared(Tried(shop.worked(shop.plan.variant(number)))) for number in range(50)) > 3_000


@pytest.mark.campaign
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_agree_everywhere(name):
    """The same for examples, and for variants of those that have some."""
    source = Path(f"examples/{name}.yaml").read_bytes()
    description = load_text(source, f"{name}.yaml")
    assert compared(Tried(solve(description)), 40) > 0
    if description.variants is not None:
        shop = Workshop(description, 2026)
        for number in range(3):
            assert compared(Tried(shop.worked(shop.plan.variant(number))), 40) > 0


def compared(tried, most=None):
    """Hold that all programs agree with `symnet check` on an exercise; return on how many numbers.

    Args:
        tried: The exercise.
        most: How many questions are looked at; None for all.
    """
    everywhere = [tried.exported._replace(parts=tried.exported.parts[:1])]
    in_moodle, in_cloze = (
        dict(zip((item.id for item in tried.items), found, strict=False))
        for found in (numerical(moodle(everywhere)), gaps(cloze(everywhere)))
    )
    in_canvas = {}
    for item, _ in items(opened(canvas(everywhere))):
        in_canvas.setdefault(item.get("title"), item)
    server = {}
    exec(prairielearn(everywhere)["server.py"], server)  # noqa: S102 - it is what the test is about
    names = {item.id: f"q{place}" for place, item in enumerate(tried.items, 1)}
    looked_at = {item.id for item in tried.items[:: 1 if most is None else max(1, len(tried.items) // most)]}
    count = 0
    for item, typed, mistake in tried.tried(looked_at):
        right = tried.is_right(item.id, typed)
        partial = graded(server, {names[item.id]: typed})["partial_scores"][names[item.id]]
        verdicts = (
            grade(in_moodle[item.id], typed)[0] == "100",
            grade(in_cloze[item.id], typed)[0] == "100",
            accepts(in_canvas[item.id], typed),
            partial["score"] == 1,
        )
        assert set(verdicts) == {right}, (tried.exported.code, item.id, typed, verdicts)
        if mistake is not None:
            assert [one.name for one in tried.marked(item.id, typed).mistakes] == [mistake.name]
        count += 1
    return count
