"""The JSON schema of ``results.json``, from the types that it is written from."""

from __future__ import annotations

from typing import Any

import msgspec

from mempress.model import SCHEMA, Result

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def results_schema() -> dict[str, Any]:
    """Give the schema; null stands for what was not measured."""
    about = {
        "$schema": DIALECT,
        "title": f"results.json of mempress, schema {SCHEMA}",
        "description": "All that a benchmark found. Null: not measured. Names end in their unit.",
    }
    return about | msgspec.json.schema(Result)


def results_schema_json() -> str:
    """Give the text of ``docs/results.schema.json``."""
    return msgspec.json.format(msgspec.json.encode(results_schema(), order="sorted"), indent=2).decode() + "\n"
