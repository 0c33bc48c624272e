"""The JSON Schema of config.toml, for editors: the tables as they are read, with each network's own settings."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from scheduler.config.schema import AccountTable, ConfigFile
from scheduler.model.network import Network

_TIME = r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
_STRETCH = r"^\s*([Nn][Oo][Nn][Ee]|\d.*\d)\s*$"
_ACCOUNT_NAME = "^[a-z0-9][a-z0-9_-]*$"


class _Editors(GenerateJsonSchema):
    """Describes values as they are typed, where pydantic would describe them as they are kept."""

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        del schema
        return {"type": "string", "pattern": r"^\s*\d", "description": "A length of time: 30s, 2m, 1h."}

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        del schema
        return {"type": "string", "pattern": _TIME, "description": "A time of day: 09:30."}

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        found = super().tuple_schema(schema)
        if "prefixItems" in found:
            return {"type": "string", "pattern": _STRETCH, "description": "From a time of day to another: 22:00-07:00, or none."}
        return found

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_before_schema(schema)
        many = found.get("type") == "array" and found.get("items") == {"type": "string"}
        return {"anyOf": [found, {"type": "string"}]} if many else found


def schema(networks: Mapping[str, Network]) -> Mapping[str, Any]:
    """Returns the JSON Schema of config.toml; an account takes the settings of its network and no others."""
    found = ConfigFile.model_json_schema(schema_generator=_Editors)
    found["properties"]["accounts"] = {
        "type": "object",
        "description": "Your profiles: [accounts.NAME], with a name of small letters, digits and dashes.",
        "propertyNames": {"pattern": _ACCOUNT_NAME},
        "additionalProperties": {"oneOf": [_account(network) for network in networks.values()]},
    }
    found["$defs"].pop(AccountTable.__name__, None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_told(found), "title": "config.toml of a scheduler project"}


def _account(network: Network) -> Mapping[str, Any]:
    own = {setting.name: {"type": ["string", "integer", "boolean"], "description": setting.description} for setting in network.settings}
    return {
        "title": network.title,
        "type": "object",
        "properties": {
            "network": {"const": network.name},
            "live": {"type": "boolean", "description": "true sends for real; without it the account is rehearsed."},
            "handle": {"type": "string", "description": "What people know the account by."},
            "language": {"type": "string", "description": "The language it posts in: es."},
            "languages": {"enum": ["one", "thread"], "description": "thread sends a post's other languages as answers."},
            "hand_over": {"type": "string", "description": "How long before its time a post is handed over: 2 days."},
            **own,
        },
        "required": ["network", *(setting.name for setting in network.settings if setting.required)],
        "additionalProperties": False,
    }


def _told(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema with the tables' own names for titles; what our source says of a class is no help in an editor."""
    for table in (schema, *schema["$defs"].values()):
        table.pop("description", None)
        table.pop("title", None)
        for field in table.get("properties", {}).values():
            field.pop("title", None)
            if str(field.get("default")).startswith("PT"):
                del field["default"]  # a length of time in another notation than ours
    return schema
