"""The shape of the code: imports go down only, each library has its place, nothing evaluates text."""

import ast
import functools
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from parsed import trees

import symnet

PACKAGE = Path(symnet.__file__).parent
LONGEST_FUNCTION = 60

# The packages, and the modules beside them, from the bottom to the top. A module imports from its own package or from
# those in earlier rows, whenever it does so.
FLOORS = (
    ("limits", "remember"),
    ("errors", "quantity", "showing", "arithmetic", "layout"),
    ("document",),
    ("text",),
    ("algebra", "notation", "output", "view"),
    ("catalog", "diagram", "parsing"),
    ("arrays",),
    ("description",),
    ("importing", "network"),
    ("derivation",),
    ("numerics",),
    ("typeset", "verification"),
    ("worked",),
    ("matrix", "pipeline"),
    ("indexed", "marking"),
    ("sheets",),
    ("render",),
    ("variants", "programs"),
    ("export",),
    ("learn",),
    ("api",),
    ("magic",),
    ("cli",),
)
HOMES = {
    **{"yaml": "description", "click": "cli", "rich": "cli"},
    **dict.fromkeys(("jinja2", "markupsafe", "typst"), "render"),
}
TEXT_EVALUATORS = {"sympify", "parse_expr", "eval", "exec", "S", "N", "nsimplify", "srepr", "__import__", "compile"}


@functools.cache
def modules():
    """Return every module of the package as its name below ``symnet`` and its syntax tree; never few."""
    found = {}
    for path, tree in trees().items():
        parts = path.with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = tree
    return found


NAMES = sorted(modules())


def everywhere(test):
    """Make one test of what holds for every module; it fails with all modules for which it does not."""

    def of_all_modules():
        broken = []
        for name in NAMES:
            try:
                test(name)
            except AssertionError as error:
                broken.append(f"symnet.{name}: {error}")
        assert not broken, "\n".join(broken)

    of_all_modules.__name__, of_all_modules.__doc__ = test.__name__, test.__doc__
    return of_all_modules


@functools.cache
def imports(name):
    """Return (module, imported name or None) for every import of a module."""
    found = []
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"symnet.{name} has a relative import"
            found += [(node.module, alias.name) for alias in node.names]
    return found


@functools.cache
def own_imports(name):
    """Return the modules of the package that a module imports, in functions and for types too, below ``symnet``."""
    found = set()
    for module, member in imports(name):
        if module == "symnet" or module.startswith("symnet."):
            below = module.removeprefix("symnet").removeprefix(".")
            member_name = f"{below}.{member}".removeprefix(".")
            found.add(member_name if member_name in modules() else below)
    return found - {name, ""}


def floor(name):
    """Return the number of the row in which the package of a module stands."""
    rows = [number for number, row in enumerate(FLOORS) if name.split(".")[0] in row]
    assert len(rows) == 1, f"symnet.{name} stands in {len(rows)} rows of FLOORS"
    return rows[0]


def test_the_modules_are_seen():
    """The tests below see the whole package."""
    assert {"", "cli.app", "cli.solve", "catalog.losses", "description.network", "render.json"} <= set(NAMES)
    assert sum(len(own_imports(name)) for name in NAMES) > 300


def test_every_floor_is_inhabited():
    """No row names a package that is gone."""
    for row in FLOORS:
        for entry in row:
            assert entry in modules()


@everywhere
def test_imports_go_down(name):
    """A module imports from its own package or from those below it, in its functions and for types too."""
    if not name:
        # The root only says under which names the rest is known.
        return
    package = name.split(".")[0]
    for other in own_imports(name):
        below = floor(other) < floor(name)
        assert below or other.split(".")[0] == package, f"symnet.{name} imports symnet.{other}, which is above it"


def test_there_are_no_cycles():
    """No module imports itself by way of others, imports in functions and for types counted."""
    graph = {name: own_imports(name) if name else set() for name in NAMES}
    done, path = set(), []

    def visit(name):
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            path.append(name)
            for other in sorted(graph[name]):
                visit(other)
            path.pop()
            done.add(name)

    for name in NAMES:
        visit(name)


def test_no_class_name_stands_for_two_things():
    """Every class has a name of its own, private ones too."""
    classes = Counter(
        node.name.lstrip("_") for name in NAMES for node in modules()[name].body if isinstance(node, ast.ClassDef)
    )
    assert len(classes) > 100
    assert not [name for name, times in classes.items() if times > 1]


# Words that readers of the code had to guess at; the field has plainer ones, such as objective, data and affine form.
RIDDLES = re.compile(
    r"together|given|slopes?|drift|trails?|yielding|looks|spoken|course|scenes?|lettering|neat|spread|tape|backsweep"
)
# What a description calls so: an option of leaky_relu, the head of a worksheet; and what PReLU learns.
IN_THE_FIELD = {"slope", "course", "START_SLOPE", "SLOPE_PARAMETER", "_LEARNED_SLOPE", "_start_slopes"}


def names_in(tree):
    """Return every name that a module gives or uses, with its line: of functions, classes, variables and arguments."""
    found = []
    for node in ast.walk(tree):
        for field in ("name", "id", "arg", "attr"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                found.append((name, getattr(node, "lineno", 0)))
    return found


@everywhere
def test_names_are_words_of_the_field(name):
    """A name explains itself: none of those that readers had to guess is back."""
    found = [*names_in(modules()[name]), *((part, 1) for part in name.split("."))]
    for one, line in found:
        words = set(re.split(r"_|(?<=[a-z])(?=[A-Z])", one))
        assert one in IN_THE_FIELD or not any(RIDDLES.fullmatch(word.lower()) for word in words), (
            f"symnet.{name}:{line} {one}"
        )


@everywhere
def test_no_derivative_is_by_a_variable(name):
    """Docstrings say with respect to what something is differentiated."""
    tree = modules()[name]
    documented = (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    for node in documented:
        assert not re.search(r"derivatives? by (?!name|cases)", ast.get_docstring(node) or ""), f"symnet.{name}"


PROGRAM = sorted(
    {
        f"numerics.{name}"
        for name in (
            *("program", "arithmetic", "exact", "compile", "saturation", "evaluate", "paper", "quick", "affine"),
            "expression",
        )
    }
    | {"arithmetic.light"}
)


def reached(name):
    """Return a module and all modules of the package that it imports, also by way of others."""
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += own_imports(one)
    return found


@pytest.mark.parametrize(
    "name", ["numerics.direct", *(f"verification.{it}" for it in ("differences", "samples", "verify"))]
)
def test_the_oracles_share_no_evaluator_with_the_program(name):
    """What checks a derivation walks expressions by itself; it knows nothing of the program that numbers come from."""
    assert not reached(name) & set(PROGRAM)


@pytest.mark.parametrize("name", PROGRAM)
def test_the_program_does_not_ask_the_oracles(name):
    """The program works out no number by the evaluator that checks it; functions of one number are all they share."""
    ours = reached(name)
    assert "numerics.direct" not in ours
    assert not [other for other in ours if other.split(".")[0] == "verification"]


@everywhere
def test_typed_answers_are_worked_out_by_programs(name):
    """Marking asks no evaluator but the program for a number, so that one calculation judges and is judged."""
    if name.split(".")[0] == "marking":
        assert "numerics.direct" not in own_imports(name)


@everywhere
def test_the_command_line_is_imported_by_none(name):
    """Nothing but the command line imports the command line."""
    if name.split(".")[0] != "cli":
        assert not [other for other in own_imports(name) if other.split(".")[0] == "cli"]


@everywhere
def test_libraries_stay_at_home(name):
    """Only the description reads YAML, only the renderers import Jinja and Typst, only the command line click."""
    for module, _member in imports(name):
        home = HOMES.get(module.split(".")[0])
        assert home is None or name.split(".")[0] == home, f"symnet.{name} imports {module}"


def test_every_library_is_used_at_home():
    """Each of those libraries is in fact imported where it belongs."""
    used = {module.split(".")[0] for name in NAMES for module, _member in imports(name)}
    assert set(HOMES) <= used


@everywhere
def test_no_words_below_the_sheets(name):
    """The core says nothing; keys are said by what is read, marking, diagrams and the schema, and within formulas."""
    words = {other.split(".")[0] for other in own_imports(name)} & {"text", "sheets", "render"}
    top = name.split(".")[0]
    if top in {"description", "diagram", "importing", "marking", "parsing", "text", "typeset"}:
        words -= {"text"}
    if top not in {"sheets", "render", "cli", "api", "magic", "variants", "export", "learn", "programs"}:
        assert not words


# What puts the sections of sheets together, or takes from them: modules, or packages with all that is in them.
SECTION_USERS = ("sheets.solution", "sheets.compact", "sheets.questions")


def sections_called(name):
    """Return the sections of sheets that a module names."""
    return {
        node.id for node in ast.walk(modules()[name]) if isinstance(node, ast.Name) and node.id.endswith("_section")
    }


@pytest.mark.parametrize("user", SECTION_USERS)
def test_sections_are_put_together_by_the_solution_and_the_worksheet(user):
    """The solution puts sections in their order, and the questions take from them."""
    names = [name for name in NAMES if name == user or name.startswith(f"{user}.")]
    assert len(set().union(*map(sections_called, names))) > 10


@everywhere
def test_no_section_calls_another(name):
    """A section of a sheet calls no other."""
    if not any(name == user or name.startswith(f"{user}.") for user in SECTION_USERS):
        assert not sections_called(name)


@everywhere
def test_no_sheet_asks_a_formula_what_it_means(name):
    """Questions, pages and exports choose by what a line is of and its kind: none looks for a fraction or a letter."""
    telling = {"Fraction", "Over", "Prime", "Scripts", "Glyph", "Accent"}
    # In these two a Fraction is a number.
    if name.split(".")[0] not in {"sheets", "render"} or name in {"sheets.sheet", "sheets.catalog"}:
        return
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            assert not {one.id for one in ast.walk(node.args[1]) if isinstance(one, ast.Name)} & telling


# What is about dense layers: their drawing, their matrices, and mistakes such as a transposed one.
DENSE = {
    "indexed.families",
    "learn.exercise",
    "network.graph",
    "matrix.expression",
    "marking.mistakes.faults",
    "marking.mistakes.weights",
    "sheets.backward",
    "sheets.compact_numbers",
    "sheets.compact_rule",
    "sheets.network",
    "sheets.numbers",
}


def test_only_what_is_about_dense_layers_reads_their_matrix():
    """All else asks a layer for its parameters by group, so that another kind of layer finds room."""
    readers = {
        name
        for name in NAMES
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Attribute) and node.attr == "dense"
    }
    assert readers == DENSE


@everywhere
def test_no_markup_in_the_core(name):
    """No text of LaTeX or HTML stands in a module of the core."""
    if name.split(".")[0] in {"layout", "render", "export", "cli", "worked", "document", "diagram"}:
        return
    tree = modules()[name]
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    for text in texts:
        assert not [sign for sign in ("\\frac", "\\partial", "\\begin", "<math", "<div", "<p>", "$$") if sign in text]


@everywhere
def test_text_is_never_evaluated(name):
    """No text becomes code or an expression: neither SymPy's readers nor Python's own are called anywhere."""
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            harmless = isinstance(node.func, ast.Attribute) and called == "compile"
            assert harmless or called not in TEXT_EVALUATORS, f"symnet.{name}:{node.lineno} calls {called}"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sympy"):
            assert not {alias.name for alias in node.names} & (TEXT_EVALUATORS - {"S"})


@everywhere
def test_sympy_simplify_is_not_used(name):
    """SymPy's own simplify is neither shown nor waited for."""
    taken = {member for module, member in imports(name) if module.split(".")[0] == "sympy" and member is not None}
    assert not taken & {"simplify", "factor", "expand", "together", "cancel", "trigsimp"}


@everywhere
def test_everything_public_is_documented(name):
    """Every module, and every public class, function and method in it, says what it is."""
    tree = modules()[name]
    assert ast.get_docstring(tree), f"symnet.{name} has no docstring"
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
            continue
        for node in owner.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                text = ast.get_docstring(node)
                assert text, f"symnet.{name}:{node.lineno} {node.name} has no docstring"
                assert text.splitlines()[0].rstrip().endswith((".", ":")), f"symnet.{name}:{node.lineno} {node.name}"


@everywhere
def test_no_function_is_long(name):
    """A function has at most 60 lines; how tangled it may be, ruff says (C901)."""
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"symnet.{name}: {node.name}"


def test_the_program_is_one_short_function():
    """The functions that are the whole program together have fewer than 40 lines of code."""
    tree = modules()["pipeline"]
    program = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in {"solve", "_part"}]
    assert len(program) == 2
    assert sum(node.end_lineno - node.lineno + 1 for node in program) < 40


def test_tests_mirror_the_package(root):
    """Test files have names of their own, so that none hides another."""
    names = [path.name for path in (root / "tests").rglob("test_*.py")]
    assert len(names) > 10
    assert all(first != second for first, second in pairwise(sorted(names)))
