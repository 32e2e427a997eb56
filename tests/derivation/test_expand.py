"""Definitions put into expressions: as text of a known length, and in order."""

import re

import pytest
from exercises import ROOT, solved
from sympy import Symbol, tanh

from symnet.algebra.nodes import Chain, PathSum, plain_text
from symnet.derivation.expand import Expander, InOrder

DEEP = 3_000


@pytest.fixture(scope="module")
def chain():
    """Return definitions that stand in one another thousands of times, as with as many steps of time."""
    return {f"h#{step}": PathSum(Symbol(f"h#{step - 1}"), Symbol("b")) for step in range(1, DEEP + 1)}


def test_definitions_that_stand_in_one_another_thousands_of_times_are_put_in(chain):
    """The length is known without the text; text and expression are built without calling themselves."""
    last = Symbol(f"h#{DEEP}")
    expander = Expander(chain, 10**6)
    text = expander.text(last.name)
    assert expander.length(last) == len(text) == len("(") * DEEP * 2 + len("h#0") + len(" + b") * DEEP
    assert expander.expression(last) == Symbol("h#0") + DEEP * Symbol("b")
    assert len(InOrder(chain)(last).args) == DEEP + 1


def test_a_text_that_is_too_long_is_none(chain):
    """Only what has room is built."""
    assert Expander(chain, 100).text(f"h#{DEEP}") is None
    assert Expander(chain, 100).text("h#2") == "((h#0 + b) + b)"


def test_what_stands_in_order_keeps_its_order():
    """Factors and terms stay where they were written."""
    definitions = {"a": Chain(Symbol("w"), Symbol("x")), "z": PathSum(Symbol("b"), Symbol("a"))}
    assert plain_text(InOrder(definitions)(tanh(Symbol("z")))) == "tanh(b + w*x)"


@pytest.mark.parametrize("name", ["rnn", "siamese", "batchnorm"])
def test_names_with_marks_are_put_in_too(name):
    """An expanded derivative has inputs, targets and parameters alone, of steps of time and of samples as well."""
    part = solved(ROOT / "examples" / f"{name}.yaml").parts[0]
    defined = {*map(str, part.network.nodes), *(str(one.symbol) for one in part.gradient.adjoints.values())}
    texts = [part.expander.text(plain_text(derivation.result)) for derivation in part.gradient.leaves.values()]
    assert any(texts)
    assert all(defined.isdisjoint(re.findall(r"[\w.#@]+", text)) for text in texts if text)
