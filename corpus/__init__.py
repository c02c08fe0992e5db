"""Documents in, clauses with exact provenance out. Knows nothing of vectors, questions or HTTP."""
