"""Whether another checkout writes the same JSON: ``python benchmarks/same.py --against DIR``.

All examples, and random descriptions over the whole catalog with paper arithmetic, training with every optimizer,
values on kinks and saturated units among them, are solved by this checkout and by the other one, each in a process of
its own. What differs is printed, and the exit code is 1 if anything does. The random ones are the same in every run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exercises import Draws

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MANY = 300
GRAPHS = 60
KINKED = ("relu", "leaky_relu", "prelu", "elu", "maxout", "abs(z)", "max(0, z)", "min(z, 0)")
FORMS = (
    *("{0} + {1}*{2}", "{0}*{1} - {2}", "{0}/{1}", "{0}^2 + {1}^3", "{0}^{1}", "exp({0}) + {1}", "ln({0})*{1}"),
    *("log2({0}) + log10({1})", "sqrt({0}) - {1}", "sin({0})*cos({1})", "tan({0}) + {1}", "sinh({0})/cosh({1})"),
    *("tanh({0})*{1}", "sigmoid({0}) - {1}", "relu({0})*{1}", "max({0}, {1}, {2})", "min({0}, {1})", "abs({0})*{1}"),
    *("sign({0}) + {1}", "ln(1 + exp({0})) + {1}", "{0}*max(0, {1})", "1 - {0}^2", "pi*{0} - e"),
)
SATURATED = ("sigmoid", "tanh", "softmax", "softplus", "elu")


def descriptions(count: int) -> Iterator[tuple[str, str | Mapping[str, Any]]]:
    """Yield the name of each description, and its path or its content."""
    for path in sorted((ROOT / "examples").glob("*.yaml"))[:count]:
        yield path.stem, str(path)
    sys.path.insert(0, str(ROOT / "tests"))
    from exercises import Draws, luck

    for number in range(count):
        yield f"random {number}", _random(Draws(luck(f"same {number}")), number)
    for number in range(min(count, GRAPHS)):
        yield f"graph {number}", _graph(luck(f"graph {number}"), number)


def _graph(chance: random.Random, number: int) -> Mapping[str, Any]:
    """Return a random computation graph over all functions, at simple numbers, where many kinks are."""
    names, nodes = ["x", "y", "z"], dict[str, str]()
    for place in range(chance.randint(2, 6)):
        form = chance.choice(FORMS)
        nodes[f"n{place}"] = form.format(*(chance.choice(names) for _ in range(3)))
        names.append(f"n{place}")
    at = {name: chance.choice(["-2", "-1", "-1/2", "0", "0.1", "1/3", "1", "2", "30"]) for name in "xyz"}
    spec = {"graph": {"inputs": ["x", "y", "z"], "nodes": nodes, "output": names[-1]}, "at": at}
    return spec | ({"numbers": {"arithmetic": "paper", "decimals": 4}} if number % 3 == 0 else {})


def _random(draws: Draws, number: int) -> Mapping[str, Any]:
    """Return one random description: by its number one of four sorts, on every third paper, mostly trained."""
    sort = number % 4
    names = {1: KINKED, 2: SATURATED}.get(sort)
    chosen = {} if names is None else {"hidden": draws.chance.choice(names), "output": draws.chance.choice(names)}
    spec = dict(draws.description(widest=(3, 4, 4, 3), samples=3, **chosen))
    if sort == 1:
        spec["parameters"] = _each(spec["parameters"], lambda text: str(round(float(text) * 3)))
        spec["data"] = _each(spec["data"], lambda text: str(round(float(text) * 2)) if "." in text else text)
    elif sort == 2:
        factor = draws.chance.choice([10, 100, 1000])
        spec["parameters"] = _each(spec["parameters"], lambda text: f"{float(text) * factor:.1f}")
    if number % 5:
        optimizers = _optimizers()
        spec["training"] = draws.training(spec, optimizers[number % len(optimizers)], draws.chance.randint(1, 4))
    if number % 3 == 0:
        spec["numbers"] = {"arithmetic": "paper"} | draws.chance.choice(
            [{"decimals": 4}, {"significant": 4}, {"decimals": 6, "rounding": "half_even"}, {"significant": 9}]
        )
    return spec


def _optimizers() -> tuple[str, ...]:
    from symnet.catalog.optimizers import OPTIMIZERS

    return tuple(OPTIMIZERS)


def _each(tree: object, change: Callable[[str], str]) -> object:
    """Return nested tables with every text in them changed."""
    if isinstance(tree, dict):
        return {key: _each(value, change) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_each(value, change) for value in tree]
    return change(tree) if isinstance(tree, str) else tree


def written(source: str | Mapping[str, Any]) -> str:
    """Return the JSON of a description, or what is said of it."""
    import symnet
    from symnet.errors import DescriptionError
    from symnet.render.json import render_json

    try:
        return render_json(symnet.solve(source))
    except DescriptionError as error:
        return f"error: {error}"


def _print_all(count: int) -> None:
    found = {}
    for name, source in descriptions(count):
        text = written(source)
        error = text if text.startswith("error: ") else ""
        found[name] = {"hash": hashlib.sha256(text.encode()).hexdigest(), "length": len(text), "error": error}
    print(json.dumps(found))


def _all_of(checkout: Path, count: int) -> Mapping[str, Mapping[str, Any]]:
    command = [sys.executable, str(HERE / "same.py"), "--print", "--count", str(count)]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=checkout)
    found: Mapping[str, Mapping[str, Any]] = json.loads(done.stdout)
    return found


def main() -> None:
    """Compare, or print what one checkout writes."""
    parser = argparse.ArgumentParser(description="Whether another checkout writes the same JSON.")
    parser.add_argument("--against", type=Path, help="the other checkout")
    parser.add_argument("--count", type=int, default=MANY, help="how many random ones, and examples at most")
    parser.add_argument("--print", action="store_true", help="print what this checkout writes, as hashes")
    options = parser.parse_args()
    if options.print:
        _print_all(options.count)
        return
    ours, theirs = (_all_of(checkout, options.count) for checkout in (ROOT, options.against.resolve()))
    different = [name for name in ours if ours[name] != theirs[name]]
    errors = sum(bool(entry["error"]) for entry in ours.values())
    print(f"{len(ours)} descriptions, {errors} of them errors; {len(different)} differ")
    for name in different:
        print(f"  {name}: {theirs[name]} became {ours[name]}")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
