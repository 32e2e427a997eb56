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
from symnet.render.templates import templates_dir
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
    text = (templates_dir() / "export" / "prairielearn" / "server.py").read_text(encoding="utf-8")
    return text.replace("TABLE_OF_VARIANTS", ascii(json.dumps(variants))).encode()


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
