"""An exercise as questions of STACK in Moodle XML: an expression each, compared by Maxima.

The response tree of a question asks at each node whether the answer is algebraically equivalent to an expression: first
to the correct one, then to what follows from the student's own answers to earlier lines, then to what each mistake
makes of it. Names that an answer may cite are put in before it is compared. Tests stand beside it: the correct answer,
one that follows from each earlier line, and every mistake, each with the branch that it has to take.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple
from xml.etree import ElementTree

from sympy import preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.nodes import Indicator, Partial
from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.export.exercise import Exported, exported_part
from symnet.export.expressions import ExpressionItem, PartItems, expression_items
from symnet.export.following import Definition, Following, Follows
from symnet.export.markup import as_html, in_brackets, printed, statement
from symnet.export.maxima import FUNCTION_NAMES, NoMaximaError, maxima, name_of, names_in
from symnet.export.moodle_file import MoodleFile, add, add_all, text_in
from symnet.layout.latex import write
from symnet.render.templates import templates_dir
from symnet.sheets.worksheet import scheme_of
from symnet.text.languages import in_language
from symnet.text.say import say
from symnet.worked import Part, Worked

_VERSION, _PENALTY = "2023121100", "0.1"
# What STACK would run in a text.
_BEGINS = {"{@": "&#123;@", "{#": "&#123;#", "[[": "&#91;&#91;"}


class StackFile(NamedTuple):
    """Questions of STACK.

    Attributes:
        content: The content of the file that Moodle imports; None if there is no question.
        left_out: The ids of the questions whose answers are no expressions that STACK can compare.
    """

    content: bytes | None
    left_out: tuple[str, ...]


class _TreeNode(NamedTuple):
    """A node of the response tree.

    Attributes:
        expression: What an answer is compared with, in Maxima.
        score: What an answer that is equivalent to it earns, as a part of the marks.
        says: What is said of it.
    """

    expression: str
    score: str
    says: Inline


class _QuestionTest(NamedTuple):
    """What is typed into a question, and where that has to end.

    Attributes:
        typed: What is typed, input by input; nothing into those that are left out.
        node: The 0-based number of the node.
        description: What is tested.
    """

    typed: Mapping[str, str]
    node: int
    description: str


def stack(worked: Worked) -> StackFile:
    """Return an exercise as a file that Moodle imports as XML, a STACK question an expression.

    Args:
        worked: The exercise.
    """
    description = worked.description
    file = MoodleFile()
    left_out: list[str] = []
    is_empty = True
    with in_language(description.language):
        for found in expression_items(worked, scheme_of(worked)):
            part = found.marker.part
            left_out += found.others
            # In symbols: the numbers of the exercise are of no use here.
            shown = exported_part(worked, part, ())._replace(numbers=())
            whole = Exported(description.title, "", description.language, (shown,))
            name = description.title if len(worked.parts) == 1 else f"{description.title} {part.loss_name}"
            file.category(name)
            text = statement(whole, shown, in_brackets)
            for question in _questions(found, left_out):
                question.write(file, text)
                is_empty = False
    return StackFile(None if is_empty else file.content(), tuple(dict.fromkeys(left_out)))


def _questions(found: PartItems, left_out: list[str]) -> Iterator[_StackQuestion]:
    """Yield the questions of a part; those for which Maxima has no syntax are added to what is left out."""
    follows = Follows(found.marker, found.items)
    for item in found.items:
        try:
            yield _StackQuestion(item, found.marker.part, follows)
        except NoMaximaError:
            left_out.append(item.id)


class _StackQuestion:
    """One question: its text, its inputs, its response tree and its tests.

    Args:
        item: What is asked.
        part: The loss.
        follows: What its line rests on.

    Raises:
        NoMaximaError: If Maxima has no syntax for what is correct.
    """

    def __init__(self, item: ExpressionItem, part: Part, follows: Follows) -> None:
        self.item, self.part = item, part
        self.right = maxima(item.expression)
        self.rules = follows.truth.rules
        grounds = follows.grounds(item)
        self.earlier = tuple(one for one in grounds.earlier if _written(one.item.expression))
        forms = tuple(form for form in grounds.forms if _written(form)) if self.earlier else ()
        self.grounds = grounds._replace(forms=forms, earlier=self.earlier)
        self.definitions = tuple(_definitions(grounds.definitions))
        self.wrong = [(text, one) for one in item.mistakes for text in _all_written([one.expression])]
        self.examples = tuple(follows.examples(item, self.grounds))
        _ = self.names

    @cached_property
    def names(self) -> Mapping[str, Expr]:
        """The names that answers may need, by how they are typed."""
        of_earlier = (one.item.expression for one in self.earlier)
        return names_in((self.item.expression, *(one.expression for _, one in self.wrong), *of_earlier))

    def write(self, file: MoodleFile, text: str) -> None:
        """Write the question.

        Args:
            file: Where to.
            text: What is given, as HTML.
        """
        question = file.question("stack", self.item.id, self._text(text))
        text_in(add(question, "generalfeedback", format="html"), "")
        settings = {"defaultgrade": write_number(self.item.marks), "penalty": _PENALTY, "hidden": "0"}
        add_all(question, settings)
        text_in(add(question, "stackversion"), _VERSION)
        text_in(add(question, "questionvariables"), self._variables())
        text_in(add(question, "specificfeedback", format="html"), "<p>[[feedback:prt1]]</p>")
        text_in(add(question, "questionnote", format="html"), _inert(html.escape(printed(self.item.id))))
        add_all(question, _SETTINGS)
        for name, right in self._rights():
            words = {"allowwords": ",".join((*self.names, *FUNCTION_NAMES)), "forbidwords": ",".join(self._forbidden())}
            options = "" if name == "ans1" else "allowempty"
            add_all(add(question, "input"), {**_INPUT, **words, "name": name, "tans": right, "options": options})
        nodes = tuple(self._nodes())
        _tree(question, nodes, self._worked_out())
        for number, test in enumerate(self._tests(), 1):
            _test(question, number, test, nodes[test.node])

    def _rights(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each input with the variable that holds what is correct there."""
        yield "ans1", "ta"
        yield from ((f"ans{number}", f"ta{number}") for number, _ in enumerate(self.earlier, 2))

    def _text(self, exercise: str) -> str:
        """Return the exercise and what is asked, with the inputs."""
        typed = "; ".join([*self._typed(), *self._typed_conditions()])
        asked = as_html(say("export.find", what=self.item.left), in_brackets)
        how = as_html(say("export.typed"), in_brackets)
        shown = _inert(f"{exercise}<p>{asked}</p><p>{how} {typed}</p>")
        inputs = ["<p>[[input:ans1]] [[validation:ans1]]</p>"]
        if self.earlier:
            inputs.append(f"<p>{_inert(as_html(say('export.earlier'), in_brackets))}</p>")
        for number, one in enumerate(self.earlier, 2):
            left = in_brackets(f"{write(one.item.left)} =")
            inputs.append(f"<p>{_inert(left)} [[input:ans{number}]] [[validation:ans{number}]]</p>")
        return shown + "".join(inputs)

    def _typed(self) -> Iterator[str]:
        for word, name in self.names.items():
            yield f"{in_brackets(write(self.part.build(name)))} <code>{word}</code>"

    def _typed_conditions(self) -> Iterator[str]:
        """Yield how an indicator is typed, of one that the answers have."""
        found = (part for part in preorder_traversal(self.item.expression) if isinstance(part, Indicator))
        for one, _ in zip(found, range(1), strict=False):
            yield f"{in_brackets(write(self.part.build(one)))} <code>{maxima(one)}</code>"

    def _forbidden(self) -> Iterator[str]:
        """Yield the names that an answer may not cite, as the description demands."""
        level = self.rules.in_
        if level in {None, "deltas"}:
            return
        own = set(names_in([self.item.expression]))
        for name, _ in self.definitions:
            if name not in own and (level == "leaves" or self.is_derivative[name]):
                yield name

    @cached_property
    def is_derivative(self) -> Mapping[str, bool]:
        """Whether a name that is put in is that of a derivative."""
        nodes = self.part.network.nodes
        return {
            name_of(one.name): isinstance(one.name, Partial) or one.name not in nodes
            for one in self.grounds.definitions
            if _named(one.name)
        }

    def _variables(self) -> str:
        definitions = ", ".join(f"{name} = {text}" for name, text in self.definitions)
        lines = [f"definitions: [{definitions}];", f"ta: {self.right};"]
        lines += [f"ta{number}: {maxima(one.item.expression)};" for number, one in enumerate(self.earlier, 2)]
        lines += [f"wrong{number}: {text};" for number, (text, _) in enumerate(self.wrong, 1)]
        return "\n".join([*lines, *([_comparing()] if self.earlier else [])])

    def _worked_out(self) -> str:
        """Return what is worked out of the answers: which are the student's own, and what follows from them."""
        lines = ["own: definitions;"] if self.earlier else []
        for number, one in enumerate(self.earlier, 2):
            names = ", ".join(name_of(name) for name in one.names if _named(name))
            wrong, forms = (", ".join(_all_written(some)) for some in (one.wrong, one.forms))
            lines.append(f"own: symnet_own([{names}], ans{number}, [{wrong}], [{forms}], own);")
        written = map(maxima, self.grounds.forms)
        lines += [f"form{number}: subst(own, {form});" for number, form in enumerate(written, 1)]
        return "\n".join(lines)

    def _nodes(self) -> Iterator[_TreeNode]:
        yield _TreeNode("ta", "1", say("export.correct"))
        factor = self.rules.follow_through.factor
        for number, _ in enumerate(self.grounds.forms, 1):
            yield _TreeNode(f"form{number}", write_number(factor), _follows(write_number(factor)))
        for number, (_, mistake) in enumerate(self.wrong, 1):
            yield _TreeNode(f"wrong{number}", "0", mistake.says)

    def _tests(self) -> Iterator[_QuestionTest]:
        nothing = {f"ans{number}": "" for number, _ in enumerate(self.earlier, 2)}
        yield _QuestionTest({"ans1": "ta", **nothing}, 0, "ta")
        for one in self.examples:
            yield from self._test_of(one, nothing)
        for number, _ in enumerate(self.wrong, 1):
            name = f"wrong{number}"
            yield _QuestionTest({"ans1": name, **nothing}, len(self.grounds.forms) + number, name)

    def _test_of(self, one: Following, nothing: Mapping[str, str]) -> Iterator[_QuestionTest]:
        """Yield the test of an answer that follows from an earlier one."""
        texts = list(_all_written([one.answer, one.wrong]))
        if len(texts) == 2:
            name = f"ans{one.earlier + 2}"
            typed = {"ans1": texts[0], **nothing, name: texts[1]}
            yield _QuestionTest(typed, 1 + one.form, f"follows from {name}")


def _comparing() -> str:
    """Return the functions of Maxima that find out which earlier answers are the student's own."""
    text = (templates_dir() / "export" / "stack" / "comparing.mac").read_text(encoding="utf-8")
    return text.partition("*/")[2].strip()


def _follows(factor: str) -> Inline:
    """Return what is said of an answer that follows from earlier ones."""
    said = say("verdict.follows")
    return said if factor == "1" else (*said, " ", *say("verdict.follow_factor", factor=factor))


def _written(expression: Expr) -> str:
    """Return an expression in Maxima; empty where that has no syntax for it."""
    return next(iter(_all_written([expression])), "")


def _all_written(expressions: Iterable[Expr]) -> Iterator[str]:
    """Yield expressions in Maxima, but for those that it has no syntax for."""
    for expression in expressions:
        try:
            yield maxima(expression)
        except NoMaximaError:
            continue


def _named(name: Expr) -> bool:
    """Return whether a name can be typed."""
    return bool(_written(name))


def _definitions(definitions: Iterable[Definition]) -> Iterator[tuple[str, str]]:
    """Yield definitions in Maxima, each name once."""
    seen: set[str] = set()
    for name, expression in definitions:
        texts = list(_all_written([name, expression]))
        if len(texts) == 2 and texts[0] not in seen:
            seen.add(texts[0])
            yield texts[0], texts[1]


_SETTINGS: Mapping[str, str] = {
    "questionsimplify": "1",
    "assumepositive": "0",
    "assumereal": "1",
    "multiplicationsign": "dot",
    "sqrtsign": "1",
    "complexno": "i",
    "inversetrig": "cos-1",
    "matrixparens": "[",
}
_INPUT: Mapping[str, str] = {
    "name": "ans1",
    "type": "algebraic",
    "tans": "ta",
    "boxsize": "40",
    "strictsyntax": "1",
    "insertstars": "0",
    "syntaxhint": "",
    "syntaxattribute": "0",
    "forbidwords": "",
    "forbidfloat": "0",
    "requirelowestterms": "0",
    "checkanswertype": "0",
    "mustverify": "1",
    "showvalidation": "1",
    "options": "",
}


def _tree(question: ElementTree.Element, nodes: Sequence[_TreeNode], worked_out: str) -> None:
    """Add the response tree: each node goes on to the next where the answer is something else."""
    tree = add(question, "prt")
    add_all(tree, {"name": "prt1", "value": "1.0000000", "autosimplify": "1", "feedbackstyle": "1"})
    text_in(add(tree, "feedbackvariables"), worked_out)
    for number, node in enumerate(nodes):
        is_last = number == len(nodes) - 1
        added = add(tree, "node")
        sides = {"sans": "subst(definitions, ans1)", "tans": f"subst(definitions, {node.expression})"}
        add_all(added, {"name": str(number), "answertest": "AlgEquiv", **sides, "testoptions": "", "quiet": "1"})
        says = as_html(node.says, in_brackets)
        _outcome(added, "true", (node.score, "-1", _note(number, "T")), says)
        otherwise = as_html(say("export.incorrect"), in_brackets) if is_last else ""
        _outcome(added, "false", ("0", "-1" if is_last else str(number + 1), _note(number, "F")), otherwise)


def _outcome(node: ElementTree.Element, which: str, does: tuple[str, str, str], says: str) -> None:
    score, following, note = does
    fields = {"scoremode": "=", "score": score, "penalty": "", "nextnode": following, "answernote": note}
    add_all(node, {f"{which}{name}": value for name, value in fields.items()})
    text_in(add(node, f"{which}feedback", format="html"), _inert(says))


def _note(number: int, which: str) -> str:
    return f"prt1-{number + 1}-{which}"


def _test(question: ElementTree.Element, number: int, test: _QuestionTest, node: _TreeNode) -> None:
    """Add a test: what is typed, and where in the tree it has to end."""
    added = add(question, "qtest")
    add_all(added, {"testcase": str(number), "description": test.description})
    for name, value in test.typed.items():
        add_all(add(added, "testinput"), {"name": name, "value": value})
    # STACK takes a penalty where not all marks are earned.
    score, penalty = f"{float(node.score):.7f}", "0.0000000" if node.score == "1" else "0.1000000"
    expected = {"expectedscore": score, "expectedpenalty": penalty, "expectedanswernote": _note(test.node, "T")}
    add_all(add(added, "expected"), {"name": "prt1", **expected})


def _inert(text: str) -> str:
    """Return HTML in which nothing is a command of STACK."""
    for begins, instead in _BEGINS.items():
        text = text.replace(begins, instead)
    return text
