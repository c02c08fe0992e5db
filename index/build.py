"""Documents -> bundle: parse, split, encode what is new, write, publish."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from corpus import VERSION
from corpus.chunks import passages
from corpus.errors import BundleError, EncoderError, NoSpace
from corpus.glosses import KINDS, LEADING, NONE, Glosses, default_glosses
from corpus.language.named_bodies import mentioned
from corpus.links import find_links
from corpus.model import Clause, Corpus, Instrument, Obligation, TextVersion
from corpus.obligations import find_obligations
from corpus.parallels import align
from corpus.readable import readable
from corpus.readings import read_clause
from corpus.sources import read_sources
from index.bundle import (
    CLASSIFIER_NPZ,
    DOCUMENTS,
    ENCODER,
    FORMAT_VERSION,
    GLOSSES_NPY,
    GLOSSES_NPZ,
    MANIFEST_JSON,
    PIECES_NPZ,
    PROTOTYPES_NPZ,
    SILENT_FAISS,
    TOKENS_NPY,
    VECTORS_FAISS,
    WORDS_NPZ,
    Bundle,
    Manifest,
    publish,
    sha256_of,
    verify,
    workplace,
)
from index.classifier import Classifier, key_of
from index.classifier import digest as classifier_digest
from index.dense import DenseIndex
from index.encoder import Encoder, Vectors, is_word, link_or_copy
from index.glosses import GlossIndex, Halves
from index.late import LateIndex, Rows, packed
from index.lexical import LexicalIndex
from index.prototypes import Prototypes
from index.store import CLAUSES_DB
from index.store_writer import Entry, ObligationEntry, TextEntry, write_store
from index.text import encoded, lexical_fields, spellings, tokens, versions_of

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is; 0, 0 where that is unknown."""

_BATCH = 128


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. ``encoded`` counts passages that had no vector in the bundle before; ``failures`` say which
    files of a folder were left out, and why; ``clauses`` are the headings and words that glosses could be for."""

    manifest: Manifest
    folder: Path
    encoded: int
    remarks: tuple[tuple[str, int, str], ...]
    failures: tuple[str, ...] = ()
    clauses: frozenset[tuple[str, str]] = frozenset()


def build(
    sources: Sequence[Path],
    path: Path,
    encoder: Encoder,
    progress: Progress = lambda *_: None,
    glosses: Glosses | None = None,
) -> Report:
    """Build the bundle of ``sources`` (files and folders) and publish it at ``path``; ``glosses`` default to the
    product's own.

    Files of a folder that cannot be read are reported and left out. Whatever else goes wrong, the bundle that was
    there stays. Vectors of passages that did not change are taken over from it, and so is the exported encoder.
    Raises :class:`~corpus.errors.ClauseqaError`.
    """
    progress("reading", 0, 0)
    read = read_sources(sources, together=True)
    corpora = read.corpora
    with _disk_errors(path), workplace(path) as work:
        before = _open_before(path, encoder)
        entries = _entries(corpora, encoder, glosses)
        places = [place for e in entries for text in e.texts for place in text.passages]
        texts = {digest: p.text for p, digest in places}
        order = [digest for _, digest in places]
        known = before.store.passage_digests() if before else {}
        fresh = [digest for digest in dict.fromkeys(order) if digest not in known]
        vectors = dict(zip(fresh, encode_all([texts[d] for d in fresh], encoder, progress), strict=True))
        if before:
            vectors |= {d: (before.dense.vector(known[d]), before.late.rows(known[d])) for d in order if d in known}
        own = np.array([vectors[d][0] for d in order], np.float32)
        said = _encode_glosses(entries, encoder, before, progress)
        progress("writing", 0, 0)
        DenseIndex.of(own).save(work / VECTORS_FAISS)
        late = LateIndex.of([vectors[d][1] for d in order], encoder.identity.dimension)
        late.save(work / TOKENS_NPY, work / PIECES_NPZ)
        prototypes, told = _glossed(entries, own, said)
        prototypes.save(work / PROTOTYPES_NPZ)
        _classifier(entries, encoder).save(work / CLASSIFIER_NPZ)
        told.save(work / GLOSSES_NPY, work / GLOSSES_NPZ, work / SILENT_FAISS)
        LexicalIndex.of([text.fields for e in entries for text in e.texts]).save(work / WORDS_NPZ)
        write_store(work / CLAUSES_DB, corpora, entries, find_links(corpora), align(corpora))
        _write_documents(work, corpora)
        _write_encoder(work / ENCODER, encoder, before, progress)
        manifest = _manifest(work, corpora, entries, encoder, sources)
        (work / MANIFEST_JSON).write_text(manifest.to_json(), "utf-8")
        folder = publish(work, path, manifest.id)
    remarks = tuple((c.document.name, r.line, r.message) for c in corpora for r in c.remarks)
    clauses = frozenset((readable(e.clause.heading), text.fields[0]) for e in entries for text in e.texts)
    return Report(manifest, folder, len(fresh), remarks, read.failures, clauses)


def is_current(sources: Sequence[Path], path: Path, encoder: Encoder, glosses: Glosses | None = None) -> bool:
    """Would building ``sources`` with ``encoder`` give the bundle that is at ``path`` already?"""
    try:
        bundle = Bundle.open(path, encoder_name=encoder.identity.name)
    except (BundleError, EncoderError):
        return False
    corpora = read_sources(sources, together=True).corpora
    return bundle.manifest.id == _bundle_id(_corpus_digest(corpora, _entries(corpora, encoder, glosses)), encoder)


def _entries(corpora: Sequence[Corpus], encoder: Encoder, glosses: Glosses | None) -> list[Entry]:
    known = default_glosses() if glosses is None else glosses
    return [entry for corpus in corpora for entry in _entries_of(corpus, encoder, known)]


def _entries_of(corpus: Corpus, encoder: Encoder, glosses: Glosses) -> Iterator[Entry]:
    held: dict[str, list[Obligation]] = {}
    for obligation in find_obligations(corpus):
        held.setdefault(obligation.clause, []).append(obligation)
    for clause in (*corpus.clauses, *corpus.footnotes):
        yield _entry(corpus, clause, held.get(clause.id, ()), encoder, glosses)


def _entry(corpus: Corpus, clause: Clause, held: Sequence[Obligation], encoder: Encoder, glosses: Glosses) -> Entry:
    instrument = corpus.instrument_of(clause)
    texts = tuple(_text_entry(clause, version, instrument, encoder, glosses) for version in versions_of(clause))
    said = spellings(words for text in texts for _, words, _ in text.glosses)
    return Entry(
        clause=clause,
        texts=texts,
        spellings=spellings((readable(clause.context), readable(clause.text))),
        said=frozenset(filter(partial(is_word, encoder), said)),
        obligations=tuple(_obligation_entry(corpus, clause, o) for o in held),
    )


def _text_entry(
    clause: Clause, version: TextVersion | None, instrument: Instrument, encoder: Encoder, glosses: Glosses
) -> TextEntry:
    reading = read_clause(clause, version or "in_force")
    pieces = passages(reading, partial(encoded, clause), encoder.identity.max_tokens, encoder.count_tokens)
    gloss = glosses.get((readable(clause.heading), reading.text), NONE)
    return TextEntry(
        version=version,
        fields=lexical_fields(clause, instrument, reading.text, gloss.leading),
        passages=tuple((p, _digest(p.text)) for p in pieces),
        glosses=tuple((kind, words, _digest(words)) for kind in KINDS for words in getattr(gloss, kind)),
        mentioned=mentioned(clause, instrument, version),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _obligation_entry(corpus: Corpus, clause: Clause, obligation: Obligation) -> ObligationEntry:
    quote = corpus.document.at(obligation.quote)
    stems = tokens(readable(f"{quote} {obligation.action.text} {clause.heading}"))
    return ObligationEntry(obligation, quote, tuple(dict.fromkeys(stems)))


def _open_before(path: Path, encoder: Encoder) -> Bundle | None:
    """The bundle published now, if it is sound and its vectors can be taken over."""
    try:
        if verify(path):
            return None
        before = Bundle.open(path)
    except BundleError:
        return None
    return before if before.manifest.encoder.makes_vectors_of(encoder.identity) else None


def encode_all(texts: Sequence[str], encoder: Encoder, progress: Progress) -> list[tuple[Vectors, Rows]]:
    """For each of ``texts`` its vector and its tokens, packed; encoded in the order of their length, so that batches
    need little padding."""
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    found: dict[int, tuple[Vectors, Rows]] = {}
    for start in range(0, len(order), _BATCH):
        progress("encoding", start, len(order))
        batch = order[start : start + _BATCH]
        for n, made in zip(batch, encoder.encode_tokens([texts[n] for n in batch]), strict=True):
            found[n] = made.vector, packed(made)
    progress("encoding", len(order), len(order))
    return [found[n] for n in range(len(texts))]


def _encode_glosses(entries: Sequence[Entry], encoder: Encoder, before: Bundle | None, progress: Progress) -> Halves:
    """The vectors of all glosses, in the order of ``entries``; those known ``before`` are taken over."""
    said = [(words, digest) for entry in entries for text in entry.texts for _, words, digest in text.glosses]
    known = before.store.gloss_digests() if before else {}
    fresh = {digest: words for words, digest in said if digest not in known}
    order = sorted(fresh, key=lambda digest: len(fresh[digest]))
    vectors: dict[str, Halves] = {}
    for start in range(0, len(order), _BATCH):
        progress("encoding glosses", start, len(order))
        batch = order[start : start + _BATCH]
        vectors |= zip(batch, encoder.encode([fresh[d] for d in batch]).astype(np.float16), strict=True)
    if order:
        progress("encoding glosses", len(order), len(order))
    if before:
        old = before.glosses.vectors[:]
        vectors |= {digest: old[known[digest]] for _, digest in said if digest in known}
    return np.array([vectors[d] for _, d in said], np.float16).reshape(len(said), encoder.identity.dimension)


def _glossed(entries: Sequence[Entry], own: Vectors, said: Halves) -> tuple[Prototypes, GlossIndex]:
    """Of each text its passages, whose vectors are ``own``, and its glosses, of vectors ``said``."""
    texts = [text for entry in entries for text in entry.texts]
    passages = [n for n, text in enumerate(texts) for _ in text.passages]
    glosses = [(n, kind) for n, text in enumerate(texts) for kind, _, _ in text.glosses]
    owners, kinds = np.array([n for n, _ in glosses], np.int64), [kind for _, kind in glosses]
    leads = np.array([kind in LEADING for kind in kinds], np.bool_)
    prototypes = Prototypes.of(
        own, np.array(passages, np.int64), said[leads].astype(np.float32), owners[leads], len(texts)
    )
    return prototypes, GlossIndex.of(said, owners, kinds, prototypes)


def _classifier(entries: Sequence[Entry], encoder: Encoder) -> Classifier:
    """What was trained for the texts of ``entries``."""
    keys = [key_of(readable(e.clause.heading), text.fields[0]) for e in entries for text in e.texts]
    return Classifier.made_for(encoder.identity.sha256, encoder.identity.dimension, keys)


def _write_documents(work: Path, corpora: Sequence[Corpus]) -> None:
    (work / DOCUMENTS).mkdir()
    for corpus in corpora:
        (work / DOCUMENTS / f"{corpus.document.name}.txt").write_bytes(corpus.document.text.encode())


def _write_encoder(folder: Path, encoder: Encoder, before: Bundle | None, progress: Progress) -> None:
    folder.mkdir()
    if before is None or before.manifest.encoder != encoder.identity:
        progress("exporting the encoder", 0, 0)
        encoder.save(folder)
        return
    for file in (before.folder / ENCODER).iterdir():
        link_or_copy(file, folder / file.name)


def _manifest(
    work: Path, corpora: Sequence[Corpus], entries: Sequence[Entry], encoder: Encoder, sources: Sequence[Path]
) -> Manifest:
    files = sorted(file for file in work.rglob("*") if file.is_file())
    digest = _corpus_digest(corpora, entries)
    return Manifest(
        format_version=FORMAT_VERSION,
        id=_bundle_id(digest, encoder),
        corpus_digest=digest,
        encoder=encoder.identity,
        counts={
            "documents": len(corpora),
            "instruments": sum(len(c.instruments) for c in corpora),
            "clauses": sum(len(c.clauses) for c in corpora),
            "footnotes": sum(len(c.footnotes) for c in corpora),
            "obligations": sum(len(e.obligations) for e in entries),
            "passages": sum(len(text.passages) for e in entries for text in e.texts),
            "indexed": sum(len(e.texts) for e in entries),
            "glosses": sum(len(text.glosses) for e in entries for text in e.texts),
        },
        files={f.relative_to(work).as_posix(): sha256_of(f) for f in files},
        sizes={f.relative_to(work).as_posix(): f.stat().st_size for f in files},
        sources=tuple(source.name for source in sources),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        built_by=f"clauseqa {VERSION}",
    )


def _corpus_digest(corpora: Sequence[Corpus], entries: Sequence[Entry]) -> str:
    """Names documents and everything parsed from them, so that a better parser makes another corpus."""
    digest = hashlib.sha256()
    for corpus in corpora:
        digest.update(corpus.document.sha256.encode())
        digest.update(json.dumps([asdict(i) for i in corpus.instruments]).encode())
    for entry in entries:
        held = [asdict(o.obligation) for o in entry.obligations]
        texts = [[t.version, t.fields, [d for _, d in t.passages], t.glosses, t.mentioned] for t in entry.texts]
        digest.update(json.dumps([asdict(entry.clause), texts, held]).encode())
    return digest.hexdigest()


def _bundle_id(corpus_digest: str, encoder: Encoder) -> str:
    made_of = f"{FORMAT_VERSION} {corpus_digest} {encoder.identity} {classifier_digest()}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:12]


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(
                f"no space to build at {path}; free some 200 MB and build again, the old index is untouched"
            ) from exc
        raise BundleError(f"cannot write {path}: {exc.strerror}; check permissions or name another place") from exc
