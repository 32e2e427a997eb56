"""The activations: value, derivative in the taught form, range and convention at a kink, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from sympy import Integer, Mul, Pow, Rational, S, Symbol, exp, log, pi, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Wins, difference, negative
from symnet.catalog.options import Option

Options: TypeAlias = Mapping[str, Expr]


class Activation(NamedTuple):
    """What is known of an activation.

    Its functions take ``z``, the pre-activations that a unit may read: those of its layer, or of its own pieces; ``k``
    and ``j`` are 0-based places among them, ``a`` are the layer's activations and ``o`` its options by name.

    Attributes:
        name: Its name in a description.
        value: ``(z, k, o)`` to the activation of unit ``k``.
        derivative: ``(z, a, k, j, o)`` to the derivative of activation ``k`` with respect to pre-activation ``j``:
            one or more equal
            forms, the first without cancellation of digits, the last the taught one.
        working: ``(z, a, o)`` to the lines that lead from the definition to the taught derivative, for one unit.
        also: From ``z`` to further forms of the value, for one unit.
        range: ``real`` or ``unit_interval``: where its values lie.
        gaps: ``(z, k)`` to each bound other than 0 that the values of unit ``k`` come exponentially close to, and how
            far off they are: the same as bound minus value, without rounding the small difference away.
        reads: Which pre-activations a unit depends on: its ``own``, all of its ``layer``, or those of its ``pieces``.
        linear: Whether it is linear between its kinks, so that no value is too large for it.
        applied: Whether it is written as a function of z, such as sigma(z), rather than as its formula.
        options: What may be chosen of it.
        learned: By option name, ``(z, o)`` to the derivative of an activation with respect to an option that is a
            parameter.
        kink_derivative: From the options to the derivative taken at 0, for one whose derivative jumps there.
        smooth: From the options to whether its derivative does not jump after all.
        defined: The value in z of one that is given as an expression.
        title: What a description calls that one; empty for those of the table, which languages have titles for.
    """

    name: str
    value: Callable[[Sequence[Expr], int, Options], Expr]
    derivative: Callable[[Sequence[Expr], Sequence[Expr], int, int, Options], tuple[Expr, ...]]
    working: Callable[[Expr, Expr, Options], tuple[Expr, ...]]
    also: Callable[[Expr], tuple[Expr, ...]] = lambda z: ()
    range: str = "real"
    gaps: Callable[[Sequence[Expr], int], tuple[tuple[int, Expr], ...]] = lambda z, k: ()
    reads: Literal["own", "layer", "pieces"] = "own"
    linear: bool = False
    applied: bool = True
    options: tuple[Option, ...] = ()
    learned: Mapping[str, Callable[[Expr, Options], Expr]] = MappingProxyType({})
    kink_derivative: Callable[[Options], Expr] | None = None
    smooth: Callable[[Options], bool] = lambda o: False
    defined: Expr | None = None
    title: str = ""

    @property
    def couples(self) -> bool:
        """Whether each unit depends on all pre-activations of its layer."""
        return self.reads == "layer"


def _exponential(z: Expr) -> Expr:
    return exp(z, evaluate=False)


def _sigmoid(z: Expr) -> Expr:
    return Quotient(S.One, PathSum(S.One, _exponential(-z)))


def _sigmoid_working(z: Expr, a: Expr, _o: Options) -> tuple[Expr, ...]:
    bottom = PathSum(S.One, _exponential(-z))
    return Quotient(_exponential(-z), bottom ** Integer(2)), Chain(a, difference(S.One, a))


def _tanh_forms(z: Expr) -> tuple[Expr, ...]:
    up, down = _exponential(z), _exponential(-z)
    return (
        Quotient(Applied("sinh", z), Applied("cosh", z)),
        Quotient(difference(up, down), PathSum(up, down)),
    )


def _tanh_gap(z: Expr, bound: int) -> tuple[int, Expr]:
    # Left to itself SymPy would take longer over this product than over all else.
    return bound, Quotient(Integer(2), PathSum(S.One, _exponential(Mul(Integer(2 * bound), z, evaluate=False))))


def _softmax_gap(z: Sequence[Expr], k: int) -> tuple[int, Expr]:
    others = (_exponential(u) for j, u in enumerate(z) if j != k)
    return 1, Quotient(PathSum(*others), PathSum(*(_exponential(u) for u in z)))


def _softmax_derivative(a: Sequence[Expr], k: int, j: int) -> Expr:
    """Return the entry of the softmax Jacobian: p(1 - p) on the diagonal, -p p' off it."""
    return Chain(a[k], difference(S.One, a[k])) if k == j else negative(Chain(a[k], a[j]))


def _scaled(number: Expr, factor: Expr) -> Expr:
    """Return ``number * factor``, a number of 1 left out."""
    return factor if number == 1 else Chain(number, factor)


def _elu_derivatives(z: Expr, a: Expr, o: Options) -> tuple[Expr, ...]:
    return Branch(z, S.One, _scaled(o["alpha"], _exponential(z))), Branch(z, S.One, PathSum(a, o["alpha"]))


def _elu_like(z: Expr, rate: Expr, size: Expr) -> Expr:
    """Return ``rate * z`` for positive ``z``, and a curve from ``-size`` up to 0 for all others."""
    return Branch(z, _scaled(rate, z), _scaled(size, difference(_exponential(z), S.One)))


def _gaussian_density(z: Expr) -> Expr:
    """Return the density of the standard normal distribution."""
    return Quotient(_exponential(negative(Quotient(_square(z), Integer(2)))), Applied("sqrt", Chain(Integer(2), pi)))


def _doubled_cumulative(z: Expr) -> Expr:
    """Return twice the cumulative distribution function of the standard normal distribution."""
    return PathSum(S.One, Applied("erf", Quotient(z, Applied("sqrt", Integer(2)))))


def _gelu(z: Expr, o: Options) -> Expr:
    if not o["approximate"]:
        return Chain(_HALF, z, _doubled_cumulative(z))
    return Chain(_HALF, z, PathSum(S.One, _tanh(_gelu_argument(z))))


def _gelu_argument(z: Expr) -> Expr:
    """Return what stands under tanh in the approximation by Hendrycks and Gimpel (2016)."""
    return Chain(_ROOT_OF_2_OVER_PI, PathSum(z, Chain(_CUBIC, Pow(z, 3, evaluate=False))))


def _gelu_derivative(z: Expr, o: Options) -> Expr:
    if not o["approximate"]:
        return PathSum(Chain(_HALF, _doubled_cumulative(z)), Chain(z, _gaussian_density(z)))
    bent = _tanh(_gelu_argument(z))
    inner = Chain(_ROOT_OF_2_OVER_PI, PathSum(S.One, Chain(3 * _CUBIC, _square(z))))
    return PathSum(Chain(_HALF, PathSum(S.One, bent)), Chain(_HALF, z, difference(S.One, _square(bent)), inner))


def _silu_derivatives(z: Expr, a: Expr, o: Options) -> tuple[Expr, ...]:
    """Return the derivative of ``z sigmoid(beta z)`` by the product rule, and in terms of its own value."""
    beta = o["beta"]
    value, own = Applied("sigmoid", _scaled(beta, z)), _scaled(beta, a)
    rule = PathSum(value, Chain(*_factors(beta), z, value, difference(S.One, value)))
    return rule, PathSum(own, Chain(value, difference(S.One, own)))


def _factors(number: Expr) -> tuple[Expr, ...]:
    return () if number == 1 else (number,)


def _softplus(z: Expr) -> Expr:
    return log(PathSum(S.One, _exponential(z)), evaluate=False)


def _mish_derivative(z: Expr) -> Expr:
    bent = _tanh(_softplus(z))
    return PathSum(bent, Chain(z, difference(S.One, _square(bent)), Applied("sigmoid", z)))


def _tanh(z: Expr) -> Expr:
    return tanh(z, evaluate=False)


def _square(z: Expr) -> Expr:
    return Pow(z, Integer(2), evaluate=False)


def _twice_less(z: Expr, a: Expr) -> Expr:
    """Return ``-2 z a``."""
    return Chain(S.NegativeOne, Integer(2), z, a)


def _clamped(z: Expr, low: int) -> Expr:
    return Applied("max", Integer(low), Applied("min", S.One, z))


def _between(z: Expr, low: int, high: int) -> tuple[Expr, Expr]:
    """Return the indicators of what lies above ``low`` and of what lies below ``high``."""
    return Indicator(PathSum(z, Integer(-low))), Indicator(difference(Integer(high), z))


_HALF, _CUBIC = Rational(1, 2), Rational(44715, 1000000)
_ROOT_OF_2_OVER_PI = Applied("sqrt", Quotient(Integer(2), pi))
# lambda, and lambda times alpha, of Klambauer et al. (2017), to 17 digits.
_SELU_SCALE, _SELU_LIMIT = Rational("1.0507009873554805"), Rational("1.7580993408473769")


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Activation(
                name="identity",
                linear=True,
                value=lambda z, k, o: z[k],
                derivative=lambda z, a, k, j, o: (S.One,),
                working=lambda z, a, o: (S.One,),
                applied=False,
            ),
            Activation(
                name="sigmoid",
                value=lambda z, k, o: _sigmoid(z[k]),
                derivative=lambda z, a, k, j, o: (Chain(a[k], difference(S.One, a[k])),),
                working=_sigmoid_working,
                range="unit_interval",
                gaps=lambda z, k: ((1, Quotient(S.One, PathSum(S.One, _exponential(z[k])))),),
            ),
            Activation(
                name="tanh",
                value=lambda z, k, o: tanh(z[k]),
                derivative=lambda z, a, k, j, o: (difference(S.One, a[k] ** Integer(2)),),
                working=lambda z, a, o: (difference(S.One, a ** Integer(2)),),
                also=_tanh_forms,
                gaps=lambda z, k: (_tanh_gap(z[k], 1), _tanh_gap(z[k], -1)),
            ),
            Activation(
                name="relu",
                linear=True,
                value=lambda z, k, o: Applied("max", S.Zero, z[k]),
                derivative=lambda z, a, k, j, o: (Indicator(z[k]),),
                working=lambda z, a, o: (Indicator(z), Branch(z, S.One, S.Zero)),
                kink_derivative=lambda o: S.Zero,
            ),
            Activation(
                name="leaky_relu",
                linear=True,
                value=lambda z, k, o: Applied("max", Chain(o["slope"], z[k]), z[k]),
                derivative=lambda z, a, k, j, o: (Branch(z[k], S.One, o["slope"]),),
                working=lambda z, a, o: (Branch(z, S.One, o["slope"]),),
                options=(
                    Option(
                        "slope",
                        Fraction(1, 100),
                        Fraction(0),
                        Fraction(1),
                        below=True,
                    ),
                ),
                kink_derivative=lambda o: o["slope"],
            ),
            Activation(
                name="prelu",
                linear=True,
                value=lambda z, k, o: Branch(z[k], z[k], Chain(o["alpha"], z[k])),
                derivative=lambda z, a, k, j, o: (Branch(z[k], S.One, o["alpha"]),),
                working=lambda z, a, o: (Branch(z, S.One, o["alpha"]),),
                learned=MappingProxyType({"alpha": lambda z, o: Branch(z, S.Zero, z)}),
                kink_derivative=lambda o: o["alpha"],
            ),
            Activation(
                name="elu",
                value=lambda z, k, o: _elu_like(z[k], S.One, o["alpha"]),
                derivative=lambda z, a, k, j, o: _elu_derivatives(z[k], a[k], o),
                working=_elu_derivatives,
                options=(Option("alpha", Fraction(1), Fraction(0), above=True),),
                kink_derivative=lambda o: o["alpha"],
                smooth=lambda o: bool(o["alpha"] == 1),
            ),
            Activation(
                name="maxout",
                linear=True,
                value=lambda z, k, o: Applied("max", *z),
                derivative=lambda z, a, k, j, o: (Wins(Integer(j), *z),),
                working=lambda z, a, o: (),
                reads="pieces",
                applied=False,
                options=(
                    Option(
                        "pieces",
                        Fraction(2),
                        Fraction(2),
                        Fraction(20),
                        whole=True,
                    ),
                ),
            ),
            Activation(
                name="softmax",
                value=lambda z, k, o: Quotient(_exponential(z[k]), PathSum(*(_exponential(u) for u in z))),
                derivative=lambda z, a, k, j, o: (_softmax_derivative(a, k, j),),
                working=lambda z, a, o: (Chain(a, difference(S.One, a)),),
                range="unit_interval",
                gaps=lambda z, k: (_softmax_gap(z, k),),
                reads="layer",
                applied=False,
            ),
            Activation(
                name="softplus",
                value=lambda z, k, o: _softplus(z[k]),
                derivative=lambda z, a, k, j, o: (Applied("sigmoid", z[k]),),
                working=lambda z, a, o: (
                    Quotient(_exponential(z), PathSum(S.One, _exponential(z))),
                    Applied("sigmoid", z),
                ),
            ),
            Activation(
                name="gelu",
                value=lambda z, k, o: _gelu(z[k], o),
                derivative=lambda z, a, k, j, o: (_gelu_derivative(z[k], o),),
                working=lambda z, a, o: (_gelu_derivative(z, o),),
                options=(Option("approximate", "none", choices=("none", "tanh")),),
            ),
            Activation(
                name="silu",
                value=lambda z, k, o: Chain(z[k], Applied("sigmoid", _scaled(o["beta"], z[k]))),
                derivative=lambda z, a, k, j, o: _silu_derivatives(z[k], a[k], o),
                working=_silu_derivatives,
                options=(Option("beta", Fraction(1), Fraction(0), above=True),),
            ),
            Activation(
                name="mish",
                value=lambda z, k, o: Chain(z[k], _tanh(_softplus(z[k]))),
                derivative=lambda z, a, k, j, o: (_mish_derivative(z[k]),),
                working=lambda z, a, o: (_mish_derivative(z),),
            ),
            Activation(
                name="softsign",
                value=lambda z, k, o: Quotient(z[k], PathSum(S.One, Applied("abs", z[k]))),
                derivative=lambda z, a, k, j, o: (Quotient(S.One, _square(PathSum(S.One, Applied("abs", z[k])))),),
                working=lambda z, a, o: (Quotient(S.One, _square(PathSum(S.One, Applied("abs", z)))),),
            ),
            Activation(
                name="hard_sigmoid",
                value=lambda z, k, o: _clamped(Quotient(PathSum(z[k], Integer(3)), Integer(6)), 0),
                derivative=lambda z, a, k, j, o: (Chain(Rational(1, 6), *_between(z[k], -3, 3)),),
                working=lambda z, a, o: (Chain(Rational(1, 6), *_between(z, -3, 3)),),
            ),
            Activation(
                name="hard_tanh",
                value=lambda z, k, o: _clamped(z[k], -1),
                derivative=lambda z, a, k, j, o: (Chain(*_between(z[k], -1, 1)),),
                working=lambda z, a, o: (Chain(*_between(z, -1, 1)),),
            ),
            Activation(
                name="selu",
                value=lambda z, k, o: _elu_like(z[k], _SELU_SCALE, _SELU_LIMIT),
                derivative=lambda z, a, k, j, o: (
                    Branch(z[k], _SELU_SCALE, Chain(_SELU_LIMIT, _exponential(z[k]))),
                    Branch(z[k], _SELU_SCALE, PathSum(a[k], _SELU_LIMIT)),
                ),
                working=lambda z, a, o: (
                    Branch(z, _SELU_SCALE, Chain(_SELU_LIMIT, _exponential(z))),
                    Branch(z, _SELU_SCALE, PathSum(a, _SELU_LIMIT)),
                ),
                kink_derivative=lambda o: _SELU_LIMIT,
            ),
            Activation(
                name="log_sigmoid",
                value=lambda z, k, o: negative(_softplus(-z[k])),
                derivative=lambda z, a, k, j, o: (difference(S.One, Applied("sigmoid", z[k])),),
                working=lambda z, a, o: (
                    Quotient(_exponential(-z), PathSum(S.One, _exponential(-z))),
                    difference(S.One, Applied("sigmoid", z)),
                ),
            ),
            Activation(
                name="gaussian",
                value=lambda z, k, o: _exponential(negative(_square(z[k]))),
                derivative=lambda z, a, k, j, o: (_twice_less(z[k], a[k]),),
                working=lambda z, a, o: (
                    _twice_less(z, _exponential(negative(_square(z)))),
                    _twice_less(z, a),
                ),
                range="unit_interval",
            ),
        )
    }
)


def _log_softmax_derivative(a: Sequence[Expr], k: int, j: int) -> Expr:
    """Return 1 - p on the diagonal and -p' off it, the probabilities as powers of e."""
    power = _exponential(a[j])
    return difference(S.One, power) if k == j else negative(power)


ROW_ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "log_softmax": Activation(
            name="log_softmax",
            value=lambda z, k, o: difference(z[k], log(PathSum(*(_exponential(u) for u in z)), evaluate=False)),
            derivative=lambda z, a, k, j, o: (_log_softmax_derivative(a, k, j),),
            working=lambda z, a, o: (difference(S.One, _exponential(a)),),
            reads="layer",
            applied=False,
        )
    }
)
"""Activations of whole rows; layers with one are worked out in arrays."""

SYNONYMS: Mapping[str, str] = MappingProxyType({"linear": "identity", "swish": "silu"})
"""Other words for activations, which a description may use."""


def option_as_number(option: Option, value: Fraction | str) -> Expr:
    """Return the value of an option as the functions of an entry take it: a choice is its place among all."""
    if isinstance(value, str):
        return Integer(option.choices.index(value))
    return Rational(value.numerator, value.denominator)


def default_options(activation: Activation) -> dict[str, Expr]:
    """Return each option of ``activation`` at its default, and a letter for each that is learned."""
    chosen = {option.name: option_as_number(option, option.default) for option in activation.options}
    return chosen | {name: Symbol(name) for name in activation.learned}
