"""An exercise as a question of PrairieLearn: a folder that needs nothing else, not even symnet, to grade.

PrairieLearn draws a seed for each student; ``server.py`` chooses the variant by it from the table that stands in it,
and grades numbers by what is accepted and by the mistakes of that table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.export.exercise import Exported, ExportedPart, parts
from symnet.export.items import Band, Item, decimal
from symnet.export.markup import as_html, band_feedback, in_dollars, printed, question, statement
from symnet.layout.latex import write
from symnet.text.say import say

# Where the ids of questions come from: the same exercise has the same id.
_SPACE = UUID("b2f6d0f4-7c5e-5b0e-8f27-5a5a8f3c9d21")


def prairielearn(exercises: Iterable[Exported]) -> dict[str, bytes]:
    """Return exercises as the files of questions by their paths, a question for each loss.

    Args:
        exercises: The exercises, or the variants of one.
    """
    losses: dict[str, list[dict[str, Any]]] = {}
    title = ""
    for exercise, part in parts(exercises):
        title = printed(exercise.title)
        losses.setdefault(part.loss, []).append(_variant(exercise, part))
    several = len(losses) > 1
    files: dict[str, bytes] = {}
    for loss, variants in losses.items():
        called = f"{title} ({loss})" if several else title
        folder = f"{loss}/" if several else ""
        files[f"{folder}info.json"] = _info(called, loss)
        files[f"{folder}question.html"] = _QUESTION.encode()
        files[f"{folder}server.py"] = _server(variants)
    return files


def _info(title: str, loss: str) -> bytes:
    content = {
        "uuid": str(uuid5(_SPACE, f"{title}\0{loss}")),
        "title": title,
        "topic": "Backpropagation",
        "tags": ["symnet"],
        "type": "v3",
    }
    return (json.dumps(content, indent=4, ensure_ascii=False) + "\n").encode()


def _variant(exercise: Exported, part: ExportedPart) -> dict[str, Any]:
    """Return one variant as it stands in the table."""
    return {
        "code": exercise.code,
        "statement": statement(exercise, part, in_dollars),
        "questions": [_question(number, item) for number, item in enumerate(part.items, 1)],
        "incorrect": as_html(say("export.incorrect"), in_dollars),
    }


def _question(number: int, item: Item) -> dict[str, Any]:
    accepted = [_band(band, band_feedback(item, place)) for place, band in enumerate(item.accepted)]
    mistakes = [_band(one.band, one.says) for one in item.mistakes]
    return {
        "name": f"q{number}",
        "id": item.id,
        "label": f"${write(item.left)} =$",
        "asked": question(item, in_dollars),
        "marks": write_number(item.marks),
        "accepted": accepted,
        "mistakes": mistakes,
    }


def _band(band: Band, says: Inline) -> dict[str, str]:
    return {"value": band.value, "tolerance": decimal(band.reach), "says": as_html(says, in_dollars)}


def _server(variants: Sequence[dict[str, Any]]) -> bytes:
    # A literal of Python holds any text, and JSON any of these values.
    return _SERVER.replace("TABLE_OF_VARIANTS", ascii(json.dumps(variants))).encode()


_QUESTION = """\
<pl-question-panel>
  {{{params.statement}}}
</pl-question-panel>

{{#params.questions}}
<div class="mb-3">
  <pl-question-panel><p>{{{asked}}}</p></pl-question-panel>
  <pl-number-input answers-name="{{name}}" label="{{label}}" allow-complex="false"></pl-number-input>
</div>
{{/params.questions}}

<pl-submission-panel>
  {{#feedback.answers}}
  <p>{{{asked}}} {{{says}}}</p>
  {{/feedback.answers}}
</pl-submission-panel>
"""

_SERVER = '''\
"""Chooses a variant and grades its numbers; all that it knows stands in the table, which symnet has written."""

import json
from fractions import Fraction

VARIANTS = json.loads(TABLE_OF_VARIANTS)


def generate(data):
    """Choose the variant by the seed, and say what is shown and what is correct."""
    variant = VARIANTS[int(data["variant_seed"]) % len(VARIANTS)]
    data["params"].update(variant)
    for question in variant["questions"]:
        data["correct_answers"][question["name"]] = float(question["accepted"][0]["value"])


def judge(question, typed, incorrect):
    """Return the score of a number and what is said of it: the first that holds it decides, ends included."""
    number = Fraction(str(typed))
    for score, bands in ((1, question["accepted"]), (0, question["mistakes"])):
        for band in bands:
            if abs(number - Fraction(band["value"])) <= Fraction(band["tolerance"]):
                return score, band["says"]
    return 0, incorrect


def grade(data):
    """Grade every number that was typed; what is none was refused before."""
    told, earned, total = [], Fraction(0), Fraction(0)
    for question in data["params"]["questions"]:
        name, marks = question["name"], Fraction(question["marks"])
        score, says = 0, ""
        typed = data["submitted_answers"].get(name)
        if typed is not None and name not in data["format_errors"]:
            score, says = judge(question, typed, data["params"]["incorrect"])
            told.append({"asked": question["asked"], "says": says})
        data["partial_scores"][name] = {"score": score, "weight": float(marks), "feedback": says}
        earned, total = earned + score * marks, total + marks
    data["feedback"]["answers"] = told
    data["score"] = float(earned / total) if total else 0.0


def test(data):
    """Type what the kind of test asks for, and say what has to come of it."""
    if data["test_type"] == "invalid":
        return
    right = data["test_type"] == "correct"
    for question in data["params"]["questions"]:
        name = question["name"]
        typed = question["accepted"][0]["value"]
        if not right:
            wrong = [band["value"] for band in question["mistakes"]]
            typed = wrong[0] if wrong else str(1000 + 2 * abs(float(typed)))
        score, says = judge(question, typed, data["params"]["incorrect"])
        weight = float(Fraction(question["marks"]))
        data["raw_submitted_answers"][name] = typed
        data["partial_scores"][name] = {"score": score, "weight": weight, "feedback": says}
    data["score"] = 1.0 if right else 0.0
'''
