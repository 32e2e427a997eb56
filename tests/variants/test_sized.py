"""Sheets on which only room is left for numbers: the same bytes as if every number had been laid out."""

import json
from pathlib import Path

import pytest
import yaml

from symnet.errors import SymnetError
from symnet.sheets.levels import BLANK, LEVELS, WITH_RULES
from symnet.sheets.worksheet import questions, scheme_of
from symnet.variants.plan import RefusedError
from symnet.variants.select import SourceText, workshop
from symnet.variants.sheets import FilesAsked, Student, files

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
STEPS = {"range": [-1, 1], "step": 0.1}
# What is drawn of an example that does not say so: the first that makes descriptions which may stand.
DRAWN = (
    {"parameters": STEPS, "inputs": STEPS},
    {"parameters": STEPS, "inputs": STEPS, "targets": {"choose": [0, 1]}},
    {"inputs": {"range": [1, 3], "step": 0.1}},
    {"parameters": {"shuffle": True}},
)


def shops(path):
    """Yield the workshops of an example, each with something else that is drawn."""
    text = path.read_text(encoding="utf-8")
    every = ({},) if "variants" in yaml.safe_load(text) else tuple({"variants": drawn} for drawn in DRAWN)
    for drawn in every:
        more = json.dumps(drawn)[1:-1] if drawn else ""
        yield lambda more=more: workshop(SourceText(f"{text}\n{more}".encode(), path.name, 3))


def worked_variants(path, count):
    """Return some draws of an example, worked, of the first choice of what is drawn that gives any."""
    for shop_of in shops(path):
        found = []
        try:
            shop = shop_of()
            for number in range(4 * count):
                try:
                    variant = shop.plan.variant(number)
                    found.append((variant, shop.worked(variant)))
                except (RefusedError, SymnetError):
                    continue
                if len(found) == count:
                    break
        except SymnetError:
            continue
        if found:
            return found
    return []


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_sheet_with_room_for_numbers_is_that_of_the_numbers(path):
    """Every level that leaves room for numbers is the same document, and text, as with all calculations laid out."""
    variants = worked_variants(path, 3)
    for variant, worked in variants:
        for level in sorted(BLANK):
            rules = level in WITH_RULES
            whole, sized = (LEVELS[level](questions(worked, rules=rules, sized=sized)) for sized in (False, True))
            assert sized == whole
        asked = FilesAsked(("tex", "typ"))
        made = dict(files(variant, worked, scheme_of(worked), Student(), asked))
        assert len(made) == 3
    assert variants or path.stem in WITHOUT


WITHOUT = {"C3", "C11", "C12", "own-notation"}
"""The examples without numbers, and one whose notation is a file beside it."""
