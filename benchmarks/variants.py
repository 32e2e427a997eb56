"""What the sheets of a class cost, as JSON: ``python variants.py SPEC SHEETS``.

CPU seconds of looking at one draw, of making one sheet with its numbers, source and key data, of one that is solved and
written by itself, and of the PDF engine for the same sources; and the largest memory of this process in megabytes.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from memory import largest

from symnet.pipeline import solve
from symnet.render.bound import SheetSource, binding
from symnet.sheets.worksheet import scheme_of
from symnet.variants.folder import Order, make, tasks
from symnet.variants.select import Looked, SourceText, workshop
from symnet.variants.sheets import FilesAsked, Student, files

# Sheets that are solved one by one, and those that the engine sets.
ALONE, SET = 2, 5


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that some work takes, in this process and in those that it starts."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def cost(spec: Path, sheets: int, engine: str) -> Mapping[str, float]:
    """Return what the sheets of a class cost, each a mean."""
    source = SourceText(spec.read_bytes(), spec.name, 1)
    shop = workshop(source)
    suffix = binding(engine).suffix
    asked = FilesAsked((suffix,), pdf_engine=engine)
    made = tasks([Looked(number, {}, 1, ()) for number in range(1, sheets + 1)], ())
    shop.look(0)
    with tempfile.TemporaryDirectory() as name:
        order = Order(source, asked, Path(name))
        make(order, made[:2])
        draw = seconds(lambda: [shop.look(number) for number in range(1, 11)]) / 10
        sheet = seconds(lambda: make(order, made)) / sheets
        texts = [Path(name, f"{task.stem}-worksheet.{suffix}").read_text(encoding="utf-8") for task in made[:SET]]

    def alone() -> None:
        for number in range(1, ALONE + 1):
            variant = shop.plan.variant(number)
            worked = solve(variant.description)
            list(files(variant, worked, scheme_of(worked), Student(), asked))

    how = binding(engine)
    joined = how.joined([SheetSource(str(number), text) for number, text in enumerate(texts)])
    return {
        "draw": draw,
        "sheet": sheet,
        "alone": seconds(alone) / ALONE,
        "engine": seconds(lambda: how.compiled(joined)) / len(texts),
        "megabytes": largest(),
    }


if __name__ == "__main__":
    print(json.dumps(cost(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
