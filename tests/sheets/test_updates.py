"""What a sheet says of training: the rule, the first steps, what comes of all of them, and updates in symbols."""

import functools
import json
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from exercises import BY_PARAMETER, describe, full, one_unit
from hypothesis import example, given, settings
from hypothesis import strategies as st

import symnet
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.document import Heading, Line, Paragraph, Table, Working
from symnet.errors import DescriptionError
from symnet.layout.text import write
from symnet.layout.tree import Operator
from symnet.limits import FIRST_STEPS, MOST_STEP_LINES, MOST_STEP_ROWS, MOST_TABLE_ROWS

DATA = {"inputs": [[0, 1], [1, 0], [1, 1]], "targets": [[1], [1], [0]]}
PARAMETERS = [{"weights": [["0.4", "-0.6"]], "biases": ["0.1"]}, {"weights": [["1.2"]], "biases": ["-0.3"]}]
RULES = {
    "sgd": ["wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ∂L/∂wᵢⱼ^{(ℓ)}"],
    "momentum": ["v′ = μ v + ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η v′"],
    "ema_momentum": ["v′ = μ v + (1 − μ) ⋅ ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η v′"],
    "nesterov": ["v′ = μ v + ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η(∂L/∂wᵢⱼ^{(ℓ)} + μ v′)"],
    "adagrad": ["g = ∂L/∂wᵢⱼ^{(ℓ)}", "s′ = s + g²", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ g/(√(s′) + ε)"],
    "rmsprop": ["g = ∂L/∂wᵢⱼ^{(ℓ)}", "s′ = β₂ s + (1 − β₂) g²", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ g/(√(s′) + ε)"],
    "adam": [
        "g = ∂L/∂wᵢⱼ^{(ℓ)}",
        "m′ = β₁ m + (1 − β₁) g",
        "v′ = β₂ v + (1 − β₂) g²",
        "m̂ = m′/(1 − β₁ᵗ)",
        "v̂ = v′/(1 − β₂ᵗ)",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ m̂/(√(v̂) + ε)",
    ],
    "adamw": [
        "g = ∂L/∂wᵢⱼ^{(ℓ)}",
        "m′ = β₁ m + (1 − β₁) g",
        "v′ = β₂ v + (1 − β₂) g²",
        "m̂ = m′/(1 − β₁ᵗ)",
        "v̂ = v′/(1 − β₂ᵗ)",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η(m̂/(√(v̂) + ε) + λ wᵢⱼ^{(ℓ)})",
    ],
    "adamax": [
        "g = ∂L/∂wᵢⱼ^{(ℓ)}",
        "m′ = β₁ m + (1 − β₁) g",
        "u′ = max(β₂ u, |g| + ε)",
        "m̂ = m′/(1 − β₁ᵗ)",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ m̂/u′",
    ],
    "nadam": [
        "g = ∂L/∂wᵢⱼ^{(ℓ)}",
        "m′ = β₁ m + (1 − β₁) g",
        "v′ = β₂ v + (1 − β₂) g²",
        "μₜ = β₁(1 − (0.96)^{t ψ}/2)",
        "μₜ₊₁ = β₁(1 − (0.96)^{(t + 1) ψ}/2)",
        "c′ = 1 − μₜ(1 − c)",
        "m̂ = μₜ₊₁ m′/(1 − μₜ₊₁(1 − c′)) + (1 − μₜ) g/c′",
        "v̂ = v′/(1 − β₂ᵗ)",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ m̂/(√(v̂) + ε)",
    ],
    "adadelta": [
        "g = ∂L/∂wᵢⱼ^{(ℓ)}",
        "s′ = β₂ s + (1 − β₂) g²",
        "Δ wᵢⱼ^{(ℓ)} = √(u + ε)/√(s′ + ε) ⋅ g",
        "u′ = β₂ u + (1 − β₂) (Δ wᵢⱼ^{(ℓ)})²",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η Δ wᵢⱼ^{(ℓ)}",
    ],
    "lion": [
        "g = ∂L/∂wᵢⱼ^{(ℓ)}",
        "c = β₁ m + (1 − β₁) g",
        "m′ = β₂ m + (1 − β₂) g",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η sign(c)",
    ],
}
KEPT = {
    "sgd": [],
    "momentum": ["v"],
    "ema_momentum": ["v"],
    "nesterov": ["v"],
    "adagrad": ["s"],
    "rmsprop": ["s"],
    "adam": ["m", "v"],
    "adamw": ["m", "v"],
    "adamax": ["m", "u"],
    "nadam": ["m", "v", "c"],
    "adadelta": ["s", "u"],
    "lion": ["m"],
}


def deep(**training):
    """Return the description of a network of two layers with three samples, to be trained so."""
    return describe(
        [2, 1, 1],
        ["tanh", "sigmoid"],
        "binary_cross_entropy",
        data=DATA,
        parameters=PARAMETERS,
        training=training,
    )


@functools.cache
def _worked(spec):
    return symnet.solve(json.loads(spec))


@functools.cache
def _blocks(spec):
    return _worked(spec).document(full()).blocks


def section(spec):
    """Return the blocks of the section on training of a description's sheet, its heading among them."""
    blocks = _blocks(json.dumps(spec, default=str))
    start = next(
        index
        for index, block in enumerate(blocks)
        if isinstance(block, Heading) and words(block.content).endswith(" update")
    )
    return blocks[start:-1]


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def said(blocks):
    """Return the paragraphs as one text."""
    return " ".join(words(block.content) for block in blocks if isinstance(block, Paragraph))


def equation(line):
    """Return a line as plain text."""
    left = "" if line.left is None else write(line.left)
    return f"{left} {write(Operator(line.relation))} {write(line.right)}".strip()


def workings(blocks):
    """Return the lines of each calculation as text."""
    return [[equation(line) for line in block.lines] for block in blocks if isinstance(block, Working)]


def tables(blocks):
    """Return each table as text, its head first."""
    found = (block for block in blocks if isinstance(block, Table))
    return [[[words(cell) for cell in row] for row in (table.head, *table.rows)] for table in found]


def steps(blocks):
    """Return the titles of the steps whose outcome is shown, and of the updates of those that are worked in full."""
    titles = (words(block.content) for block in blocks if isinstance(block, Heading))
    return [title for title in titles if re.fullmatch(r"Step \d+(, samples? [^:]*)?(: update)?", title)]


def test_every_optimizer_is_tried():
    """The tables of these tests have every optimizer that updates each parameter by itself."""
    assert set(RULES) == set(KEPT) == set(BY_PARAMETER)


@pytest.mark.parametrize("optimizer", RULES)
def test_the_rule_is_given_in_symbols(optimizer):
    """States, corrections and the parameter itself have a line each, in the letters of the notation."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", training={"optimizer": optimizer})
    assert workings(section(spec))[0] == RULES[optimizer]


@pytest.mark.parametrize("optimizer", RULES)
def test_the_rule_is_introduced(optimizer):
    """The text before the rule gives every option with its number, and names what is kept."""
    text = said(section(deep(optimizer=optimizer, learning_rate="0.05")))
    assert text.startswith("All parameters are updated simultaneously with learning rate η = 0.05")
    letters = {
        "momentum": "μ",
        "beta1": "β₁",
        "beta2": "β₂",
        "epsilon": "ε",
        "weight_decay": "λ",
        "momentum_decay": "ψ",
    }
    for option in OPTIMIZERS[optimizer].options:
        assert (f"{letters[option.name]} = " in text) is not (optimizer == "lion" and option.name == "weight_decay")
    for letter in KEPT[optimizer]:
        assert re.search(rf"(velocity|square|moment|gradient|change) {letter}\b", text)
    assert ("initialised to 0" in text) is bool(KEPT[optimizer])
    assert ("The step number is t." in text) is (optimizer in {"adam", "adamw", "adamax", "nadam"})
    assert text.endswith("For a weight:")


@pytest.mark.parametrize("optimizer", RULES)
def test_the_first_step_is_worked(optimizer):
    """Of every parameter the first step has each line of the rule, with the numbers that the evaluation has."""
    work = _worked(json.dumps(deep(optimizer=optimizer, learning_rate="0.05")))
    (update,) = work.parts[0].evaluation.updates
    blocks = section(deep(optimizer=optimizer, learning_rate="0.05"))
    lines = [equation(line) for group in blocks if isinstance(group, Working) for line in group.lines]
    rule = [line for line in RULES[optimizer] if not line.startswith("g")]
    worked = lines[len(RULES[optimizer]) :]
    assert len(worked) == len(rule) * len(update.after)
    for index, (parameter, value) in enumerate(update.after.items()):
        own = worked[index * len(rule) : (index + 1) * len(rule)]
        assert own[-1].startswith(write(work.parts[0].names(parameter.name)) + "′ ")
        assert number(own[-1]) == pytest.approx(float(value), abs=1e-6)
        for letter, name in zip(KEPT[optimizer], [state.name for state in OPTIMIZERS[optimizer].states], strict=True):
            (line,) = (line for line in own if line.startswith(f"{letter}′ "))
            assert number(line) == pytest.approx(float(update.state[name][parameter]), abs=1e-6, rel=1e-4)


def number(line):
    """Return the number with which a line ends."""
    last = re.split("[=≈]", line)[-1].strip().replace("−", "-")
    size, _, power = last.partition(" × 10")
    return float(size) * 10 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


@given(
    numbers=st.lists(st.decimals(-9, 9, places=3), min_size=3, max_size=3),
    rate=st.sampled_from(["0.1", "1/3", "0.125", "1e-3"]),
    decimals=st.integers(1, 12),
)
@example(numbers=[Decimal("0.001"), Decimal(0), Decimal(0)], rate="0.1", decimals=1)
@settings(max_examples=30)
def test_what_is_printed_as_equal_is_exact(numbers, rate, decimals):
    """A line has the sign of equality exactly where every number on it is the number itself."""
    w, b, x = (Fraction(text) for text in numbers)
    spec = one_unit(str(w), str(b), str(x), 0, training={"optimizer": "momentum", "learning_rate": rate})
    spec["numbers"] = {"decimals": decimals}
    derivative = (w * x + b) * x
    groups = [block.lines for block in section(spec) if isinstance(block, Working)][1:]
    velocity, weight = groups[0]
    for line, parts in (
        (velocity, [Fraction(9, 10), derivative]),
        (weight, [w, Fraction(rate), derivative, w - Fraction(rate) * derivative]),
    ):
        signs = {write(item) for item in line.right.items if item in (Operator("="), Operator("approx"))}
        texts = re.findall(r"(?:[0-9.]+ × )?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[0-9.]+", write(line.right))
        shown = {abs(exactly(text)) for text in texts}
        is_exact = all(abs(part) in shown for part in parts)
        assert (line.relation == "=" and signs <= {"="}) is is_exact


def exactly(text):
    """Return a printed number as a fraction."""
    size, times, power = text.rpartition(" × ")
    if power[:2] != "10" or not set(power[2:]) & set("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"):
        return Fraction(text)
    exponent = int(power[2:].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    return Fraction(size if times else 1) * Fraction(10) ** exponent


@pytest.mark.everyday(4)
@pytest.mark.parametrize("optimizer", RULES)
def test_the_next_steps_are_tabulated(optimizer):
    """The second and the third step that are not worked have a table each, of derivative, states and updated value."""
    work = symnet.solve(deep(optimizer=optimizer, learning_rate="0.05", steps=3))
    blocks = section(deep(optimizer=optimizer, learning_rate="0.05", steps=3, show=1))
    assert steps(blocks) == ["Step 1", "Step 2", "Step 3"]
    second, third, _losses = tables(blocks)
    for table, update in zip((second, third), work.parts[0].evaluation.updates[1:], strict=True):
        head, *rows = table
        assert head == ["parameter", "derivative", *KEPT[optimizer], "updated"]
        assert [row[0] for row in rows] == [write(work.parts[0].names(p.name)) for p in update.after]
        assert [number(row[-1]) for row in rows] == pytest.approx([float(v) for v in update.after.values()], abs=1e-6)
        for column, name in enumerate((state.name for state in OPTIMIZERS[optimizer].states), 2):
            kept = [float(value) for value in update.state[name].values()]
            assert [number(row[column]) for row in rows] == pytest.approx(kept, abs=1e-6, rel=1e-4)


def test_one_step_has_no_number():
    """A single step needs no heading, and its objective stands in a table of one row."""
    blocks = section(deep(optimizer="sgd", learning_rate=1))
    assert not steps(blocks)
    (losses,) = tables(blocks)
    assert losses[0] == ["step", "J before step", "J after step"]
    assert len(losses) == 2


def test_many_steps_are_shortened():
    """Of many steps the first and the last stand in the table, with dots between, and the last one's outcome."""
    count = 4 * MOST_STEP_ROWS
    blocks = section(deep(optimizer="adam", learning_rate="0.1", steps=count))
    assert len(steps(blocks)) == FIRST_STEPS
    *_first, losses, last = tables(blocks)
    numbers = [row[0] for row in losses[1:]]
    assert len(numbers) == MOST_STEP_ROWS
    assert numbers[:3] == ["1", "2", "3"]
    assert numbers[-2:] == ["⋮", str(count)]
    assert last[0] == ["parameter", "m", "v", f"after step {count}"]
    assert [row[1] for row in losses[2:4]] == [row[2] for row in losses[1:3]]


@pytest.mark.parametrize(("inputs", "is_worked"), [(MOST_STEP_LINES - 1, True), (MOST_STEP_LINES, False)])
def test_many_parameters_are_tabulated(inputs, is_worked):
    """With many parameters the first step is a table as well."""
    spec = wide(inputs)
    blocks = section(spec)
    assert len(workings(blocks)) == 1 + is_worked
    assert len(tables(blocks)) == 2 - is_worked


def test_a_table_of_very_many_parameters_is_shortened():
    """A table of parameters has dots where there are too many for a page."""
    table = tables(section(wide(2 * MOST_TABLE_ROWS)))[0]
    assert len(table) == MOST_TABLE_ROWS + 1
    assert table[-2] == ["⋮"] * 3


def wide(inputs):
    """Return the description of one unit with many inputs, to be trained for one step."""
    return describe(
        [inputs, 1],
        ["sigmoid"],
        "squared_error",
        data={"inputs": [[1] * inputs], "targets": [[1]]},
        parameters=[{"weights": [[0] * inputs], "biases": [0]}],
        training={"learning_rate": 1},
    )


def test_a_rate_that_decays():
    """The decay is an option and a line of the rule; each step has its rate."""
    blocks = section(deep(optimizer="sgd", learning_rate="0.5", steps=5, decay="0.25"))
    assert "η = 0.5 and decay κ = 0.25" in said(blocks)
    assert "The step number is t" in said(blocks)
    rule, for_all, *_ = workings(blocks)
    assert rule == ["ηₜ = η/(1 + κ(t − 1))", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − ηₜ ∂J/∂wᵢⱼ^{(ℓ)}"]
    assert for_all == ["η₁ = 0.5/(1 + 0.25 × (1 − 1)) = 0.5"]
    losses = next(table for table in tables(blocks) if table[0][0] == "step")
    assert losses[0][1] == "ηₜ"
    assert [row[1] for row in losses[1:]] == ["0.5", "0.4", "0.333333", "0.285714", "0.25"]


def test_clipping_by_value():
    """Derivatives outside of the range are set to its nearer end, and said to be clipped."""
    spec = one_unit(1, 0, 3, 0, training={"learning_rate": "0.1", "clip_value": 5})
    blocks = section(spec)
    assert "Gradients g are clipped before use: each component is clamped to [−5, 5]" in said(blocks)
    rule, *groups = workings(blocks)
    assert rule == ["g = ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η g"]
    assert groups == [
        ["∂L/∂w₁₁⁽¹⁾ = 9", "∂L/∂b₁⁽¹⁾ = 3"],
        ["g = 5", "w₁₁⁽¹⁾′ = 1 − 0.1 × 5 = 0.5"],
        ["g = 3", "b₁⁽¹⁾′ = 0 − 0.1 × 3 = −0.3"],
    ]
    reasons = [words(line.reason) for block in blocks if isinstance(block, Working) for line in block.lines]
    assert reasons == ["gradient before clipping", "", "", "", "clipped, for w₁₁⁽¹⁾", "", "for b₁⁽¹⁾", ""]


def test_clipping_by_norm():
    """Derivatives whose norm is too large are all multiplied by the same factor, which is shown."""
    # The derivatives are 3 and 4 once the input is 3/4 and the error is 4.
    spec = one_unit(4, 1, "0.75", 0, training={"learning_rate": "0.1", "clip_norm": "2.5"})
    blocks = section(spec)
    assert "if the norm ‖g‖ of the whole gradient exceeds 2.5" in said(blocks)
    assert "it is rescaled by 2.5/‖g‖" in said(blocks)
    _rule, for_all, *groups = workings(blocks)
    assert for_all == ["∂L/∂w₁₁⁽¹⁾ = 3", "∂L/∂b₁⁽¹⁾ = 4", "‖g‖ = √(3² + 4²) = 5"]
    assert groups == [
        ["g = 2.5/5 × 3 = 1.5", "w₁₁⁽¹⁾′ = 4 − 0.1 × 1.5 = 3.85"],
        ["g = 2.5/5 × 4 = 2", "b₁⁽¹⁾′ = 1 − 0.1 × 2 = 0.8"],
    ]


def test_clipping_by_value_and_then_by_norm():
    """With both, the norm is that of what is left by the first."""
    training = {"learning_rate": "0.1", "clip_value": 3, "clip_norm": 2, "steps": 2, "show": 1, "update_biases": False}
    blocks = section(one_unit(4, 1, "0.75", 0, training=training))
    assert "]; then, if the norm ‖g‖ of the whole gradient exceeds" in said(blocks)
    _rule, for_all, group = workings(blocks)
    assert for_all == ["∂L/∂w₁₁⁽¹⁾ = 3", "‖g‖ = √(3²) = 3"]
    assert group == ["g = 2/3 × 3 = 2", "w₁₁⁽¹⁾′ = 4 − 0.1 × 2 = 3.8"]
    assert tables(blocks)[0][0] == ["parameter", "derivative", "clipped", "updated"]


def test_where_nothing_is_clipped():
    """Where all derivatives are small enough the sheet says that none is scaled, and uses them as they are."""
    blocks = section(one_unit(4, 1, "0.75", 0, training={"learning_rate": "0.1", "clip_norm": 6}))
    _rule, for_all, updates = workings(blocks)
    assert for_all == ["‖g‖ = √(3² + 4²) = 5"]
    reasons = [words(line.reason) for block in blocks if isinstance(block, Working) for line in block.lines]
    assert reasons[2] == "so no rescaling"
    assert updates == ["w₁₁⁽¹⁾′ = 4 − 0.1 × 3 = 3.7", "b₁⁽¹⁾′ = 1 − 0.1 × 4 = 0.6"]


def test_biases_that_are_left_alone():
    """Without biases the text says so, and no update of one is shown."""
    blocks = section(deep(optimizer="adam", learning_rate=1, steps=2, show=1, update_biases=False))
    assert said(blocks).startswith("All parameters except the biases are updated simultaneously")
    assert not any(line.startswith("b") for group in workings(blocks) for line in group)
    assert [row[0] for row in tables(blocks)[0][1:]] == ["w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "w₁₁⁽²⁾"]


@pytest.mark.parametrize(
    ("batch", "sentence", "titles"),
    [
        (1, "the next of the 3 samples; an epoch, one pass over all samples, is 3 steps.", [1, 2, 3]),
        (
            2,
            "the next mini-batch of 2 of the 3 samples; an epoch, one pass over all samples, is 2 steps, the last "
            "with the remaining sample.",
            ["1 and 2", 3, "1 and 2"],
        ),
    ],
)
def test_batches(batch, sentence, titles):
    """With batches the text says what an epoch is, and each step which samples it uses."""
    blocks = section(deep(optimizer="sgd", learning_rate=1, steps=3, batch=batch))
    assert f"Each step uses {sentence}" in said(blocks)
    named = [f"sample{'s' if 'and' in str(title) else ''} {title}" for title in titles]
    worked = [f"Step {number}, {title}{': update' if number > 1 else ''}" for number, title in enumerate(named, 1)]
    assert steps(blocks) == worked
    losses = tables(blocks)[-1]
    assert losses[0] == ["step", "samples", "J before step", "J after step"]
    assert [row[1] for row in losses[1:]] == [str(title) for title in titles]
    # The derivative over the samples of the step stands nowhere else: it is put together here.
    assert workings(blocks)[1][0].startswith("∂J/∂w₁₁⁽¹⁾ ")
    assert workings(blocks)[1][0].count("1/2 × ") == (batch == 2)


def test_a_longer_batch_is_named_by_its_ends():
    """A batch of more than two samples has the first and the last one's number."""
    blocks = section(
        describe(
            [2, 1],
            ["sigmoid"],
            "squared_error",
            data={"inputs": [[1, 1]] * 4, "targets": [[1]] * 4},
            parameters=[{"weights": [[0, 1]], "biases": [0]}],
            training={"learning_rate": 1, "batch": 3},
        )
    )
    assert steps(blocks) == ["Step 1, samples 1 to 3"]


def test_a_batch_of_everything_is_no_batch():
    """A batch that holds all samples is not mentioned."""
    blocks = section(deep(optimizer="sgd", learning_rate=1, batch=3))
    assert "epoch" not in said(blocks)
    assert not steps(blocks)


def test_a_start_that_is_given():
    """A given start stands in a table, and goes into the first step, whose number it moves on."""
    state = {"step": 5, "m": {"w1_1_1": "0.5"}, "v": {"w1_1_1": 4}}
    training = {"optimizer": "adam", "learning_rate": 1, "beta1": "0.5", "beta2": "0.75", "state": state}
    blocks = section(one_unit(1, 0, 1, 0, training=training))
    assert "both initialised to 0 unless given below" in said(blocks)
    assert "The step number is t, starting at 6." in said(blocks)
    assert tables(blocks)[0] == [["parameter", "m before", "v before"], ["w₁₁⁽¹⁾", "0.5", "4"]]
    _rule, weight, bias = workings(blocks)
    assert weight[:2] == ["m′ = 0.5 × 0.5 + (1 − 0.5) × 1 = 0.75", "v′ = 0.75 × 4 + (1 − 0.75) × 1² = 3.25"]
    assert weight[2].startswith("m̂ = 0.75/(1 − 0.5⁶) ≈")
    assert bias[0] == "m′ = 0.5 × 0 + (1 − 0.5) × 1 = 0.5"


def test_only_steps_made_before():
    """A start that is only a number of steps needs no table."""
    blocks = section(one_unit(1, 0, 1, 0, training={"learning_rate": 1, "decay": 1, "state": {"step": 2}}))
    assert "starting at 3." in said(blocks)
    assert workings(blocks)[1] == ["η₃ = 1/(1 + 1 × (3 − 1)) ≈ 0.333333"]
    assert len(tables(blocks)) == 1


def test_an_inexact_option_is_not_called_equal():
    """An option that is rounded on the sheet stands behind another sign."""
    assert "η ≈ 0.333333" in said(section(one_unit(1, 0, 1, 0, training={"learning_rate": "1/3"})))


def test_every_update_in_symbols(examples):
    """Without numbers every parameter has its update in deltas, and written out below."""
    rule, updates = workings(section(examples["C3"]))
    assert len(rule) == 1
    assert updates[:2] == [
        "w₁₁⁽¹⁾′ = w₁₁⁽¹⁾ − η δ₁⁽¹⁾ x₁",
        "= w₁₁⁽¹⁾ − η[(ŷ₁ − y₁) w₁₁⁽²⁾ + (ŷ₂ − y₂) w₂₁⁽²⁾] (1 − (a₁⁽¹⁾)²) x₁",
    ]
    assert updates[-2:] == ["b₂⁽²⁾′ = b₂⁽²⁾ − η δ₂⁽²⁾", "= b₂⁽²⁾ − η(ŷ₂ − y₂)"]
    assert len([line for line in updates if not line.startswith("=")]) == 7


def test_two_signs_make_one(examples):
    """Where the derivative has a minus sign, the update adds."""
    _rule, updates = workings(section(examples["C11"]))
    assert updates[4:6] == ["w₁₃⁽¹⁾′ = w₁₃⁽¹⁾ − η δ₁⁽¹⁾ x₃", "= w₁₃⁽¹⁾ + η y 𝟏[1 − y ŷ > 0] x₃"]


def test_the_update_of_a_graph_in_symbols(examples):
    """A graph's parameters are updated in its own names, and the section is one of the sheet."""
    blocks = section(examples["C12"])
    assert blocks[0].level == 1
    assert said(blocks[:2]).endswith("For w₀:")
    rule, updates = workings(blocks)
    assert rule == ["w₀′ = w₀ − η ∂l/∂w₀"]
    assert updates == [
        "w₀′ = w₀ + 2 η(y − h) h(1 − h)",
        "w₁′ = w₁ + 2 η(y − h) h(1 − h) x₁",
        "w₂′ = w₂ + 2 η(y − h) h(1 − h) x₂",
    ]


def test_a_derivative_of_zero_in_symbols():
    """A parameter that the output does not feel stays as it is."""
    graph = {"inputs": ["w", "x"], "nodes": {"q": "sign(w)", "f": "q * x"}, "output": "f", "parameters": ["w"]}
    _rule, updates = workings(section({"graph": graph, "training": {}}))
    assert updates[-1].endswith("= w")


def test_the_mean_and_the_penalty_in_symbols():
    """The learning rate goes over the bar of the mean; with a penalty the two stand in one bracket."""
    spec = describe([1, 1], ["identity"], "squared_error", reduction="mean", training={"decay": 1})
    _rule, updates = workings(section(spec))
    assert updates[0] == "w₁₁⁽¹⁾′ = w₁₁⁽¹⁾ − ηₜ/m ⋅ ∑ᵢ₌₁ᵐ δ₁^{(1)[i]} x^{[i]}"
    spec["regularization"] = [{"kind": "half_l2", "strength": "lambda"}]
    _rule, updates = workings(section(spec))
    assert updates[0] == "w₁₁⁽¹⁾′ = w₁₁⁽¹⁾ − ηₜ(1/m ⋅ ∑ᵢ₌₁ᵐ δ₁^{(1)[i]} x^{[i]} + λ w₁₁⁽¹⁾)"
    assert updates[2].startswith("b₁⁽¹⁾′ = b₁⁽¹⁾ − ηₜ/m ⋅")


@pytest.mark.parametrize("more", [{"optimizer": "momentum"}, {"clip_value": 1}], ids=["states", "clipping"])
def test_what_needs_more_than_the_derivative_has_only_the_rule(more):
    """Where states or clipping come between, the derivatives are not put into the rule."""
    blocks = section(describe([2, 1], ["sigmoid"], "squared_error", training=more))
    assert len(workings(blocks)) == 1


def test_batches_without_samples():
    """Without samples the text says how many each step takes, and what an epoch is."""
    text = said(section(describe([2, 1], ["sigmoid"], "squared_error", training={"batch": 4})))
    assert "uses the next mini-batch of 4 samples; an epoch is one pass over all samples." in text


def test_a_letter_that_is_taken():
    """Where a graph has the letter of a state or of the derivative itself, the rule says it in a word."""
    graph = {"inputs": ["v", "g"], "nodes": {"f": "(v - g)^2"}, "output": "f", "parameters": ["v"]}
    training = {"optimizer": "momentum", "learning_rate": 1, "clip_value": 9}
    blocks = section({"graph": graph, "at": {"v": 2, "g": 1}, "training": training})
    assert "Each parameter has a velocity, initialised to 0" in said(blocks)
    rule, step = workings(blocks)
    assert rule == ["gradient = ∂f/∂v", "velocity′ = μ velocity + gradient", "v′ = v − η velocity′"]
    assert step == ["velocity′ = 0.9 × 0 + 2 = 2", "v′ = 2 − 1 × 2 = 0"]


def test_a_moment_whose_letter_is_taken():
    """A correction of a state that is a word is one as well."""
    graph = {"inputs": ["m"], "nodes": {"f": "m^2"}, "output": "f", "parameters": ["m"]}
    rule = workings(section({"graph": graph, "training": {"optimizer": "adam"}}))[0]
    assert "corrected first moment = (first moment′)/(1 − β₁ᵗ)" in rule or (
        "corrected first moment = first moment′/(1 − β₁ᵗ)" in rule
    )
    assert "m′ = m − η ⋅ corrected first moment/(√(v̂) + ε)" in rule


def test_a_step_says_whose_states_are_meant():
    """Each group of lines about a parameter's states begins with whose they are."""
    blocks = section(deep(optimizer="momentum", learning_rate=1))
    groups = [block.lines for block in blocks if isinstance(block, Working)][1:]
    assert [words(group[0].reason) for group in groups] == [
        f"for {name}" for name in ("w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₁₁⁽²⁾", "b₁⁽²⁾")
    ]
    assert all(isinstance(line, Line) for group in groups for line in group)


def passes(blocks, title):
    """Return the lines below the headings that begin so, up to the next that does not."""
    found, inside = [], False
    for block in blocks:
        if isinstance(block, Heading):
            inside = words(block.content).startswith(title) and "update" not in words(block.content)
        elif inside and isinstance(block, Working):
            # What was rounded keeps its zeros, what is given has none.
            found += [re.sub(r"(\.[0-9]*?)\.?0+\b", r"\1", equation(line).replace("=", "≈")) for line in block.lines]
    return found


@pytest.mark.everyday(2)
@pytest.mark.parametrize("numbers", [{}, {"arithmetic": "paper", "decimals": 3}], ids=["exact", "paper"])
@pytest.mark.parametrize("loss", ["squared_error", "binary_cross_entropy"])
def test_a_later_step_is_the_first_one_of_what_is_trained(loss, numbers):
    """Every line of the second step's passes is that of a sheet whose parameters are those after the first step."""
    spec = deep(optimizer="sgd", learning_rate="0.3", steps=2) | {"loss": loss, "numbers": numbers}
    part = symnet.solve(spec).parts[0]
    second = passes(symnet.solve(spec).document(full()).blocks, "Step 2:")
    after = part.shown.updates[0].after
    given = {symbol.name: str(getattr(value, "fraction", value)) for symbol, value in after.items()}
    later = [
        {"weights": [[given["w1_1_1"], given["w1_1_2"]]], "biases": [given["b1_1"]]},
        {"weights": [[given["w2_1_1"]]], "biases": [given["b2_1"]]},
    ]
    titles = ("Forward pass, ", "Loss and deltas, ", "Gradients, ", "Objective and its gradient")
    blocks = symnet.solve({**spec, "parameters": later, "training": {"learning_rate": "0.3"}}).document(full()).blocks
    first = [line for title in titles[:1] for line in passes(blocks, title)]
    assert second[: len(first)] == first
    assert sorted(second) == sorted(line for title in titles for line in passes(blocks, title))


@pytest.mark.everyday(3)
@pytest.mark.parametrize("optimizer", RULES)
def test_every_step_is_worked_in_full(optimizer):
    """Each of three steps has a line of the rule for every parameter, from the states that the one before has left."""
    spec = deep(optimizer=optimizer, learning_rate="0.05", steps=3)
    work = symnet.solve(spec)
    assert steps(section(spec)) == ["Step 1", "Step 2: update", "Step 3: update"]
    lines = [line for group in workings(section(spec)) for line in group]
    for update in work.parts[0].evaluation.updates:
        for parameter, value in update.after.items():
            left = write(work.parts[0].names(parameter.name)) + "′ "
            own = [line for line in lines if line.startswith(left)]
            assert len(own) == 3
            assert number(own[update.step - 1]) == pytest.approx(float(value), abs=1e-6)


@pytest.mark.parametrize(
    ("training", "titles", "tabulated"),
    [
        ({"steps": 5, "show": 4}, ["Step 1", "Step 2: update", "Step 3: update", "Step 4: update"], 1),
        ({"steps": 5, "show": 2}, ["Step 1", "Step 2: update", "Step 3"], 2),
        ({"steps": 5, "show": 0}, ["Step 1", "Step 2", "Step 3"], 4),
        ({"steps": 2, "show": 9}, ["Step 1", "Step 2: update"], 0),
        ({"steps": 3}, ["Step 1", "Step 2: update", "Step 3: update"], 0),
        ({"steps": 1, "show": 0}, [], 1),
    ],
)
def test_as_many_steps_are_worked_as_are_asked_for(training, titles, tabulated):
    """Show says how many steps have full working; those after it up to the third have a table, then comes the whole."""
    blocks = section(deep(optimizer="sgd", learning_rate="0.1", **training))
    assert steps(blocks) == titles
    assert len([table for table in tables(blocks) if table[0][0] == "parameter"]) == tabulated


def test_each_part_of_a_later_step_says_which_step_it_is():
    """Every heading within a step has its number, and the parameters are said to be those after the one before."""
    blocks = section(deep(optimizer="sgd", learning_rate="0.1", steps=2))
    titles = [words(block.content) for block in blocks if isinstance(block, Heading)]
    assert titles[2:-1] == [
        *(f"Step 2: {what}, sample {number}" for number in (1, 2, 3) for what in ("forward pass",)),
        *(f"Step 2: {what}, sample {number}" for number in (1, 2, 3) for what in ("loss and deltas", "gradients")),
        "Step 2: objective and its gradient",
        "Step 2: update",
    ]
    assert "The parameters are those after step 1." in said(blocks)


def test_a_later_step_of_some_samples_works_these():
    """A batch of two of three samples is worked with their own numbers, and taken together by itself."""
    spec = deep(optimizer="sgd", learning_rate="0.1", steps=2, batch=2)
    blocks = section(spec)
    titles = [words(block.content) for block in blocks if isinstance(block, Heading)]
    assert "Step 2: forward pass, sample 3" in titles
    assert not any("sample 1" in title for title in titles if title.startswith("Step 2"))
    assert "those after step 1; this step uses sample 3." in said(blocks)
    work = symnet.solve(spec).parts[0]
    update = work.evaluation.updates[1]
    assert update.batch == (2,)
    for parameter, value in update.gradients.items():
        assert float(update.samples[0].gradients[parameter]) == pytest.approx(float(value))


def test_later_steps_of_a_graph():
    """Both passes of a graph are worked again with the new parameters."""
    graph = {"inputs": ["x", "w"], "parameters": ["w"], "nodes": {"z": "w*x", "L": "(z - 1)^2"}, "output": "L"}
    spec = {"title": "t", "graph": graph, "at": {"x": 2, "w": 1}, "training": {"learning_rate": "0.1", "steps": 2}}
    blocks = section(spec)
    assert passes(blocks, "Step 2:")[:2] == ["z ≈ w x ≈ 0.6 × 2 ≈ 1.2", "L ≈ (z − 1)² ≈ (1.2 − 1)² ≈ 0.04"]
    assert ["w′ = 0.6 − 0.1 × 0.8 = 0.52"] in workings(blocks)


def test_later_steps_in_matrices():
    """The matrix form of a later step has its own numbers; a step of some samples alone is written number by number."""
    spec = deep(optimizer="sgd", learning_rate="0.1", steps=2)
    for batch, title in (("full", "in matrix form"), (2, "sample 3")):
        work = symnet.solve({**spec, "training": {**spec["training"], "batch": batch}})
        titles = [
            words(block.content) for block in work.document(full(form="matrix")).blocks if isinstance(block, Heading)
        ]
        later = [text for text in titles if text.startswith("Step 2: ")]
        assert later
        assert all(title in text for text in later[:2])


@pytest.mark.parametrize("value", ["-1", "101", "1.5", "all"])
def test_a_number_of_steps_that_cannot_be_shown(value):
    """Show is a whole number from 0 to 100."""
    with pytest.raises(DescriptionError) as caught:
        symnet.solve(deep(optimizer="sgd", learning_rate="0.1", show=value))
    (problem,) = caught.value.problems
    assert problem.where == "training.show"
    assert problem.allowed == "a whole number from 0 to 100"
