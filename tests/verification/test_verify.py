"""The oracle lets every right derivation pass and stops every wrong one."""

import ast
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import mpmath
import pytest
from click.testing import CliRunner
from exercises import ROOT, altered, combinations, draw, gradient_of, luck, may_follow, objective_of, part_of
from sympy import Integer, Rational, S, Symbol

import symnet
from symnet.algebra import differentiate
from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Indicator,
    Partial,
    PathSum,
    Quotient,
    difference,
    factors_of,
    negative,
    terms_of,
)
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.regularizers import REGULARIZERS
from symnet.cli.app import cli
from symnet.derivation import objective
from symnet.errors import CheckFailedError
from symnet.network import build
from symnet.numerics.direct import decimal_digits, from_decimal
from symnet.verification import differences, samples
from symnet.verification import verify as verify_module
from symnet.verification.differences import SMALL
from symnet.verification.verify import DIRECTIONS, TOLERANCE, verify

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
    """Return what is 1 everywhere: derivatives with respect to biases and of the identity, the sum of the targets."""
    nodes = gradient.network.nodes.values()
    differentiate = {
        Partial(node.symbol, parent) for node in nodes for parent, forms in node.derivatives.items() if forms[-1] == 1
    }
    return {S.One, PathSum(*gradient.network.targets)} | differentiate


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


def derivative_replaced(expression, _ones):
    """Return the expression with the last 1 - a turned into 1 - a squared, or None where it does not end in one."""
    units = [Symbol(f"a{layer}_{unit}") for layer in (1, 2) for unit in (1, 2)]
    swap = {difference(S.One, a): difference(S.One, a ** Integer(2)) for a in units}
    *kept, last = factors_of(expression)
    return Chain(*kept, swap[last]) if last in swap else None


CORRUPTIONS = [sign_flipped, factor_dropped, term_dropped, index_transposed, derivative_replaced]
NETWORKS = [
    (["tanh", "sigmoid"], "squared_error", True),
    (["sigmoid", "softmax"], "categorical_cross_entropy", "shared"),
    (["sigmoid", "sigmoid"], "binary_cross_entropy", True),
    (["identity", "softmax"], "binary_cross_entropy", False),
]


@pytest.mark.everyday(15)
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
    """Where a random output comes within 1e-6 of a pole of the loss's derivative, a right derivation passes."""
    sizes, activations = [2, 6, 1, 1], ["identity", "identity", "tanh"]
    assert verify(gradient_of(sizes, activations, "binary_cross_entropy", ["shared", "shared", True])).passed


@pytest.mark.everyday(3)
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
    assert spoilt or (corrupt is derivative_replaced and activations == ["identity", "softmax"])


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


WRONG_DERIVATIVES = {
    "identity": lambda *_: Integer(2),
    "sigmoid": lambda _z, a, k, *_: Chain(a[k], difference(S.One, a[k] ** Integer(2))),
    "tanh": lambda _z, a, k, *_: difference(S.One, a[k]),
    "relu": lambda *_: S.One,
    "leaky_relu": lambda z, _a, k, _j, o: Branch(z[k], o["slope"], S.One),
    "prelu": lambda z, _a, k, *_: Indicator(z[k]),
    # The value in place of the derivative, on the negative side.
    "elu": lambda z, a, k, *_: Branch(z[k], S.One, a[k]),
    # The last piece in place of the one that won.
    "maxout": lambda z, _a, _k, j, _o: Integer(j == len(z) - 1),
    # The mistake of the CS349 notes: the softmax taken unit by unit.
    "softmax": lambda _z, a, k, j, _o: Chain(a[k], difference(S.One, a[k])) if k == j else S.Zero,
    "softplus": lambda _z, a, k, *_: Chain(a[k], difference(S.One, a[k])),
    # Each as if the factor z were a number.
    "gelu": lambda z, a, k, *_: Quotient(a[k], z[k]),
    "silu": lambda z, a, k, *_: Quotient(a[k], z[k]),
    "mish": lambda z, a, k, *_: Quotient(a[k], z[k]),
    "softsign": lambda z, _a, k, *_: Quotient(S.One, PathSum(S.One, Applied("abs", z[k]))),
    # As if the line never ended.
    "hard_sigmoid": lambda *_: Rational(1, 6),
    "hard_tanh": lambda *_: S.One,
    "selu": lambda z, a, k, *_: Branch(z[k], S.One, PathSum(a[k], S.One)),
    "log_sigmoid": lambda z, _a, k, *_: Applied("sigmoid", z[k]),
    "gaussian": lambda z, a, k, *_: Chain(Integer(2), z[k], a[k]),
}


@pytest.fixture
def wrong_derivative(monkeypatch):
    """A function that makes the catalog teach another derivative of one activation."""

    def replace(name, derivative):
        wrong = {**ACTIVATIONS, name: altered(ACTIVATIONS[name], derivative=lambda *given: (derivative(*given),))}
        monkeypatch.setattr(build, "ACTIVATIONS", MappingProxyType(wrong))

    return replace


@pytest.mark.everyday(12)
@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("sizes", [[2, 2, 2], [4, 6, 3]])
@pytest.mark.parametrize("place", [0, 1])
def test_a_wrong_derivative_in_the_catalog_is_found(name, sizes, place, wrong_derivative):
    """A derivative that is wrong in the table fails, in hidden and in output layers, in small and in big networks."""
    wrong_derivative(name, WRONG_DERIVATIVES[name])
    activations = ["tanh", "sigmoid"] if name not in {"tanh", "sigmoid"} else ["identity", "identity"]
    activations[place] = name
    with pytest.raises(CheckFailedError):
        verify(gradient_of(sizes, activations, "squared_error"))


@pytest.mark.parametrize("sizes", [[1, 1], [2, 1], [1, 1, 1], [2, 1, 1], [3, 2, 2], [2, 1, 1, 1], [8, 8, 1]])
@pytest.mark.parametrize("wrong", [S.One, S.Zero])
def test_both_sides_of_a_kink_are_looked_at(sizes, wrong, wrong_derivative):
    """A derivative of ReLU that is wrong on one side only is found, be the network ever so small, in any layer."""
    depth = len(sizes) - 1
    for place in range(depth):
        activations = ["identity"] * depth
        activations[place] = "relu"
        wrong_derivative("relu", lambda *_: wrong)
        with pytest.raises(CheckFailedError):
            verify(gradient_of(sizes, activations, "squared_error"))


@pytest.mark.parametrize("name", ["leaky_relu", "prelu", "elu"])
@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("sizes", [[1, 1], [2, 1, 1], [8, 8, 1]])
def test_both_sides_of_every_kinked_activation_are_looked_at(name, positive, sizes, wrong_derivative):
    """A derivative that is wrong on the positive or on the negative side alone is found, in first and last layers."""
    entry = ACTIVATIONS[name]

    def wrong(*given):
        z, _, k, *_ = given
        right = entry.derivative(*given)[-1]
        doubled = Chain(Integer(2), right)
        return Branch(z[k], doubled, right) if positive else Branch(z[k], right, doubled)

    for place in (0, -1):
        activations = ["identity"] * (len(sizes) - 1)
        activations[place] = name
        wrong_derivative(name, wrong)
        with pytest.raises(CheckFailedError):
            verify(gradient_of(sizes, activations, "squared_error"))


@pytest.mark.parametrize("pieces", [2, 3])
@pytest.mark.parametrize("sizes", [[1, 1], [3, 2, 1]])
def test_every_piece_is_looked_at(pieces, sizes, wrong_derivative):
    """A derivative of maxout that is wrong where one certain piece wins is found, whichever piece it is."""
    entry = ACTIVATIONS["maxout"]
    for bad in range(pieces):
        wrong_derivative(
            "maxout", lambda z, a, k, j, o, bad=bad: S.Zero if j == bad else entry.derivative(z, a, k, j, o)[-1]
        )
        layers = [{"activation": "maxout", "pieces": pieces}, *["identity"] * (len(sizes) - 2)]
        with pytest.raises(CheckFailedError):
            verify(gradient_of(sizes, layers, "squared_error"))


@pytest.mark.parametrize("sizes", [[1, 1], [3, 2, 1]])
def test_a_wrong_derivative_by_what_is_learned_is_found(sizes, monkeypatch):
    """A derivative with respect to the slope of PReLU that forgets the case is found."""
    wrong = altered(ACTIVATIONS["prelu"], learned={"alpha": lambda z, _o: z})
    monkeypatch.setattr(build, "ACTIVATIONS", MappingProxyType({**ACTIVATIONS, "prelu": wrong}))
    with pytest.raises(CheckFailedError):
        verify(gradient_of(sizes, ["prelu"] * (len(sizes) - 1), "squared_error"))


@pytest.mark.parametrize("mask", [[1, 0], [0, 1]])
def test_dropout_is_looked_at(mask):
    """A dropped unit that goes on learning, or a kept one without its scale, is found."""
    layer = {"activation": "tanh", "dropout": {"mask": mask, "keep": "1/2"}}
    gradient = gradient_of([2, 2, 1], [layer, "identity"], "squared_error")
    assert verify(gradient).passed
    for unit, kept in enumerate(mask, 1):
        wrt = Symbol(f"a1_{unit}")
        steps = list(gradient.adjoints[wrt].steps)
        steps[-1] = altered(steps[-1], rhs=Symbol(f"dL_dd1_{unit}"))
        with pytest.raises(CheckFailedError):
            verify(with_derivation(gradient, wrt, steps))
        assert (gradient.adjoints[wrt].result == 0) == (not kept)


def doubled_loss(entry):
    """Return a loss whose derivatives are all twice what they should be."""

    def twice(forms):
        return tuple(Chain(Integer(2), form) for form in forms)

    return altered(
        entry,
        derivative=lambda a, y, k, o: twice(entry.derivative(a, y, k, o)),
        piece_derivatives=lambda a, y, o: {
            piece: twice(forms) for piece, forms in entry.piece_derivatives(a, y, o).items()
        },
    )


@pytest.mark.everyday(5)
@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize("sizes", [[2, 2, 2], [4, 6, 3]])
def test_a_wrong_derivative_of_a_loss_is_found(name, sizes, monkeypatch):
    """A loss whose derivative is twice what it should be fails."""
    wrong = MappingProxyType({**LOSSES, name: doubled_loss(LOSSES[name])})
    monkeypatch.setattr(build, "LOSSES", wrong)
    with pytest.raises(CheckFailedError):
        verify(gradient_of(sizes, ["tanh", "sigmoid"], name))


@pytest.mark.parametrize("name", ["multiclass_hinge", "triplet"])
def test_a_wrong_derivative_of_a_piece_is_found(name, monkeypatch):
    """Each derivative of each node between outputs and loss is looked at."""
    entry = LOSSES[name]
    outputs = [Symbol(f"a1_{k}{branch}") for branch in entry.branches for k in (1, 2)]
    pieces = entry.pieces(outputs, [Symbol("y1"), Symbol("y2")], {"margin": S.One})
    for number, piece in enumerate(pieces):
        for parent in piece.derivatives:

            def wrong(a, y, o, number=number, parent=parent):
                found = list(entry.pieces(a, y, o))
                right = found[number].derivatives
                differentiate = right | {parent: (Chain(Integer(3), right[parent][-1]),)}
                found[number] = altered(found[number], derivatives=differentiate)
                return tuple(found)

            monkeypatch.setattr(build, "LOSSES", MappingProxyType({**LOSSES, name: altered(entry, pieces=wrong)}))
            with pytest.raises(CheckFailedError):
                verify(gradient_of([2, 2], ["tanh"], name))


@pytest.mark.parametrize("name", ["hinge", "multiclass_hinge", "triplet"])
@pytest.mark.parametrize("wrong", [S.One, S.Zero])
def test_both_sides_of_a_margin_are_looked_at(name, wrong, monkeypatch):
    """A loss that pushes beyond its margin, or never, is found."""
    entry = LOSSES[name]

    def without_indicator(expression):
        return expression.replace(lambda part: isinstance(part, Indicator), lambda _part: wrong)

    broken = altered(
        entry,
        derivative=lambda a, y, k, o: tuple(without_indicator(form) for form in entry.derivative(a, y, k, o)[-1:]),
        piece_derivatives=lambda a, y, o: {
            piece: tuple(map(without_indicator, forms)) for piece, forms in entry.piece_derivatives(a, y, o).items()
        },
    )
    monkeypatch.setattr(build, "LOSSES", MappingProxyType({**LOSSES, name: broken}))
    for sizes, activations in (([1, 2], ["identity"]), ([2, 3, 2], ["tanh", "identity"])):
        with pytest.raises(CheckFailedError):
            verify(gradient_of(sizes, activations, name))


@pytest.mark.parametrize("name", sorted({"sin", "sqrt", "abs", "max", "min", "log2", "sigmoid", "tanh", "exp"}))
def test_a_wrong_derivative_of_a_function_is_found(name, monkeypatch):
    """A function of expressions whose derivative is wrong fails in an activation that uses it."""
    entry = FUNCTIONS[name]
    wrong = altered(
        entry,
        derivatives=lambda *given: tuple(Chain(Integer(2), derivative) for derivative in entry.derivatives(*given)),
    )
    text = {"max": "max(z, 2*z)", "min": "min(z, 2*z)", "log2": "log2(2 + z^2)", "sqrt": "sqrt(1 + z^2)"}
    monkeypatch.setattr(differentiate, "FUNCTIONS", MappingProxyType({**FUNCTIONS, name: wrong}))
    with pytest.raises(CheckFailedError):
        verify(gradient_of([2, 2], [text.get(name, f"{name}(z)")], "squared_error"))


REGULARIZED = {
    "regularization": [{"kind": "l1", "strength": "0.1", "biases": True}, {"kind": "l2_norm", "strength": "c"}]
}
OBJECTIVES = [
    {"reduction": "mean"},
    {"reduction": "sum"},
    {"reduction": "mean", "regularization": {"kind": "l2", "strength": "lambda"}},
    REGULARIZED,
    {"data": {"inputs": [[1, 2]] * 5, "targets": [[0, 1]] * 5}, "regularization": {"kind": "half_l2", "strength": 1}},
]


@pytest.mark.parametrize("more", OBJECTIVES, ids=str)
@pytest.mark.parametrize("sizes", [[2, 2, 2], [2, 9, 2]])
def test_every_objective_passes(more, sizes):
    """Mean, sum and penalties pass two further oracles, in small and in big networks."""
    report = verify(*objective_of(sizes, ["tanh", "sigmoid"], "squared_error", **more))
    assert len(report.checks) == 4
    assert report.passed
    assert all(check.comparisons for check in report.checks)


@pytest.mark.parametrize("kind", REGULARIZERS)
@pytest.mark.parametrize("sizes", [[1, 1], [2, 2, 2], [2, 9, 2]])
def test_a_wrong_derivative_of_a_penalty_is_found(kind, sizes, monkeypatch):
    """A penalty whose derivative is twice what it should be fails, in small and in big networks."""
    entry = REGULARIZERS[kind]
    wrong = altered(entry, derivative=lambda parameter, value: Chain(Integer(2), entry.derivative(parameter, value)))
    monkeypatch.setattr(objective, "REGULARIZERS", MappingProxyType({**REGULARIZERS, kind: wrong}))
    activations = ["tanh"] * (len(sizes) - 1)
    with pytest.raises(CheckFailedError, match="objective"):
        verify(*objective_of(sizes, activations, "squared_error", regularization={"kind": kind, "strength": "0.3"}))


@pytest.mark.parametrize("sizes", [[1, 1], [2, 9, 2]])
@pytest.mark.parametrize("more", OBJECTIVES[:3], ids=str)
def test_a_wrong_share_is_found(sizes, more):
    """A mean that is taken for a sum, or a sum for a mean, fails."""
    gradient, right = objective_of(sizes, ["tanh"] * (len(sizes) - 1), "squared_error", **more)
    assert verify(gradient, right).passed
    with pytest.raises(CheckFailedError, match="objective"):
        verify(gradient, right._replace(mean=not right.mean))


def without_share(expression, _ones):
    """Return the expression without its share of 1/m, or None where it has none."""
    changed = expression.replace(lambda part: isinstance(part, Quotient) and part.args[0] == 1, lambda _part: S.One)
    return None if changed == expression else changed


@pytest.mark.everyday(5)
@pytest.mark.parametrize("corrupt", [sign_flipped, factor_dropped, term_dropped, without_share])
@pytest.mark.parametrize("more", OBJECTIVES, ids=str)
def test_any_corrupted_line_of_an_objective_is_found(more, corrupt):
    """Whichever line of whichever derivative of the objective is spoilt, the check fails."""
    gradient, right = objective_of([2, 2], ["tanh"], "squared_error", **more)
    for parameter, derivation in right.derivations.items():
        for number, step in enumerate(derivation.steps):
            changed = corrupt(step.rhs, set())
            if changed is None:
                continue
            steps = list(derivation.steps)
            steps[number] = altered(step, rhs=changed)
            spoilt = right.derivations | {parameter: altered(derivation, steps=tuple(steps))}
            with pytest.raises(CheckFailedError, match="objective"):
                verify(gradient, right._replace(derivations=spoilt))


def test_a_penalty_on_too_much_is_found():
    """A bias that is penalized unasked, or a weight that is forgotten, fails."""
    gradient, right = objective_of([1, 1], ["tanh"], "squared_error", regularization={"kind": "l2", "strength": "0.3"})
    weight, bias = (right.derivations[Symbol(name)] for name in ("w1_1_1", "b1_1"))
    for derivation, extra in ((weight, None), (bias, Chain(Rational(3, 5), Symbol("b1_1")))):
        steps = [
            altered(step, rhs=terms_of(step.rhs)[0] if extra is None else PathSum(step.rhs, extra))
            for step in derivation.steps
        ]
        spoilt = right.derivations | {derivation.wrt: altered(derivation, steps=tuple(steps))}
        with pytest.raises(CheckFailedError):
            verify(gradient, right._replace(derivations=spoilt))


def test_a_failed_check_stops_the_output(wrong_derivative, examples, tmp_path):
    """On the command line a failed check is exit 1, a message, and not one file."""
    wrong_derivative("sigmoid", WRONG_DERIVATIVES["sigmoid"])
    out = tmp_path / "out"
    result = CliRunner().invoke(cli, ["solve", str(examples["cs4045-q1"]), "-f", "tex,json", "-o", str(out)])
    assert result.exit_code == 1
    assert "did not pass its own check" in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def test_a_failed_check_is_an_exception_in_python(wrong_derivative, examples):
    """In Python a failed check is raised; there is no result to print from."""
    wrong_derivative("tanh", WRONG_DERIVATIVES["tanh"])
    with pytest.raises(CheckFailedError, match="is not printed"):
        symnet.solve(examples["cs4045-q2"])


# sympy.diff of a composed convolution takes a hundred times as long as that of any other example.
LONG = {"cnn": pytest.mark.campaign}
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", [pytest.param(name, marks=LONG.get(name, ())) for name in EXAMPLES])
def test_every_example_passes_the_full_check(name, examples):
    """Every example passes the differences, the lines, those of its objective, and sympy.diff of the composed loss."""
    for part in symnet.solve(examples[name], verification="full").parts:
        assert part.report.passed
        names = [check.name for check in part.report.checks]
        timed = part.gradient.time is not None
        assert len(names) == 3 + bool(part.gradient.arrays) + 2 * bool(part.objective.nodes) + timed
        assert any("sympy.diff" in name for name in names)
        assert all(check.comparisons and check.worst_error <= TOLERANCE for check in part.report.checks)


@pytest.mark.everyday(6, every=False)
@pytest.mark.parametrize(
    ("output", "loss"),
    [(output, loss) for loss in sorted(LOSSES) for output in sorted(ACTIVATIONS) if may_follow(loss, output)],
)
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


@pytest.mark.parametrize("module", [verify_module, differences, samples])
def test_the_oracle_shares_no_code_with_the_derivation(module):
    """The oracles import neither the rewrites nor the catalog, and of the derivation only its records."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        node.module: {alias.name for alias in node.names} for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "symnet.numerics.direct" in imported
    forbidden = ("rewrite", "shorten", "catalog", "backward", "differentiate", "paths")
    assert not [name for name in (*imported, *plain) for word in forbidden if word in name]
    assert imported.get("symnet.derivation.steps", set()) <= {"Derivation", "Gradient", "Step"}
    assert imported.get("symnet.derivation.objective", set()) <= {"Objective", "COUNT", "OBJECTIVE", "PENALTY"}
    assert "symnet" not in imported


@pytest.mark.parametrize("module", [verify_module, differences])
def test_the_oracle_reads_no_derivative(module):
    """Who the parents of a node are is asked; what the catalog says of its derivatives is not."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    around = [
        node
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.Attribute) and child.attr == "derivatives"
    ]
    assert all(isinstance(node, ast.Call) and node.func.id in {"len", "iter"} for node in around)


@pytest.mark.everyday(2)
@pytest.mark.parametrize("seed", range(8))
def test_sympy_agrees_with_random_networks(seed):
    """Small random networks with everything a description may have pass the full check."""
    spec = draw(luck(f"full {seed}"), widest=(2, 2, 2))
    assert all(check.passed for check in symnet.solve(spec, verification="full").parts[0].report.checks)


def test_hidden_probabilities_are_no_obstacle():
    """A loss in logarithms after a wide layer of any numbers still has a point to be checked at."""
    layers = ["relu", "relu", "softplus"]
    assert verify(gradient_of([3, 5, 1, 2], layers, "binary_cross_entropy", [True, False, True])).passed
    assert part_of({"inputs": 1, "layers": [{"units": 6, "activation": "softplus"}], "loss": "binary_cross_entropy"})


KINKED = ["relu", "prelu", "elu", {"activation": "maxout", "pieces": 4}, "max(z, -0.3, 0.2*z)", "abs(z) + max(1, z)"]


@pytest.mark.everyday(8)
@pytest.mark.parametrize("hidden", KINKED, ids=str)
@pytest.mark.parametrize(
    ("output", "loss"), [("softmax", "categorical_cross_entropy"), ("sigmoid", "binary_cross_entropy")]
)
@pytest.mark.parametrize("sizes", [[1, 1, 2], [3, 4, 2], [2, 6, 3], [3, 3, 3, 2]])
def test_the_search_for_both_sides_of_a_kink_saturates_nothing(hidden, output, loss, sizes):
    """However far the points reach for the other side of a kink, a right derivation passes there."""
    assert verify(gradient_of(sizes, [hidden] * (len(sizes) - 2) + [output], loss)).passed


MANY_SCALARS = {
    "graph": {
        "inputs": {"a": [130], "b": [130]},
        "nodes": {
            "h": "relu(a*b)/3 + sqrt(a^2 + 1)",
            "g": "sigmoid(h)*sin(a) + max(h, 1/3)^3 - log(1 + exp(b))",
            "L": "mean(g*exp(-h))/pi",
        },
        "output": "L",
    }
}


@pytest.fixture(scope="module")
def many_scalars():
    """Return a derivation of more scalars than are checked in mpmath's numbers."""
    part = symnet.solve(MANY_SCALARS).parts[0]
    assert differences.has_many(part.network)
    return part


def test_decimals_are_the_numbers_of_mpmath(many_scalars):
    """Of many scalars every value and difference is the same in decimals, to far more digits than are compared."""
    names = verify_module.names_of_adjoints(many_scalars.gradient)
    with mpmath.workdps(differences.DIGITS), decimal_digits(differences.DIGITS):
        both = []
        for decimals in (False, True):
            draw = differences.Draw(many_scalars.network, 1)
            point = differences.DifferencePoint(many_scalars.network, draw, lambda _values: 0, decimals=decimals)
            direction = point.directions(1)[0]
            along = {Symbol("along"): point.derivative_along(direction)}
            both.append({atom: from_decimal(value) for atom, value in {**point.atoms(names), **along}.items()})
        known, found = both
        assert known.keys() == found.keys()
        assert all(abs(found[atom] - value) <= abs(value) * mpmath.mpf(10) ** -40 for atom, value in known.items())


@pytest.mark.parametrize("place", [0, -1])
def test_a_wrong_derivative_of_many_scalars_is_stopped(many_scalars, place):
    """Decimals stop a factor that is off by 1e-15, in a line and in all lines of a derivation."""
    gradient = many_scalars.gradient
    wrt = list(gradient.adjoints)[place]
    last = gradient.adjoints[wrt].steps[-1]
    slightly = Rational(10**15 + 1, 10**15)
    wrong = last._replace(rhs=Chain(slightly, last.rhs))
    with pytest.raises(CheckFailedError, match="each line"):
        verify(with_derivation(gradient, wrt, (*gradient.adjoints[wrt].steps[:-1], wrong)))
    everywhere = tuple(
        step._replace(rhs=Chain(Rational(10**15 + 1, 10**15), step.rhs)) for step in gradient.adjoints[wrt].steps
    )
    with pytest.raises(CheckFailedError):
        verify(with_derivation(gradient, wrt, everywhere))
