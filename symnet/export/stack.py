"""An exercise as questions of STACK in Moodle XML: an expression each, compared by Maxima.

The response tree of a question asks at each node whether the answer is algebraically equivalent to an expression: first
to the correct one, then to what each mistake makes of it. Tests stand beside it: the correct answer and every mistake,
each with the branch that it has to take.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.export.exercise import Exported, exported_part
from symnet.export.expressions import ExpressionItem, expression_items
from symnet.export.markup import as_html, in_brackets, printed, statement
from symnet.export.maxima import FUNCTION_NAMES, NoMaximaError, maxima, names_in
from symnet.export.moodle_file import MoodleFile, add, add_all, text_in
from symnet.layout.latex import write
from symnet.sheets.worksheet import scheme_of
from symnet.text.languages import in_language
from symnet.text.say import say
from symnet.worked import Part, Worked

_VERSION, _PENALTY = "2023121100", "0.1"
# What STACK would run in a text.
_BEGINS = {"{@": "&#123;@", "{#": "&#123;#", "[[": "&#91;&#91;"}


class _TreeNode(NamedTuple):
    """A node of the response tree.

    Attributes:
        variable: The variable that holds the expression.
        expression: The expression in Maxima.
        score: What an answer that is equivalent to it earns.
        says: What is said of it.
    """

    variable: str
    expression: str
    score: int
    says: Inline


def stack(worked: Worked) -> bytes:
    """Return an exercise as the content of a file that Moodle imports as XML, a STACK question an expression.

    What Maxima has no syntax for is left out.

    Args:
        worked: The exercise.
    """
    description = worked.description
    file = MoodleFile()
    with in_language(description.language):
        for part, items in expression_items(worked, scheme_of(worked)):
            # In symbols: the numbers of the exercise are of no use here.
            shown = exported_part(worked, part, ())._replace(numbers=())
            whole = Exported(description.title, "", description.language, (shown,))
            name = description.title if len(worked.parts) == 1 else f"{description.title} {part.loss_name}"
            file.category(name)
            text = statement(whole, shown, in_brackets)
            for item in items:
                branches = _branches(item)
                if branches:
                    _question(file, part, item, branches, text)
    return file.content()


def _branches(item: ExpressionItem) -> list[_TreeNode]:
    """Return the nodes of a question's tree; none where Maxima has no syntax for what is correct."""
    try:
        found = [_TreeNode("ta", maxima(item.expression), 1, say("export.correct"))]
    except NoMaximaError:
        return []
    for mistake in item.mistakes:
        try:
            found.append(_TreeNode(f"m{len(found)}", maxima(mistake.expression), 0, mistake.says))
        except NoMaximaError:
            continue
    return found


def _question(file: MoodleFile, part: Part, item: ExpressionItem, branches: Sequence[_TreeNode], text: str) -> None:
    names = names_in((item.expression, *(one.expression for one in item.mistakes)))
    typed = "; ".join(f"{in_brackets(write(part.build(name)))} <code>{word}</code>" for word, name in names.items())
    asked = as_html(say("export.find", what=item.left), in_brackets)
    how = as_html(say("export.typed"), in_brackets)
    shown = _inert(f"{text}<p>{asked}</p><p>{how} {typed}</p>")
    question = file.question("stack", item.id, f"{shown}<p>[[input:ans1]] [[validation:ans1]]</p>")
    text_in(add(question, "generalfeedback", format="html"), "")
    settings = {"defaultgrade": write_number(item.marks), "penalty": _PENALTY, "hidden": "0"}
    add_all(question, settings)
    text_in(add(question, "stackversion"), _VERSION)
    variables = "\n".join(f"{one.variable}: {one.expression};" for one in branches)
    text_in(add(question, "questionvariables"), variables)
    text_in(add(question, "specificfeedback", format="html"), "<p>[[feedback:prt1]]</p>")
    text_in(add(question, "questionnote", format="html"), _inert(html.escape(printed(item.id))))
    add_all(question, _SETTINGS)
    add_all(add(question, "input"), {**_INPUT, "allowwords": ",".join((*names, *FUNCTION_NAMES))})
    _tree(question, branches)
    for number, branch in enumerate(branches, 1):
        _test(question, number, branch)


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


def _tree(question: ElementTree.Element, branches: Sequence[_TreeNode]) -> None:
    """Add the response tree: each node goes on to the next where the answer is something else."""
    tree = add(question, "prt")
    add_all(tree, {"name": "prt1", "value": "1.0000000", "autosimplify": "1", "feedbackstyle": "1"})
    text_in(add(tree, "feedbackvariables"), "")
    for number, branch in enumerate(branches):
        is_last = number == len(branches) - 1
        node = add(tree, "node")
        test = {"name": str(number), "answertest": "AlgEquiv", "sans": "ans1", "tans": branch.variable}
        add_all(node, {**test, "testoptions": "", "quiet": "1"})
        says = as_html(branch.says, in_brackets)
        _outcome(node, "true", (str(branch.score), "-1", _note(number, "T")), says)
        otherwise = as_html(say("export.incorrect"), in_brackets) if is_last else ""
        _outcome(node, "false", ("0", "-1" if is_last else str(number + 1), _note(number, "F")), otherwise)


def _outcome(node: ElementTree.Element, which: str, does: tuple[str, str, str], says: str) -> None:
    score, following, note = does
    fields = {"scoremode": "=", "score": score, "penalty": "", "nextnode": following, "answernote": note}
    add_all(node, {f"{which}{name}": value for name, value in fields.items()})
    text_in(add(node, f"{which}feedback", format="html"), _inert(says))


def _note(number: int, which: str) -> str:
    return f"prt1-{number + 1}-{which}"


def _test(question: ElementTree.Element, number: int, branch: _TreeNode) -> None:
    """Add a test: what is typed, and where in the tree it has to end."""
    test = add(question, "qtest")
    add_all(test, {"testcase": str(number), "description": branch.variable})
    add_all(add(test, "testinput"), {"name": "ans1", "value": branch.variable})
    score, penalty = ("1.0000000", "0.0000000") if branch.score else ("0.0000000", "0.1000000")
    note = _note(number - 1, "T")
    expected = {"expectedscore": score, "expectedpenalty": penalty, "expectedanswernote": note}
    add_all(add(test, "expected"), {"name": "prt1", **expected})


def _inert(text: str) -> str:
    """Return HTML in which nothing is a command of STACK."""
    for begins, instead in _BEGINS.items():
        text = text.replace(begins, instead)
    return text
