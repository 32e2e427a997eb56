"""What the site shows of importing is real."""

import doctest
import re

import pytest
from documents import ROOT

pytest.importorskip("torch", reason="they describe models of torch")


def test_what_is_shown_of_importing_is_real():
    """A session of Python prints what stands below it."""
    blocks = re.findall(r"```pycon\n(.*?)```", (ROOT / "docs" / "import.md").read_text(encoding="utf-8"), re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "import", "import.md", 0)
    assert len(test.examples) >= 8
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0
