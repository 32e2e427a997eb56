"""Every export of many variants: all right answers and all mistakes, there and in `symnet check`."""

import pytest
from test_canvas import accepts, items, opened
from test_moodle import gaps, grade, numerical
from test_prairielearn import graded
from tried import Tried

from symnet.description.load import load_text
from symnet.export.canvas import canvas
from symnet.export.moodle import cloze, moodle
from symnet.export.prairielearn import prairielearn
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


@pytest.mark.campaign
def test_fifty_variants_agree_everywhere():
    """Moodle, a cloze, Canvas and PrairieLearn accept of 50 variants what `symnet check` accepts, and nothing else."""
    shop = Workshop(load_text(SPEC, "campaign.yaml"), 2026)
    compared = 0
    for number in range(50):
        tried = Tried(shop.worked(shop.plan.variant(number)))
        everywhere = [tried.exported]
        in_moodle, in_cloze = (
            dict(zip((item.id for item in tried.items), found, strict=True))
            for found in (numerical(moodle(everywhere)), gaps(cloze(everywhere)))
        )
        in_canvas = {item.get("title"): item for item, _ in items(opened(canvas(everywhere)))}
        server = {}
        exec(prairielearn(everywhere)["server.py"], server)  # noqa: S102 - it is what the test is about
        names = {item.id: f"q{place}" for place, item in enumerate(tried.items, 1)}
        for item, typed, mistake in tried.tried():
            right = tried.is_right(item.id, typed)
            partial = graded(server, {names[item.id]: typed})["partial_scores"][names[item.id]]
            verdicts = (
                grade(in_moodle[item.id], typed)[0] == "100",
                grade(in_cloze[item.id], typed)[0] == "100",
                accepts(in_canvas[item.id], typed),
                partial["score"] == 1,
            )
            assert set(verdicts) == {right}, (number, item.id, typed, verdicts)
            if mistake is not None:
                assert [one.name for one in tried.marked(item.id, typed).mistakes] == [mistake.name]
            compared += 1
    assert compared > 3_000
