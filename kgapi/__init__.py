"""kgapi: sanctions news as a knowledge graph that people can query and trust."""

__version__ = "0.1.0"
