"""What it costs to mark a class: ``python benchmarks/classroom.py`` marks 500 submissions to Q1 and prints seconds.

Each submission has 33 answers in symbols, in plain text or in LaTeX, of which one in eight has a slip; ``--count`` and
``--answers`` ask for others. Four hostile files are marked in a run of their own, since what they cost is their time
limit. Seconds are those of the processor, user and system, of the command and all of its processes, so that what else
the machine does hardly counts; the memory is the largest resident set of any one of them. Answers a second are told
with reports, what a run over four submissions takes being taken off for the start, and without them, as one process
marks them: as a class writes them, in which many write the same, and with no two answers equal. ``--profile`` marks
fifty submissions in this process and prints where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import itertools
import json
import os
import pstats
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from symnet.algebra.nodes import plain_text
from symnet.layout.latex import write
from symnet.marking.batch import Recipe, work_on
from symnet.marking.judge import Marker
from symnet.marking.records import TargetKind
from symnet.pipeline import solve
from symnet.sheets.worksheet import scheme_of
from symnet.worked import Worked

ROOT = Path(__file__).resolve().parent.parent
Q1 = ROOT / "examples" / "cs4045-q1.yaml"
GOAL_SECONDS, GOAL_MEGABYTES, GOAL_ANSWERS = 60, 150, 1_000
# Submissions of the run from which the start is known, and those that are marked without reports.
_FEW, _ALONE, _LEAST = 4, 150, 1e-9
# Slips as they happen in writing: a sign, a factor too many, a term too many, another index.
SLIPS = ("-({})", "2*({})", "({}) + 1", "({})*x1", "({})*a1_1")
# Nobody writes an indicator as SymPy does.
_CASES = re.compile(r"Piecewise\(\(1, ([^)]*)\), \(0, True\)\)")
# What a file can be made of that its reader has most to do with, within the limits of answers.
_COSTLY = {
    "names": "+".join(["w11*z1*a1"] * 60),
    "deep": "(" * 49 + "x1" + ")" * 49,
    "powers": "exp(" * 20 + "x1^99" + ")" * 20,
}
HOSTILE: Mapping[str, str] = {
    "bomb": "a: &a [x, x]\nb: &b [*a, *a]\nanswers: *b\n",
    **{
        name: json.dumps(
            {"answers": {f"z{layer}_1{' ' * number}": right for layer in (1, 2, 3) for number in range(300)}}
        )
        for name, right in _COSTLY.items()
    },
}


def submissions(worked: Worked, answers: int) -> Iterator[str]:
    """Yield answers files, each another one, without end."""
    chance = random.Random(1)  # noqa: S311 - no secrets are drawn
    part = worked.parts[0]
    truth = Marker(worked, scheme_of(worked)).parts[part.loss_name].truth
    asked = [target for target in truth.targets if target.kind is not TargetKind.UPDATED][:answers]
    right = {target.id: truth.expression(target) for target in asked}
    plain = {name: _CASES.sub(r"(\1)", plain_text(expression)).lower() for name, expression in right.items()}
    latex = {name: write(part.build(expression)) for name, expression in right.items()}
    while True:
        typed = {name: chance.choice((plain, plain, latex))[name] for name in right}
        wrong = [name for name in typed if chance.random() < 1 / 8]
        typed |= {name: chance.choice(SLIPS).format(plain[name]) for name in wrong}
        yield json.dumps({"answers": typed})


def run(spec: Path, files: Mapping[str, str], jobs: int, options: Sequence[str] = ()) -> Mapping[str, float]:
    """Return what marking files costs in a process of its own: its seconds and its memory."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "given")
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
        start = time.monotonic()
        command = [sys.executable, "-c", "from symnet.cli.app import main; main()", "check", str(spec), "given"]
        process = subprocess.Popen([*command, "--jobs", str(jobs), *options], cwd=place, stdout=subprocess.DEVNULL)
        # What this one has used, and not the largest of all that were started before.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "user": used.ru_utime,
        "system": used.ru_stime,
        "clock": time.monotonic() - start,
        "megabytes": used.ru_maxrss / 1024,
    }


def distinct(texts: Iterable[str]) -> Iterator[str]:
    """Yield the same submissions with no two answers equal in writing, or as expressions."""
    factors = itertools.count(2)
    for text in texts:
        answers = json.loads(text)["answers"]
        numbered = {name: (answer, next(factors)) for name, answer in answers.items()}
        yield json.dumps({"answers": {name: f"{n}*({answer})/{n}" for name, (answer, n) in numbered.items()}})


def a_second(worked: Worked, texts: Sequence[str], answers: int) -> float:
    """Return how many answers one process marks in a second of the processor, once it has marked some."""
    work = work_on(worked, Recipe("", scheme_of(worked)), warm=True)
    first = len(texts) // 3
    for text in texts[:first]:
        work(b"x.json\0" + text.encode())
    start = time.process_time()
    for text in texts[first:]:
        work(b"x.json\0" + text.encode())
    return answers * (len(texts) - first) / (time.process_time() - start)


def profile(worked: Worked, texts: Sequence[str]) -> None:
    """Print where the time of marking goes."""
    work = work_on(worked, Recipe("", scheme_of(worked)), warm=True)
    running = cProfile.Profile()
    running.enable()
    for text in texts:
        work(b"x.json\0" + text.encode())
    running.disable()
    pstats.Stats(running).sort_stats("cumulative").print_stats(60)


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", type=Path, default=Q1, help="the description")
    parser.add_argument("--count", type=int, default=500, help="honest submissions")
    parser.add_argument("--answers", type=int, default=33, help="answers of each")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--format", default="html", help="formats of the reports")
    parser.add_argument("--no-hostile", action="store_true", help="leave the hostile files out")
    parser.add_argument("--profile", action="store_true", help="print where the time of marking goes instead")
    chosen = parser.parse_args()
    worked = solve(chosen.spec)
    texts = [text for text, _ in zip(submissions(worked, chosen.answers), range(chosen.count), strict=False)]
    if chosen.profile:
        profile(worked, texts[:50])
        return
    files = {f"s{n:05}": text for n, text in enumerate(texts)}
    honest = run(chosen.spec, files, chosen.jobs, ("-f", chosen.format))
    start = run(chosen.spec, dict(list(files.items())[:_FEW]), chosen.jobs, ("-f", chosen.format))
    spent = honest["user"] + honest["system"]
    print(f"{chosen.count} submissions: {spent / chosen.jobs:.1f} s of the processor a core (goal {GOAL_SECONDS})")
    print(f"  {honest['user']:.1f} s user, {honest['system']:.1f} s system, {honest['clock']:.0f} s by the clock")
    print(f"  {honest['megabytes']:.0f} MB in the largest process (goal {GOAL_MEGABYTES})")
    reported = (chosen.count - _FEW) * chosen.answers / max(spent - start["user"] - start["system"], _LEAST)
    print(f"  {reported:.0f} answers a second of the processor with reports, after a start of {start['user']:.1f} s")
    some = texts[:_ALONE]
    print(f"{a_second(worked, some, chosen.answers):.0f} answers a second in one process (goal {GOAL_ANSWERS})")
    print(f"{a_second(worked, list(distinct(some)), chosen.answers):.0f} where no two are equal")
    if not chosen.no_hostile:
        hostile = run(chosen.spec, HOSTILE, chosen.jobs)
        print(f"{len(HOSTILE)} hostile files: {hostile['user']:.1f} user, {hostile['system']:.1f} system")


if __name__ == "__main__":
    main()
