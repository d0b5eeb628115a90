"""A model for other tools: PRISM for model checkers, GraphML and Mermaid for drawing."""

from sim.export.formats import FORMS, exported
from sim.export.graph import graphml, mermaid, structure

__all__ = ["FORMS", "exported", "graphml", "mermaid", "structure"]
