"""Documents in, clauses with exact provenance out. Knows nothing of vectors, questions or HTTP."""

VERSION = "0.1.0"  # of the distribution: pyproject.toml reads it here, and nobody else has to look for its metadata
