"""Compiles the modules in /page/sources to /page/compiled, and writes what the page has to know of symnet.

It runs in the Pyodide of the page: bytecode is that of one version of Python.
"""

import json
import marshal
import sys
import zlib
from importlib.util import MAGIC_NUMBER
from pathlib import Path

SOURCES, COMPILED, FACTS = Path("/page/sources"), Path("/page/compiled"), Path("/page/facts.json")
# Behind the magic number: checked against no source, so that neither a time nor a size follows.
_HEADER = MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)


def compile_all() -> None:
    """Write the bytecode of every module whose source has changed."""
    for source in sorted(SOURCES.rglob("*.py")):
        name = source.relative_to(SOURCES)
        # A template of a module is no module.
        if "templates" in name.parts:
            continue
        target = COMPILED / name.with_suffix(".pyc")
        mark = target.with_suffix(".crc")
        text = source.read_bytes()
        now = f"{zlib.crc32(text):08x}"
        if target.exists() and mark.exists() and mark.read_text() == now:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # The path under which tracebacks name it; docstrings and assertions are left out.
        code = compile(text, str(Path(*name.parts[1:])), "exec", dont_inherit=True, optimize=2)
        target.write_bytes(_HEADER + marshal.dumps(code))
        mark.write_text(now)


compile_all()


def facts() -> dict[str, object]:
    """Return what the page has to know: what there is to choose, the examples, and the schema for completion."""
    # Descriptions in the schema are docstrings, which the compiled modules have no longer.
    sys.path[:0] = [str(folder) for folder in (SOURCES / "symnet", SOURCES / "native", COMPILED / "packages")]
    from symnet.description import json_schema, load
    from symnet.notation.profiles import NOTATIONS
    from symnet.render.formats import FORMATS, SHEETS
    from symnet.render.learning import script_hash
    from symnet.sheets.levels import LEVELS
    from symnet.text.languages import LANGUAGES
    from symnet.text.say import words
    from symnet.view import ASKED, DETAILS, FORMS, STYLES

    folder = SOURCES / "examples"
    examples = {path.stem: load(path).title for path in sorted(folder.glob("*.yaml"))}
    return {
        "examples": [{"name": name, "title": title} for name, title in examples.items()],
        "choices": {
            "form": FORMS,
            "asked_form": ASKED,
            "style": STYLES,
            "detail": DETAILS,
            "level": [level for level in LEVELS if level != "key"],
            "page": ["plain", "interactive"],
            "notation": list(NOTATIONS),
            "language": list(LANGUAGES),
        },
        "notations": {name: words(f"notation.{name}") for name in NOTATIONS},
        "formats": [{"name": name, "isData": name not in SHEETS} for name in FORMATS if name != "pdf"],
        "script": script_hash(),
        "schema": for_completion(json_schema()),
    }


_COMPLETED = frozenset({"$ref", "anyOf", "description", "enum", "items", "oneOf", "properties", "$defs"})


def for_completion(schema: object) -> object:
    """Return what of a schema says which keys and words may stand somewhere, without what bounds numbers and texts."""
    if isinstance(schema, list):
        return [kept for item in schema if (kept := for_completion(item)) != {}]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, object] = {}
    for key, value in schema.items():
        if key in {"properties", "$defs"}:
            kept[key] = {name: for_completion(of) for name, of in value.items()}
        elif key in _COMPLETED:
            kept[key] = for_completion(value)
    return kept


FACTS.write_text(json.dumps(facts(), ensure_ascii=False), encoding="utf-8")
