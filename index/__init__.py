"""Clauses in, ranked clauses out. Knows nothing of what a question means, or of HTTP."""
