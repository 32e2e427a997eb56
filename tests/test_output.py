"""Files that are kept once somebody has edited them, and overwritten while nobody has."""

import hashlib

import pytest

from symnet.errors import OutputError
from symnet.output import write_over

PAGES = {
    "q.tex": b"\\documentclass{article}\n\\begin{document}x\\end{document}\n",
    "q.html": b"<!DOCTYPE html>\n<p>x</p>\n",
    "q.md": b"# Title\n\nx\n",
    "q.ipynb": b'{"metadata": {\n  "kernelspec": "x"\n }\n}\n',
}
pages = pytest.mark.parametrize(("name", "page"), PAGES.items(), ids=PAGES)


@pages
def test_the_comment_holds_the_digest_of_the_rest(tmp_path, name, page):
    """Behind the first line stands a comment with the digest of all others, which are as they were."""
    path = tmp_path / name
    write_over(path, page)
    first, comment, *rest = path.read_bytes().splitlines(keepends=True)
    assert b"".join((first, *rest)) == page
    assert hashlib.sha256(page).hexdigest().encode() in comment
    assert comment.strip().startswith(
        (b"% Written by symnet", b"<!-- Written by symnet", b'"symnet": "Written by symnet')
    )


@pages
def test_what_nobody_has_edited_is_overwritten(tmp_path, name, page):
    """A file as it was written gives way to a new one, and the same page is the same file."""
    path = tmp_path / name
    write_over(path, page)
    before = path.read_bytes()
    write_over(path, page)
    assert path.read_bytes() == before
    write_over(path, page.replace(b"x", b"y"))
    assert path.read_bytes() != before
    write_over(path, page)
    assert path.read_bytes() == before


@pages
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + b"% mine\n",
        lambda text: text.replace(b"x", b"y"),
        lambda text: text.replace(b"Written", b"Edited"),
        lambda text: text.replace(b"\n", b"\n\n", 1),
        lambda text: b"\n".join(text.split(b"\n")[:1] + text.split(b"\n")[2:]),
        lambda text: text.upper(),
        lambda _text: b"mine",
        lambda text: text[:-1],
    ],
)
def test_what_was_edited_is_kept(tmp_path, name, page, edit):
    """Whatever was changed, the file is kept as it is and named, and overwritten only by force."""
    path = tmp_path / name
    write_over(path, page)
    mine = edit(path.read_bytes())
    path.write_bytes(mine)
    for _ in range(2):
        with pytest.raises(OutputError, match=r"kept, since .*--force") as caught:
            write_over(path, page)
        assert str(path) in str(caught.value)
        assert path.read_bytes() == mine
    assert [found.name for found in tmp_path.iterdir()] == [name]
    write_over(path, page, force=True)
    write_over(path, page)


@pages
def test_other_line_ends_are_no_edit(tmp_path, name, page):
    """A file whose lines version control has ended otherwise is still as symnet wrote it."""
    path = tmp_path / name
    write_over(path, page)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    write_over(path, page)
    assert b"\r" not in path.read_bytes()


def test_an_empty_file_is_nobodys(tmp_path):
    """What has nothing in it can be overwritten."""
    path = tmp_path / "q.tex"
    path.write_bytes(b" \n")
    write_over(path, PAGES["q.tex"])
    assert path.stat().st_size > 100


@pytest.mark.parametrize("name", ["q.pdf", "q.json", "q.txt", "q.csv"])
def test_formats_without_comments_are_written_as_they_are(tmp_path, name):
    """The other formats are the very bytes, and are overwritten."""
    path = tmp_path / name
    path.write_bytes(b"mine")
    write_over(path, b"theirs\n")
    assert path.read_bytes() == b"theirs\n"


def test_the_case_of_the_suffix_does_not_matter(tmp_path):
    """A file whose suffix is in capitals is kept as well."""
    path = tmp_path / "Q.TEX"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="symnet did not write it"):
        write_over(path, PAGES["q.tex"])
