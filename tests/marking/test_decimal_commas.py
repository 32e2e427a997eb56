"""Decimal commas in typed answers, where a comma sets entries apart as well."""

import pytest
from test_arrays import Desk

from symnet.description import load
from symnet.marking.decimal_commas import with_points
from symnet.marking.records import TypedAnswer
from symnet.marking.tokens import plain
from symnet.text.languages import LANGUAGES, in_language


@pytest.fixture(scope="module")
def desks(examples):
    """Return a desk for Q1 in each language."""
    description = load(examples["cs4045-q1"])
    return {name: Desk(description.model_copy(update={"language": name})) for name in LANGUAGES}


def read(desk, left, right):
    """Return the entries of an answer as text; what is said of it where it cannot be read."""
    with in_language(desk.worked.description.language):
        answer = desk.reader.read(TypedAnswer(left, right))
    return answer.problem or [str(one.expression) for one in answer.entries or (answer,)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("right", "meant"),
    [
        ("0,25", "1/4"),
        ("-0{,}25", "-1/4"),
        ("0,5*(1,5 + a2_1)", "1/2*(3/2 + a2_1)"),
        ("max(0; 0,5*a2_1)", "Max(0, 1/2*a2_1)"),
        (r"\max\left(0,5; a2_1\right)", "Max(1/2, a2_1)"),
        ("max(0,5)", "Max(0, 5)"),
        ("max(0, a2_1)", "Max(0, a2_1)"),
        ("where(z1_1 > 0, 1,0)", "Piecewise((1, z1_1 > 0), (0, True))"),
    ],
)
def test_numbers_and_arguments(desks, language, right, meant):
    """In every language a comma stands before decimals outside of arguments, and inside where these have semicolons."""
    assert read(desks[language], "delta3_1", right) == [meant]


POINTS = [
    ("delta2", "[1,2]", ["1", "2"]),
    ("delta2", "[0.5, 1.2]", ["1/2", "6/5"]),
    ("delta2", "[0.5,1.2]", ["1/2", "6/5"]),
    ("delta2", r"\begin{pmatrix}0,5\\1,2\end{pmatrix}", ["1/2", "6/5"]),
    ("dL/dW2", "[1,2;3,4]", ["1", "2", "3", "4"]),
    ("dL/dW2", "[[1,2],[3,4]]", ["1", "2", "3", "4"]),
    ("dL/dW2", "[1, 2; 3, 4]", ["1", "2", "3", "4"]),
]
COMMAS = [
    ("delta2", "[0,5; 1,2]", ["1/2", "6/5"]),
    ("delta2", "(0,5; 1,2)", ["1/2", "6/5"]),
    ("delta2", "[1,2;3,4]", ["6/5", "17/5"]),
    ("delta2", "[0,5, 1,2]", ["1/2", "6/5"]),
    ("delta2", "[0,5 1,2]", ["1/2", "6/5"]),
    ("delta2", "2[0,5; 1,2]", ["2*1/2", "2*6/5"]),
    ("delta2", "np.array([0,5; 1,2])", ["1/2", "6/5"]),
    ("delta2", "[max(0; 0,5); 1,2e-1]", ["Max(0, 1/2)", "3/25"]),
    ("dL/dW2", "[0,5; 1,2 | 3; 4]", ["1/2", "6/5", "3", "4"]),
    ("dL/dW2", "[[0,5; 1,2]; [3; 4]]", ["1/2", "6/5", "3", "4"]),
    ("dL/dW2", "[[0,5, 1,2], [3, 4]]", ["1/2", "6/5", "3", "4"]),
]


@pytest.mark.parametrize(("left", "right", "entries"), POINTS)
def test_lists_without_decimal_commas(desks, left, right, entries):
    """What was a list before is one in every language, whatever stands before decimals there."""
    assert [read(desk, left, right) for desk in desks.values()] == [entries] * len(LANGUAGES)


@pytest.mark.parametrize(("left", "right", "entries"), COMMAS)
def test_lists_with_decimal_commas(desks, left, right, entries):
    """Where sheets have decimal commas, lists may be written as these write them."""
    assert read(desks["de"], left, right) == read(desks["es"], left, right) == entries


def test_what_cannot_be_told(desks):
    """Of a comma that may be either of the two it is said so, with what to write; not where decimals have a point."""
    assert "[0,5; 1,2]" in read(desks["de"], "delta2", "[0,5,1,2]")
    assert "[0,5; 1,2]" in read(desks["es"], "delta2", "[0,5,1,2]")
    assert "[0,5; 1,2]" not in read(desks["en"], "delta2", "[0,5,1,2]")
    for right in ("max(0,5, a2_1)", "where(z1_1 > 0, 0,5, 1,5)"):
        assert "Strichpunkte zwischen den Argumenten" in read(desks["de"], "delta3_1", right)
    assert read(desks["en"], "delta3_1", "max(0,5, a2_1)") == ["Max(0, 5, a2_1)"]


def test_the_description_decides(examples):
    """A description's decimal_mark comes before that of its language."""
    description = load(examples["cs4045-q1"])
    numbers = description.numbers.model_copy(update={"decimal_mark": "comma"})
    desk = Desk(description.model_copy(update={"numbers": numbers}))
    assert read(desk, "delta2", "[0,5; 1,2]") == ["1/2", "6/5"]


NO_LISTS = ["", "[1, 2", "a)(,;", "W[1,2]", "w_{1,2}", "[x1,2]", "a(1,2)", ",;|[]"]


@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize(
    "text", ["", "[1, 2", "a)(,;", "[[0,5;1];2", r"\,[0,5\;]", "W[1,2]", "w_{1,2}", "[x1,2]", ",;|[]"]
)
def test_places_stay(text, comma):
    """However an answer is read, its places stay; names and what is no answer stay as they are."""
    for way in with_points(plain(text), comma=comma):
        assert len(way.text) == len(text)
        assert way.origins == plain(text).origins
    if text in NO_LISTS:
        assert with_points(plain(text), comma=comma) == (plain(text),)
