"""Many submissions, some of them hostile: each is marked alone, and the rest as if those were not there."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
import yaml
from exercises import describe, solved

from symnet import pipeline
from symnet.marking import batch
from symnet.marking.batch import LossError, Recipe, marked_all, marked_one, outcome_of, part_called
from symnet.marking.isolation import Failure, Limits
from symnet.marking.judge import Marker
from symnet.marking.submissions import found
from symnet.render.json import render_report
from symnet.sheets.worksheet import scheme_of
from symnet.view import Preferred

# What sleeps is not waited for long.
LIMITS = Limits(seconds=1.0, memory=1 << 28, patience=10)
# The worked example of the notes has two losses and more units; this is marked as it is, and made ready much faster.
SMALL = describe(
    [3, 1, 1],
    ["sigmoid", "sigmoid"],
    ["binary_cross_entropy", "squared_error"],
    data={"inputs": [["0.35", "-0.2", "0.6"]], "targets": [[1]]},
    parameters=[
        {"weights": [["0.5", "0.3", "0.1"]], "biases": ["0.2"]},
        {"weights": [["0.7"]], "biases": ["-0.1"]},
    ],
    training={"learning_rate": "0.5", "steps": 1},
)
LINES = {
    "z1_1": ("0.3451", "0.34511", "0.35", "x1*w1_1_1 + x2*w1_1_2 + x3*w1_1_3"),
    "a1_1": ("0.5854", "0.5845", "sigma(z1_1)"),
    "dL/dw2_1_1": ("-0.3835", "-0.582", "(a2_1 - y1)*a1_1"),
    "dL/dw1_1_1": ("-0.0118", "0.01875", "0.0117", "?"),
    "w2_1_1'": ("0.6819", "0.7811"),
}


@pytest.fixture(scope="module")
def worked(examples):
    """The worked example of the notes, solved."""
    return solved(examples["C1"])


@pytest.fixture(scope="module")
def scheme(worked):
    """What it asks, and for how many marks."""
    return scheme_of(worked)


@pytest.fixture(scope="module")
def recipe(examples, scheme):
    """How another process solves it."""
    return Recipe(str(examples["C1"]), scheme)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small exercise, solved, and how another process solves it."""
    path = tmp_path_factory.mktemp("small") / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    worked = pipeline.solve(path)
    return worked, Recipe(str(path), scheme_of(worked))


class Trapped(Marker):
    """A marker in which some answers do what no reader lets an answer do."""

    def mark(self, submission):
        """Do what the answer says, or mark it."""
        for given in submission.answers:
            if given.left in TRAPS:
                TRAPS[given.left]()
        return super().mark(submission)


def _spin():
    while True:
        pass


def _hoard():
    held = []
    # Zeros that are never touched: what counts is memory that is asked for, and to fill it takes time of the processor.
    while True:
        held.append(bytes(1 << 24))


TRAPS = {
    "spin": _spin,
    "sleep": lambda: time.sleep(60),
    "hoard": _hoard,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "raise": lambda: {}["key"],
}


def honest(number):
    """Return an answers file, another one for each number."""
    draw = random.Random(number)  # noqa: S311 - no secrets are drawn
    lines = {left: draw.choice(rights) for left, rights in LINES.items() if draw.random() < 0.8}
    lines |= {"L": "1.0"} if not lines else {}
    return "answers:\n" + "".join(f'  "{left}": "{right}"\n' for left, right in lines.items())


def _pipe(path):
    os.mkfifo(path)


def _forbidden(path):
    path.write_text("answers: {z1_1: 1}", encoding="utf-8")
    path.chmod(0)


def trap(name):
    """Return what makes a file that springs a trap."""
    return lambda path: path.write_text(f"answers: {{{name}: 1}}", encoding="utf-8")


def content(data):
    """Return what makes a file with this content."""
    return lambda path: path.write_bytes(data)


BOMB = b"a: &a [x, x]\n" + b"".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n".encode() for n in range(20)
)
# What makes each hostile file, and what is said of it; None where it depends on who runs the test.
HOSTILE = {
    "spin": (trap("spin"), "stopped after {:g} s"),
    "hoard": (trap("hoard"), "memory"),
    "kill": (trap("kill"), "without a result"),
    "raise": (trap("raise"), "fault of symnet"),
    "sleep": (trap("sleep"), "stopped after {:g} s"),
    "garbage": (content(bytes(range(256)) * 100), "UTF-8"),
    "malformed": (content(b"answers: {z1_1: [1, 2"), "malformed"),
    "bomb": (content(BOMB + b"answers: *u\n"), "anchor"),
    "giant": (lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 40), "200,000 bytes"),
    "loop": (lambda path: path.symlink_to(path.name), "link"),
    "outside": (lambda path: path.symlink_to("/etc/passwd"), "link"),
    "pipe": (_pipe, "not a file"),
    "nested": (content(b"answers: " + b"[" * 90_000), ""),
    "forbidden": (_forbidden, None),
}


@pytest.fixture
def submissions(tmp_path):
    """A function that makes a folder of so many honest submissions, with hostile ones among them."""

    def make(name, count, hostile=()):
        folder = tmp_path / name
        folder.mkdir()
        for number in range(count):
            (folder / f"s{number:03}.yaml").write_text(honest(number), encoding="utf-8")
        for number, kind in enumerate(hostile):
            HOSTILE[kind][0](folder / f"s{number * 7:03}-{kind}.yaml")
        return found([str(folder)])

    return make


def outcomes(worked, recipe, files, limits=LIMITS, jobs=2):
    """Return what comes of files, by their names."""
    by_number = dict(marked_all(worked, recipe, files, limits, jobs))
    assert sorted(by_number) == list(range(len(files)))
    return {files[number].name: outcome_of(files[number].name, result) for number, result in by_number.items()}


def written(outcome):
    """Return a report as it is written."""
    return render_report(outcome.report).encode()


def compare(worked, recipe, submissions, count, hostile, *, limits=LIMITS):
    """Assert that hostile submissions are reported, and the others marked as without them."""
    clean = outcomes(worked, recipe, submissions("clean", count), limits)
    mixed = outcomes(worked, recipe, submissions("mixed", count, hostile), limits)
    assert len(mixed) == count + len(hostile)
    assert all(outcome.report is not None for outcome in clean.values())
    for name, outcome in clean.items():
        assert written(mixed[name]) == written(outcome)
    for number, kind in enumerate(hostile):
        outcome, said = mixed[f"s{number * 7:03}-{kind}.yaml"], HOSTILE[kind][1]
        if said is not None:
            assert outcome.report is None
            assert said.format(limits.seconds) in outcome.problem
            assert "Traceback" not in outcome.problem


def test_hostile_submissions_change_nothing_for_the_others(small, submissions, monkeypatch):
    """Each hostile file is reported with its reason, and the others are marked byte for byte as in a clean run."""
    monkeypatch.setattr(batch, "Marker", Trapped)
    compare(*small, submissions, 3, HOSTILE, limits=LIMITS._replace(seconds=0.5))


@pytest.mark.campaign
def test_ten_hostile_submissions_among_three_hundred(worked, recipe, submissions, monkeypatch):
    """So it is for 300, of which 10 are hostile."""
    monkeypatch.setattr(batch, "Marker", Trapped)
    compare(worked, recipe, submissions, 290, list(HOSTILE)[:10])


@pytest.mark.campaign
def test_hostile_submissions_to_the_example_of_the_notes(worked, recipe, submissions, monkeypatch):
    """So it is for submissions to an exercise with more units."""
    monkeypatch.setattr(batch, "Marker", Trapped)
    compare(worked, recipe, submissions, 5, HOSTILE)


def test_the_order_and_the_number_of_processes_change_nothing(small, submissions):
    """What is marked alone, side by side, or in this process comes out the same."""
    worked, recipe = small
    files = submissions("some", 3)
    alone, beside = (outcomes(worked, recipe, files, jobs=jobs) for jobs in (1, 4))
    assert alone == beside
    for file in files:
        assert marked_one(worked, recipe.scheme, file.path) == alone[file.name].report


def test_where_nothing_can_be_forked_other_processes_solve_it_again(small, submissions, monkeypatch):
    """Without fork the outcomes are the same; the recipe says how another process gets the exercise."""
    worked, recipe = small
    files = submissions("some", 3)
    forked = outcomes(worked, recipe, files)
    monkeypatch.setattr(batch, "FORK", False)
    assert outcomes(worked, recipe, files, Limits(seconds=20), jobs=1) == forked


def test_a_notation_and_a_loss_reach_other_processes(examples, scheme):
    """The recipe solves with the notation, and marks the loss, that were asked for."""
    work = Recipe(str(examples["C1"]), scheme, Preferred("cs349"), "categorical_cross_entropy").prepare()
    assert b"categorical" in work(b'x.yaml\0answers: {"z1_1": 0.3451}')


def test_a_loss_is_found_by_its_name(worked):
    """The first loss is marked unless another is named; a name that there is not is an error with those there are."""
    assert part_called(worked, None) is worked.parts[0]
    assert part_called(worked, "categorical_cross_entropy") is worked.parts[1]
    with pytest.raises(LossError, match="expected binary_cross_entropy, categorical_cross_entropy"):
        part_called(worked, "hinge")


def test_a_submission_names_its_loss(worked, scheme):
    """A file may say which loss it is for; the one that is asked for takes its place."""
    answers = {"dL/dw2_1_1": "-0.38352"}
    assert [one.verdict.value for one in marked_one(worked, scheme, answers).answered] == ["wrong"]
    (right,) = marked_one(worked, scheme, answers, "categorical_cross_entropy").answered
    assert right.verdict.is_right


def test_every_failure_has_its_words():
    """Whatever ends a submission is told in words."""
    for failure in Failure:
        outcome = outcome_of("a.yaml", batch._said(failure, Limits(seconds=2.5)))
        assert outcome.report is None
        assert outcome.problem
        assert ("2.5 s" in outcome.problem) == (failure is Failure.TIME)


@pytest.mark.parametrize("result", [b"+", b"+{}", b"+garbage", b"+[]", b"\xff"])
def test_what_is_no_report_is_not_taken_for_one(result):
    """Bytes from a process that are no report are a failure, not a mark."""
    outcome = outcome_of("a.yaml", result)
    assert outcome.report is None
    assert outcome.problem == "marking it ended without a result"


def test_nothing_is_written_while_marking(small, submissions):
    """The folder of the submissions is as it was."""
    files = submissions("some", 2)
    before = sorted(Path(files[0].path.parent).iterdir())
    outcomes(*small, files)
    assert sorted(Path(files[0].path.parent).iterdir()) == before
