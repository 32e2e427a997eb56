"""How much room marking leaves for rounding: ``python benchmarks/rounding.py [--exercises N] [--chains N]``.

Each number of the examples and of random networks is worked out many times, every line rounded before it is used: to
the digits shown or to more, half up, half to even or cut off, in any form of the line, all at random. Every outcome has
to be accepted. Two directed chains a number, whose lines are all rounded to the shown digits so as to push it up, or
down, say how far rounding goes; printed is how many times that is accepted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEDIAN, NINETY_NINTH = 1.5, 3.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How much room marking leaves for rounding.")
    parser.add_argument("--exercises", type=int, default=200, help="how many, the examples among them")
    parser.add_argument("--first", type=int, default=0, help="how many of the first to leave out")
    parser.add_argument("--chains", type=int, default=10_000, help="random chains of each")
    parser.add_argument("--widest", type=int, default=5, help="how many of the numbers with most room are printed")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "marking")]
    from chains import measured

    warnings.simplefilter("ignore")
    rooms, rejected = [], []
    for found in measured(options.exercises, options.chains, options.first):
        rooms += found.rooms
        rejected += found.rejected
    rooms.sort(key=lambda room: room.ratio)
    ratios = [room.ratio for room in rooms]
    middle, most = statistics.median(ratios), ratios[int(0.99 * len(ratios))]
    print(f"{len(rooms)} numbers; accepted over directed, median {middle:.2f}, target {MEDIAN}; ")
    print(f"99th percentile {most:.2f}, target {NINETY_NINTH}; the widest {ratios[-1]:.2f}")
    print(f"{len(rejected)} outcomes of random chains are not accepted, target 0")
    for line in rejected[: options.widest]:
        print(f"  {line}")
    for room in rooms[::-1][: options.widest]:
        print(f"  {room.exercise}: {room.target} = {room.true:.6g}: {room.accepted} accepted, pushed by {room.pushed}")


if __name__ == "__main__":
    main()
