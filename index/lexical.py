"""BM25 over the words of clauses, with filters: SQLite's FTS5, which lives in the bundle's database.

Chosen by measuring on a public benchmark of regulatory questions (see ARCHITECTURE.md): as good as the dedicated
engines, no dependency of its own, and filters are a join.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.store import ALL, Filters, Store

# Weights of the fields text, heading, lead_in, names, instrument; chosen on the development questions.
FIELDS = (1.0, 1.0, 0.3, 0.5, 0.3)


def match_expression(terms: Sequence[str]) -> str:
    """``terms`` as an FTS5 query: any of them, each quoted, so that no term is read as syntax."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in dict.fromkeys(terms))


def search_words(
    store: Store, terms: Sequence[str], k: int, filters: Filters = ALL, *, fields: Sequence[float] = FIELDS
) -> list[tuple[int, float]]:
    """The ``k`` clause numbers with the highest BM25 (k1 1.2, b 0.75, as FTS5 has them) and their scores, best first."""
    if not terms:
        return []
    where, values = filters.where()
    join = "" if filters == ALL else "JOIN clauses ON clauses.n = words.rowid"
    sql = (
        f"SELECT words.rowid, -bm25(words, {', '.join(map(str, fields))}) AS score FROM words {join} "
        f"WHERE words MATCH ? AND {where} ORDER BY score DESC, words.rowid LIMIT ?"
    )
    return [(n, score) for n, score in store.rows(sql, [match_expression(terms), *values, k])]
