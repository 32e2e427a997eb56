"""Models of other programs, imported and solved, with the derivatives that symnet finds."""

from symnet.api import solve
from symnet.importing.describe import describe


def found(model, loss=None, data=None, **options):
    """Return the derivative with respect to every parameter of a model that was described and solved, by its id.

    What stays as it is, such as the state before the first step, has none.
    """
    work = solve(describe(model, loss, data, **options))
    values = {name: work[name].value for name in work.description.parameter_ids}
    return {name: float(value) for name, value in values.items() if value is not None}


def by_id(letters, numbers):
    """Return the numbers of an array by the ids that its entries have: the letters, and their places from 1."""
    listed = numbers.tolist() if hasattr(numbers, "tolist") else numbers
    if not isinstance(listed, list):
        return {letters: listed}
    return {
        name: number for place, one in enumerate(listed, 1) for name, number in by_id(f"{letters}_{place}", one).items()
    }


def assert_near(ours, theirs, within=1e-10):
    """Hold that two sets of derivatives have the same ids and the same numbers."""
    assert ours.keys() == theirs.keys()
    for name, number in theirs.items():
        assert abs(ours[name] - number) <= within * max(1, abs(number)), name
