"""Sheets in arithmetic as on paper, line by line on a pocket calculator: what is printed is what comes out."""

from decimal import Decimal

import pytest
from calculator import PRINTED, Calculator, NotANumberError, as_decimal, printed_number, rounded
from exercises import ROOT, Draws, full, luck, one_unit

import symnet
from symnet.description import load
from symnet.description.array_network import ArrayDescription
from symnet.description.data import Numbers
from symnet.document import Figure, Heading, Paragraph, Result, Table, Working
from symnet.errors import DescriptionError
from symnet.layout.text import write
from symnet.layout.tree import Operator, Row, flatten
from symnet.notation.profiles import NOTATIONS
from symnet.render.text import render_text
from symnet.view import View

EXAMPLES = {path.stem: load(path) for path in sorted((ROOT / "examples").glob("*.yaml"))}
WITH_NUMBERS = [
    name
    for name, example in EXAMPLES.items()
    if (getattr(example, "data", None) and example.parameters) or (hasattr(example, "graph") and example.at)
    # The lines of arrays are products of matrices, which the reader of numbers does not do again; those of steps of
    # time are columns of a table.
    if not getattr(example, "arrays", None) and not isinstance(example, ArrayDescription)
]
FORMS = [
    {"decimals": 4},
    {"decimals": 4, "rounding": "half_even"},
    {"decimals": 3, "rounding": "half_up"},
    {"decimals": 7},
    {"decimals": 12},
    {"significant": 4},
    {"significant": 3, "rounding": "half_even"},
    {"significant": 9},
]
SIGNS = {"=", "approx"}


class AnswerReader:
    """Reads a sheet from top to bottom, and does every line of it again.

    Args:
        numbers: What the description says of its numbers.

    Attributes:
        checked: How many calculations were done.
        known: The numbers that stand on the sheet so far, with their signs.
        named: The number that was printed last for each left side.
    """

    def __init__(self, numbers):
        self.decimals, self.significant = numbers.get("decimals", 6), numbers.get("significant")
        self.half_up = numbers.get("rounding", "half_up") == "half_up"
        self.checked = 0
        # Counts of samples stand in no line, nor does the number of a step that goes on from earlier ones.
        self.known, self.named = {Decimal(count) for count in range(10)}, {}

    def sheet(self, document):
        """Read a whole document."""
        for block in document.blocks:
            if isinstance(block, Working | Result):
                left = None
                for line in block.lines:
                    left = line.left if line.left is not None else left
                    self.line(write(left), [line.relation, *cut(line.right)])
            elif isinstance(block, Heading | Paragraph | Table | Figure):
                for text in texts(block.content if isinstance(block, Heading) else block):
                    self.write_down(text)

    def write_down(self, text):
        """Take every number in a text as printed."""
        self.known.update(map(as_decimal, PRINTED.finditer(text)))

    def line(self, left, parts):
        """Do one line: each part with numbers put in has to come to the number behind it."""
        signs, texts = parts[::2], parts[1::2]
        worked = None
        for sign, text in zip(signs, texts, strict=True):
            number = printed_number(text)
            calculator = Calculator(text)
            try:
                value = calculator.value()
            except NotANumberError:
                # In symbols, or a matrix of given numbers: what stands in it may be used further down.
                self.write_down(text)
                worked = self.named.get(text, worked)
                continue
            if printed_number(text.strip("[]")) is not None and number is None:
                # A matrix of one given number.
                self.write_down(text)
            elif number is None:
                self.put_in(calculator.numbers, text)
                worked = value
                assert sign in {"=", "gets"}, f"{left}: numbers put in are what was printed: {text}"
            else:
                if worked is not None:
                    self.compare(f"{left} {' '.join(parts)}", worked, sign, number, text)
                    self.checked += 1
                self.known.add(number)
                self.named[left] = value

    def put_in(self, numbers, text):
        """Hold that the numbers put into a line stand above it."""
        for number, own_sign in numbers:
            assert number in self.known or (own_sign and -number in self.known), f"{number} is new in {text}"

    def compare(self, line, value, sign, number, text):
        """Hold that a line comes to the number behind it, rounded where the sign says so."""
        last = number.as_tuple().exponent
        if sign == "=":
            assert rounded(value, last - 30, self.half_up) == number, line
            return
        assert rounded(value, last, self.half_up) == number, line
        assert rounded(value, last - 30, self.half_up) != number, f"{line}: nothing was rounded"
        digits, behind = len(number.as_tuple().digits), len(text.partition(".")[2].partition(" ")[0])
        if self.significant is not None:
            assert digits == self.significant, line
        else:
            assert behind == (max(self.decimals - 2, 1) if "×" in text else self.decimals), line


def cut(layout):
    """Return the texts and signs of a right side, from the first text on."""
    parts, items = [], []
    for item in flatten(layout):
        if isinstance(item, Operator) and item.name in SIGNS:
            parts += [write(Row(tuple(items))), item.name]
            items = []
        else:
            items.append(item)
    return [*parts, write(Row(tuple(items)))]


def texts(part):
    """Yield every formula and every text in a block."""
    if isinstance(part, tuple):
        for one in part:
            yield from texts(one)
    elif isinstance(part, str):
        yield part
    elif part is not None and not isinstance(part, float | bool):
        yield write(part)


def read(source, form):
    """Return how many calculations of a sheet on paper were done again."""
    numbers = Numbers(**form, arithmetic="paper")
    reader = AnswerReader(form)
    reader.sheet(symnet.solve(load(source).model_copy(update={"numbers": numbers})).document(full()))
    return reader.checked


@pytest.mark.everyday(10, every=False)
@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_every_line_of_an_example_comes_out(name, form):
    """Each line of each example comes to the number printed behind it, from numbers printed before it."""
    assert read(EXAMPLES[name], form) >= 3


def test_many_lines_are_read():
    """The reader sees every line with numbers: those of the worked example of the course."""
    assert len(WITH_NUMBERS) > 12
    assert read(EXAMPLES["C1"], {"decimals": 4}) == 70


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("seed", range(40))
def test_every_line_of_a_random_network_comes_out(seed):
    """The same holds for random networks of all activations and losses, trained by any optimizer."""
    chance = luck(f"paper {seed}")
    draws = Draws(chance, digits=2)
    spec = draws.description(notation=chance.choice(list(NOTATIONS)))
    training, form = draws.training(spec), chance.choice(FORMS)
    try:
        assert read({**spec, "training": training}, form) > 5
    except DescriptionError as error:
        # Some trainings lead to where there is no value.
        assert {problem.where.partition(".")[0] for problem in error.problems} <= {"training", "numbers"}
        assert read(spec, form) > 5


@pytest.mark.everyday(3)
@pytest.mark.parametrize("view", [View(), View(detail="full"), View(form="matrix")], ids=["compact", "full", "matrix"])
@pytest.mark.parametrize("arithmetic", ["exact", "paper"])
@pytest.mark.parametrize(("output", "derivative", "line"), [(1, -1, "−1/1 = −1"), (0, 1, "(1 − 0)/(1 − 0) = 1")])
def test_a_cross_entropy_at_an_output_that_is_its_target(output, derivative, line, arithmetic, view):
    """At an output of 1 with the target 1 the derivative is -1, though its taught form is 0/0; no line divides by 0."""
    numbers = {"arithmetic": arithmetic, "decimals": 4} if arithmetic == "paper" else {}
    spec = one_unit(1, 0, output, output, "identity", "binary_cross_entropy", numbers=numbers)
    worked = symnet.solve(spec)
    (part,) = worked.parts
    for evaluation in filter(None, (part.evaluation, part.paper)):
        assert evaluation.samples[0].adjoints[part.network.layers[-1].activations[0]] == derivative
    text = render_text(worked.document(view))
    assert f"{output} − {output})/({output} ×" not in text
    assert "counts as 0 in" in " ".join(text.split())
    assert line in text or view.form == "matrix"
