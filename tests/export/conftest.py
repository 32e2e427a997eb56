"""Exercises that every export is tried on, made once."""

import pytest
from tried import GRAPH, HOSTILE, NETWORK, Tried

import symnet


@pytest.fixture(scope="session", params=[NETWORK, GRAPH], ids=["network", "graph"])
def exercise(request):
    """An exercise with its questions."""
    return Tried(symnet.solve(request.param))


@pytest.fixture(scope="session")
def hostile(exercise):
    """The same under a title that would be markup, a formula or a path in some program."""
    return exercise.exported._replace(title=HOSTILE)
