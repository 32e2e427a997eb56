"""Documents by templates; those of a user come before ours, are read and run within limits, and have faults located."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from symnet.description.fields import near_miss
from symnet.errors import TemplateProblemError
from symnet.limits import (
    MOST_TEMPLATE_BYTES,
    MOST_TEMPLATE_RESULT,
    MOST_TEMPLATES,
    TEMPLATE_MEMORY,
    TEMPLATE_SECONDS,
)
from symnet.remember import Remembered
from symnet.render.templates import KINDS, OURS, Design, environment, environment_with

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from jinja2.runtime import Context

_Templates: TypeAlias = Mapping[str, tuple[str, str]]
# How it is told whether what comes back is a text or what is wrong.
_TEXT, _PROBLEM = b"=", b"!"


def rendered(kind: str, ending: str, data: Mapping[str, Any], design: Design) -> str:
    """Return the text of a document.

    Args:
        kind: ``latex``, ``typst``, ``html`` or ``markdown``, also the folder's name.
        ending: That of the templates.
        data: What they get: texts, numbers, lists and mappings, nothing else.
        design: How it is set.

    Raises:
        TemplateProblemError: If a template of the user's cannot be used, with its file and line.
    """
    name = f"{'fragment' if design.fragment else 'document'}.{ending}"
    content = {**data, "fragment": design.fragment}
    if design.templates is None:
        template = environment(kind).get_template(name)
        made = {"made": _body(template, content)} if name in _OF_PAPER else {}
        return template.render({**content, **made})
    return _rendered_by(design.templates, kind, name, content)


# Documents for paper, of which each block is written once for all sheets that have it.

_OF_PAPER = ("document.tex", "document.typ")
# What of a document its blocks may speak of beside themselves.
_OF_BLOCKS = ("fragment", "language", "wording")
_WRITTEN, _CONTEXTS = Remembered(), dict[tuple[str, str], "Context"]()


def _body(template: Template, content: Mapping[str, Any]) -> str:
    """Return the text of all blocks of a document."""
    key = str(template.name), str(content["language"])

    def written(block: Mapping[str, Any]) -> str:
        if key not in _CONTEXTS:
            _CONTEXTS[key] = _context(template, content)
        _CONTEXTS[key].vars["blocks"] = [block]
        return "".join(template.blocks["body"](_CONTEXTS[key]))

    return "".join(_WRITTEN.once(block, key, partial(written, block)) for block in content["blocks"])


def _context(template: Template, content: Mapping[str, Any]) -> Context:
    """Return the context in which single blocks of a template are written, with its macros."""
    context = template.new_context({**content, "blocks": []})
    for _ in template.root_render_func(context):
        pass
    # Nothing else of the first document is to stand in another one.
    for name in content.keys() - set(_OF_BLOCKS):
        context.parent.pop(name)
    return context


def _rendered_by(folder: Path, kind: str, name: str, data: Mapping[str, Any]) -> str:
    """Return the text that the templates of a folder, and ours behind them, make of data."""
    from symnet.marking.isolation import Failure, Limits, isolated

    own = _read(folder, kind)
    if not own:
        return environment(kind).get_template(name).render(data)
    work = _Rendering(kind, name, data, own)
    limits = Limits(TEMPLATE_SECONDS, TEMPLATE_MEMORY, MOST_TEMPLATE_RESULT)
    ((_, result),) = isolated(_Prepared(work), [b""], limits)
    if isinstance(result, Failure):
        raise TemplateProblemError(
            f"{folder}: the templates were stopped, since they take more than {_bound(result)}; look for a loop that "
            "is too long"
        )
    if result[:1] == _PROBLEM:
        raise TemplateProblemError(result[1:].decode())
    return result[1:].decode()


def _bound(failure: object) -> str:
    from symnet.marking.isolation import Failure

    bounds = {
        Failure.TIME: f"{TEMPLATE_SECONDS} seconds",
        Failure.MEMORY: f"{TEMPLATE_MEMORY >> 20} MB of memory",
        Failure.SIZE: f"{MOST_TEMPLATE_RESULT >> 20} MB of text",
    }
    return bounds.get(failure, "they may") if isinstance(failure, Failure) else "they may"


# Reading them.


def _read(folder: Path, kind: str) -> dict[str, tuple[str, str]]:
    """Return the templates of one kind in a folder, each by its name with its source and its path.

    Raises:
        TemplateProblemError: If the folder has none, too many, too long ones, or some that are elsewhere.
    """
    if not any((folder / one).is_dir() for one in KINDS):
        known = ", ".join(f"{one}/" for one in KINDS)
        raise TemplateProblemError(
            f"{folder}: found no templates; expected a folder that has {known} or some of them, each with templates "
            "in it, such as html/document.html"
        )
    root, found = folder / kind, dict[str, tuple[str, str]]()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        if len(found) == MOST_TEMPLATES:
            raise TemplateProblemError(f"{root}: found more than {MOST_TEMPLATES} files; expected a few templates")
        if not path.resolve().is_relative_to(root.resolve()):
            raise TemplateProblemError(f"{path}: found a link to a file outside of {root}; expected a template")
        found[path.relative_to(root).as_posix()] = (_source(path), str(path))
    return found


def _source(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_TEMPLATE_BYTES + 1)
        if len(content) > MOST_TEMPLATE_BYTES:
            raise TemplateProblemError(f"{path}: found more than {MOST_TEMPLATE_BYTES} bytes; expected a template")
        return content.decode("utf-8")
    except OSError as error:
        raise TemplateProblemError(f"{path}: cannot read the template: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise TemplateProblemError(f"{path}: found no UTF-8 at byte {error.start}; save it as UTF-8") from None


# Running them, and saying what is wrong.


@dataclass(frozen=True)
class _Rendering:
    """What a process of its own does: plain data, so that it can be handed over."""

    kind: str
    name: str
    data: Mapping[str, Any]
    own: _Templates

    def __call__(self, _piece: bytes, /) -> bytes:
        """Return the text, or what is wrong with a template."""
        import jinja2

        environment = environment_with(self.kind, self.own)
        try:
            wrong = next(_unknown_blocks(environment, self.own), "")
            if wrong:
                return _PROBLEM + wrong.encode()
            return _TEXT + environment.get_template(self.name).render(self.data).encode()
        except jinja2.TemplateSyntaxError as error:
            return _PROBLEM + f"{error.filename}:{error.lineno}: found a fault: {error.message}".encode()
        except MemoryError:
            raise
        except Exception as error:
            said = next(say for kind, say in _FAULTS if isinstance(error, getattr(jinja2, kind, Exception)))
            return _PROBLEM + f"{_place(error, self.own)}: {said(error, self)}".encode()


@dataclass(frozen=True)
class _Prepared:
    """Gives what a process of its own does, with nothing left to make ready."""

    work: _Rendering

    def __call__(self) -> _Rendering:
        """Return the work."""
        return self.work


def _undefined(error: Exception, work: _Rendering) -> str:
    return f"found a name for nothing: {error}; a template has {', '.join(sorted(work.data))}, and what it sets itself"


def _not_found(error: Exception, work: _Rendering) -> str:
    known = (*work.own, f"{OURS}{work.name}")
    return (
        f"found no template {str(error)!r}; expected one of {', '.join(known)}. {near_miss(str(error), known)}".rstrip()
    )


# By the name of the error: what is said.
_FAULTS: tuple[tuple[str, Callable[[Exception, _Rendering], str]], ...] = (
    ("UndefinedError", _undefined),
    ("TemplateNotFound", _not_found),
    ("TemplateError", lambda error, _: f"found what no template may do: {error}"),
    ("Exception", lambda error, _: f"found what cannot be worked out: {error}"),
)


def _place(error: Exception, own: _Templates) -> str:
    """Return the file and the line of the user's template in which something went wrong."""
    paths = {path for _, path in own.values()}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in paths]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ", ".join(sorted(paths))


def _unknown_blocks(environment: Environment, own: _Templates) -> Iterator[str]:
    """Yield what is wrong with a template that is to change a block of ours which is not there."""
    from jinja2 import nodes

    for name, (source, path) in own.items():
        tree = environment.parse(source, name, path)
        for parent in tree.find_all(nodes.Extends):
            if not isinstance(parent.template, nodes.Const) or not str(parent.template.value).startswith(OURS):
                continue
            known = tuple(dict.fromkeys(_blocks(environment, str(parent.template.value))))
            for block in tree.body:
                if isinstance(block, nodes.Block) and block.name not in known:
                    near = near_miss(block.name, known)
                    expected = f"expected one of {', '.join(known)}"
                    yield f"{path}:{block.lineno}: found the block {block.name!r}; {expected}. {near}".rstrip()


def _blocks(environment: Environment, name: str) -> Iterator[str]:
    """Yield the names of all blocks of one of our templates, and of those that it extends."""
    from jinja2 import nodes

    assert environment.loader is not None  # noqa: S101 - it has one
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    yield from (block.name for block in tree.find_all(nodes.Block))
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            yield from _blocks(environment, OURS + str(parent.template.value).removeprefix(OURS))
