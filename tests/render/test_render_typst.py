"""The Typst source."""

from render_samples import hostile, sheet

from symnet.render.typ import render_typst


def test_text_is_passed_as_string_literals():
    """Every text of the document stands between quotes."""
    source = render_typst(sheet())
    assert '#"By the chain rule,"' in source
    assert '= #"Forward pass"' in source


def test_no_package_and_no_file_is_needed():
    """The source imports nothing."""
    source = render_typst(sheet())
    assert "#import" not in source
    assert "@preview" not in source


def test_hostile_text_is_only_text():
    """Quotes are escaped, so no text can leave its string."""
    source = render_typst(hostile())
    assert '\\\\input{/etc/passwd} {{7*7}} #$%&_^~ \\"x\\"' in source
    assert '#read("x")' not in source


def test_a_working_sticks_to_its_result():
    """Only the working right before a result is kept with it."""
    assert render_typst(sheet()).count("sticky: true,\n  ($") == 1
