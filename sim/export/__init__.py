"""For other tools: models as PRISM, GraphML and Mermaid, the language as a JSON Schema."""

from sim.export.formats import FORMS, exported
from sim.export.graph import graphml, mermaid, structure
from sim.export.json_schema import schema

__all__ = ["FORMS", "exported", "graphml", "mermaid", "schema", "structure"]
