"""The oracle lets every right derivation pass and stops every wrong one."""

import ast
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import mpmath
import pytest
from click.testing import CliRunner
from exercises import altered, combinations, gradient_of, luck
from sympy import Integer, S, Symbol

import symnet
from symnet import differences
from symnet import differences as differences_module
from symnet import network as network_module
from symnet import verify as verify_module
from symnet.calculus import Chain, Partial, PathSum, difference, factors_of, negative, terms_of
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.cli import cli
from symnet.differences import SMALL
from symnet.errors import CheckFailedError
from symnet.verify import DIRECTIONS, TOLERANCE, verify

# Two inputs, two units, two units: every kind of line there is, and quick to check.
SIZES = [2, 2, 2]


def with_derivation(gradient, wrt, steps):
    """Return ``gradient`` with other lines for one derivation."""
    kind = "parameters" if wrt in gradient.parameters else "adjoints"
    table = dict(getattr(gradient, kind))
    table[wrt] = altered(table[wrt], steps=tuple(steps))
    return altered(gradient, **{kind: table})


def all_lines(gradient):
    """Return every line as (what the derivation is by, number of the line)."""
    derivations = {**gradient.adjoints, **gradient.parameters}
    return [(wrt, number) for wrt, derivation in derivations.items() for number in range(len(derivation.steps))]


def ones_of(gradient):
    """Return what has the value 1 wherever it stands: slopes by biases and of the identity, the sum of the targets."""
    nodes = gradient.network.nodes.values()
    slopes = {Partial(node.symbol, parent) for node in nodes for parent, forms in node.slopes.items() if forms[-1] == 1}
    return {S.One, PathSum(*gradient.network.targets)} | slopes


def sign_flipped(expression, _ones):
    """Return the expression with its first term's sign turned."""
    first, *rest = terms_of(expression)
    return PathSum(negative(first), *rest)


def factor_dropped(expression, ones):
    """Return the expression without the last factor of its first term, or None where that is a 1 or the only one."""
    first, *rest = terms_of(expression)
    *kept, last = factors_of(first)
    return PathSum(Chain(*kept), *rest) if kept and last not in ones else None


def term_dropped(expression, _ones):
    """Return the expression without its last term, or None where it has only one."""
    *kept, _last = terms_of(expression)
    return PathSum(*kept) if kept else None


def index_transposed(expression, _ones):
    """Return the expression with one weight of the second layer transposed, or None where there is none."""
    swap = {Symbol("w2_1_2"): Symbol("w2_2_1"), Symbol("w2_2_1"): Symbol("w2_1_2")}
    changed = expression.xreplace(swap)
    return None if changed == expression else changed


def slope_replaced(expression, _ones):
    """Return the expression with the last 1 - a turned into 1 - a squared, or None where it does not end in one."""
    units = [Symbol(f"a{layer}_{unit}") for layer in (1, 2) for unit in (1, 2)]
    swap = {difference(S.One, a): difference(S.One, a ** Integer(2)) for a in units}
    *kept, last = factors_of(expression)
    return Chain(*kept, swap[last]) if last in swap else None


CORRUPTIONS = [sign_flipped, factor_dropped, term_dropped, index_transposed, slope_replaced]
NETWORKS = [
    (["tanh", "sigmoid"], "squared_error", True),
    (["sigmoid", "softmax"], "categorical_cross_entropy", "shared"),
    (["sigmoid", "sigmoid"], "binary_cross_entropy", True),
    (["identity", "softmax"], "binary_cross_entropy", False),
]


@pytest.mark.parametrize(("hidden", "output", "loss"), combinations())
def test_every_combination_passes(hidden, output, loss):
    """Every activation before every activation under every loss passes both oracles."""
    gradient = gradient_of([2, 3, 2], [hidden, output], loss)
    report = verify(gradient)
    assert report.passed
    assert [check.passed for check in report.checks] == [True, True]
    differences, lines = report.checks
    points, left_over = divmod(lines.comparisons, len(all_lines(gradient)))
    assert points >= 2
    assert not left_over
    assert differences.comparisons == len(gradient.parameters) + (points - 1) * DIRECTIONS
    assert all(0 <= check.worst_error <= TOLERANCE for check in report.checks)


@pytest.fixture
def other_points(monkeypatch):
    """A function that moves the random points of the oracle elsewhere."""

    def move(seed):
        drawn = SimpleNamespace(Random=lambda number: luck(f"{number} {seed}"))
        monkeypatch.setattr(differences, "random", drawn)

    return move


@pytest.mark.parametrize("seed", range(1, 11))
def test_other_points_pass_as_well(seed, other_points):
    """The outcome does not hang on where the random points lie."""
    other_points(seed)
    assert verify(gradient_of([2, 3, 2], ["relu", "softmax"], "binary_cross_entropy", "shared")).passed


@pytest.mark.parametrize("sizes", [[1, 1, 1], [1, 1, 1, 1], [3, 6, 2, 1], [1] * 12])
def test_dead_units_before_a_kink_pass(sizes, other_points):
    """Without biases a dead ReLU layer puts the next one exactly on its kink: a right derivation passes there too."""
    gradient = gradient_of(sizes, ["relu"] * (len(sizes) - 1), "squared_error", False)
    for seed in range(10):
        other_points(seed)
        assert verify(gradient).passed


def test_an_output_close_to_a_pole_passes():
    """Where a random output comes within 1e-6 of a pole of the loss's slope, a right derivation passes all the same."""
    sizes, activations = [2, 6, 1, 1], ["identity", "identity", "tanh"]
    assert verify(gradient_of(sizes, activations, "binary_cross_entropy", ["shared", "shared", True])).passed


@pytest.mark.parametrize("corrupt", CORRUPTIONS)
@pytest.mark.parametrize(("activations", "loss", "bias"), NETWORKS)
def test_any_corrupted_line_is_found(activations, loss, bias, corrupt):
    """Whichever line of whichever derivation is spoilt, the check fails with exit code 1."""
    gradient = gradient_of(SIZES, activations, loss, bias)
    spoilt = 0
    for wrt, number in all_lines(gradient):
        steps = list({**gradient.adjoints, **gradient.parameters}[wrt].steps)
        changed = corrupt(steps[number].rhs, ones_of(gradient))
        if changed is None:
            continue
        steps[number] = altered(steps[number], rhs=changed)
        with pytest.raises(CheckFailedError) as caught:
            verify(with_derivation(gradient, wrt, steps))
        assert caught.value.exit_code == 1
        spoilt += 1
    assert spoilt or (corrupt is slope_replaced and activations == ["identity", "softmax"])


@pytest.mark.parametrize("corrupt", [sign_flipped, factor_dropped])
def test_any_corrupted_line_of_a_big_network_is_found(corrupt):
    """The same with more parameters than have differences of their own."""
    gradient = gradient_of([4, 6, 3], ["tanh", "softmax"], "categorical_cross_entropy")
    assert len(gradient.parameters) > SMALL
    verify(gradient)
    lines = all_lines(gradient)
    for wrt, number in lines[:: len(lines) // 25]:
        steps = list({**gradient.adjoints, **gradient.parameters}[wrt].steps)
        changed = corrupt(steps[number].rhs, ones_of(gradient))
        if changed is None:
            continue
        steps[number] = altered(steps[number], rhs=changed)
        with pytest.raises(CheckFailedError):
            verify(with_derivation(gradient, wrt, steps))


@pytest.mark.parametrize("sizes", [[2, 2, 2], [4, 6, 3]])
def test_a_wrong_result_is_found_even_if_all_lines_agree(sizes):
    """A derivation that is wrong from its first line on fails against the forward pass."""
    gradient = gradient_of(sizes, ["tanh", "sigmoid"], "squared_error")
    first, second = Symbol("w1_1_2"), Symbol("w1_2_1")
    swapped = with_derivation(gradient, first, gradient.parameters[second].steps)
    with pytest.raises(CheckFailedError, match="differences of the forward pass"):
        verify(swapped)


def test_a_missing_path_is_found():
    """A delta that leaves out one unit of the next layer fails, even if it does so on all lines."""
    gradient = gradient_of(SIZES, ["tanh", "sigmoid"], "binary_cross_entropy")
    a = Symbol("a1_1")
    steps = [altered(step, rhs=terms_of(step.rhs)[0]) for step in gradient.adjoints[a].steps]
    with pytest.raises(CheckFailedError, match="each line"):
        verify(with_derivation(gradient, a, steps))


WRONG_SLOPES = {
    "identity": lambda *_: Integer(2),
    "sigmoid": lambda _z, a, k, _j: Chain(a[k], difference(S.One, a[k] ** Integer(2))),
    "tanh": lambda _z, a, k, _j: difference(S.One, a[k]),
    "relu": lambda *_: S.One,
    # The mistake of the CS349 notes: the softmax taken unit by unit.
    "softmax": lambda _z, a, k, j: Chain(a[k], difference(S.One, a[k])) if k == j else S.Zero,
}


@pytest.fixture
def wrong_slope(monkeypatch):
    """A function that makes the catalog teach another slope of one activation."""

    def replace(name, slope):
        wrong = {**ACTIVATIONS, name: altered(ACTIVATIONS[name], slope=slope)}
        monkeypatch.setattr(network_module, "ACTIVATIONS", MappingProxyType(wrong))

    return replace


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("sizes", [[2, 2, 2], [4, 6, 3]])
@pytest.mark.parametrize("place", [0, 1])
def test_a_wrong_slope_in_the_catalog_is_found(name, sizes, place, wrong_slope):
    """A slope that is wrong in the table fails, in hidden and in output layers, in small and in big networks."""
    wrong_slope(name, WRONG_SLOPES[name])
    activations = ["tanh", "sigmoid"] if name not in {"tanh", "sigmoid"} else ["identity", "identity"]
    activations[place] = name
    with pytest.raises(CheckFailedError):
        verify(gradient_of(sizes, activations, "squared_error"))


@pytest.mark.parametrize("sizes", [[1, 1], [2, 1], [1, 1, 1], [2, 1, 1], [3, 2, 2], [2, 1, 1, 1], [8, 8, 1]])
@pytest.mark.parametrize("wrong", [S.One, S.Zero])
def test_both_sides_of_a_kink_are_looked_at(sizes, wrong, wrong_slope):
    """A slope of ReLU that is wrong on one side only is found, be the network ever so small, in any layer."""
    depth = len(sizes) - 1
    for place in range(depth):
        activations = ["identity"] * depth
        activations[place] = "relu"
        wrong_slope("relu", lambda *_: wrong)
        with pytest.raises(CheckFailedError):
            verify(gradient_of(sizes, activations, "squared_error"))


@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize("sizes", [[2, 2, 2], [4, 6, 3]])
def test_a_wrong_slope_of_a_loss_is_found(name, sizes, monkeypatch):
    """A loss whose slope is twice what it should be fails."""
    entry = LOSSES[name]
    doubled = altered(entry, slope=lambda a, y, k: tuple(Chain(Integer(2), form) for form in entry.slope(a, y, k)))
    monkeypatch.setattr(network_module, "LOSSES", MappingProxyType({**LOSSES, name: doubled}))
    with pytest.raises(CheckFailedError):
        verify(gradient_of(sizes, ["tanh", "sigmoid"], name))


def test_a_failed_check_stops_the_output(wrong_slope, examples, tmp_path):
    """On the command line a failed check is exit 1, a message, and not one file."""
    wrong_slope("sigmoid", WRONG_SLOPES["sigmoid"])
    out = tmp_path / "out"
    result = CliRunner().invoke(cli, ["solve", str(examples["cs4045-q1"]), "-f", "tex,json", "-o", str(out)])
    assert result.exit_code == 1
    assert "did not pass its own check" in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def test_a_failed_check_is_an_exception_in_python(wrong_slope, examples):
    """In Python a failed check is raised; there is no result to print from."""
    wrong_slope("tanh", WRONG_SLOPES["tanh"])
    with pytest.raises(CheckFailedError, match="is not printed"):
        symnet.solve(examples["cs4045-q2"])


@pytest.mark.parametrize("name", ["cs4045-q1", "cs4045-q2", "cs349-slides", "xor"])
def test_every_example_passes_the_full_check(name, examples):
    """Every example passes the differences, the lines, and sympy.diff of the composed loss."""
    for part in symnet.solve(examples[name], verification="full").parts:
        assert part.report.passed
        names = [check.name for check in part.report.checks]
        assert len(names) == 3
        assert any("sympy.diff" in name for name in names)
        assert all(check.comparisons and check.worst_error <= TOLERANCE for check in part.report.checks)


@pytest.mark.parametrize("output", sorted(ACTIVATIONS))
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_sympy_agrees_with_every_output_and_loss(output, loss):
    """sympy.diff of the composed loss agrees for every activation of the last layer and every loss."""
    assert verify(gradient_of([2, 2, 2], ["tanh", output], loss, "shared"), full=True).passed


def test_sympy_finds_what_is_wrong(monkeypatch):
    """The third oracle finds a wrong result by itself, when the differences are not asked."""
    gradient = gradient_of([1, 1], ["tanh"], "squared_error")
    parameter = Symbol("w1_1_1")
    steps = list(gradient.parameters[parameter].steps)
    steps[-1] = altered(steps[-1], rhs=sign_flipped(steps[-1].rhs, set()))
    monkeypatch.setattr(verify_module, "_differences", lambda *_arguments: iter(()))
    with pytest.raises(CheckFailedError, match=r"sympy\.diff"):
        verify(with_derivation(gradient, parameter, steps), full=True)


def test_a_loss_too_long_for_sympy_is_left_to_the_differences():
    """Where the composed loss is too long, the full check has the two other oracles, and says so by its length."""
    gradient = gradient_of([4, 8, 8, 3], ["softmax", "softmax", "softmax"], "binary_cross_entropy")
    assert [check.passed for check in verify(gradient, full=True).checks] == [True, True]


def test_differences_are_as_good_as_they_are_said_to_be():
    """A derivative that is off by one part in 10 to the 18 fails; the tolerance is no looser than that."""
    gradient = gradient_of(SIZES, ["tanh", "sigmoid"], "squared_error")
    parameter = Symbol("w1_1_1")
    off = S.One + Integer(1) / Integer(10) ** 18
    steps = [altered(step, rhs=Chain(off, step.rhs)) for step in gradient.parameters[parameter].steps]
    with pytest.raises(CheckFailedError):
        verify(with_derivation(gradient, parameter, steps))
    assert mpmath.mpf(10) ** -20 >= TOLERANCE


@pytest.mark.parametrize("module", [verify_module, differences_module])
def test_the_oracle_shares_no_code_with_the_derivation(module):
    """The oracles import neither the rewrites nor the catalog, of derive only the records, and read no slope."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        node.module: {alias.name for alias in node.names} for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "symnet.numeric" in imported
    assert not [name for name in (*imported, *plain) if "simplify" in name or "catalog" in name]
    assert imported.get("symnet.derive", set()) <= {"Derivation", "Gradient", "Step"}
    assert "symnet" not in imported
    around = [
        node
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.Attribute) and child.attr == "slopes"
    ]
    # Who the parents of a node are is asked; what the catalog says of its slopes is not.
    assert all(isinstance(node, ast.Call) and node.func.id in {"len", "iter"} for node in around)
