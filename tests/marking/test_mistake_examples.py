"""The example of each mistake: worked out, marked like any other answer, and explained by that mistake first."""

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.marking.mistakes.examples import EXERCISES, NAMES, examples
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer
from symnet.marking.truth import Truth
from symnet.pipeline import solve


@pytest.fixture(scope="module")
def listed():
    """Return what ``symnet list mistakes`` prints, and the examples that it has."""
    found = examples()
    with pytest.MonkeyPatch.context() as monkeypatch:
        # They are looked for once.
        monkeypatch.setattr("symnet.marking.mistakes.examples.examples", lambda: found)
        return CliRunner().invoke(cli, ["list", "mistakes"]).output, found


def test_every_mistake_has_an_example(listed):
    """The list has each mistake of the library once, in its order, with its sentence and a wrong answer."""
    printed, found = listed
    assert tuple(found) == NAMES
    first = [line.split()[0] for line in printed.splitlines() if line and not line.startswith((" ", "The ", "answer"))]
    assert [name for name in first if name in found] == list(NAMES)
    for example in found.values():
        assert f"{example.left} = {example.wrong} instead of {example.right}" in printed


def test_examples_are_explained_by_their_mistakes(listed):
    """A wrong answer that is an example, marked in a solution that is derived anew, has that mistake named first."""
    catalogues = {}
    for example in list(listed[1].values())[::4]:
        if example.exercise not in catalogues:
            worked = solve(EXERCISES[example.exercise])
            part = worked.parts[0]
            catalogues[example.exercise] = AnswerReader(worked, part), Catalogue(Truth(worked, part))
        reader, catalogue = catalogues[example.exercise]
        answer = reader.read(TypedAnswer(example.left, example.wrong))
        assert catalogue.explain(answer)[0].name == example.name
