"""The losses: value, and derivative wrt each output from the first form to the taught one, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import takewhile
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from sympy import Integer, Mul, Pow, Rational, S, Symbol, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, difference, factors_of, negative
from symnet.catalog.options import Option
from symnet.quantity import Role

Options: TypeAlias = Mapping[str, Expr]
Derivatives: TypeAlias = Mapping[Symbol, tuple[Expr, ...]]


class LossPiece(NamedTuple):
    """A node between the outputs and the loss.

    Attributes:
        symbol: Its symbol, named by its id.
        role: What it is.
        unit: Its 1-based number among those of its role, or None.
        expression: Its value in outputs, targets and earlier pieces.
        derivatives: Its derivatives with respect to the outputs and the earlier pieces, each as equal forms.
    """

    symbol: Symbol
    role: Role
    unit: int | None
    expression: Expr
    derivatives: Derivatives


class CatalogLoss(NamedTuple):
    """What is known of a loss.

    Its functions take the outputs ``a`` (of the anchor, the positive and the negative one after the other, where three
    inputs go through the network), the targets ``y`` and its options ``o`` by name; among these is ``coupled`` where
    the outputs are probabilities that sum to 1.

    Attributes:
        name: Its name in a description.
        value: ``(a, y, o)`` to the loss of one sample.
        derivative: ``(a, y, k, o)`` to the derivative with respect to output ``k`` (0-based): one or more equal
            forms, the first
            as it comes from the definition, the last as it is taught; none where the outputs reach it by pieces alone.
        pieces: ``(a, y, o)`` to the nodes between the outputs and the loss, in forward order.
        piece_derivatives: ``(a, y, o)`` to the derivatives of the loss with respect to its pieces.
        targets: Where targets may lie: ``any``, ``nonnegative``, ``unit_interval``, ``signs`` (+1 or -1), ``binary`` (0
            or 1), ``one_hot`` or ``none``.
        outputs: ``any``, ``positive``, ``unit_interval`` or ``raw``: where outputs must lie for the loss to be a real
            number, or that they are meant to be pre-activations.
        normalized: Whether its targets are taken to sum to 1 (one-hot, or a distribution over classes).
        branches: The uses of the network for one sample, by the suffix of their ids.
        options: What may be chosen of it.
    """

    name: str
    value: Callable[[Sequence[Expr], Sequence[Expr], Options], Expr]
    derivative: Callable[[Sequence[Expr], Sequence[Expr], int, Options], tuple[Expr, ...]]
    pieces: Callable[[Sequence[Symbol], Sequence[Symbol], Options], tuple[LossPiece, ...]] = lambda a, y, o: ()
    piece_derivatives: Callable[[Sequence[Symbol], Sequence[Symbol], Options], Derivatives] = lambda a, y, o: {}
    targets: Literal["any", "nonnegative", "unit_interval", "signs", "binary", "one_hot", "none"] = "any"
    outputs: Literal["any", "positive", "unit_interval", "raw"] = "any"
    normalized: bool = False
    branches: tuple[str, ...] = ("",)
    options: tuple[Option, ...] = ()


def _squares(a: Sequence[Expr], y: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(difference(p, t) ** Integer(2) for p, t in zip(a, y, strict=True))


def _scaled(scale: Expr, terms: tuple[Expr, ...]) -> Expr:
    return PathSum(*terms) if scale == 1 else Chain(scale, PathSum(*terms))


def _part(over: int, count: int) -> Expr:
    """Return a part of a mean: a number if it is whole, else a fraction that stays one."""
    return Integer(over // count) if over % count == 0 else Quotient(Integer(over), Integer(count))


def _logarithm(x: Expr, o: Options) -> Expr:
    base = o["log_base"]
    return log(x, evaluate=False) if base == S.Exp1 else Applied(f"log{base}", x)


def _per_log(derivative: Expr, o: Options) -> Expr:
    """Return the derivative of a loss in logarithms of any base, from that in natural ones."""
    base = o["log_base"]
    return derivative if base == S.Exp1 else Chain(Quotient(S.One, log(base, evaluate=False)), derivative)


def _smoothed(y: Expr, o: Options, count: int) -> Expr:
    """Return a target that gives a part of itself to all of so many classes alike."""
    part = o.get("label_smoothing", S.Zero)
    return y if part == 0 else PathSum(Chain(1 - part, y), part / count)


def _positive(o: Options) -> tuple[Expr, ...]:
    """Return the weight of targets of 1 as factors of a product: none if it is 1."""
    return _unless_one(o.get("positive_weight", S.One))


def _of_class(number: int, o: Options) -> tuple[Expr, ...]:
    """Return the weight of a class, counted from 1, as factors of a product: none if it is 1."""
    return _unless_one(o.get(f"class_weights_{number}", S.One))


def _of_zero_and_one(o: Options) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """Return the weights of targets of 0 and of 1, the first and the second class, as factors of a product."""
    whole = Mul(*_of_class(2, o), *_positive(o))
    return _of_class(1, o), _unless_one(whole)


def _weighted(weights: tuple[Expr, ...], y: Expr, a: Expr) -> Expr:
    """Return a weighted quotient: whole weights stand in its numerator, others in front of it."""
    if all(weight.is_Integer for weight in weights):
        return Quotient(Chain(*weights, y), a)
    return Chain(*weights, Quotient(y, a))


def _entropy(a: Expr, target: Expr, o: Options) -> Expr:
    y = _smoothed(target, o, 2)
    of_zero, of_one = _of_zero_and_one(o)
    one = Chain(*of_one, y, _logarithm(a, o))
    return PathSum(one, Chain(*of_zero, difference(S.One, y), _logarithm(difference(S.One, a), o)))


def _binary_derivative(a: Expr, target: Expr, o: Options) -> tuple[Expr, ...]:
    y = _smoothed(target, o, 2)
    rest, gap = difference(S.One, a), difference(S.One, y)
    of_zero, of_one = _of_zero_and_one(o)
    first = _per_log(PathSum(negative(_weighted(of_one, y, a)), _weighted(of_zero, gap, rest)), o)
    if of_zero or of_one:
        return (first,)
    return first, _per_log(Quotient(difference(a, y), Chain(a, rest)), o)


def _categorical(a: Sequence[Expr], y: Sequence[Expr], o: Options) -> Expr:
    return PathSum(
        *(
            Chain(S.NegativeOne, *_of_class(number, o), _smoothed(t, o, len(a)), _logarithm(p, o))
            for number, (p, t) in enumerate(zip(a, y, strict=True), 1)
        )
    )


def _categorical_derivative(a: Sequence[Expr], y: Sequence[Expr], k: int, o: Options) -> tuple[Expr, ...]:
    derivative = _per_log(_weighted(_of_class(k + 1, o), _smoothed(y[k], o, len(a)), a[k]), o)
    return (negative(derivative),)


def _length(vector: Sequence[Expr]) -> Expr:
    return Applied("sqrt", PathSum(*(Pow(entry, Integer(2), evaluate=False) for entry in vector)))


def _product(a: Sequence[Expr], y: Sequence[Expr]) -> Expr:
    return PathSum(*(Chain(p, t) for p, t in zip(a, y, strict=True)))


def _cosine(a: Sequence[Expr], y: Sequence[Expr]) -> Expr:
    """Return the cosine of the angle between two vectors; the factor that a vector of zeros has not comes first."""
    return Chain(Quotient(S.One, Chain(_length(a), _length(y))), _product(a, y))


def _cosine_derivative(a: Sequence[Expr], y: Sequence[Expr], k: int) -> Expr:
    """Return the derivative of 1 minus the cosine of two vectors with respect to an entry of the first."""
    own, other = _length(a), _length(y)
    turned = Quotient(Chain(_product(a, y), a[k]), Chain(Pow(own, Integer(3), evaluate=False), other))
    return PathSum(turned, negative(Quotient(y[k], Chain(own, other))))


def _hinge_derivative(a: Expr, y: Expr, margin: Expr) -> tuple[Expr, ...]:
    switch = difference(margin, Chain(y, a))
    return Branch(switch, negative(y), S.Zero), negative(Chain(y, Indicator(switch)))


def _positive_part(x: Expr) -> Expr:
    return Applied("max", S.Zero, x)


def _margins(count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"m{number}") for number in range(1, count + 1))


_RIGHT = Symbol("s")


def _class_margins(a: Sequence[Symbol], y: Sequence[Symbol], o: Options) -> tuple[LossPiece, ...]:
    """Return the score of the right class, and by how much each class comes too close to it."""
    right = PathSum(*(Chain(target, score) for target, score in zip(y, a, strict=True)))
    margins = zip(_margins(len(a)), a, strict=True)
    return (
        LossPiece(
            _RIGHT, Role.RIGHT_SCORE, None, right, {score: (target,) for score, target in zip(a, y, strict=True)}
        ),
        *(
            LossPiece(
                symbol,
                Role.MARGIN_NODE,
                number,
                PathSum(score, negative(_RIGHT), o["margin"]),
                {score: (S.One,), _RIGHT: (S.NegativeOne,)},
            )
            for number, (symbol, score) in enumerate(margins, 1)
        ),
    )


_NEAR, _FAR = Symbol("dp"), Symbol("dn")


def _distances(a: Sequence[Symbol], _y: Sequence[Symbol], _o: Options) -> tuple[LossPiece, ...]:
    """Return the squared distances of the anchor to the positive and to the negative."""
    size = len(a) // 3
    anchor = a[:size]
    found = []
    for symbol, number, other in ((_NEAR, 1, a[size : 2 * size]), (_FAR, 2, a[2 * size :])):
        derivatives: dict[Symbol, tuple[Expr, ...]] = {}
        for p, q in zip(anchor, other, strict=True):
            derivatives[p] = (Chain(Integer(2), difference(p, q)),)
            derivatives[q] = (Chain(S.NegativeOne, Integer(2), difference(p, q)),)
        found.append(LossPiece(symbol, Role.DISTANCE, number, PathSum(*_squares(anchor, other)), derivatives))
    return tuple(found)


def _triplet_derivatives(_a: Sequence[Symbol], _y: Sequence[Symbol], o: Options) -> Derivatives:
    active = Indicator(_closeness(o))
    return {_NEAR: (active,), _FAR: (negative(active),)}


def _closeness(o: Options) -> Expr:
    return PathSum(_NEAR, negative(_FAR), o["margin"])


def _errors(a: Sequence[Expr], y: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(difference(p, t) for p, t in zip(a, y, strict=True))


def _over_outputs(count: int, term: Expr) -> Expr:
    """Return the part that one term has in the mean over so many outputs."""
    return term if count == 1 else Chain(_part(1, count), term)


def _size(x: Expr) -> Expr:
    return Applied("abs", x)


def _huber(error: Expr, o: Options) -> Expr:
    delta = o["delta"]
    linear = Chain(*_unless_one(delta), difference(_size(error), Quotient(delta, Integer(2))))
    return Branch(difference(_size(error), delta), linear, Chain(Rational(1, 2), error ** Integer(2)))


def _huber_derivative(error: Expr, o: Options) -> Expr:
    return Branch(difference(_size(error), o["delta"]), Chain(*_unless_one(o["delta"]), Applied("sign", error)), error)


def _unless_one(number: Expr) -> tuple[Expr, ...]:
    return () if number == 1 else (number,)


def _log_cosh(error: Expr) -> Expr:
    return log(Applied("cosh", error), evaluate=False)


def _poisson(a: Expr, y: Expr) -> Expr:
    return difference(a, Chain(y, log(a, evaluate=False)))


def _raised(base: Expr, exponent: Expr) -> tuple[Expr, ...]:
    """Return a power as the factors of a product: none to the power 0, the base itself to the power 1."""
    if exponent == 0:
        return ()
    return (base,) if exponent == 1 else (Pow(base, exponent, evaluate=False),)


def _focused_derivative(a: Expr, o: Options) -> Expr:
    """Return the derivative of what a target of 1 costs, by the product rule."""
    rest, gamma = difference(S.One, a), o["gamma"]
    second = negative(Quotient(Chain(*_raised(rest, gamma)), a))
    if gamma == 0:
        return second
    return PathSum(Chain(*_unless_one(gamma), *_raised(rest, gamma - 1), log(a, evaluate=False)), second)


def _focused_on_zero_derivative(a: Expr, o: Options) -> Expr:
    """Return the derivative of what a target of 0 costs."""
    rest, gamma = difference(S.One, a), o["gamma"]
    second = Quotient(Chain(*_raised(a, gamma)), rest)
    if gamma == 0:
        return second
    return PathSum(Chain(S.NegativeOne, *_unless_one(gamma), *_raised(a, gamma - 1), log(rest, evaluate=False)), second)


def _focal(a: Expr, y: Expr, o: Options) -> Expr:
    rest, gamma, alpha = difference(S.One, a), o["gamma"], o["alpha"]
    one = negative(Chain(alpha, y, *_raised(rest, gamma), log(a, evaluate=False)))
    if "coupled" in o:
        return one
    zero = Chain(_other(alpha), difference(S.One, y), *_raised(a, gamma), log(rest, evaluate=False))
    return PathSum(one, negative(zero))


def _focal_derivative(a: Expr, y: Expr, o: Options) -> Expr:
    one = Chain(o["alpha"], y, _focused_derivative(a, o))
    if "coupled" in o:
        return one
    return PathSum(one, Chain(_other(o["alpha"]), difference(S.One, y), _focused_on_zero_derivative(a, o)))


def _other(alpha: Expr) -> Expr:
    """Return ``1 - alpha``, worked out if it is a number."""
    return 1 - alpha if alpha.is_number else difference(S.One, alpha)


_LOG_BASE = Option("log_base", "e", choices=("e", "2", "10"))
_CLASS_WEIGHTS = Option("class_weights", Fraction(1), Fraction(0), above=True, each=True)
_POSITIVE_WEIGHT = Option("positive_weight", Fraction(1), Fraction(0), above=True)
_LABEL_SMOOTHING = Option("label_smoothing", Fraction(0), Fraction(0), Fraction(1), below=True)


_MARGIN = Option("margin", Fraction(1), Fraction(0))


LOSSES: Mapping[str, CatalogLoss] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            CatalogLoss(
                name="squared_error",
                value=lambda a, y, o: _scaled(Rational(1, 2), _squares(a, y)),
                derivative=lambda a, y, k, o: (
                    Chain(Rational(1, 2), Integer(2), difference(a[k], y[k])),
                    difference(a[k], y[k]),
                ),
            ),
            CatalogLoss(
                name="sum_squared_error",
                value=lambda a, y, o: _scaled(S.One, _squares(a, y)),
                derivative=lambda a, y, k, o: (Chain(Integer(2), difference(a[k], y[k])),),
            ),
            CatalogLoss(
                name="mean_squared_error",
                value=lambda a, y, o: _scaled(_part(1, len(a)), _squares(a, y)),
                derivative=lambda a, y, k, o: (_scaled(_part(2, len(a)), (difference(a[k], y[k]),)),),
            ),
            CatalogLoss(
                name="binary_cross_entropy",
                value=lambda a, y, o: PathSum(*(negative(_entropy(p, t, o)) for p, t in zip(a, y, strict=True))),
                derivative=lambda a, y, k, o: _binary_derivative(a[k], y[k], o),
                targets="unit_interval",
                outputs="unit_interval",
                options=(_LOG_BASE, _CLASS_WEIGHTS, _POSITIVE_WEIGHT, _LABEL_SMOOTHING),
            ),
            CatalogLoss(
                name="categorical_cross_entropy",
                value=_categorical,
                derivative=_categorical_derivative,
                targets="unit_interval",
                outputs="unit_interval",
                normalized=True,
                options=(_LOG_BASE, _CLASS_WEIGHTS, _LABEL_SMOOTHING),
            ),
            CatalogLoss(
                name="hinge",
                value=lambda a, y, o: PathSum(
                    *(_positive_part(difference(o["margin"], Chain(t, p))) for p, t in zip(a, y, strict=True))
                ),
                derivative=lambda a, y, k, o: _hinge_derivative(a[k], y[k], o["margin"]),
                targets="signs",
                outputs="raw",
                options=(_MARGIN,),
            ),
            CatalogLoss(
                name="multiclass_hinge",
                value=lambda a, y, o: PathSum(
                    *(Chain(difference(S.One, t), _positive_part(m)) for m, t in zip(_margins(len(a)), y, strict=True))
                ),
                derivative=lambda a, y, k, o: (),
                pieces=_class_margins,
                piece_derivatives=lambda a, y, o: {
                    m: (Chain(difference(S.One, t), Indicator(m)),) for m, t in zip(_margins(len(a)), y, strict=True)
                },
                targets="one_hot",
                outputs="raw",
                options=(_MARGIN,),
            ),
            CatalogLoss(
                name="triplet",
                value=lambda a, y, o: _positive_part(_closeness(o)),
                derivative=lambda a, y, k, o: (),
                pieces=_distances,
                piece_derivatives=_triplet_derivatives,
                targets="none",
                branches=(".a", ".p", ".n"),
                options=(_MARGIN,),
            ),
            CatalogLoss(
                name="absolute_error",
                value=lambda a, y, o: _scaled(_part(1, len(a)), tuple(map(_size, _errors(a, y)))),
                derivative=lambda a, y, k, o: (_over_outputs(len(a), Applied("sign", difference(a[k], y[k]))),),
            ),
            CatalogLoss(
                name="huber",
                value=lambda a, y, o: _scaled(_part(1, len(a)), tuple(_huber(e, o) for e in _errors(a, y))),
                derivative=lambda a, y, k, o: (_over_outputs(len(a), _huber_derivative(difference(a[k], y[k]), o)),),
                options=(Option("delta", Fraction(1), Fraction(0), above=True),),
            ),
            CatalogLoss(
                name="log_cosh",
                value=lambda a, y, o: _scaled(_part(1, len(a)), tuple(map(_log_cosh, _errors(a, y)))),
                derivative=lambda a, y, k, o: (_over_outputs(len(a), tanh(difference(a[k], y[k]), evaluate=False)),),
            ),
            CatalogLoss(
                name="poisson",
                value=lambda a, y, o: _scaled(_part(1, len(a)), tuple(map(_poisson, a, y))),
                derivative=lambda a, y, k, o: (
                    _over_outputs(len(a), difference(S.One, Quotient(y[k], a[k]))),
                    _over_outputs(len(a), Quotient(difference(a[k], y[k]), a[k])),
                ),
                targets="nonnegative",
                outputs="positive",
            ),
            CatalogLoss(
                name="kl_divergence",
                value=lambda a, y, o: PathSum(
                    *(Chain(t, log(Quotient(t, p), evaluate=False)) for p, t in zip(a, y, strict=True))
                ),
                derivative=lambda a, y, k, o: (negative(Quotient(y[k], a[k])),),
                targets="unit_interval",
                outputs="unit_interval",
                normalized=True,
            ),
            CatalogLoss(
                name="focal",
                value=lambda a, y, o: PathSum(*(_focal(p, t, o) for p, t in zip(a, y, strict=True))),
                derivative=lambda a, y, k, o: (_focal_derivative(a[k], y[k], o),),
                targets="binary",
                outputs="unit_interval",
                options=(
                    Option("gamma", Fraction(2), Fraction(0)),
                    Option("alpha", Fraction(1, 4), Fraction(0), Fraction(1), key="alpha_of_classes"),
                ),
            ),
            CatalogLoss(
                name="negative_log_likelihood",
                value=lambda a, y, o: PathSum(*(Chain(S.NegativeOne, t, p) for p, t in zip(a, y, strict=True))),
                derivative=lambda a, y, k, o: (negative(y[k]),),
                targets="unit_interval",
            ),
            CatalogLoss(
                name="cosine",
                value=lambda a, y, o: difference(S.One, _cosine(a, y)),
                derivative=lambda a, y, k, o: (_cosine_derivative(a, y, k),),
            ),
            CatalogLoss(
                name="sum",
                value=lambda a, y, o: PathSum(*a),
                derivative=lambda a, y, k, o: (S.One,),
            ),
        )
    }
)


class LossHead(NamedTuple):
    """One of several losses whose weighted sum is the loss, each of some of the outputs.

    Attributes:
        entry: The loss, which has no pieces and takes one use of the network.
        options: Its options.
        outputs: Of which outputs it is, 0-based.
        weight: What it is multiplied by.
    """

    entry: CatalogLoss
    options: Options
    outputs: tuple[int, ...]
    weight: Expr

    def value(self, a: Sequence[Expr], y: Sequence[Expr], o: Options) -> Expr:
        """Return what it adds to the loss."""
        return self._weighted(self.entry.value(self._own(a), self._own(y), {**o, **self.options}))

    def derivatives(self, a: Sequence[Expr], y: Sequence[Expr], k: int, o: Options) -> tuple[Expr, ...]:
        """Return the first and the last form of what it adds to the derivative with respect to output ``k``."""
        if k not in self.outputs:
            return ()
        own = {**o, **self.options}
        forms = self.entry.derivative(self._own(a), self._own(y), self.outputs.index(k), own)
        return self._weighted(forms[0]), self._weighted(forms[-1])

    def _own(self, entries: Sequence[Expr]) -> tuple[Expr, ...]:
        return tuple(entries[place] for place in self.outputs)

    def _weighted(self, term: Expr) -> Expr:
        return Chain(*_unless_one(self.weight), term)


def weighted_loss(entry: CatalogLoss, weight: Expr) -> CatalogLoss:
    """Return a loss times the weight of its sample."""

    def times(form: Expr) -> Expr:
        # What is taught as one quotient stays one, and signs and numbers stay in front.
        if isinstance(form, Quotient) and not form.is_number and not form.args[0].is_number:
            return Quotient(times(form.args[0]), form.args[1])
        if isinstance(form, PathSum) and all(factors_of(term)[0] is S.NegativeOne for term in form.args):
            return negative(times(PathSum(*(Chain(*factors_of(term)[1:]) for term in form.args))))
        factors = factors_of(form)
        front = tuple(takewhile(lambda factor: factor.is_number, factors))
        return Chain(*front, weight, *factors[len(front) :])

    return entry._replace(
        value=lambda a, y, o: times(entry.value(a, y, o)),
        derivative=lambda a, y, k, o: tuple(map(times, entry.derivative(a, y, k, o))),
        piece_derivatives=lambda a, y, o: {
            piece: tuple(map(times, forms)) for piece, forms in entry.piece_derivatives(a, y, o).items()
        },
    )


SAMPLE_WEIGHT = "omega"
"""The id of the weight of a sample."""


def counted_in_mean(
    entry: CatalogLoss, options: Options, targets: Sequence[Sequence[Expr]], weight: Sequence[Expr] = ()
) -> Expr:
    """Return what a sample counts in a weighted mean: its weight, times that of the class that its targets say.

    Args:
        entry: The loss.
        options: Its options.
        targets: The targets of a sample; of a sequence, those of each step.
        weight: The weight of the sample, if it has one.
    """
    if not entry.normalized or "class_weights_1" not in options:
        return Chain(*weight)
    terms = (Chain(options[f"class_weights_{k}"], y) for one in targets for k, y in enumerate(one, 1))
    return Chain(*weight, PathSum(*terms))


TOTAL = "total"
"""The name of a loss that is a weighted sum of others."""


def total_loss(heads: Sequence[LossHead]) -> CatalogLoss:
    """Return the weighted sum of several losses, each of some of the outputs."""

    def derivative(a: Sequence[Expr], y: Sequence[Expr], k: int, o: Options) -> tuple[Expr, ...]:
        found = [forms for head in heads if (forms := head.derivatives(a, y, k, o))]
        return tuple(dict.fromkeys(PathSum(*terms) for terms in zip(*found, strict=True)))

    return CatalogLoss(
        name=TOTAL,
        value=lambda a, y, o: PathSum(*(head.value(a, y, o) for head in heads)),
        derivative=derivative,
        targets=strictest(head.entry.targets for head in heads),
    )


_STRICT = ("any", "nonnegative", "unit_interval", "binary", "signs")


def strictest(targets: Iterable[str]) -> Literal["any", "nonnegative", "unit_interval", "binary", "signs"]:
    """Return where targets lie that several losses allow, as far as one word says it."""
    found: Literal["any", "nonnegative", "unit_interval", "binary", "signs"] = "any"
    for kind in targets:
        if kind in _STRICT and _STRICT.index(kind) > _STRICT.index(found):
            found = kind  # type: ignore[assignment]
    return found
