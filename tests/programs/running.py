"""Exported programs, run here or by node, and what the JSON of their exercises says of the same quantities."""

import json
import math
import subprocess
import sys
import types

from exercises import solved

import symnet
from symnet.programs.build import program_listing
from symnet.programs.dialects import DIALECTS
from symnet.programs.expected import expected_numbers
from symnet.programs.source import ProgramText
from symnet.programs.tests import tests_text
from symnet.render.json import render_json

# What a program in JavaScript comes to, in the shape of `ran`.
_DRIVER = """
import * as program from "./{file}";
const put_in = {{}};
if (program.startParameters) put_in.parameters = program.startParameters();
const data = program.trainingData ? program.trainingData() : null;
const samples = {rows} ? data : [data];
const [values, derivatives] = [[], []];
for (const sample of samples) {{
  put_in.data = sample;
  put_in.values = program.forward(...{forward}.map((name) => put_in[name]));
  Object.assign(put_in.values, program.loss(...{loss}.map((name) => put_in[name])));
  values.push(put_in.values);
  derivatives.push(program.backward(...{backward}.map((name) => put_in[name])));
}}
Object.assign(put_in, {{ data, samples }});
const [objective, gradients] = program.gradient(...{whole}.map((name) => put_in[name]));
const after = program.train ? program.train() : {{}};
console.log(JSON.stringify({{ values, derivatives, objective, gradients, after }}));
"""


class Exported:
    """One loss of an exercise as a program.

    Args:
        source: The description: a path, or a mapping.
        language: The language.
        part: Which of its losses, counted from 0.
        level: How much is written.
        seed: What decides which lines are left to write.
    """

    def __init__(self, source, language, part=0, *, level="full", seed=0):
        self.worked = symnet.solve(source) if isinstance(source, dict) else solved(source)
        self.part = part
        self.listing, self.numbers = program_listing(self.worked, self.worked.parts[part], DIALECTS[language])
        self.source = ProgramText(self.listing, DIALECTS[language], level, seed, f"program{DIALECTS[language].suffix}")
        self.text = self.source.text()

    @property
    def tests(self):
        """The tests that go with it."""
        expected = expected_numbers(self.listing, self.numbers)
        return tests_text(self.source, expected, kinks=bool(self.numbers.evaluation.kinks))

    def ran(self, folder):
        """Return what the program comes to: in each sample, or in all at once, and altogether."""
        return self._ran_by_node(folder) if self.source.dialect.name == "js" else self._ran_here()

    def _ran_here(self):
        program = module(self.text)
        put_in = {"parameters": program["start_parameters"]()} if self.listing.parameters else {}
        data = program["training_data"]() if self.listing.data else None
        values, derivatives = [], []
        takes = {one.name: one.arguments for one in self.source.passes}
        for sample in data if self.source.in_rows else [data]:
            put_in["data"] = sample
            put_in["values"] = program["forward"](*map(put_in.get, takes["forward"]))
            put_in["values"] |= program["loss"](*map(put_in.get, takes["loss"]))
            values.append(put_in["values"])
            derivatives.append(program["backward"](*map(put_in.get, takes["backward"])))
        put_in |= {"data": data, "samples": data}
        objective, gradients = program["gradient"](*map(put_in.get, self.source.put_in))
        after = program["train"]() if "train" in program else {}
        found = {"values": values, "derivatives": derivatives, "objective": objective, "gradients": gradients}
        return found | {"after": after}

    def _ran_by_node(self, folder):
        takes = {one.name: json.dumps(one.arguments) for one in self.source.passes}
        rows, whole = json.dumps(self.source.in_rows), json.dumps(self.source.put_in)
        (folder / "program.mjs").write_text(self.text, encoding="utf-8")
        (folder / "run.mjs").write_text(_DRIVER.format(file="program.mjs", rows=rows, whole=whole, **takes))
        done = subprocess.run(["node", "run.mjs"], cwd=folder, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def printed(self, folder):
        """Return what it prints when it is run."""
        file = folder / self.source.file
        file.write_text(self.text, encoding="utf-8")
        command = ["node"] if file.suffix == ".mjs" else [sys.executable]
        return subprocess.run([*command, file], capture_output=True, text=True, check=True).stdout

    def by_autograd(self):
        """Return the derivatives of a program in torch with respect to its parameters, by hand and by torch itself."""
        program = module(self.text)
        parameters = {name: value.requires_grad_() for name, value in program["start_parameters"]().items()}
        put_in = {"parameters": parameters}
        if self.listing.data:
            put_in |= dict.fromkeys(("data", "samples"), program["training_data"]())
        objective, gradients = program["gradient"](*map(put_in.get, self.source.put_in))
        objective.backward()
        names = self.listing.gradients
        return (
            [one for name in names for one in entries(gradients[name])],
            [one for name in names for one in entries(parameters[name].grad)],
        )

    def known(self):
        """Return the numbers in the JSON of the exercise, by the ids of the quantities that they are of."""
        problem = json.loads(render_json(self.worked))["problems"][self.part]
        return {
            "nodes": {node["id"]: float(node["value"]) for node in problem["nodes"]},
            "deltas": {delta["wrt"]: float(delta["value"]) for delta in problem["deltas"]},
            "gradients": {one["parameter"]: float(one["value"]) for one in problem["gradients"]},
            "after": {one["parameter"]: float(one["after"]) for one in problem["updates"]},
            "loss": float(problem["loss_value"]),
        }


def module(text):
    """Return what a program in Python defines."""
    defined = {"__name__": "program"}
    exec(compile(text, "program.py", "exec"), defined)  # noqa: S102 - what is tested is a program
    return defined


def failures(text, tests):
    """Return what goes wrong in the tests of a program in Python: by the name of a test and its case, the error."""
    program = types.ModuleType("program")
    sys.modules["program"] = program
    found = {}
    try:
        exec(compile(text, "program.py", "exec"), vars(program))  # noqa: S102 - what is tested is a program
        defined = module(tests)
        for name in [one for one in defined if one.startswith("test_")]:
            marks = getattr(defined[name], "pytestmark", ())
            for case in [(one,) for one in marks[0].args[1]] if marks else [()]:
                try:
                    defined[name](*case)
                except Exception as error:
                    found[name, *case] = error
    finally:
        del sys.modules["program"]
    return found


def entries(value):
    """Return the numbers in an array, or in lists within one another, row by row."""
    value = value.detach() if hasattr(value, "detach") else value
    value = value.tolist() if hasattr(value, "tolist") else value
    return [one for part in value for one in entries(part)] if isinstance(value, list | tuple) else [float(value)]


def close(found, expected, room=1e-12):
    """Return whether a number is another one, to a relative error, or to an absolute one below 1."""
    return math.isclose(found, expected, rel_tol=room, abs_tol=room)
