"""Submissions to variants: each is marked by the numbers of the sheet that its student was given."""

import json

import pytest
import yaml
from classes import PRODUCT, source
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.marking.submissions import Author, Submission
from symnet.variants.codes import CodeError
from symnet.variants.marked import VariantFinder, roster_of

SPEC = f"{PRODUCT}screening: {{allow: explained_by_mistakes}}\n"
ROSTER = "name,id\nAda Lovelace,a1\nAlan Turing,a2\nAda Lovelace,a3\n"


def run(*arguments):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A class of three, two of them of one name: the description, the folder, and the data of each sheet."""
    folder = tmp_path_factory.mktemp("class")
    spec, roster = folder / "graph.yaml", folder / "students.csv"
    spec.write_text(SPEC, encoding="utf-8")
    roster.write_text(ROSTER, encoding="utf-8")
    done = run("variants", spec, "--roster", roster, "--seed", 5, "-o", folder / "out")
    assert done.exit_code == 0, done.output
    sheets = [json.loads((folder / "out" / f"000{number}-data.json").read_bytes()) for number in (1, 2, 3)]
    return spec, folder / "out", sheets


def answered(sheet, **more):
    """Return a file of answers with every answer of a sheet right."""
    answers = {answer["id"]: str(answer["value"]) for answer in sheet["answers"]}
    return yaml.safe_dump({**more, "answers": answers}, sort_keys=False)


def check(given, tmp_path, files, *more):
    """Return what is found of submissions: by file its marks, of how many, and why it has none."""
    folder = tmp_path / "answers"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    run("check", given[0], folder, "-f", "json", "-o", tmp_path / "marked", "--jobs", 1, *more)
    summary = json.loads((tmp_path / "marked" / "summary.json").read_bytes())
    return {one["file"]: one for one in summary["submissions"]}


def test_each_submission_is_marked_by_its_own_numbers(given, tmp_path):
    """By the code in the file, typed with O and l, in the name of the file, or in a table, all answers are right."""
    _, _, sheets = given
    codes = [sheet["code"] for sheet in sheets]
    table = "code,{}\n{}".format(codes[2], "".join(f"{one['id']},{one['value']}\n" for one in sheets[2]["answers"]))
    found = check(
        given,
        tmp_path,
        {
            "one.yaml": answered(sheets[0], code=codes[0].lower().replace("0", "o").replace("1", "l")),
            f"two-{codes[1]}.yaml": answered(sheets[1]),
            "three.csv": table,
            "other.yaml": answered(sheets[0], code=codes[1]),
        },
    )
    marks = {name: (one["marks"], one["out_of"]) for name, one in found.items()}
    assert all(marks[name][0] == marks[name][1] for name in ("one.yaml", f"two-{codes[1]}.yaml", "three.csv"))
    assert float(marks["other.yaml"][0]) < float(marks["other.yaml"][1])


def test_students_are_found_in_the_class(given, tmp_path):
    """With the folder of the class an id, or a name that only one student has, is enough; else the reason is told."""
    _, folder, sheets = given
    found = check(
        given,
        tmp_path,
        {
            "a2.yaml": answered(sheets[1]),
            "first.yaml": answered(sheets[0], student="A1"),
            "named.yaml": answered(sheets[1], student="Alan Turing"),
            "twice.yaml": answered(sheets[0], student="Ada Lovelace"),
            "nobody.yaml": answered(sheets[0]),
        },
        "--variants",
        folder,
    )
    assert all(found[name]["marks"] == found[name]["out_of"] for name in ("a2.yaml", "first.yaml", "named.yaml"))
    for name in ("twice.yaml", "nobody.yaml"):
        assert "found neither the code of a sheet nor a student of the class" in json.dumps(found[name])


def test_a_wrong_code_is_told(given, tmp_path):
    """A code that is mistyped, or of another description, is why there are no marks."""
    sheet = given[2][0]
    code = sheet["code"]
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "2")
    found = check(given, tmp_path, {"a.yaml": answered(sheet, code=mistyped), "b.yaml": answered(sheet, code="x")})
    assert "mistyped" in json.dumps(found["a.yaml"])
    assert "found 1 letters and digits" in json.dumps(found["b.yaml"])


def test_without_a_code_the_exercise_itself_is_marked(given):
    """A submission that says nothing is to the numbers of the description, unless there is a class."""
    finder = VariantFinder(source(SPEC))
    assert finder.find(Submission((), None), "answers.yaml") is None
    of_class = finder._replace(roster=(("a1", given[2][0]["code"]),))
    with pytest.raises(CodeError, match="found neither"):
        of_class.find(Submission((), None), "answers.yaml")


def test_a_class_is_read_from_its_manifest(given):
    """Students are known by name and id in small letters; a folder without a manifest is told."""
    roster = roster_of(given[1])
    assert {("alan turing", given[2][1]["code"]), ("a3", given[2][2]["code"])} <= set(roster)
    finder = VariantFinder(source(SPEC), roster)
    submission = Submission((), None, student=Author(id="A3"))
    assert finder._in_class(submission, "x.yaml") == given[2][2]["code"]
    assert not finder._in_class(Submission((), None, student=Author(name="Ada Lovelace")), "x.yaml")


def test_a_folder_without_a_class_is_refused(given, tmp_path):
    """`--variants` with a folder that has no manifest, or with a description that draws nothing, is an error."""
    answers = tmp_path / "a.yaml"
    answers.write_text("answers: {q: 1}\n", encoding="utf-8")
    refused = run("check", given[0], answers, "--variants", tmp_path)
    assert (refused.exit_code, "cannot read who was given which sheet" in refused.output) == (2, True)
    plain = tmp_path / "plain.yaml"
    plain.write_text(PRODUCT[: PRODUCT.index("variants:")], encoding="utf-8")
    assert run("check", plain, answers, "--variants", given[1]).exit_code == 2
