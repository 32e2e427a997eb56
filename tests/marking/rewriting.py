"""Expressions rewritten at random: some keep their value, as a student writes it otherwise, some change it a little."""

from sympy import Add, Integer, Mul, Pow, Rational, S, Symbol, exp, expand
from sympy.core.expr import Expr

from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Indicator,
    Partial,
    PathSum,
    Quotient,
    SampleSum,
    Wins,
    negative,
)

SIGN = Applied("sign", S.One).args[0]
TINY = Rational(10**12 + 1, 10**12)
# Larger expressions are no longer what anybody types.
MOST_PARTS = 150


def places(expression, path=()):
    """Yield every part of an expression with the way to it, but for conditions, signs and what is in them."""
    yield path, expression
    if not isinstance(expression, Branch | Indicator | Partial | SampleSum | Wins) and expression.args[:1] != (SIGN,):
        for number, part in enumerate(expression.args):
            if isinstance(part, Expr):
                yield from places(part, (*path, number))


def put(expression, path, new):
    """Return an expression with the part at the end of a way put in anew."""
    if not path:
        return new
    args = list(expression.args)
    args[path[0]] = put(args[path[0]], path[1:], new)
    if isinstance(expression, Pow | exp):
        return expression.func(*args, evaluate=False)
    return expression.func(*args)


def shuffled(part, chance):
    """Return a sum or a product in another order."""
    if not isinstance(part, Chain | PathSum):
        return None
    return part.func(*chance.sample(part.args, len(part.args)))


def distributed(part, _chance):
    """Return a product with a sum in it multiplied out."""
    sums = [factor for factor in part.args if isinstance(factor, PathSum)] if isinstance(part, Chain) else []
    if not sums:
        return None
    rest = [factor for factor in part.args if factor is not sums[0]]
    return PathSum(*(Chain(term, *rest) for term in sums[0].args))


def over_itself(part, chance):
    """Return a part times something over the same."""
    symbols = sorted(part.free_symbols, key=str)
    if not symbols:
        return None
    other = chance.choice(symbols)
    return Quotient(Chain(part, other), other)


def halved(part, _chance):
    """Return a part as the sum of its halves."""
    return PathSum(Quotient(part, Integer(2)), Chain(Rational(1, 2), part))


def twice_negative(part, _chance):
    """Return a part with two minus signs."""
    return negative(negative(part))


def with_more(part, chance):
    """Return a part with something added and taken away."""
    other = chance.choice([Integer(1), *sorted(part.free_symbols, key=str)])
    return PathSum(other, part, negative(other))


def squared_root(part, _chance):
    """Return a product of two equal factors as a power, or a square as a product."""
    if isinstance(part, Pow) and part.args[1] == 2:
        return Chain(part.args[0], part.args[0])
    return None if part.is_Number else Quotient(Pow(part, Integer(2), evaluate=False), part)


def inverted(part, _chance):
    """Return a quotient as a power, or a power of e as one over another."""
    if isinstance(part, Quotient):
        return Chain(part.args[0], Pow(part.args[1], Integer(-1), evaluate=False))
    return Quotient(S.One, exp(negative(part.args[0]), evaluate=False)) if isinstance(part, exp) else None


def ordinary(part, _chance):
    """Return a part as SymPy writes it, sorted and merged."""
    plain = part.doit()
    return plain if _is_plain(plain) else None


def expanded(part, _chance):
    """Return a part as SymPy multiplies it out."""
    plain = part.doit()
    return expand(plain) if _is_plain(plain) and len(list(places(plain))) < 40 else None


def _is_plain(expression):
    kinds = (Add, Mul, Pow, exp, Symbol, Rational)
    return all(isinstance(part, kinds) for _, part in places(expression))


KEEPING = (
    shuffled,
    distributed,
    over_itself,
    halved,
    twice_negative,
    with_more,
    squared_root,
    inverted,
    ordinary,
    expanded,
)


def rewritten(expression, chance, definitions, times):
    """Return an expression of the same value: rewritten, or with a definition put in, so many times."""
    for _ in range(times):
        path, part = chance.choice(list(places(expression)))
        rule = chance.choice((*KEEPING, None, None))
        new = definitions.get(part) if rule is None else rule(part, chance)
        if new is None:
            continue
        changed = put(expression, path, new)
        if len(list(places(changed))) <= MOST_PARTS:
            expression = changed
    return expression


def missed(expression, chance, siblings):
    """Return an expression of another value, and what was done to it: a factor, an index or a sign.

    Args:
        expression: The expression.
        chance: Where chances come from.
        siblings: For each symbol, others of its kind.
    """
    kind = chance.choice(("factor", "index", "sign"))
    leaves = [(path, part) for path, part in places(expression) if part.is_Symbol]
    if kind == "index":
        leaves = [(path, part) for path, part in leaves if siblings.get(part)]
    if kind == "sign" or not leaves:
        return negative(expression), "sign"
    path, part = chance.choice(leaves)
    new = Chain(TINY, part) if kind == "factor" else chance.choice(siblings[part])
    return put(expression, path, new), kind
