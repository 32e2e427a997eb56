"""The sections of the indexed form: the ranges of the indices, the general rule, what a second loss changes."""

import pytest
from exercises import describe, full, solved

import symnet
from symnet.description import load, with_notation
from symnet.document import Document, Fact, Heading, Note, Paragraph, Result, Table, Working
from symnet.layout.text import write
from symnet.render import pdf
from symnet.render.pdf import render_tex
from symnet.render.text import render_text
from symnet.sheets.indexed import indexed_forward_section, rule_sections
from symnet.sheets.sheet import Sheet

INDEX = full("index")
TWO = describe([3, 2, 2, 1], ["relu", "sigmoid", "sigmoid"], ["squared_error", "binary_cross_entropy"])
GOLDEN = ["cs4045-q1", "C1", "C3", "C5", "C9", "maxout", "triplet", "elastic-net", "dropout", "xor"]


def document(spec, view=INDEX):
    """Return the sheet of a description."""
    return (symnet.solve(spec) if isinstance(spec, dict) else solved(spec)).document(view)


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def headings(sheet):
    """Return the headings as text."""
    return [words(block.content) for block in sheet.blocks if isinstance(block, Heading)]


def lines(sheet, kind=Working):
    """Return every line of a kind of block as (left side or nothing, right side, reason) in plain text."""
    found = [line for block in sheet.blocks if isinstance(block, kind) for line in block.lines]
    assert found
    return [(line.left and write(line.left), write(line.right), words(line.reason)) for line in found]


def rule_of(path, notation="standard"):
    """Return the sections of the indexed form of a description as text, without the facts of the catalog."""
    worked = symnet.solve(with_notation(load(path), notation))
    asked = worked.description
    sheets = [Sheet.of(part, asked, INDEX) for part in worked.parts]
    kinds = tuple(penalty.kind for penalty in asked.regularization)
    blocks = [*indexed_forward_section(sheets[0])]
    for sheet in sheets:
        blocks += [Heading(1, (sheet.part.loss_name,)), *rule_sections(sheet, sheets[0], kinds)]
    kept = tuple(block for block in blocks if not isinstance(block, Fact | Note))
    return render_text(Document(asked.title, (), kept))


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_rules(name, examples, golden):
    """The general rule of an example is, line by line, the one that was read and found right."""
    golden(f"indexed/{name}.txt", rule_of(examples[name]))


@pytest.mark.parametrize("notation", ["cs349", "bishop", "inf2008", "cs4045", "eecs445"])
def test_golden_notations(notation, examples, golden):
    """The same rule in the letters and the index order of each course."""
    golden(f"indexed/C1-{notation}.txt", rule_of(examples["C1"], notation))


def test_the_rule_takes_the_place_of_the_single_derivations():
    """One section says the general rule; those of single deltas and gradients are gone, and stay in scalar form."""
    scalar, index, both = (headings(document(TWO, full(form))) for form in ("scalar", "index", "both"))
    assert index.count("The general rule") == 2
    assert not [title for title in index if title.startswith(("Deltas of", "Gradients with respect to"))]
    assert "The general rule" not in scalar
    assert "The general rule" not in both
    assert [title for title in both if title.startswith("Gradients with respect to")]


def test_the_rule_of_a_deep_network():
    """The chain rule line, what it comes to, and the reason, for an output of one unit and for hidden layers."""
    found = lines(document(TWO))
    assert ("δ₁⁽³⁾", "∂L/∂ŷ ⋅ ∂ŷ/∂z₁⁽³⁾", "chain rule") in found
    assert (None, "(ŷ − y) ŷ(1 − ŷ)", "derivative of the activation") in found
    assert ("δⱼ⁽¹⁾", "∑ₖ ∂L/∂zₖ⁽²⁾ ⋅ ∂zₖ⁽²⁾/∂aⱼ⁽¹⁾ ⋅ ∂aⱼ⁽¹⁾/∂zⱼ⁽¹⁾", "chain rule, sum over all paths") in found
    assert (None, "ReLU′(zⱼ⁽¹⁾) ∑ₖ wₖⱼ⁽²⁾ δₖ⁽²⁾", "substitute delta and dz/da = w") in found
    framed = lines(document(TWO), Result)
    assert ("∂L/∂wⱼᵢ⁽²⁾", "∂L/∂zⱼ⁽²⁾ ⋅ ∂zⱼ⁽²⁾/∂wⱼᵢ⁽²⁾ = δⱼ⁽²⁾ aᵢ⁽¹⁾", "chain rule") in framed
    assert ("∂L/∂bⱼ⁽¹⁾", "∂L/∂zⱼ⁽¹⁾ ⋅ ∂zⱼ⁽¹⁾/∂bⱼ⁽¹⁾ = δⱼ⁽¹⁾", "chain rule") in framed


def test_several_outputs_have_an_index():
    """The issue's own rule: a difference, the activation's derivative, a sum over the units behind, a product."""
    spec = describe([2, 3, 2], ["sigmoid", "sigmoid"], "squared_error")
    found = lines(document(spec))
    assert (None, "(ŷₖ − yₖ) ŷₖ(1 − ŷₖ)", "derivative of the activation") in found
    assert (None, "aⱼ⁽¹⁾(1 − aⱼ⁽¹⁾) ∑ₖ wₖⱼ⁽²⁾ δₖ⁽²⁾", "derivative of the activation") in found
    framed = [(left, right.rpartition(" = ")[2]) for left, right, _reason in lines(document(spec), Result)]
    assert ("∂L/∂wⱼᵢ⁽¹⁾", "δⱼ⁽¹⁾ xᵢ") in framed
    assert ("∂L/∂bₖ⁽²⁾", "δₖ⁽²⁾") in framed


def test_a_second_loss_says_what_changes():
    """The second part has the equations of the output alone, and says that the others stay."""
    blocks = document(TWO).blocks
    start = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and "(ii)" in words(block.content))
    second = Document("", (), blocks[start:])
    assert [line for line in lines(second) if line[1] == "ŷ − y"]
    assert not [line for line in lines(second) if line[0] and line[0].startswith("δⱼ")]
    assert not [block for block in second.blocks if isinstance(block, Result)]
    said = [words(block.content) for block in second.blocks if isinstance(block, Paragraph)]
    assert "All other equations are those of part (i), with these deltas substituted." in said


def test_the_ranges_of_the_indices():
    """The table says what each index runs over, layer by layer; pieces, uses and samples stand below it."""

    def ranges(spec):
        sheet = document(spec)
        (table,) = [block for block in sheet.blocks if isinstance(block, Table) and block.head[1] == ("units",)]
        said = [words(block.content) for block in sheet.blocks if isinstance(block, Paragraph)]
        return [tuple(map(words, row)) for row in table.rows], [
            text for text in said if text.startswith("Further indices")
        ]

    table, besides = ranges(describe([5, 2, 3], ["tanh", "softmax"], "categorical_cross_entropy"))
    assert table == [
        ("1, hidden", "j = 1, 2", "i = 1, …, 5 (inputs)", "k = 1, 2, 3"),
        ("2, output", "k, l = 1, 2, 3", "j = 1, 2", ""),
    ]
    assert besides == []
    maxout = {"activation": "maxout", "pieces": 2}
    _table, besides = ranges(describe([2, 2, 1], [maxout, "tanh"], "squared_error", reduction="mean"))
    assert besides == ["Further indices: q, r = 1, 2 for the pieces of a unit of layer 1; s = 1, …, m for the samples."]
    _table, besides = ranges(describe([2, 2], ["tanh"], "triplet"))
    assert besides == ["Further indices: u = a, p, n for the anchor, the positive and the negative."]


@pytest.mark.parametrize(("activation", "times"), [("softmax", 1), ("sigmoid", 0)])
@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_a_condition_on_an_index_is_explained_once(hidden, activation, times):
    """What an indicator is worth is said once, in the table's notes or beside the ranges, where there is one."""
    sheet = document(describe([2, 2, 2], [hidden, activation], "squared_error"))
    notes = [words(block.content) for block in sheet.blocks if isinstance(block, Note)]
    found = [note for note in notes if "𝟏[c] is 1 if c holds and 0 otherwise" in note]
    assert len(found) == (1 if hidden == "relu" else times)


def test_chosen_parameters_have_their_rule():
    """With a parameter of the last layer alone, the rules before it are left out; one of its kind stands for it."""
    sheet = document(TWO, full("index", parameters=("w3_1_2",)))
    lefts = [left for left, _right, _reason in lines(sheet, Result)]
    assert lefts == ["∂L/∂w₁ⱼ⁽³⁾"]
    assert not [left for left, _right, _reason in lines(sheet) if left and left.startswith("δⱼ")]


def test_the_objective_has_its_rule():
    """Over samples and with a penalty: the mean of the products, and what the penalty adds, in a frame."""
    spec = describe(
        [2, 2, 1],
        ["tanh", "sigmoid"],
        "squared_error",
        regularization=[{"kind": "l2", "strength": "lambda"}],
        reduction="mean",
    )
    framed = lines(document(spec), Result)
    assert ("∂J/∂wⱼᵢ⁽¹⁾", "1/m ⋅ ∑ₛ₌₁ᵐ δⱼ^{(1)[s]} xᵢ^{[s]} + 2 λ wⱼᵢ⁽¹⁾", "") in framed
    assert ("∂J/∂b₁⁽²⁾", "1/m ⋅ ∑ₛ₌₁ᵐ δ₁^{(2)[s]}", "") in framed
    assert ("R", "λ(∑ⱼ ∑ᵢ (wⱼᵢ⁽¹⁾)² + ∑ⱼ (w₁ⱼ⁽²⁾)²)", "") in lines(document(spec))


def test_what_was_checked_is_said():
    """The last line names the check of the general rule, where that is shown."""
    last = words(document(TWO).blocks[-1].content)
    assert "the general rule with the scalar form (" in last
    assert "general rule" not in words(document(TWO, full()).blocks[-1].content)


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", ["C1", "C5", "maxout", "triplet", "elastic-net"])
def test_an_example_fits_its_page(name, examples, pdflatex, tmp_path):
    """The sheet of the general rule compiles, and no line of it leaves the page."""
    (tmp_path / "document.tex").write_text(render_tex(document(examples[name])), encoding="utf-8")
    log = pdf._run(pdflatex, tmp_path, 120)
    assert (tmp_path / "document.pdf").exists()
    assert "Overfull \\hbox" not in log


def test_softmax_under_a_squared_error():
    """Where every term of the sum has its own activation, the delta is the activation times a bracket."""
    spec = describe([2, 3], ["softmax"], "squared_error")
    found = lines(document(spec))
    assert (None, "ŷₖ[ŷₖ − yₖ − ∑ₗ(ŷₗ − yₗ) ŷₗ]", "the indicator selects one term") in found


def test_softmax_under_a_logarithm_to_another_base():
    """A constant stands before the sum, and under one bar in the end."""
    spec = describe([2, 3], ["softmax"], {"kind": "categorical_cross_entropy", "log_base": "2"})
    found = lines(document(spec))
    assert (None, "(ŷₖ − yₖ)/(ln 2)", "since the targets sum to 1") in found


def test_a_function_of_ones_own_has_a_letter():
    """An activation and a loss given as expressions: f at the pre-activation, and its derivative written out."""
    spec = describe([2, 2, 2], ["z*sigmoid(z)", "tanh"], "a1*y2 + a2^2")
    found = lines(document(spec))
    assert ("aⱼ⁽¹⁾", "f(zⱼ⁽¹⁾)", "") in found
    assert (None, "f′(zⱼ⁽¹⁾) ∑ₖ wₖⱼ⁽²⁾ δₖ⁽²⁾", "substitute delta and dz/da = w") in found
    assert ("∂L/∂ŷ₂", "2 ŷ₂", "derivative of the loss") in found
    assert (None, "∂L/∂ŷₖ (1 − ŷₖ²)", "derivative of the activation") in found
