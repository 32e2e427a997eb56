"""The JSON Schema of the format, for editors that complete and check descriptions."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from symnet.description.graph import GraphDescription
from symnet.description.loss_checks import PLAIN, TRIPLET
from symnet.description.model import Description

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a description as an editor sees one, in YAML or in JSON."""
    roots = (Description, GraphDescription)
    _, schema = models_json_schema([(root, "validation") for root in roots])
    records = schema["$defs"]
    for record in records.values():
        record["properties"] = {key: _value(of) for key, of in record["properties"].items()}
    weights = [{"required": ["weights"]}, {"required": ["weights_from_to"]}]
    records["Weights"]["oneOf"] = weights
    records["LayerParameters"]["oneOf"] = [*weights, {"required": ["pieces"]}]
    records["Data"]["oneOf"] = [{"required": list(keys)} for keys in (PLAIN, TRIPLET)]
    choice = records["LossChoice"]
    name = {key: of for key, of in choice["properties"]["kind"].items() if key != "description"}
    records["LossChoice"] = {"anyOf": [name, choice], "description": choice.pop("description")}
    sorts = [{"$ref": f"#/$defs/{root.__name__}"} for root in roots]
    return {"$schema": DIALECT, "title": "A description for symnet", "oneOf": sorts, "$defs": records}


def schema_text() -> str:
    """The JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _value(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one key, without the null and the empty list that stand for an absent key in Python."""
    kept = {key: of for key, of in schema.items() if key != "title" and of not in (None, [])}
    options = [option for option in kept.pop("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        return {**options[0], **kept}
    return {**kept, "anyOf": options} if options else kept
