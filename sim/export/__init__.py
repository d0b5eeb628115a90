"""A model for other tools: PRISM for model checkers, GraphML and Mermaid for drawing."""
