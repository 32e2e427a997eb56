"""The files of a class: whole, told of in a manifest, and the same whoever makes them and however often one stops."""

import json
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from classes import PRODUCT, XOR, source

import symnet
from symnet.errors import OutputError
from symnet.marking.truth import Truth
from symnet.numerics.format import decimal_text
from symnet.variants.codes import read_code
from symnet.variants.folder import MANIFEST, Order, fill, tasks
from symnet.variants.select import select, workshop
from symnet.variants.sheets import FilesAsked, Student

FREE = PRODUCT + "screening: {allow: explained_by_mistakes}\n"
STUDENTS = [Student("Ada Lovelace", "a1"), Student("Müller, Jürgen", "../../b"), Student(r"\input{x} $%", "=cmd()")]


@pytest.fixture(scope="module")
def chosen():
    """The draws of six sheets."""
    return select(source(FREE), 6).chosen


def order(folder, text=FREE, **asked):
    """Return what is ordered for a folder."""
    return Order(source(text), FilesAsked(**{"formats": ("tex",), **asked}), Path(folder))


def contents(folder):
    """Return the content of every file in a folder by its name."""
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def lines(folder):
    """Return the lines of a manifest."""
    return [json.loads(line) for line in (Path(folder) / MANIFEST).read_text(encoding="utf-8").splitlines()]


def test_the_manifest_tells_of_every_file(chosen, tmp_path):
    """Each sheet has its files, its code and their digests in the manifest, and nothing else is in the folder."""
    assert fill(order(tmp_path), tasks(chosen, ())) == 6
    head, *sheets = lines(tmp_path)
    assert (head["seed"], head["formats"]) == (1, ["tex"])
    assert [sheet["stem"] for sheet in sheets] == [f"000{place}" for place in range(1, 7)]
    named = {name: digest for sheet in sheets for name, digest in sheet["files"].items()}
    files = contents(tmp_path)
    assert {name: sha256(files[name]).hexdigest() for name in files if name != MANIFEST} == named
    for sheet, one in zip(sheets, chosen, strict=True):
        assert read_code(sheet["code"]).number == one.number


def test_the_code_is_on_the_sheet(chosen, tmp_path):
    """A sheet bears the code of its draw, and the sheet that is made of the code alone is the same."""
    fill(order(tmp_path), tasks(chosen[:1], ()))
    code = lines(tmp_path)[1]["code"]
    assert code in (tmp_path / "0001-worksheet.tex").read_text(encoding="utf-8")
    again = workshop(source(FREE, seed=99)).plan.for_code(read_code(code))
    assert again.drawn == chosen[0].drawn


def test_names_stand_on_sheets_and_in_no_path(chosen, tmp_path):
    """The name of a student is set as text, whatever is in it, and files are numbered."""
    fill(order(tmp_path), tasks(chosen[:3], STUDENTS))
    assert all(name.startswith("000") or name == MANIFEST for name in contents(tmp_path))
    assert [sheet["name"] for sheet in lines(tmp_path)[1:]] == [student.name for student in STUDENTS]
    hostile = (tmp_path / "0003-worksheet.tex").read_text(encoding="utf-8")
    assert r"\input{x}" not in hostile
    assert r"\textbackslash" in hostile


def test_sheets_share_what_no_number_changes(chosen, tmp_path):
    """A sheet made after others of its class is the one that is made alone, byte for byte."""
    fill(order(tmp_path / "class", XOR), tasks(chosen[:3], ()))
    workshop.cache_clear()
    fill(order(tmp_path / "alone", XOR), [tasks(chosen[:3], ())[2]])
    after, alone = contents(tmp_path / "class"), contents(tmp_path / "alone")
    assert [after[name] == alone[name] for name in ("0003-worksheet.tex", "0003-data.json")] == [True, True]


def test_two_processes_make_the_same_bytes(chosen, tmp_path):
    """One process and two write the same files, and the same manifest."""
    fill(order(tmp_path / "one"), tasks(chosen, ()))
    with ProcessPoolExecutor(2) as executor:
        fill(order(tmp_path / "two"), tasks(chosen, ()), executor)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("stopped_after", [0, 1, 4])
def test_a_stopped_run_is_taken_up_again(chosen, tmp_path, stopped_after, monkeypatch):
    """However many sheets a stopped run has made, the next one makes the others alone, to the same bytes."""
    monkeypatch.setattr("symnet.variants.folder._CHUNK", 1)
    fill(order(tmp_path / "whole"), tasks(chosen, ()))
    made = 0

    class Stopped(BaseException):
        """The run is stopped."""

    def stop(more):
        nonlocal made
        made += more
        if made > stopped_after or (stopped_after == 0 and more == 0):
            raise Stopped

    with pytest.raises(Stopped):
        fill(order(tmp_path / "part"), tasks(chosen, ()), advance=stop)
    assert fill(order(tmp_path / "part"), tasks(chosen, ())) == 6 - made
    assert contents(tmp_path / "part") == contents(tmp_path / "whole")


def test_a_torn_manifest_is_read_up_to_its_tear(chosen, tmp_path):
    """A last line that was cut off counts as not written."""
    fill(order(tmp_path), tasks(chosen, ()))
    before = contents(tmp_path)
    path = tmp_path / MANIFEST
    path.write_bytes(before[MANIFEST][:-40])
    assert fill(order(tmp_path), tasks(chosen, ())) == 1
    assert contents(tmp_path) == before


def test_a_lost_file_is_made_again_and_an_edited_one_kept(chosen, tmp_path):
    """What is missing comes back; what somebody edited is named, and overwritten only if that is asked for."""
    fill(order(tmp_path), tasks(chosen, ()))
    before = contents(tmp_path)
    (tmp_path / "0002-worksheet.tex").unlink()
    assert fill(order(tmp_path), tasks(chosen, ())) == 1
    assert contents(tmp_path) == before
    edited = tmp_path / "0004-worksheet.tex"
    edited.write_bytes(before[edited.name] + b"% mine\n")
    with pytest.raises(OutputError, match=r"0004-worksheet\.tex: kept, since it was edited"):
        fill(order(tmp_path), tasks(chosen, ()))
    assert edited.read_bytes().endswith(b"% mine\n")
    assert fill(order(tmp_path)._replace(force=True), tasks(chosen, ())) == 1
    assert contents(tmp_path) == before


def test_a_folder_of_another_class_is_left_alone(chosen, tmp_path):
    """The manifest of another description, seed or format is an error, and nothing is overwritten."""
    fill(order(tmp_path), tasks(chosen, ()))
    before = contents(tmp_path)
    for other in (
        order(tmp_path, f"{FREE}title: other\n"),
        order(tmp_path, key=True),
        order(tmp_path, formats=("txt",)),
    ):
        with pytest.raises(OutputError, match="found the sheets of another description, seed or choice of files"):
            fill(other, tasks(chosen, ()))
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "text",
    [
        FREE,
        XOR,
        XOR.replace(
            "layers:\n  - {units: 2, activation: sigmoid}", "layers:\n  - {units: 2, activation: maxout, pieces: 2}"
        ),
        XOR.replace("units: 2, activation: sigmoid", "units: 2, activation: prelu, bias: shared"),
        XOR.replace("biases:", '"layers[1].units": {choose: [2, 3]}\n  biases:'),
        XOR.replace("[[0.5, 1]], targets: [[1]]", "[[0.5, 1], [0.2, 0.3]], targets: [[1], [0]]"),
    ],
    ids=["graph", "sigmoid", "maxout", "prelu", "sizes", "batch"],
)
def test_the_data_of_a_sheet_solve_to_its_answers(text, tmp_path):
    """The description beside each sheet is one that symnet solves, and what it comes to are the answers there."""
    shop = workshop(source(text))
    number = next(number for number in range(50) if not shop.look(number).reasons)
    fill(order(tmp_path, text, formats=()), tasks([shop.look(number)], ()))
    data = json.loads((tmp_path / "0001-data.json").read_text(encoding="utf-8"))
    work = symnet.solve(data["description"])
    truth = Truth(work, work.parts[0])
    values = {answer["id"]: answer["value"] for answer in data["answers"]}
    assert len(values) > 5
    assert values == {name: decimal_text(truth.number(truth.by_id[name])) for name in values}
