"""The OpenAPI document, made from what the API declares: it cannot say anything else."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from techwire import __version__
from web.params import Parameter

BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One path of the API."""

    path: str  # with {name} for its parts
    says: str
    parameters: tuple[Parameter, ...]
    name: str  # of what the answer holds
    answer: Any  # type of that
    has_csv: bool = False
    is_paged: bool = False  # the answer is a part, and says where the next one is


ERROR = {
    "type": "object",
    "required": ["status", "message"],
    "properties": {
        "status": {"type": "integer"},
        "message": {"type": "string", "description": "One sentence"},
        "position": {
            "type": "integer",
            "description": "1-based place of the mistake in a search",
        },
        "nearest": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Names that exist",
        },
    },
}

NEXT = {
    "anyOf": [{"type": "string"}, {"type": "null"}],
    "description": "Path of the next part; null after the last (in CSV: the Link header)",
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """OpenAPI 3.1."""
    schemas: dict[str, Any] = {"Error": ERROR}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "techwire",
            "version": __version__,
            "description": "The tech press by company: stories, articles, companies, sources. "
            "Read-only; times are UTC.",
        },
        "paths": {BASE + op.path: {"get": _operation(op, schemas)} for op in operations},
        "components": {"schemas": schemas},
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "object",
        "required": [operation.name],
        "properties": {operation.name: schema_of(operation.answer, schemas)},
    }
    if operation.is_paged:
        body["required"] = [operation.name, "next"]
        body["properties"] |= {"next": NEXT}
    content: dict[str, Any] = {"application/json": {"schema": body}}
    if operation.has_csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    return {
        "summary": operation.says,
        "operationId": operation.path.strip("/").replace("/", "_").replace("{", "").replace("}", "")
        or "root",
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {
            "200": {"description": "The answer", "content": content},
            "304": {"description": "The same as last time (If-None-Match)"},
            "400": _error("What was asked cannot be understood"),
            "404": _error("There is nothing of that name"),
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": "path" if parameter.is_path else "query",
        "description": parameter.says,
        "required": parameter.is_path or parameter.is_required,
        "schema": parameter.schema(),
    }
    if parameter.example is not None:
        found["example"] = parameter.example
    return found


def _error(description: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"$ref": "#/components/schemas/Error"}},
    }
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def schema_of(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a type of our answers; dataclasses go into ``schemas`` by their names."""
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in schemas:
            schemas[kind.__name__] = {}  # first: a type may hold itself
            hints = get_type_hints(kind)
            names = [f.name for f in fields(kind)]
            schemas[kind.__name__] = {
                "type": "object",
                "description": (kind.__doc__ or "").split("\n")[0],
                "required": names,
                "properties": {name: schema_of(hints[name], schemas) for name in names},
            }
        return {"$ref": f"#/components/schemas/{kind.__name__}"}
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one, schemas) for one in inside]}
    if origin is tuple and len(inside) == 2 and inside[1] is Ellipsis:
        return {"type": "array", "items": schema_of(inside[0], schemas)}
    if origin is tuple:
        return {
            "type": "array",
            "prefixItems": [schema_of(one, schemas) for one in inside],
            "minItems": len(inside),
            "maxItems": len(inside),
        }
    if origin is list:
        return {"type": "array", "items": schema_of(inside[0], schemas)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(inside[1], schemas)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind]}
    return dict(_SIMPLE[kind])


_SIMPLE: Mapping[Any, Mapping[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Any: {},
}
