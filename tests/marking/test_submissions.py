"""Answers files on disk: which are found, and that none is read which could do harm."""

import os
import stat
import threading
from pathlib import Path

import pytest

from symnet.limits import MOST_ANSWER_BYTES
from symnet.marking import submissions
from symnet.marking.submissions import SubmissionError, found, read


@pytest.fixture
def folder(tmp_path):
    """A folder with answers in it and below it, and with other things."""
    for name in ("b.yaml", "a.JSON", "c.csv", "deep/down/d.yml", "notes.txt", "e.yaml.bak"):
        path = tmp_path / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("answers: {}", encoding="utf-8")
    return tmp_path / "given"


def names(*places, **more):
    """Return the names of the answers in some places."""
    return [file.name for file in found([str(place) for place in places], **more) if not file.problem]


def test_a_folder_is_searched(folder):
    """All that may hold answers in a folder and below it is found, sorted by name, and nothing else."""
    assert names(folder) == ["a.JSON", "b.yaml", "c.csv", "deep/down/d.yml", "notes.txt"]


@pytest.mark.parametrize(
    ("name", "found_"),
    [
        ("alice.PDF", "a PDF file"),
        ("deep/b.docx", "a DOCX file"),
        ("Makefile", "no ending"),
        ("c.yaml.bak", "a BAK file"),
    ],
)
def test_what_is_no_file_of_answers_is_listed(folder, name, found_):
    """Any other file of a folder is found too, with why it is not marked; hidden files are nobody's."""
    (folder / name).write_bytes(b"%PDF-1.7")
    (folder / ".DS_Store").write_bytes(b"")
    listed = {file.name: file.problem for file in found([str(folder)]) if file.problem}
    assert listed.keys() == {"e.yaml.bak", name}
    assert listed[name].startswith(f"not a file of answers: found {found_}; expected .yaml, .yml, .json, .csv or .txt")


def test_a_folder_without_any_answers_is_an_error(tmp_path):
    """Where nothing in a folder may be answers, it is likely the wrong one."""
    (tmp_path / "a.pdf").write_bytes(b"")
    with pytest.raises(SubmissionError, match="no files here that end in"):
        found([str(tmp_path)])


def test_a_file_is_taken_as_it_is(folder):
    """A file that is named is taken whatever it is called; its name is then its own."""
    assert names(folder / "e.yaml.bak") == ["e.yaml.bak"]


def test_names_tell_files_apart(folder):
    """Files of several places are called by their paths below the folder that they share, each once."""
    assert names(folder / "deep", folder / "b.yaml", folder / "b.yaml") == ["b.yaml", "deep/down/d.yml"]


def test_some_can_be_left_out(folder):
    """What is none of the answers in a folder is left out there, but not where it is named."""
    assert "b.yaml" not in names(folder, left_out=lambda path: path.name == "b.yaml")
    assert names(folder / "b.yaml", left_out=lambda _path: True) == ["b.yaml"]


@pytest.mark.parametrize("place", ["nowhere", "nowhere.yaml", "given/empty"])
def test_a_place_without_answers_is_an_error(folder, place):
    """A place that is not there, or with nothing in it, is named in the message."""
    (folder / "empty").mkdir()
    with pytest.raises(SubmissionError, match=place):
        found([str(folder.parent / place)])


def test_links_to_folders_are_not_followed(folder):
    """A link to a folder, even to the one that it stands in, leads nowhere."""
    (folder / "loop").symlink_to(folder)
    assert len(names(folder)) == 5


def test_a_file_is_read_whole(folder):
    """A file up to the limit is read as it is."""
    content = bytes(range(256)) * 781 + b"x" * 64
    assert len(content) == MOST_ANSWER_BYTES
    (folder / "b.yaml").write_bytes(content)
    assert read(folder / "b.yaml") == content


def _pipe(path):
    os.mkfifo(path)


def _giant(path):
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _socket(path):
    os.mknod(path, stat.S_IFSOCK | 0o600)


BAD = {
    "a pipe": (_pipe, "not a file"),
    "a socket": (_socket, "cannot be read"),
    "a folder": (Path.mkdir, "not a file"),
    "a link": (lambda path: path.symlink_to("/etc/passwd"), "link"),
    "a link to itself": (lambda path: path.symlink_to(path), "link"),
    "a link to nothing": (lambda path: path.symlink_to("nowhere"), "link"),
    "too large by one": (lambda path: path.write_bytes(b"x" * (MOST_ANSWER_BYTES + 1)), "200,000 bytes"),
    "of a terabyte": (_giant, "200,000 bytes"),
    "not there": (lambda _path: None, "No such file"),
}


@pytest.mark.parametrize(("make", "why"), BAD.values(), ids=BAD)
def test_what_is_no_file_of_answers_is_refused_at_once(tmp_path, make, why):
    """A pipe, a device, a link, a folder or a file over the limit is refused without being waited for or read."""
    path = tmp_path / "x.yaml"
    make(path)
    result = []

    def attempt():
        with pytest.raises(SubmissionError, match=why):
            read(path)
        result.append(True)

    attempting = threading.Thread(target=attempt, daemon=True)
    attempting.start()
    attempting.join(5)
    assert result == [True]


def test_devices_are_refused():
    """A device is no file."""
    with pytest.raises(SubmissionError, match="not a file"):
        read(Path("/dev/zero"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    """Missing permissions are said; the message has no path in it."""

    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.yaml"
    path.write_text("x", encoding="utf-8")
    monkeypatch.setattr(submissions.os, "open", refuse)
    with pytest.raises(SubmissionError, match=r"^it cannot be read: Permission denied$"):
        read(path)


def test_a_file_that_grows_is_refused(tmp_path, monkeypatch):
    """A file that says it is small and is not, as those of /proc, is refused for what comes out of it."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"x" * (MOST_ANSWER_BYTES + 10))
    real = os.fstat
    monkeypatch.setattr(
        submissions.os, "fstat", lambda number: os.stat_result([*real(number)[:6], 0, *real(number)[7:10]])
    )
    with pytest.raises(SubmissionError, match="200,000 bytes"):
        read(path)
