"""What symnet costs, as ratios, against importing SymPy and against SymPy's own gradients.

``python benchmarks/cost.py`` prints tables, ``--json`` one object, ``--quick`` takes one run of small cases.
``--against DIR`` adds what numbers and marking cost, as ratios to another checkout in that folder. Seconds of one
machine say nothing on another, so everything is a median of ratios measured side by side in this one run. It
prints, with each target and whether it is met, and never judges: the exit code is 0 either way.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy
from graphs import KINDS
from measure import paired_ratio, report_of
from peers import METHODS
from scaling import STAGES, parameter_count
from systems import installed

ROOT = Path(__file__).resolve().parent.parent
Q1 = ROOT / "examples" / "cs4045-q1.yaml"
SYMNET = str(Path(sysconfig.get_path("scripts")) / "symnet")
IMPORT_SYMPY = (sys.executable, "-c", "import sympy")
PROCESSES = (
    ("solve Q1 to .tex / import sympy", (SYMNET, "solve", str(Q1), "-f", "tex"), 1.5),
    ("symnet --help / import sympy", (SYMNET, "--help"), 0.2),
)
FLAT = 1.3
GRAPH = 10
ANSWER = 0.12
# What is compared with another checkout, and the largest ratio that is wanted.
COMPARED = {
    **dict.fromkeys(("evaluate 20", "evaluate 474", "evaluate 5000"), 0.7),
    **dict.fromkeys(("first 20", "first 474", "first 5000"), 0.7),
    **dict.fromkeys(("train", "paper", "mark"), 1.0),
}


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        pairs: Runs of each command beside its reference.
        rounds: Runs of each size of network.
        widths: The sizes.
        enough: How many parameters each run of a size has at least, in networks of that size.
        answers: How often the answers to the first question are marked.
        peer_runs: Runs of each of SymPy's methods.
        networks: The networks that are given to SymPy.
        time_limit: For each of SymPy's runs, in wall-clock seconds.
        compared: What is compared with another checkout.
        graphs: Which graphs of arrays are measured.
        scalars: About how many scalars they have, the most last.
    """

    pairs: int
    rounds: int
    widths: Sequence[int]
    enough: int
    answers: int
    peer_runs: int
    networks: Sequence[str]
    time_limit: float
    compared: Sequence[str]
    graphs: Sequence[str]
    scalars: Sequence[int]


FULL = Effort(
    *(11, 5, (9, 22, 40, 69), 2_000, 20, 3, ("3-2-2-1 (Q1)", "4-4-3", "4-4-4-2"), 20.0, tuple(COMPARED)),
    *(tuple(KINDS), (500, 1_000, 2_000)),
)
QUICK = Effort(1, 1, (9, 22), 200, 1, 1, ("2-2-1",), 2.0, ("evaluate 20",), ("a sum of products",), (20, 40))


def processes(effort: Effort) -> Iterator[Mapping[str, Any]]:
    """Yield the CPU time of whole commands, as ratios to ``python -c "import sympy"``."""
    for name, command, target in PROCESSES:
        ratio = paired_ratio(command, IMPORT_SYMPY, effort.pairs)
        yield {"name": name, "ratio": round(ratio, 3), "target": target, "met": ratio <= target}


def per_parameter(effort: Effort) -> Iterator[Mapping[str, Any]]:
    """Yield, for each stage, the CPU time of one parameter in networks of several sizes, relative to the smallest.

    Each size has a process of its own, with Python's garbage collector as it is.
    """
    counts = [parameter_count(width) for width in effort.widths]
    rounds = [
        [_report("scaling.py", str(width), str(effort.enough)) for width in effort.widths] for _ in range(effort.rounds)
    ]
    for stage in STAGES:
        costs = [
            statistics.median(reports[place][stage] for reports in rounds) / count for place, count in enumerate(counts)
        ]
        ratio = max(costs) / min(costs)
        yield {
            "name": f"one parameter: {stage}",
            "parameters": counts,
            "relative": [round(cost / costs[0], 3) for cost in costs],
            "megabytes": [
                round(statistics.median(reports[place]["megabytes"] for reports in rounds))
                for place, _ in enumerate(counts)
            ],
            "ratio": round(ratio, 3),
            "target": FLAT,
            "met": ratio <= FLAT,
        }


def marking(effort: Effort) -> Iterator[Mapping[str, Any]]:
    """Yield the CPU time of marking one symbolic answer to Q1, reading included, as a ratio to solving Q1."""
    report = _report("marking.py", str(Q1), str(effort.answers))
    ratio = report["answer"] / report["solve"]
    yield {
        "name": "mark one answer to Q1 / solve Q1",
        "ratio": round(ratio, 4),
        "target": ANSWER,
        "met": ratio <= ANSWER,
    }


def graphs(effort: Effort) -> Iterator[Mapping[str, Any]]:
    """Yield the CPU time of graphs of arrays until they are JSON, as ratios to ``import sympy`` in the same process.

    Each comes with what a scalar costs in smaller ones of its kind and in this, relative to the smallest.
    """
    for kind in effort.graphs:
        rounds = [
            [_report("graphs.py", kind, str(count)) for count in effort.scalars] for _ in range(-(-effort.rounds // 2))
        ]
        ratio = statistics.median(reports[-1]["json"] / reports[-1]["import"] for reports in rounds)
        costs = [
            statistics.median(report["json"] / report["import"] / report["scalars"] for report in reports)
            for reports in zip(*rounds, strict=True)
        ]
        yield {
            "name": f"{kind}: JSON / import sympy",
            "parameters": [int(report["scalars"]) for report in rounds[0]],
            "of": "scalars",
            "relative": [round(cost / costs[0], 3) for cost in costs],
            "ratio": round(ratio, 3),
            "target": GRAPH,
            "met": ratio <= GRAPH,
        }


def against_checkout(effort: Effort, other: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what numbers and marking cost in CPU time, as ratios to another checkout.

    Both take turns in this one run, each time in processes of their own.
    """
    for case in effort.compared:
        ratios = []
        for _ in range(effort.rounds):
            ours, theirs = (_report("evaluating.py", case, checkout=checkout) for checkout in (ROOT, other))
            ratios.append(ours[case] / theirs[case])
        ratio, target = statistics.median(ratios), COMPARED[case]
        name = f"{case} / the same in the other checkout"
        yield {"name": name, "ratio": round(ratio, 3), "target": target, "met": ratio <= target}


def against_peers(effort: Effort) -> Iterator[Mapping[str, Any]]:
    """Yield what SymPy alone, and each other system that is installed, takes for all gradients of a network.

    The costs are in multiples of what symnet takes.

    symnet's part holds its self-checks in the time, and in the LaTeX the forward equations and deltas it refers to.
    """
    for network in effort.networks:
        for method in (*METHODS, *installed()):
            if method == "symnet":
                continue
            pairs = []
            for _ in range(effort.peer_runs):
                own = _report("peers.py", "symnet", network)
                peer = report_of("peers.py", method, network, time_limit=effort.time_limit)
                # What is over the limit once would be so again.
                if peer is None:
                    break
                pairs.append({key: peer[key] / own[key] for key in own})
            over = len(pairs) < effort.peer_runs
            yield {"network": network, "method": method, "over_the_limit": over} | {
                key: None if over else round(statistics.median(pair[key] for pair in pairs), 2)
                for key in ("gradients", "with_latex", "latex_length")
            }


def _report(script: str, *arguments: str, checkout: Path | None = None) -> Mapping[str, Any]:
    report = report_of(script, *arguments, checkout=checkout)
    if report is None:
        raise RuntimeError("a process without a time limit cannot be over it")
    return report


_WITH_TARGETS = ("processes", "per_parameter", "graphs", "marking", "compared")


def print_tables(report: Mapping[str, Any]) -> None:
    """Print the report for people."""
    print(f"Python {report['python']}, SymPy {report['sympy']}; CPU time, medians of several runs\n")
    for row in (row for name in _WITH_TARGETS for row in report[name]):
        verdict = "met" if row["met"] else "not met"
        print(f"{row['name']:<46} {row['ratio']:>7.3f}   target {row['target']} ({verdict})")
        if "relative" in row:
            sizes = zip(row["parameters"], row["relative"], strict=True)
            of = row.get("of", "parameters")
            print("    " + ", ".join(f"{count} {of}: {cost:.2f}" for count, cost in sizes))
    print("\nSymPy alone, in multiples of symnet (over 1: SymPy takes more)")
    print(f"{'network':<16}{'method':<18}{'gradients':>12}{'with LaTeX':>12}{'length of the LaTeX':>22}")
    for row in report["peers"]:
        cells = f"{row['network']:<16}{row['method']:<18}"
        if row["over_the_limit"]:
            print(f"{cells}{'over the limit of ' + format(report['time_limit'], 'g') + ' s':>46}")
        else:
            print(f"{cells}{row['gradients']:>12.1f}{row['with_latex']:>12.1f}{row['latex_length']:>22.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What symnet costs, as ratios measured in one run.")
    parser.add_argument("--quick", action="store_true", help="one run of small cases")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--against", type=Path, help="another checkout, to compare what numbers and marking cost")
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    report = {
        "python": platform.python_version(),
        "sympy": sympy.__version__,
        "time_limit": effort.time_limit,
        "processes": list(processes(effort)),
        "per_parameter": list(per_parameter(effort)),
        "graphs": list(graphs(effort)),
        "marking": list(marking(effort)),
        "compared": [] if options.against is None else list(against_checkout(effort, options.against.resolve())),
        "peers": list(against_peers(effort)),
    }
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        print_tables(report)


if __name__ == "__main__":
    main()
