"""The CPU time of solving an exercise and of marking an answer to it, as JSON: ``python marking.py SPEC ROUNDS``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping

from symnet.layout.latex import write
from symnet.marking.judge import Marker
from symnet.marking.records import TargetKind
from symnet.marking.submissions import load_answers
from symnet.pipeline import solve
from symnet.sheets.worksheet import scheme_of


def seconds(spec: str, rounds: int) -> Mapping[str, float]:
    """Return the CPU seconds of solving, and of marking one right answer in LaTeX: the fastest of the rounds each."""
    solving, marking = [], []
    for _ in range(max(2, rounds // 4)):
        start = time.process_time()
        worked = solve(spec)
        solving.append(time.process_time() - start)
    marker = Marker(worked, scheme_of(worked))
    truth = marker.parts[worked.parts[0].loss_name].truth
    asked = [target for target in truth.targets if target.kind is not TargetKind.NODE]
    answers = {target.id: write(truth.part.build(truth.expression(target))) for target in asked}
    submission = load_answers(json.dumps({"answers": answers}).encode(), "answers.json")
    for _ in range(max(2, rounds)):
        start = time.process_time()
        marker.mark(submission)
        marking.append((time.process_time() - start) / len(answers))
    # The fastest round: what else the machine does takes its time from the others.
    return {"solve": min(solving), "answer": min(marking)}


if __name__ == "__main__":
    print(json.dumps(seconds(sys.argv[1], int(sys.argv[2]))))
