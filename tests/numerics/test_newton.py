"""Newton's method: its steps by differences and a linear solver, by torch, as a law; what has none is refused."""

import mpmath
import pytest
from exercises import describe, evaluation_of
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

import symnet
from symnet.errors import DescriptionError
from symnet.limits import MOST_NEWTON

SAMPLES = {"inputs": [["1"], ["2"], ["-1"], ["0.5"]], "targets": [["1"], ["0"], ["0"], ["1"]]}


def graph(nodes, at, **training):
    """Return the description of a trained graph whose inputs are all parameters."""
    spec = {"graph": {"inputs": list(at), "nodes": nodes, "output": [*nodes][-1]}, "at": at}
    return spec | {"training": {"optimizer": "newton", **training}}


def regression(**training):
    """Return the description of a logistic regression with a penalty on its weight."""
    return describe(
        [1, 1],
        ["sigmoid"],
        "binary_cross_entropy",
        data=SAMPLES,
        parameters=[{"weights": [["0.5"]], "biases": ["-0.25"]}],
        regularization={"kind": "half_l2", "strength": "0.3"},
        training={"optimizer": "newton", **training},
    )


def cross_entropy(w, b, batch=range(4)):
    """Return the objective of the logistic regression, by its definition."""
    total = mpmath.mpf(0)
    for sample in batch:
        z = w * mpmath.mpf(SAMPLES["inputs"][sample][0]) + b
        total += mpmath.log(1 + mpmath.exp(-z)) + (1 - int(SAMPLES["targets"][sample][0])) * z
    return total / len(batch) + mpmath.mpf("0.15") * w**2


def valley(x, y):
    """Return the function of Rosenbrock with a valley that is less steep."""
    return (1 - x) ** 2 + 10 * (y - x**2) ** 2


def saddle(x, y, z):
    """Return a function with zeros on the diagonal of its Hessian, so that rows have to be exchanged."""
    return x * y + y * z + z * x + x**4 / 4 + y * mpmath.exp(z)


def flat(w):
    """Return a function of one parameter."""
    return w**4 - 3 * w


def steps_of(functions, at, damping="0", rate="1"):
    """Return the parameters after a step for each function, by differences and a linear solver alone."""
    found, small = [], mpmath.mpf(10) ** -30
    with mpmath.workdps(120):
        point = [mpmath.mpf(one) for one in at]
        places = range(len(point))
        for function in functions:
            gradient, matrix = differences(function, point, small)
            for place in places:
                matrix[place, place] += mpmath.mpf(damping)
            solved = mpmath.lu_solve(matrix, gradient)
            point = [point[place] - mpmath.mpf(rate) * solved[place] for place in places]
            found.append(point)
    return found


def differences(function, point, small):
    """Return the central differences of a function, and those of these, at a point."""
    places = range(len(point))

    def moved(*moves):
        return function(*(one + small * sum(by for at, by in moves if at == place) for place, one in enumerate(point)))

    signs = [(one, other) for one in (1, -1) for other in (1, -1)]
    first = [(moved((i, 1)) - moved((i, -1))) / (2 * small) for i in places]
    second = [
        [
            mpmath.fsum(one * other * moved((i, one), (j, other)) for one, other in signs) / (4 * small**2)
            for j in places
        ]
        for i in places
    ]
    return mpmath.matrix(first), mpmath.matrix(second)


def assert_steps(spec, expected):
    """Assert that every step of a description leads to the parameters that are expected, to 20 digits."""
    updates = evaluation_of(spec).updates
    assert len(updates) == len(expected)
    for update, point in zip(updates, expected, strict=True):
        for found, number in zip(update.after.values(), point, strict=True):
            assert mpmath.almosteq(found, number, mpmath.mpf(10) ** -20, mpmath.mpf(10) ** -20)


GRAPHS = {
    "one parameter": (flat, {"f": "w^4 - 3*w"}, {"w": "2"}),
    "two": (valley, {"u": "1 - x", "v": "y - x^2", "f": "u^2 + 10*v^2"}, {"x": "0.5", "y": "1"}),
    "three, rows exchanged": (saddle, {"f": "x*y + y*z + z*x + x^4/4 + y*exp(z)"}, {"x": "0", "y": "1", "z": "0"}),
}


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize(("damping", "rate"), [("0", "1"), ("0.25", "0.5")])
def test_steps_of_a_graph_by_differences(name, damping, rate):
    """Three steps with one, two and three parameters are those of differences and a linear solver."""
    function, nodes, at = GRAPHS[name]
    spec = graph(nodes, at, damping=damping, learning_rate=rate, steps=3)
    assert_steps(spec, steps_of([function] * 3, at.values(), damping, rate))


def test_steps_of_a_network_by_differences():
    """Of several samples it is the Hessian of the objective, penalty and batch included, that a step is made with."""
    assert_steps(regression(steps=2), steps_of([cross_entropy] * 2, ["0.5", "-0.25"]))
    halves = [lambda w, b: cross_entropy(w, b, (0, 1)), lambda w, b: cross_entropy(w, b, (2, 3))]
    assert_steps(regression(steps=2, batch=2), steps_of(halves, ["0.5", "-0.25"]))


def test_biases_stay_if_they_are_to():
    """Without its biases a network has the Hessian of its weights alone."""
    (update,) = evaluation_of(regression(update_biases=False)).updates
    ((moved,),) = steps_of([lambda w: cross_entropy(w, mpmath.mpf("-0.25"))], ["0.5"])
    assert mpmath.almosteq(update.after[Symbol("w1_1_1")], moved, mpmath.mpf(10) ** -20)
    assert update.after[Symbol("b1_1")] == update.before[Symbol("b1_1")]


def test_a_step_with_torch():
    """The Hessian, the gradient and the step are those of torch in float64."""
    torch = pytest.importorskip("torch")

    def function(point):
        x, y = point
        return (1 - x) ** 2 + 10 * (y - x**2) ** 2 + torch.exp(x * y)

    at = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
    matrix = torch.autograd.functional.hessian(function, at)
    (gradient,) = torch.autograd.grad(function(at), at)
    (update,) = evaluation_of(graph({"f": "(1 - x)^2 + 10*(y - x^2)^2 + exp(x*y)"}, {"x": "0.5", "y": "1"})).updates
    for row, theirs in zip(update.system.hessian, matrix.tolist(), strict=True):
        assert list(map(float, row)) == pytest.approx(theirs, rel=1e-12)
    moved = at.detach() - torch.linalg.solve(matrix, gradient)
    assert list(map(float, update.after.values())) == pytest.approx(moved.tolist(), rel=1e-12)


WHOLE = st.integers(-5, 5)


@given(
    st.lists(st.lists(WHOLE, min_size=3, max_size=3), min_size=3, max_size=3), st.lists(WHOLE, min_size=6, max_size=6)
)
def test_of_a_quadratic_one_step_leads_to_the_minimum(rows, more):
    """Wherever it starts, one step of a convex quadratic ends where its gradient is 0."""
    names = ("x", "y", "z")
    residuals = [" + ".join(f"({size})*{name}" for size, name in zip(row, names, strict=True)) for row in rows]
    squares = [f"({one})^2" for one in (*residuals, *names)]
    linear = [f"({size})*{name}" for size, name in zip(more[:3], names, strict=True)]
    at = dict(zip(names, more[3:], strict=True))
    updates = evaluation_of(graph({"f": " + ".join((*squares, *linear))}, at, steps=2)).updates
    assert all(abs(number) < mpmath.mpf(10) ** -30 for number in updates[1].gradients.values())


REFUSED = {
    "singular": (graph({"f": "(x + y)^4"}, {"x": "1", "y": "2"}), r"step 1 has a singular Hessian.*damping"),
    "later": (graph({"f": "x^3/3 - x"}, {"x": "2"}, learning_rate="8/3", steps=2), r"step 2 has a singular Hessian"),
    "one sample": (
        describe([1, 1], ["sigmoid"], "binary_cross_entropy")
        | {"data": {"inputs": [["1.5"]], "targets": [["1"]]}}
        | {"parameters": [{"weights": [["0.5"]], "biases": ["0"]}], "training": {"optimizer": "newton"}},
        r"training\.optimizer.*step 1 has a singular Hessian",
    ),
    "many": (
        describe([MOST_NEWTON, 1], ["sigmoid"], "squared_error", training={"optimizer": "newton"}),
        rf"newton for more than {MOST_NEWTON} parameters; expected at most {MOST_NEWTON}",
    ),
    "many inputs": (
        graph({"f": "a1*a2*a3*a4*a5*a6*a7"}, {f"a{n}": "1" for n in range(1, 8)}),
        rf"newton for more than {MOST_NEWTON} parameters",
    ),
    "clipped": (regression(clip_norm="1"), r'training\.clip_norm.*found the key "clip_norm"'),
    "decayed": (regression(weight_decay="0.1"), r'found the key "weight_decay".*takes the gradient as it is'),
    "another": (regression(optimizer="sgd", learning_rate="1", damping="1"), r"damping"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_step_is_refused(name):
    """A Hessian without inverse, too many parameters, and keys that change the gradient are one located error each."""
    spec, message = REFUSED[name]
    with pytest.raises(DescriptionError, match=message) as refused:
        symnet.solve(spec)
    assert len(refused.value.problems) == 1


def test_the_whole_step_has_no_learning_rate():
    """Without a learning rate it is 1, and not written in the rule; a given one is."""
    whole = symnet.solve(regression()).description.training
    given_rate = symnet.solve(regression(learning_rate="0.5")).description.training
    assert (whole.learning_rate, str(whole.rule.update)) == (1, "parameter - direction")
    assert str(given_rate.rule.update) == "parameter - eta*direction"


def test_on_paper_every_number_is_used_as_it_is_shown():
    """By hand, determinant and direction are worked out from the rounded Hessian and gradient."""
    spec = regression() | {"numbers": {"decimals": 2, "arithmetic": "paper"}}
    (update,) = symnet.solve(spec).parts[0].paper.updates
    ((one, mixed), (_mixed, other)), system = update.system.matrix, update.system
    first, last = update.gradients.values()
    with mpmath.workdps(30):
        assert abs(system.determinant - (one * other - mixed**2)) <= mpmath.mpf("0.005")
        wanted = [other * first - mixed * last, one * last - mixed * first]
        wanted = [number / system.determinant for number in wanted]
    assert [float(one) for one in system.solution] == [pytest.approx(float(one), abs=0.005001) for one in wanted]
    for before, after, step in zip(update.before.values(), update.after.values(), system.solution, strict=True):
        assert float(after) == pytest.approx(float(before) - float(step), abs=1e-12)
