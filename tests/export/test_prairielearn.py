"""The folder for PrairieLearn: its functions run as PrairieLearn runs them, without symnet."""

import copy
import json
import re
import subprocess
import sys

import pytest

from symnet.export.prairielearn import prairielearn

DATA = {
    "params": {},
    "correct_answers": {},
    "submitted_answers": {},
    "raw_submitted_answers": {},
    "format_errors": {},
    "partial_scores": {},
    "feedback": {},
    "variant_seed": "1",
    "score": 0,
}


@pytest.fixture(scope="module")
def files(exercise):
    """The files of one question."""
    return prairielearn([exercise.exported])


@pytest.fixture(scope="module")
def server(files):
    """The functions of its server.py."""
    names = {}
    exec(compile(files["server.py"], "server.py", "exec"), names)  # noqa: S102 - it is what the test is about
    return names


def generated(server, seed="1"):
    """Return the data of a student with a seed."""
    data = copy.deepcopy(DATA) | {"variant_seed": seed}
    server["generate"](data)
    return data


def graded(server, typed):
    """Return the data of a submission, whose numbers PrairieLearn has read as floats."""
    data = generated(server)
    data["submitted_answers"] = {name: float(text) for name, text in typed.items()}
    server["grade"](data)
    return data


def test_prairielearn_and_check_agree(exercise, server):
    """Each right answer, numbers around it, and each mistake get the score and the words of `symnet check`."""
    names = {one["id"]: one["name"] for one in generated(server)["params"]["questions"]}
    assert list(names) == [item.id for item in exercise.items]
    for item, typed, mistake in exercise.tried():
        data = graded(server, {names[item.id]: typed})
        partial = data["partial_scores"][names[item.id]]
        assert partial["score"] == exercise.is_right(item.id, typed), (item.id, typed, item.accepted)
        if mistake is not None:
            assert partial["feedback"] != "Incorrect."
            assert data["feedback"]["answers"][0]["says"] == partial["feedback"]


@pytest.mark.parametrize("kind", ["correct", "incorrect"])
def test_its_own_tests_pass(server, kind):
    """What its function for tests types gets the scores that the function expects."""
    expected = generated(server) | {"test_type": kind}
    server["test"](expected)
    data = graded(server, expected["raw_submitted_answers"])
    assert data["score"] == expected["score"] == float(kind == "correct")
    for name, partial in expected["partial_scores"].items():
        assert data["partial_scores"][name] == partial


def test_each_seed_gets_a_variant(exercise):
    """Seeds go round the variants, and each is graded by its own numbers."""
    variants = [exercise.exported._replace(code=code) for code in ("A", "B", "C")]
    names = {}
    exec(prairielearn(variants)["server.py"], names)  # noqa: S102 - it is what the test is about
    assert [generated(names, str(seed))["params"]["code"] for seed in range(4)] == ["A", "B", "C", "A"]


def test_nothing_else_is_needed(files, tmp_path):
    """server.py runs where nothing but Python is, and knows no file beside it."""
    (tmp_path / "server.py").write_bytes(files["server.py"])
    program = "import sys; sys.path.insert(0, '.'); import server; assert 'symnet' not in sys.modules"
    program = f"{program}; print(len(server.VARIANTS))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"


def test_the_folder_is_one_of_prairielearn(exercise, files, hostile):
    """info.json has what PrairieLearn asks for and the same id each time; a title is text in all files."""
    info = json.loads(files["info.json"])
    assert set(files) == {"info.json", "question.html", "server.py"}
    assert {"uuid", "title", "topic", "type"} <= info.keys() <= {"uuid", "title", "topic", "type", "tags"}
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", info["uuid"])
    assert info["type"] == "v3"
    assert prairielearn([exercise.exported]) == files
    other = prairielearn([hostile])
    assert other.keys() == files.keys()
    assert other["question.html"] == files["question.html"]
    names = {}
    exec(other["server.py"], names)  # noqa: S102 - it is what the test is about
    assert "<script>" not in generated(names)["params"]["statement"]


def test_the_page_asks_for_every_number(server, files):
    """Each question has an input under its own name, and what is shown of it is there."""
    page = files["question.html"].decode()
    params = generated(server)["params"]
    for name in re.findall(r"\{\{+[#/]?([a-z.]+)\}+", page):
        first = name.removeprefix("params.").split(".")[0]
        assert first in {*params, *params["questions"][0], "feedback", "says"}
    names = [one["name"] for one in params["questions"]]
    assert len(set(names)) == len(names)
    assert set(generated(server)["correct_answers"]) == set(names)
