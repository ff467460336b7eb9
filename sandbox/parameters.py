"""Parameters against Stripe's published schema: what is unknown, missing or malformed is a 400 that names it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.errors import StripeError, invalid
from sandbox.wire import Params

Schema = dict[str, Any]

MAX_KEYS, MAX_KEY, MAX_VALUE = 50, 40, 500


@cache
def _schemas() -> dict[str, Schema]:
    text = Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")
    schemas: dict[str, Schema] = json.loads(text)
    return schemas


def check(method: str, template: str, params: Params) -> Params:
    """Return the parameters typed (integers, booleans); raises StripeError for the first that is wrong."""
    checked = _value(_schemas()[f"{method} {template}"], params, "")
    return checked if isinstance(checked, dict) else {}


def _value(schema: Schema, value: Any, name: str) -> Any:
    if "anyOf" in schema:
        return _any_of(schema["anyOf"], value, name)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, value, name)
    if kind == "array":
        return _array(schema, value, name)
    return _scalar(schema, value, name) if kind else value


def _any_of(choices: list[Schema], value: Any, name: str) -> Any:
    first: StripeError | None = None
    for each in choices:
        try:
            return _value(each, value, name)
        except StripeError as error:
            first = first or error
    raise first or invalid(f"Invalid {name}", param=name)


def _object(schema: Schema, value: Any, name: str) -> Any:
    if value == "":
        return {}
    if isinstance(value, list):
        value = {str(index): each for index, each in enumerate(value)}
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=name)
    _require(schema.get("required", []), value, name)
    properties, more = schema.get("properties", {}), schema.get("additionalProperties")
    checked: Params = {}
    for key, each in value.items():
        inner = _inside(name, key)
        if key in properties:
            checked[key] = _value(properties[key], each, inner)
        elif isinstance(more, dict):
            checked[key] = _value(more, each, inner)
        elif properties or more is False:
            raise invalid(f"Received unknown parameter: {inner}", param=inner, code="parameter_unknown")
    if name.endswith(("metadata", "metadata]")):
        _metadata(checked, name)
    return checked


def _require(names: list[str], value: Params, name: str) -> None:
    for each in names:
        if each not in value:
            param = _inside(name, each)
            raise invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def _array(schema: Schema, value: Any, name: str) -> Any:
    if value == "":
        return []
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        raise invalid("Invalid array", param=name)
    return [_value(schema.get("items", {}), each, f"{name}[{index}]") for index, each in enumerate(value)]


def _scalar(schema: Schema, value: Any, name: str) -> Any:
    if not isinstance(value, str):
        raise invalid(f"Invalid {schema['type']}", param=name)
    if "enum" in schema and value not in schema["enum"]:
        options = ", ".join(schema["enum"][:60])
        raise invalid(f"Invalid {name}: must be one of {options}", param=name)
    if len(value) > schema.get("maxLength", len(value)):
        message = f"Invalid string: {value[:8]}...; must be at most {schema['maxLength']} characters"
        raise invalid(message, param=name)
    match schema["type"]:
        case "integer":
            if not re.fullmatch(r"-?[0-9]{1,18}", value):
                raise invalid(f"Invalid integer: {value[:40]}", param=name, code="parameter_invalid_integer")
            return int(value)
        case "boolean":
            if value not in {"true", "false"}:
                raise invalid(f"Invalid boolean: {value[:40]}", param=name)
            return value == "true"
    return value


def _metadata(values: Params, name: str) -> None:
    if len(values) > MAX_KEYS:
        raise invalid(f"You can have up to {MAX_KEYS} keys in metadata.", param=name)
    for key, value in values.items():
        if len(key) > MAX_KEY or "[" in key or "]" in key:
            raise invalid(f"Metadata keys are at most {MAX_KEY} characters, without brackets.", param=name)
        if isinstance(value, str) and len(value) > MAX_VALUE:
            message = f"Metadata values can have up to {MAX_VALUE} characters, but you passed in more."
            raise invalid(message, param=f"{name}[{key}]")


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
