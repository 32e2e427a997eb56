"""STACK questions answered in Maxima: what is worked out and compared, as STACK does it, without STACK itself."""

import subprocess

# As STACK does, what differs at some numbers is not simplified; what is the same there has to simplify to 0.
BEGINS = """\
display2d: false$
ratprint: false$
differs_somewhere(difference) := block([names: listofvars(difference), numbers, value],
  numbers: makelist(names[k] = sin(k * 1.7) / 2 + 0.6 * (-1)^k, k, length(names)),
  value: errcatch(float(subst(numbers, difference))),
  value # [] and numberp(first(value)) and abs(first(value)) > 1e-7)$
algebraic_equivalence(a, b) := block([difference: errcatch(a - b), simplified],
  if difference = [] or differs_somewhere(first(difference)) then return(false),
  simplified: errcatch(fullratsimp(first(difference))),
  simplified # [] and is(first(simplified) = 0))$
"""


def notes(questions, typed):
    """Return the note at which each submission ends.

    Args:
        questions: STACK questions.
        typed: For each of them, submissions, each with what is typed into each input.
    """
    program = [BEGINS]
    for question, submissions in zip(questions, typed, strict=True):
        program.append("kill(values)$")
        program.append(as_silent(question.findtext("questionvariables/text")))
        program += (answered(question, submission) for submission in submissions)
    done = subprocess.run(
        ["maxima", "--very-quiet"], input="\n".join(program), capture_output=True, text=True, check=True, timeout=580
    )
    lines = (line.strip() for line in done.stdout.splitlines())
    return [line.removeprefix("note ") for line in lines if line.startswith("note ")]


def as_silent(statements):
    """Return statements that print nothing."""
    return statements.replace(";", "$")


def answered(question, submission):
    """Return a program that prints the note at which a submission ends."""
    tree = question.find("prt")
    names = (one.findtext("name") for one in question.iter("input"))
    lines = [f"{name}: {submission.get(name) or 'EMPTYANSWER'}$" for name in names]
    lines.append(as_silent(tree.findtext("feedbackvariables/text") or ""))
    walk = f'"note {tree.findall("node")[-1].findtext("falseanswernote")}"'
    for node in reversed(tree.findall("node")):
        test = f"algebraic_equivalence({node.findtext('sans')}, {node.findtext('tans')})"
        assert node.findtext("answertest") == "AlgEquiv"
        walk = f'if {test} then "note {node.findtext("trueanswernote")}" else {walk}'
    return "\n".join([*lines, f"print({walk})$"])
