"""One marker an example, made once: what a test of many submissions to it needs."""

import functools

from exercises import ROOT, solved

from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer
from symnet.marking.report import reported
from symnet.marking.submissions import Submission
from symnet.sheets.worksheet import scheme_of


@functools.cache
def desk(name):
    """Return an example worked, what it asks with its first loss, and what marks it."""
    work = solved(ROOT / "examples" / f"{name}.yaml")
    scheme = scheme_of(work)
    return work, scheme[work.parts[0].loss_name], Marker(work, scheme)


def report_on(name, answers):
    """Return the report on answers to the first loss of an example."""
    work, _, marker = desk(name)
    typed = tuple(TypedAnswer(left, str(right)) for left, right in answers.items())
    return reported(marker.mark(Submission(typed, work.parts[0].loss_name)), work.parts[0])
