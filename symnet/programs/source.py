"""The text of a program: what its template is filled with."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from symnet.arrays.tree import names_in
from symnet.layout.symbols import clean_text
from symnet.programs.dialects import ARRAYS, SUM, CodeWriter, Dialect, literal, nested
from symnet.programs.listing import ProgramArray, ProgramLine, ProgramListing, ProgramUpdate
from symnet.programs.wrapping import WIDTH, collected, docstring, statement, wrapped
from symnet.render.templates import environment
from symnet.text.say import words

LEVELS = ("full", "faded", "blank")
"""How much of a program is written: all, some of it, or nothing but what is to be worked out."""

# Of a faded program, one line in so many is left to write.
_FADED = 2
_INDENT = 4
_CALLED = re.compile(r"\b(itertools|math|np|jnp)\.")


class StatementSyntax(NamedTuple):
    """How a language writes statements.

    Attributes:
        template: The template of its programs.
        comment: What stands before a comment.
        gap: What stands between a statement and a comment.
        assign: An assignment to a new variable.
        change: An assignment to an item of a mapping.
        unwritten: What stands for a value that is left to write.
        missing: The statement of a function that is left to write.
        entry: One entry of what a function returns.
        returned: What stands around these entries.
        unpack: From variables and the name of a mapping to the statement that takes them out of it.
        item: An item of a mapping by its name.
        of_name: An item of a mapping by the variable ``name``.
        gradients: What stands around the names of derivatives.
        row: What stands around the numbers of a sample.
    """

    template: str
    comment: str
    gap: str
    assign: str
    change: str
    unwritten: str
    missing: str
    entry: str
    returned: tuple[str, str]
    unpack: Callable[[Sequence[str], str], str]
    item: str
    of_name: str
    gradients: tuple[str, str]
    row: tuple[str, str]


def _unpacked(names: Sequence[str], source: str) -> str:
    return f"{', '.join(names)} = {', '.join(_ITEM.format(source, name) for name in names)}"


_ITEM = '{}["{}"]'
_PYTHON = StatementSyntax(
    template="program.py.jinja",
    comment="# ",
    gap="  ",
    assign="{} = {}",
    change="{} = {}",
    unwritten="...",
    missing='raise NotImplementedError("{}")',
    entry='"{0}": {0}',
    returned=("return {", "}"),
    unpack=_unpacked,
    item=_ITEM,
    of_name="{}[name]",
    gradients=("GRADIENTS = {", "}"),
    row=("{", "},"),
)
_SCRIPT = StatementSyntax(
    template="program.mjs.jinja",
    comment="// ",
    gap=" ",
    assign="const {} = {};",
    change="{} = {};",
    unwritten="undefined",
    missing='throw new Error("{}");',
    entry="{0}",
    returned=("return { ", " };"),
    unpack=lambda names, source: f"const {{ {', '.join(names)} }} = {source};",
    item="{}.{}",
    of_name="{}[name]",
    gradients=("const GRADIENTS = { ", " };"),
    row=("{ ", " },"),
)
# Which helpers a helper calls.
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "min_mask": ("max_mask",),
        "maxpool": ("windows",),
        "avgpool": ("windows",),
        "unpool_max": ("windows", "max_mask"),
        "unpool_mean": ("windows",),
        **dict.fromkeys(("correlate", "correlate_input", "correlate_kernel"), ("kernel_places", "padded")),
    }
)
_HELPERS: Mapping[str, str] = MappingProxyType(
    {
        "sigmoid": "program.helper.sigmoid",
        "sign": "program.helper.sign",
        "erf": "program.helper.erf",
        "softmax": "program.helper.softmax",
        "log_softmax": "program.helper.log_softmax",
        "causal_softmax": "program.helper.causal_softmax",
        "max_mask": "program.helper.max_mask",
        "min_mask": "program.helper.min_mask",
        "place": "program.helper.place",
        "windows": "program.helper.windows",
        "maxpool": "program.helper.maxpool",
        "avgpool": "program.helper.avgpool",
        "unpool_max": "program.helper.unpool_max",
        "unpool_mean": "program.helper.unpool_mean",
        "kernel_places": "program.helper.kernel_places",
        "padded": "program.helper.padded",
        "correlate": "program.helper.correlate",
        "correlate_input": "program.helper.correlate_input",
        "correlate_kernel": "program.helper.correlate_kernel",
    }
)


class PassText(NamedTuple):
    """One of the passes as a function.

    Attributes:
        name: Its name.
        arguments: What it takes.
        doc: What stands at its head.
        body: Its lines.
    """

    name: str
    arguments: tuple[str, ...]
    doc: str
    body: tuple[str, ...]


class ProgramText:
    """The text of a program.

    Args:
        listing: The program.
        dialect: Its language.
        level: How much of it is written.
        seed: What decides which lines of a faded program are left to write.
        file: The name of its file.
    """

    def __init__(self, listing: ProgramListing, dialect: Dialect, level: str, seed: int, file: str) -> None:
        self.listing, self.dialect, self.level, self.file = listing, dialect, level, file
        self.write = CodeWriter(dialect)
        self.syntax = _PYTHON if dialect.suffix == ".py" else _SCRIPT
        self.chance = random.Random(seed)  # noqa: S311 - not cryptography
        pools = (("parameters", listing.parameters), ("data", listing.data))
        self.pools: dict[str, str] = {array.name: pool for pool, arrays in pools for array in arrays}
        self.passes = tuple(self._passes())

    @property
    def in_rows(self) -> bool:
        """Whether the data are a list of samples, which are worked out one by one."""
        objective = self.listing.objective
        return objective.several or bool(objective.penalty and self.listing.samples is None and objective.added)

    @property
    def put_in(self) -> tuple[str, ...]:
        """What goes into the whole calculation: parameters, and data or samples, where there are any."""
        found = [] if not self.listing.parameters else ["parameters"]
        if self.listing.data:
            found.append("samples" if self.in_rows else "data")
        return tuple(found)

    def text(self) -> str:
        """Return the whole program."""
        template, context = environment("programs").get_template(self.syntax.template), self.context()
        # What is left to write finds the same modules there.
        called = _CALLED.findall(" ".join((template.render(context), *self.write.written)))
        made: str = template.render({**context, "called": called})
        return made.rstrip("\n") + "\n"

    def context(self) -> dict[str, Any]:
        """Return what the template is filled with."""
        objective = self.listing.objective
        calls = {one.name: ", ".join(one.arguments) for one in self.passes}
        update = self._update()
        penalty = self._penalty() if self.in_rows else []
        constants = [*self._constants()]
        helpers = self._helpers()
        library = {"torch": ("dim", "keepdim", "amax")}.get(self.dialect.name, ("axis", "keepdims", "max"))
        return {
            "intro": self.intro(),
            "constants": constants,
            "helpers": helpers,
            "docs": self.docs(helpers),
            "lib": self.dialect.library,
            "axis": library[0],
            "keep": library[1],
            "amax": library[2],
            "at": self.dialect.name == "jax",
            "tables": [*self._tables()],
            "functions": [one._asdict() for one in self.passes],
            "gradients": self._gradients(),
            "arguments": self.put_in,
            "put_in": self.put_in,
            "calls": calls,
            "several": self.in_rows,
            "objective": objective.name,
            "loss": objective.loss,
            "share": self._share(),
            "counted": self._counted(),
            "penalty": penalty,
            "update": update,
            "start": self._start(),
            "file": self.file,
            "called": (),
        }

    @property
    def started(self) -> tuple[tuple[str, str], ...]:
        """The functions that return what goes into the calculation, and the variables for it."""
        functions = {"parameters": "start_parameters", "samples": "training_data", "data": "training_data"}
        return tuple((functions[name], name) for name in self.put_in)

    def own(self, name: str) -> str:
        """Return the name of a function as the language spells it."""
        if self.syntax is _PYTHON:
            return name
        first, *others = name.split("_")
        return first + "".join(map(str.capitalize, others))

    def _start(self) -> str:
        """Return the statement that gets what goes into the calculation."""
        names = ", ".join(name for _, name in self.started)
        calls = ", ".join(f"{self.own(function)}()" for function, _ in self.started)
        return f"{names} = {calls}" if self.syntax is _PYTHON else f"let [{names}] = [{calls}];"

    def _gradients(self) -> list[str]:
        """Return the statement that says which variable holds the derivative with respect to what."""
        first, last = self.syntax.gradients
        pairs = [self._named(name, f'"{value}"') for name, value in self.listing.gradients.items()]
        return collected(first, pairs, last, 0)

    def _helpers(self) -> list[str]:
        """Return the helpers that are called, each after those that it calls itself."""
        called = self.write.helpers
        wanted = {*called, *(other for name in called for other in _NEEDS.get(name, ()))}
        return [name for name in _HELPERS if name in wanted]

    def docs(self, helpers: Sequence[str]) -> dict[str, str]:
        """Return what stands at the heads of functions."""
        found = {name: words(_HELPERS[name]) for name in helpers}
        found |= {
            "gradient": words("program.gradient", objective=self.listing.objective.name),
            "state": words("program.state"),
            "train": words("program.train"),
        }
        return {name: docstring(text, _INDENT) for name, text in found.items()}

    def intro(self) -> str:
        """Return what stands at the head of the program."""
        listing = self.listing
        title = _safe(f"{listing.title} ({listing.loss_name})" if listing.loss_name else listing.title)
        said = [words("program.intro")]
        if self.level != "full":
            said.append(words("program.to_write", missing=self.syntax.unwritten))
        if listing.drawn:
            said.append(words("program.drawn"))
        if listing.detached:
            said.append(words("program.detached"))
        return "\n\n".join((title, textwrap.fill(" ".join(said), WIDTH))) + "\n"

    # What is put in.

    def _constants(self) -> Iterator[dict[str, str]]:
        """Yield the numbers that stay as they are: strengths, frozen parameters, and those of the update."""
        for array in self.listing.constants:
            yield self._constant(array.name, self._value(array, array.numbers[0]), array.says)
        update = self.listing.update
        if update is None:
            return
        for name, value, says in update.constants:
            yield self._constant(name, literal(value), says)
        if len(update.rates) == 1:
            yield self._constant(update.rate, literal(update.rates[0]), words("role.learning_rate", count=1))
        else:
            rates = f"[{', '.join(map(_rate, update.rates))}]"
            yield self._constant("RATES", rates, words("program.rates"))
        if update.batches:
            batches = ", ".join(f"[{', '.join(map(str, batch))}]" for batch in update.batches)
            yield self._constant("BATCHES", f"[{batches}]", words("program.batches"))

    def _constant(self, name: str, value: str, says: str) -> dict[str, str]:
        return {"text": "\n".join(self.commented(self.syntax.assign.format(name, value), says, 0))}

    def _tables(self) -> Iterator[dict[str, Any]]:
        """Yield the functions that return what is put in."""
        listing = self.listing
        if listing.parameters:
            entries = [self._entry(array, array.numbers[0]) for array in listing.parameters]
            doc = words("program.parameters")
            yield {"name": self.own("start_parameters"), "doc": doc, "rows": [], "entries": entries}
        if not listing.data:
            return
        name, doc = self.own("training_data"), words("program.data")
        if self.in_rows:
            count = len(listing.data[0].numbers)
            rows = [self._row(row) for row in range(count)]
            yield {"name": name, "doc": words("program.samples"), "rows": rows}
        else:
            yield {"name": name, "doc": doc, "rows": [], "entries": [self._entry(one, None) for one in listing.data]}

    def _row(self, sample: int) -> list[str]:
        """Return the lines of one sample."""
        entries = [self._named(array.name, self._value(array, array.numbers[sample])) for array in self.listing.data]
        first, last = self.syntax.row
        return collected(first, entries, last, 2 * _INDENT)

    def _named(self, name: str, value: str) -> str:
        return f"{self.key(name)}: {value}"

    def key(self, name: str) -> str:
        """Return a name as the key of a mapping."""
        return f'"{name}"' if self.syntax is _PYTHON else name

    def _entry(self, array: ProgramArray, numbers: Sequence[Fraction] | None) -> list[str]:
        """Return the lines of an entry of a table, with what it is."""
        says = _with_shape(array.says, array.shown)
        value = self._of_all_samples(array) if numbers is None else self._value(array, numbers)
        lines = wrapped(f"{self.key(array.name)}: ", value, ",", 2 * _INDENT)
        comment = f"{self.syntax.comment}{says}"
        if len(lines) > 1 or 2 * _INDENT + len(lines[0]) + 2 + len(comment) > WIDTH:
            return [comment, *lines]
        return [f"{lines[0]}{self.syntax.gap}{comment}"]

    def _of_all_samples(self, array: ProgramArray) -> str:
        """Return the numbers of all samples in one array, in their rows or columns."""
        axis = self.listing.samples
        if axis is None:
            return self._value(array, array.numbers[0])
        rows = array.numbers if axis.rows else tuple(zip(*array.numbers, strict=True))
        entries = [literal(one) for row in rows for one in row]
        return ARRAYS[self.dialect.name].format(nested(entries, (len(rows), len(rows[0]))))

    def _value(self, array: ProgramArray, numbers: Sequence[Fraction]) -> str:
        text = nested([literal(one) for one in numbers], array.shape)
        plain = not array.shape and self.dialect.name not in {"torch", "jax"}
        return text if plain else ARRAYS[self.dialect.name].format(text)

    # The passes.

    def _passes(self) -> Iterator[PassText]:
        """Yield the forward pass, the loss and the backward pass."""
        listing = self.listing
        passes = (
            ("forward", listing.forward, words("program.forward")),
            ("loss", listing.loss, words("program.loss")),
            ("backward", listing.backward, words("program.backward", loss=listing.objective.name)),
        )
        for name, lines, doc in passes:
            yield self._pass(name, lines, doc)
            self.pools |= {line.name: "values" for line in lines}

    def _pass(self, name: str, lines: Sequence[ProgramLine], doc: str) -> PassText:
        own, used = set[str](), dict[str, None]()
        for line in lines:
            used |= dict.fromkeys(one for one in names_in(line.tree) if one not in own)
            own.add(line.name)
        axis = self.listing.samples
        counts = axis is not None and axis.letter in used
        if counts:
            used |= dict.fromkeys([self.listing.data[0].name])
        found: dict[str, list[str]] = {"parameters": [], "data": [], "values": []}
        for one in self.pools:
            if one in used:
                found[self.pools[one]].append(one)
        arguments = tuple(pool for pool, held in found.items() if held)
        if self.level == "blank":
            for line in lines:
                self.write(line.tree)
            return PassText(name, arguments, self._asked(doc, lines), (self.syntax.missing.format(name),))
        body = [line for pool, held in found.items() for line in self._taken_out(held, pool)]
        if axis is not None and counts:
            first = self.listing.data[0].name
            body.append(f"{axis.letter} = {first}.shape[{0 if axis.rows else 1}]")
        body += [""] if body else []
        for line in lines:
            body += self.assigned(line)
        body += self._returned([line.name for line in lines])
        return PassText(name, arguments, self._asked(doc, lines) if self.level == "faded" else doc, tuple(body))

    def _asked(self, doc: str, lines: Sequence[ProgramLine]) -> str:
        """Return what stands at the head of a function that is left to write: what it returns, with shapes."""
        each = [f"({one.number}) {one.name}: {_with_shape(one.says, one.shape)}".rstrip(": ") for one in lines]
        if self.syntax is _SCRIPT:
            return "\n * ".join((f"{doc}\n *", *each)) + "\n"
        return f"\n{' ' * _INDENT}".join((f"{doc}\n", *each, ""))

    def _taken_out(self, names: Sequence[str], pool: str) -> Iterator[str]:
        """Yield the statements that take variables out of a mapping, as many on a line as there is room for."""
        line: list[str] = []
        for name in names:
            if line and len(self.syntax.unpack([*line, name], pool)) + _INDENT > WIDTH:
                yield self.syntax.unpack(line, pool)
                line = []
            line.append(name)
        if line:
            yield self.syntax.unpack(line, pool)

    def assigned(self, line: ProgramLine) -> Iterator[str]:
        """Yield the lines of an assignment, with what it is in a comment."""
        says = f"({line.number}) {_with_shape(line.says, line.shape)}".rstrip()
        if self.level == "faded" and self.chance.randrange(_FADED) == 0:
            self.write(line.tree)
            yield from self.commented(self.syntax.assign.format(line.name, self.syntax.unwritten), says, _INDENT)
            return
        yield from self.commented(self.syntax.assign.format(line.name, self.write(line.tree)), says, _INDENT)

    def commented(self, text: str, says: str, indent: int) -> Iterator[str]:
        """Yield a statement with a comment behind it, or before it where it is long."""
        comment = f"{self.syntax.comment}{says}"
        if indent + len(text) + len(comment) + 2 > WIDTH:
            yield comment
            yield from statement(text, indent)
        else:
            yield f"{text}{self.syntax.gap}{comment}"

    def _returned(self, names: Sequence[str]) -> list[str]:
        """Return the statement that returns variables by their names."""
        entries = [self.syntax.entry.format(name) for name in names]
        first, last = self.syntax.returned
        return collected(first, entries, last, _INDENT)

    # The objective and the update.

    def _share(self) -> str:
        """Return what the sum over the samples is divided by; empty for nothing."""
        objective = self.listing.objective
        if not (objective.mean and objective.several):
            return ""
        length = "len(samples)" if self.syntax is _PYTHON else "samples.length"
        return length if objective.counted is None else "counted"

    def _counted(self) -> list[str]:
        """Return the lines that add what a sample counts in a weighted mean; none in any other."""
        tree = self.listing.objective.counted
        if tree is None or not self.listing.objective.several:
            return []
        used = set(names_in(tree))
        names = [array.name for array in self.listing.data if array.name in used]
        added = self.syntax.change.format("counted", f"counted + {self.write.operand(tree, SUM)}")
        return [*self._taken_out(names, "data"), *statement(added, 2 * _INDENT)]

    def _penalty(self) -> list[str]:
        """Return the lines that add the penalty, and its derivatives."""
        objective = self.listing.objective
        trees = [*(line.tree for line in objective.penalty), *objective.added.values()]
        used = {name for tree in trees for name in names_in(tree)}
        names = [array.name for array in self.listing.parameters if array.name in used]
        lines = list(self._taken_out(names, "parameters"))
        for line in objective.penalty:
            lines += self.commented(self.syntax.assign.format(line.name, self.write(line.tree)), line.says, _INDENT)
        if objective.penalty:
            lines.append(self.syntax.change.format(objective.name, f"{objective.name} + {objective.penalty[-1].name}"))
        for name, tree in objective.added.items():
            item = self.syntax.item.format("total", name)
            lines += statement(self.syntax.change.format(item, f"{item} + {self.write.operand(tree, SUM)}"), _INDENT)
        return lines

    def _update(self) -> dict[str, Any] | None:
        update = self.listing.update
        if update is None:
            return None
        used = {name for line in update.lines for name in names_in(line.tree)}
        arguments = ["parameters", "gradients"]
        arguments += ["state"] if update.states else []
        arguments += ["step"] if update.step in used or len(update.rates) > 1 else []
        blank = self.level == "blank"
        body = [one for line in self._update_body(update) for one in statement(line, 2 * _INDENT)]
        clipping = {"clip_value": "", "clip_norm": "", "clipped": "", "norm": ""}
        return {
            "states": update.states and f"[{', '.join(_quoted([name for name, _ in update.states]))}]",
            "start": list(self._state_start(update)),
            "arguments": arguments,
            "doc": docstring(words("program.update", rule=update.optimizer), _INDENT),
            "blank": blank,
            "body": [] if blank else body,
            "rate": update.rate,
            "rates": len(update.rates) > 1,
            "before": update.before,
            "trained": self._trained(update),
            "steps": update.steps,
            "batches": bool(update.batches),
            "batch": self._batch(),
            **clipping,
            **self._clipping(update),
        }

    def _trained(self, update: ProgramUpdate) -> str:
        if self.syntax is _PYTHON:
            every = tuple(self.listing.gradients) == update.trained
            return "gradients" if every else f"({', '.join(_quoted(update.trained))},)"
        return f"[{', '.join(_quoted(update.trained))}]"

    def _batch(self) -> str:
        axis = self.listing.samples
        if axis is None:
            return ""
        chosen = {"jax": "jnp.array(batch)"}.get(self.dialect.name, "batch")
        place = f"[{chosen}]" if axis.rows else f"[:, {chosen}]"
        return "".join(("{name: array", place, " ", "for name", ", array", " in ", "data.items()}"))

    def _clipping(self, update: ProgramUpdate) -> dict[str, str]:
        found: dict[str, str] = {}
        if update.clip_value is not None:
            most = found["clip_value"] = literal(update.clip_value)
            clip = {"torch": "torch.clamp({0}, -{1}, {1})", "python": "max(-{1}, min({1}, {0}))"}
            usual = f"{self.dialect.library}.clip({{0}}, -{{1}}, {{1}})"
            found["clipped"] = clip.get(self.dialect.name, usual).format("value", most)
        if update.clip_norm is not None:
            found["clip_norm"] = literal(update.clip_norm)
            library = self.dialect.library
            square = "value**2" if self.dialect.name == "python" else f"{library}.sum(value**2)"
            of = "gradients[name]"
            found["norm"] = "".join(
                (f"{library}.sqrt(sum(", square.replace("value", of), " for ", "name in ", self._trained(update), "))")
            )
        return found

    def _update_body(self, update: ProgramUpdate) -> Iterator[str]:
        """Yield the lines that update one parameter, whose name is a variable."""
        of_name, assign = self.syntax.of_name, self.syntax.assign
        states = dict(update.states)
        defined = {update.parameter, update.gradient, *states.values()}
        yield from self._let(update.parameter, of_name.format("parameters"))
        yield from self._let(update.gradient, of_name.format("gradients"))
        for name, variable in states.items():
            yield from self._let(variable, of_name.format(self.syntax.item.format("state", name)))
        names = {variable: name for name, variable in states.items()}
        for line in update.lines[:-1]:
            text = self.write(line.tree)
            if line.name in defined:
                yield self.syntax.change.format(line.name, text)
            else:
                yield assign.format(line.name, text)
            if line.name in names:
                kept = of_name.format(self.syntax.item.format("state", names[line.name]))
                yield self.syntax.change.format(kept, line.name)
        target = "new" if self.syntax is _PYTHON else "changed"
        yield self.syntax.change.format(of_name.format(target), self.write(update.lines[-1].tree))

    def _let(self, name: str, value: str) -> Iterator[str]:
        yield f"{name} = {value}" if self.syntax is _PYTHON else f"let {name} = {value};"

    def _state_start(self, update: ProgramUpdate) -> Iterator[str]:
        """Yield what states begin with that do not begin with 0."""
        for state, known in update.start.items():
            for array in self.listing.parameters:
                if array.name in update.trained and any(one in known for one in array.of):
                    numbers = tuple(known.get(one, Fraction(0)) for one in array.of)
                    item = self.syntax.item.format(self.syntax.item.format("state", state), array.name)
                    yield self.syntax.change.format(item, self._value(array, numbers))


def _quoted(names: Collection[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _rate(value: Fraction) -> str:
    return repr(float(value))


def _with_shape(says: str, shape: Sequence[str]) -> str:
    """Return what something is, and its shape."""
    if not shape:
        return says
    lengths = " × ".join(shape)
    return f"{says}, {lengths}" if says else words("program.shape", shape=lengths)


def _safe(text: str) -> str:
    """Return a text of a description as it may stand in a docstring or a comment: it cannot end it."""
    plain = " ".join(clean_text(text).split()).replace("\\", "/").replace('"', "'")
    return plain.replace("*/", "* /")
