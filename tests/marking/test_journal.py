"""The journal of a run: what stands in it, what of it counts, and who may write it."""

from pathlib import Path

import pytest

from symnet.errors import OutputError
from symnet.marking.journal import NAME, Journal


@pytest.fixture
def folder(tmp_path):
    """The folder of the reports."""
    return tmp_path / "marked"


def filled(folder):
    """Fill a journal, and return the keys of what stands in it."""
    with Journal(folder, "run", resume=False) as journal:
        keys = [journal.key(b"a\0%d" % number) for number in range(3)]
        for number, key in enumerate(keys):
            journal.add(key, b"+result %d" % number * 50)
        (folder / "a.json").write_text("{}", encoding="utf-8")
        journal.wrote(folder / "a.json", "/given/a.yaml", "digest")
    return keys


def results(folder, keys, run="run", *, resume=True):
    """Return what a later run finds under some keys."""
    with Journal(folder, run, resume=resume) as journal:
        return [journal.result(key) for key in keys]


def test_what_was_added_is_there_again(folder):
    """A later run that goes on finds each result, and a new one finds none."""
    keys = filled(folder)
    expected = [b"+result %d" % number * 50 for number in range(3)]
    assert results(folder, keys) == expected
    assert results(folder, keys, resume=False) == [None] * 3
    assert results(folder, keys) == [None] * 3


def test_what_marks_depend_on_is_in_the_key(folder):
    """Another submission, and another description or option, has another key."""
    filled(folder)
    with Journal(folder, "run", resume=True) as journal, Journal(folder.parent / "b", "other", resume=True) as other:
        assert len({journal.key(b"a\0x"), journal.key(b"b\0x"), journal.key(b"a\0y"), other.key(b"a\0x")}) == 4


@pytest.mark.parametrize("cut", [1, 5, 40, 100])
def test_a_line_that_was_cut_off_does_not_count(folder, cut):
    """What was not written to its end is as if it was not there, and what comes next is read all the same."""
    keys = filled(folder)
    whole = (folder / NAME).read_bytes()
    lines = whole.splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(lines[:2]) + lines[2][:cut])
    with Journal(folder, "run", resume=True) as journal:
        assert journal.result(keys[1]) is not None
        assert journal.result(keys[2]) is None
        journal.add(keys[2], b"+again")
    assert results(folder, keys)[2] == b"+again"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b"key", b"kex"),
        lambda _content: b"\x00" * 100,
        lambda _content: b"00000000 {}\n",
        lambda _content: b"{}\n",
    ],
)
def test_what_is_no_journal_counts_for_nothing(folder, change):
    """Lines that nobody wrote so are not read, and neither is what stands behind them."""
    keys = filled(folder)
    (folder / NAME).write_bytes(change((folder / NAME).read_bytes()))
    assert results(folder, keys) == [None] * 3


def test_a_report_is_there_if_it_stands_as_it_was_written(folder):
    """A report is not written again if it would be the same and nobody has changed it."""
    filled(folder)
    path = folder / "a.json"
    with Journal(folder, "run", resume=True) as journal:
        assert journal.is_there(path, "/given/a.yaml", "digest")
        assert not journal.is_there(path, "/given/a.yaml", "another")
        assert not journal.is_there(path, "/given/b.yaml", "digest")
        assert list(journal.stale()) == []
    path.write_text("changed", encoding="utf-8")
    with Journal(folder, "run", resume=True) as journal:
        assert not journal.is_there(path, "/given/a.yaml", "digest")
        ((stale, report),) = journal.stale()
        assert stale == path
        assert not journal.forget(stale, report)
        assert path.exists()


def test_nothing_outside_of_the_folder_is_ever_removed(folder):
    """A journal that names a file elsewhere names none."""
    filled(folder)
    outside = folder.parent / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    with Journal(folder, "run", resume=True) as journal:
        for name in ("../outside.txt", str(outside)):
            journal._keep(name, journal.written["a.json"])
    with Journal(folder, "run", resume=True) as journal:
        assert [path.name for path, _ in journal.stale()] == ["a.json"]


def test_a_link_is_no_journal(folder):
    """A link in the place of the journal is not followed, so that nothing else is emptied."""
    folder.mkdir()
    other = folder.parent / "other"
    other.write_text("mine", encoding="utf-8")
    (folder / NAME).symlink_to(other)
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(folder, "run", resume=False)
    assert other.read_text(encoding="utf-8") == "mine"
    assert Path(folder / NAME).is_symlink()
