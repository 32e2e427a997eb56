"""Worked examples of books, courses, blogs and libraries come out with the numbers that were published."""

import pytest
from mpmath import mp, mpf, sqrt
from published.blogs import BLOGS
from published.books import BOOKS
from published.case import full, last_digit, numbers
from published.courses import COURSES
from published.libraries import LIBRARIES
from published.optimizers import OPTIMIZERS

CASES = {case.name: case for case in (*BLOGS, *COURSES, *BOOKS, *LIBRARIES, *OPTIMIZERS)}

# Ten thousand rounds of training take as long as all other examples together.
LONG = {"mazur-10000-rounds", "spencer-harper-9-lines"}


def test_there_are_many():
    """Each example has a name of its own, and there are a hundred of them."""
    assert len(CASES) == sum(map(len, (BLOGS, COURSES, BOOKS, LIBRARIES, OPTIMIZERS))) >= 95


@pytest.mark.everyday(30, every=False)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.campaign) if name in LONG else name for name in CASES]
)
def test_a_published_example_comes_out(name):
    """Every published number is right to its digits, and every number of the example to many more."""
    case = CASES[name]
    found = numbers(case.spec)
    with mp.workdps(25):
        misprinted = {
            name: (found[full(name)], printed)
            for name, printed in case.published.items()
            if abs(found[full(name)] - mpf(printed)) > (case.slack + mpf("1e-9")) * last_digit(printed)
        }
        assert misprinted == {}
        true = case.by_hand(case.spec)
        assert {full(name) for name in case.published} <= true.keys() <= found.keys()
        wrong = {
            name: (found[name], value)
            for name, value in true.items()
            if abs(found[name] - value) > mpf(10) ** -case.truth * max(1, abs(value))
        }
        assert wrong == {}


@pytest.mark.parametrize(("name", "output"), [("nielsen-neuron", "0.09"), ("nielsen-saturated-neuron", "0.20")])
def test_what_nielsens_neuron_learns(name, output):
    """After 300 epochs the output, of which half the square is the loss, is as printed: the bad start is slower."""
    with mp.workdps(25):
        assert abs(sqrt(2 * numbers(CASES[name].spec)["L'300"]) - mpf(output)) < last_digit(output) / 2
