"""What the page asks of symnet: from a request to an answer, both as JSON.

It runs in a worker, in which a description is solved once, however many of its sheets are asked for.
"""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import page  # the worker, which is told what is being done

import symnet
from symnet import pipeline
from symnet.description import load_text, with_notation
from symnet.description.network import Exercise
from symnet.document import Document
from symnet.learn.page import interactive_page
from symnet.learn.selfcheck import self_check_page
from symnet.marking.report import Reported
from symnet.render.formats import FORMATS, SHEETS
from symnet.render.json import render_report
from symnet.render.templates import Design
from symnet.sheets.answers import answers_files
from symnet.sheets.levels import LEVELS, WITH_RULES
from symnet.sheets.marked import in_short, marked, said
from symnet.sheets.solution import solution
from symnet.sheets.worksheet import SheetQuestions, document
from symnet.text.languages import in_language
from symnet.text.say import as_text
from symnet.view import ASKED

# The names under which messages know the two texts.
_NAME, _ANSWERS_NAME = "description.yaml", "answers.yaml"

Request = dict[str, Any]
Answer = dict[str, Any]


def read(request: Request) -> Answer:
    """Return nothing but that a description can be used."""
    _described(request["text"], request["notation"], request["language"])
    return {}


def sheet(request: Request) -> Answer:
    """Return the sheet that is chosen as a page, and what there is to say of the exercise."""
    worked = _worked_for(request)
    page.stage("typesetting")
    return {
        "html": _file(request, "html").decode(),
        "isInteractive": _is_interactive(request),
        "title": worked.description.title,
        "warnings": list(worked.warnings),
        "losses": list(dict.fromkeys(part.loss_name for part in worked.parts)),
    }


def blank(request: Request) -> Answer:
    """Return the file of answers to fill in, of the loss that is chosen."""
    files = answers_files(SheetQuestions.of(_worked_for(request)))
    named = f"loss: {request['loss']}\n"
    texts = list(files.values())
    return {"answers": next((text for text in texts if named in text), texts[0])}


def check(request: Request) -> Answer:
    """Return typed answers marked: as a page, line by line, and in a sentence."""
    report = _report(request)
    page.stage("typesetting")
    with in_language(_worked_for(request).description.language):
        lines = [_line(answer) for answer in report.answered]
        short = as_text(in_short(report))
        html = SHEETS["html"](marked(report), None).content.decode()
    return {"html": html, "lines": lines, "short": short, "marks": str(report.marks), "out_of": str(report.out_of)}


def file(request: Request) -> Answer:
    """Return a file in the format that is asked for; ``zip`` is all of them, with the description."""
    name, kind = request["name"], request["format"]
    if kind != "zip":
        return {"name": f"{_stem(request)}.{kind}", "content": _base64(_file(request, kind))}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(f"{name}.yaml", request["text"])
        for each in _formats(request):
            page.stage(f"writing {each}")
            files.writestr(f"{_stem(request)}.{each}", _file(request, each))
    return {"name": f"{_stem(request)}.zip", "content": _base64(held.getvalue())}


_ANSWERS: dict[str, Callable[[Request], Answer]] = {one.__name__: one for one in (read, sheet, blank, check, file)}


def answer(name: str, request: str) -> str:
    """Return what comes of a request: what is asked for, or what is wrong, under ``problems``.

    Args:
        name: What is asked for.
        request: With what, as JSON.
    """
    try:
        found = _ANSWERS[name](json.loads(request))
    except symnet.DescriptionError as error:
        found = {"problems": [_problem(error, problem) for problem in error.problems]}
    except symnet.SymnetError as error:
        # An option of the command line is a choice of the page, which has its name.
        text = re.sub(r"^--(\w+)", lambda option: option[1].capitalize(), str(error))
        found = {"problems": [{"text": text}]}
    except (MemoryError, RecursionError):
        found = {"problems": [{"text": "This is more than a browser can hold. Take a smaller exercise."}]}
    return json.dumps(found)


def _problem(error: symnet.DescriptionError, problem: symnet.Problem) -> Answer:
    """Return a problem with its place, if it is in one of the texts of the page."""
    of = {_NAME: "description", _ANSWERS_NAME: "answers"}.get(problem.file or error.source)
    if of is None:
        return {"text": str(symnet.DescriptionError(error.source, (problem,)))}
    # Its place stands beside the message.
    text = str(symnet.DescriptionError("", (problem._replace(file="", line=None),)))
    return {"text": text.removeprefix(": "), "of": of, "line": problem.line, "column": problem.column}


@lru_cache(maxsize=1)
def _described(text: str, notation: str, language: str) -> Exercise:
    """Return a description, in another notation or language where one is chosen."""
    description = load_text(text, _NAME)
    if notation:
        description = with_notation(description, notation)
    return description.model_copy(update={"language": language}) if language else description


@lru_cache(maxsize=1)
def _worked(text: str, notation: str, language: str) -> symnet.Solution:
    """Return a description solved; only the last one is held."""
    worked = pipeline.solve(_described(text, notation, language), "quick", page.stage)
    return symnet.Solution(worked.description, worked.parts, worked.warnings)


def _worked_for(request: Request) -> symnet.Solution:
    return _worked(request["text"], request["notation"], request["language"])


def _view(request: Request) -> symnet.View:
    """Return what of the exercise is shown, or asked for."""
    form = request["form"]
    if request["sheet"] == "solution":
        return symnet.View(form, request["style"], detail=request["detail"])
    return symnet.View(form if form in ASKED else ASKED[0])


def _document(worked: symnet.Solution, request: Request) -> Document:
    """Return the sheet that is chosen as a document."""
    if request["sheet"] == "solution":
        return solution(worked, _view(request))
    level = "key" if request["sheet"] == "key" else request["level"]
    asked = SheetQuestions.of(worked, _view(request), rules=level in WITH_RULES)
    return LEVELS[level](document(asked), 0)


def _is_interactive(request: Request) -> bool:
    """Return whether the sheet is a page to learn with: a solution, or a worksheet that marks its answers."""
    return request["page"] == "interactive" and request["sheet"] in {"solution", "worksheet"}


def _interactive(worked: symnet.Solution, request: Request) -> str:
    """Return the sheet that is chosen as a page to learn with."""
    page.stage("preparing the page")
    design = Design(interactive=True)
    if request["sheet"] == "solution":
        return interactive_page(worked, _view(request), design)
    return self_check_page(worked, request["level"], 0, _view(request), design)


def _report(request: Request) -> symnet.Report:
    """Return the answers of a request marked."""
    worked = _worked_for(request)
    page.stage("marking")
    path = Path(_ANSWERS_NAME)
    path.write_text(request["answers"], encoding="utf-8")
    return symnet.check(worked, path)


def _line(answer: Reported) -> Answer:
    """Return what is said of one answer, and where it stands."""
    messages = [as_text(mistake.says) for mistake in answer.mistakes]
    return {
        "line": answer.line,
        "id": answer.id,
        "correct": answer.verdict.is_right,
        "credit": answer.has_credit,
        "verdict": said(answer),
        "text": "\n".join([*messages, *([answer.message] if answer.message else [])]),
    }


def _formats(request: Request) -> list[str]:
    """Return the formats that the sheet that is chosen has."""
    data = request["sheet"] in {"solution", "marked"}
    return [name for name in FORMATS if name != "pdf" and (data or name in SHEETS)]


def _stem(request: Request) -> str:
    return request["name"] if request["sheet"] == "solution" else f"{request['name']}-{request['sheet']}"


def _file(request: Request, kind: str) -> bytes:
    """Return what is in the file of a sheet, in a format."""
    worked = _worked_for(request)
    if request["sheet"] == "marked":
        with in_language(worked.description.language):
            report = _report(request)
            return SHEETS[kind](marked(report), None).content if kind in SHEETS else render_report(report).encode()
    if kind == "html" and _is_interactive(request):
        return _interactive(worked, request).encode()
    if kind not in SHEETS:
        return FORMATS[kind].render(worked).content
    return SHEETS[kind](_document(worked, request), None).content


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
