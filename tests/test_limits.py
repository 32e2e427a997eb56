"""One page of limits: each is used, stands nowhere else, and is the one that SECURITY.md promises."""

import ast
import re
from pathlib import Path

import pytest
from parsed import trees

from symnet import limits
from symnet.marking.isolation import Limits

TREE = trees()[Path("limits.py")]
BOUNDS = {name: value for name, value in vars(limits).items() if name.isupper()}

# What SECURITY.md says of limits, each phrase as the numbers make it.
PROMISES = (
    f"at most {limits.MOST_CHARACTERS:,} characters, {limits.MOST_LEVELS} levels and {limits.MOST_NODES} nodes, "
    f"exponents of at most {limits.LARGEST_POWER}, and no constant beyond 1e{limits.LARGEST_EXPONENT}",
    f"all of a graph's together at most {limits.MOST_OPERATIONS:,} operations",
    f"its inputs and nodes have at most {limits.MOST_SCALARS:,} numbers together, no array on the way has more than "
    f"{limits.MOST_ARRAY_ENTRIES:,}, and all numbers together have at most {limits.MOST_ARRAY_WORK:,} operands",
    f"A file has at most {limits.MOST_FILE_BYTES // 10**6} MB, {limits.DEEPEST_VALUES} levels and "
    f"{limits.MOST_VALUES:,} values; a number at most {limits.MOST_DIGITS} digits and a decimal exponent of at most "
    f"{limits.LARGEST_EXPONENT}; a network at most {limits.MOST_WEIGHTS:,} parameters",
    f"in at most {limits.MOST_READINGS} ways for one answer",
    f"a file of answers has at most {limits.MOST_ANSWER_BYTES:,} bytes and {limits.MOST_ANSWERS:,} answers",
    f"an answer has at most {limits.MOST_CHARACTERS:,} characters, {limits.MOST_LEVELS} levels and "
    f"{limits.MOST_NODES} nodes, exponents of at most {limits.LARGEST_POWER}",
    f"at most {limits.MOST_TEMPLATES} files of {limits.MOST_TEMPLATE_BYTES // 10**6} MB that lie in their folder, and "
    f"a process of its own with {limits.TEMPLATE_SECONDS} s of processor time and "
    f"{limits.TEMPLATE_MEMORY // 2**30} GB of memory",
    f"with {limits.MARKING_SECONDS} s of processor time",
    "by the clock ten times as long",
    f"{limits.MARKING_MEMORY // 2**30} GB of memory",
    f"one that holds {limits.MARKING_GROWTH // 2**20} MB more than at its start",
    f"A sum over an index has at most {limits.MOST_SUMMANDS} terms, a vector or matrix at most {limits.MOST_ENTRIES} "
    f"entries, what is worked out for all of them at most {limits.MOST_ARRAY_NODES:,} nodes, and all answers of a file "
    f"at most {limits.MOST_ANSWERS:,} entries",
    f"the last {limits.MOST_KEPT_ANSWERS:,} answers of at most {limits.LONGEST_KEPT_ANSWER} characters",
    f"A roster is data:** at most {limits.MOST_ROSTER_BYTES // 10**6} MB and {limits.MOST_DRAWS:,} rows, names and ids "
    f"of at most {limits.LONGEST_STUDENT} characters",
    f"A file in ONNX is a plain file of at most {limits.MOST_MODEL_BYTES // 10**6} MB, known before it is read; its "
    f"graph has at most {limits.MOST_MODEL_NODES:,} nodes",
    f"all arrays together have at most {limits.MOST_WEIGHTS:,} numbers",
    f"JSON of at most {limits.MOST_RESULT_BYTES // 10**6} MB",
    f"a strict parser of {limits.MOST_CHARACTERS:,} characters and {limits.MOST_LEVELS} levels",
)
# Numbers there that are no limits: what YAML would make of them, and how much the tests try.
OTHERS = ("`1:30`", "`010`", "marks 300 submissions", "as HDF5 does")


@pytest.fixture
def security(root):
    """SECURITY.md on one line."""
    text = " ".join((root / "SECURITY.md").read_text(encoding="utf-8").split())
    assert len(re.findall("[0-9]+", text)) > 20
    return text


def test_security_promises_these_limits(security):
    """Each limit that SECURITY.md quotes is the one that the code keeps, and no number there is left unproven."""
    for phrase in (*PROMISES, *OTHERS):
        assert phrase in security, phrase
        security = security.replace(phrase, "")
    assert not re.findall("[^ ]*[0-9][^ ]*", security)


def test_the_parser_of_pages_keeps_the_same_limits(root):
    """What is typed into a page that marks itself may be as long and as deep as an answer in a file."""
    parser = (root / "templates" / "html" / "parser.js").read_text(encoding="utf-8")
    assert f"const LONGEST = {limits.MOST_CHARACTERS}, DEEPEST = {limits.MOST_LEVELS};" in parser


def test_the_large_units_are_whole():
    """Limits that SECURITY.md quotes in megabytes, gigabytes or words are exactly that."""
    assert limits.MOST_FILE_BYTES % 10**6 == limits.MOST_RESULT_BYTES % 10**6 == limits.MARKING_MEMORY % 2**30 == 0
    assert limits.MOST_TEMPLATE_BYTES % 10**6 == limits.TEMPLATE_MEMORY % 2**30 == limits.MOST_ROSTER_BYTES % 10**6 == 0
    assert limits.MARKING_PATIENCE == 10


def test_marking_keeps_the_promised_limits():
    """Unless told otherwise, a submission is marked within the limits of the page."""
    assert Limits() == (
        limits.MARKING_SECONDS,
        limits.MARKING_MEMORY,
        limits.MOST_RESULT_BYTES,
        limits.MARKING_PATIENCE,
        limits.MARKING_GROWTH,
    )


def test_each_limit_says_what_it_bounds():
    """Every number on the page is a positive bound with one sentence under it."""
    lines = [node for node in TREE.body if not (isinstance(node, ast.Expr) and node is TREE.body[0])]
    names, sentences = lines[::2], lines[1::2]
    assert len(names) == len(sentences) == len(BOUNDS) > 60
    for assigned, sentence in zip(names, sentences, strict=True):
        assert assigned.targets[0].id in BOUNDS
        assert sentence.value.value.endswith(".")
        assert "\n" not in sentence.value.value
    assert all(value > 0 for value in BOUNDS.values())


def modules():
    """Yield every other module of the package: its path, and its syntax tree."""
    return ((path, tree) for path, tree in trees().items() if path.name != "limits.py" or len(path.parts) > 1)


def test_each_limit_is_kept_somewhere():
    """No limit stands on the page that nothing keeps."""
    imported = {
        alias.name
        for _path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "symnet.limits"
        for alias in node.names
    }
    assert imported == set(BOUNDS)


def test_no_limit_has_a_second_value():
    """No other module gives a name of the page a value of its own."""
    for path, tree in modules():
        assigned = {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        assert not assigned & set(BOUNDS), path
