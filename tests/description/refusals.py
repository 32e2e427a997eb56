"""Descriptions that are spoilt in one place, and what is said about it."""

import pytest

from symnet.description import load_text
from symnet.errors import DescriptionError


def refused(text, name="q.yaml"):
    """Return the problems of a description that cannot be used."""
    with pytest.raises(DescriptionError) as caught:
        load_text(text, name)
    return caught.value.problems


def assert_refused(text, at, words):
    """Assert that a text is refused where ``at`` begins in it, with all of the words in one message there."""
    assert text.count(at) == 1, at
    before = text[: text.index(at)]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    problems = refused(text)
    said = [
        f"{problem.where}: found {problem.found}; expected {problem.allowed}. {problem.hint}"
        for problem in problems
        if (problem.line, problem.column) == place
    ]
    assert any(all(word in sentence for word in words) for sentence in said), (place, problems)


def spoil(text, old, new):
    """Return the text with one place replaced."""
    assert old in text
    return text.replace(old, new, 1)
