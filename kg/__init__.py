"""kg: a knowledge-graph builder for what people write about AI models."""

__version__ = "0.1.0"
