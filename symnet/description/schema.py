"""The JSON Schema of the format, for editors that complete and check descriptions."""

from __future__ import annotations

from typing import Any

from symnet.description.model import Description

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a description as an editor sees one, in YAML or in JSON."""
    schema = Description.model_json_schema(mode="validation")
    records = schema["$defs"]
    for record in (schema, *records.values()):
        record["properties"] = {key: _value(of) for key, of in record["properties"].items()}
    parameters = records["LayerParameters"]
    parameters["oneOf"] = [{"required": ["weights"]}, {"required": ["weights_from_to"]}]
    choice = records["LossChoice"]
    name = {key: of for key, of in choice["properties"]["kind"].items() if key == "enum"}
    records["LossChoice"] = {"anyOf": [name, choice], "description": choice.pop("description")}
    return {"$schema": DIALECT, **schema, "title": "A description for symnet"}


def _value(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one key, without the null and the empty list that stand for an absent key in Python."""
    kept = {key: of for key, of in schema.items() if key != "title" and of not in (None, [])}
    options = [option for option in kept.pop("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        return {**options[0], **kept}
    return {**kept, "anyOf": options} if options else kept
