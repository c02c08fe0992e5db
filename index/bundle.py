"""A built index on the disk: its manifest, how it is opened, verified and published.

``PATH`` is a symbolic link to one of the bundles in ``PATH.d``; publishing replaces the link in one rename, so that
whoever opens ``PATH`` sees the old bundle or the new one, whole::

    .clauseqa/bundle -> bundle.d/3f9a...-1
    .clauseqa/bundle.d/3f9a...-1/manifest.json, clauses.db, vectors.faiss, tokens.npy, pieces.npz, words.npz, ...
    .clauseqa/bundle.d/lock
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import BundleBusy, BundleDamaged, BundleError, BundleMismatch, NoBundle
from index.classifier import Classifier
from index.dense import DenseIndex
from index.encoder import Encoder, Identity, open_encoder, read_identity
from index.filters import Filters
from index.glosses import GlossIndex
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.prototypes import Prototypes
from index.reader import Reader
from index.search import Searcher
from index.store import CLAUSES_DB, Registered, Store, phrases_of

FORMAT_VERSION = 8
MANIFEST_JSON = "manifest.json"
VECTORS_FAISS = "vectors.faiss"
TOKENS_NPY = "tokens.npy"
PROTOTYPES_NPZ = "prototypes.npz"
CLASSIFIER_NPZ = "classifier.npz"
GLOSSES_NPY = "glosses.npy"
GLOSSES_NPZ = "glosses.npz"
SILENT_FAISS = "silent.faiss"
PIECES_NPZ = "pieces.npz"
WORDS_NPZ = "words.npz"
ENCODER = "encoder"
DOCUMENTS = "documents"
REBUILD = "run: clauseqa index build SOURCE..."
_KEPT = 2  # bundles kept: the one published and the one before, which a server may still read


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle is made of. ``id`` is the same for the same sources, encoder and format."""

    format_version: int
    id: str
    corpus_digest: str
    encoder: Identity
    counts: Mapping[str, int]
    files: Mapping[str, str]
    sizes: Mapping[str, int]
    sources: tuple[str, ...]
    built_at: str
    built_by: str

    def to_json(self) -> str:
        """As written to ``manifest.json``."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest in ``folder``.

        Raises :class:`NoBundle`, :class:`BundleDamaged`, and :class:`BundleMismatch` for another format version.
        """
        path = folder / MANIFEST_JSON
        try:
            data: dict[str, Any] = json.loads(path.read_text("utf-8"))
            version = data["format_version"]
        except FileNotFoundError as exc:
            raise NoBundle(f"no index at {folder}; {REBUILD}, or name another with --bundle") from exc
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise BundleDamaged(f"{path} is not a manifest; {REBUILD}") from exc
        if version != FORMAT_VERSION:
            raise BundleMismatch(f"{folder} has format {version}, this version reads {FORMAT_VERSION}; {REBUILD}")
        try:
            return cls(**{**data, "encoder": Identity(**data["encoder"]), "sources": tuple(data["sources"])})
        except (TypeError, KeyError) as exc:
            raise BundleDamaged(f"{path} is not a manifest ({exc}); {REBUILD}") from exc


class Bundle:
    """An opened bundle: everything a server needs, read-only."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        store: Store,
        dense: DenseIndex,
        lexical: LexicalIndex,
        late: LateIndex,
        prototypes: Prototypes,
        classifier: Classifier,
        glosses: GlossIndex,
        encoder: Encoder,
        reader: Reader | None = None,
    ) -> None:
        self.folder, self.manifest, self.store, self.reader = folder, manifest, store, reader
        self.dense, self.lexical, self.late, self.encoder = dense, lexical, late, encoder
        self.prototypes, self.glosses = prototypes, glosses
        self.searcher = Searcher(store, dense, lexical, late, prototypes, classifier, glosses, encoder)

    @classmethod
    def open(cls, path: Path, *, encoder_name: str | None = None, threads: int = 0) -> Bundle:
        """Open the bundle at ``path``, checking that its parts belong together (:func:`verify` checks their content).

        ``encoder_name``, where given, is the encoder that the caller expects. Raises a
        :class:`~corpus.errors.BundleError` that names the command which mends it.
        """
        folder = path.resolve()
        manifest = Manifest.read(folder)
        if encoder_name is not None and manifest.encoder.name != encoder_name:
            raise BundleMismatch(
                f"{path} was made by the encoder {manifest.encoder.name}, not {encoder_name}; "
                f"run: clauseqa index build --encoder {encoder_name} SOURCE..."
            )
        for name, size in manifest.sizes.items():
            file = folder / name
            if not file.is_file() or file.stat().st_size != size:
                raise BundleDamaged(f"{file} is {'cut short' if file.exists() else 'missing'}; {REBUILD}")
        if read_identity(folder / ENCODER) != manifest.encoder:
            raise BundleMismatch(f"{folder / ENCODER} is not the encoder that made the vectors; {REBUILD}")
        with ThreadPoolExecutor(1) as pool:  # the encoder is loaded while everything else is
            opening = pool.submit(open_encoder, folder / ENCODER, threads=threads)
            parts = cls._parts(folder, manifest)
            encoder = opening.result()
        return cls(folder, manifest, *parts, encoder, Reader.of(folder / ENCODER, encoder, threads=threads))

    @staticmethod
    def _parts(
        folder: Path, manifest: Manifest
    ) -> tuple[Store, DenseIndex, LexicalIndex, LateIndex, Prototypes, Classifier, GlossIndex]:
        """The database and the indexes of the bundle in ``folder``, if they fit the manifest."""
        dense = DenseIndex.load(folder / VECTORS_FAISS)
        late = LateIndex.load(folder / TOKENS_NPY, folder / PIECES_NPZ)
        prototypes = Prototypes.load(folder / PROTOTYPES_NPZ)
        classifier = Classifier.load(folder / CLASSIFIER_NPZ)
        glosses = GlossIndex.load(folder / GLOSSES_NPY, folder / GLOSSES_NPZ, folder / SILENT_FAISS, prototypes)
        dimension, counts = manifest.encoder.dimension, manifest.counts
        for name, shape, kind in (
            (VECTORS_FAISS, (dense.size, dense.dimension), "passages"),
            (TOKENS_NPY, (late.size, late.dimension), "passages"),
            (PROTOTYPES_NPZ, (prototypes.size, prototypes.dimension), "indexed"),
            (GLOSSES_NPY, glosses.vectors.shape, "glosses"),
        ):
            if shape != (counts[kind], dimension):
                raise BundleMismatch(f"{folder / name} does not fit the manifest; {REBUILD}")
        if classifier.dimension != dimension or classifier.texts.max(initial=-1) >= counts["indexed"]:
            raise BundleMismatch(f"{folder / CLASSIFIER_NPZ} does not fit the manifest; {REBUILD}")
        lexical = LexicalIndex.load(folder / WORDS_NPZ)
        return Store(folder / CLAUSES_DB), dense, lexical, late, prototypes, classifier, glosses

    def document(self, name: str) -> str:
        """The canonical text of the document called ``name``."""
        return (self.folder / DOCUMENTS / f"{name}.txt").read_text("utf-8")


def verify(path: Path) -> list[str]:
    """Everything wrong with the bundle at ``path``: checksums, counts, and that every span holds the words of its
    clause or obligation.

    An empty list means that all is well. Raises what :meth:`Manifest.read` raises.
    """
    folder = path.resolve()
    manifest = Manifest.read(folder)
    wrong = [f"{name}: {what}" for name, what in _check_files(folder, manifest)]
    if wrong:
        return wrong
    try:
        bundle = Bundle.open(path)
    except BundleError as exc:
        return [str(exc)]
    for name, expected in manifest.counts.items():
        found = _counts(bundle)[name]
        if found != expected:
            wrong.append(f"counts: {found} {name}, the manifest says {expected}")
    texts = {name: bundle.document(name) for name, _, _ in bundle.store.documents()}
    wrong += [
        f"{clause.id}: characters {clause.span.start}-{clause.span.end} are not its words"
        for clause in bundle.store.select()
        if texts[clause.document][slice(*clause.span)] != clause.text
    ]
    return [*wrong, *(w for o in bundle.store.obligations() for w in _check_obligation(o, texts[o.clause.document]))]


def _check_obligation(entry: Registered, text: str) -> Iterator[str]:
    obligation = entry.obligation
    if text[slice(*obligation.quote)] != entry.quote:
        start, end = obligation.quote
        yield f"{obligation.clause}: characters {start}-{end} are not the quote of its obligation"
    for phrase in phrases_of(obligation):
        if not 0 <= phrase.span.start < phrase.span.end <= len(text):
            yield f"{obligation.clause}: {phrase.text!r} of its obligation lies outside the document"


def _counts(bundle: Bundle) -> dict[str, int]:
    store = bundle.store
    footnotes = store.count(Filters(part=("footnote",)))
    return {
        "documents": len(store.documents()),
        "instruments": len(store.instruments),
        "clauses": store.count() - footnotes,
        "footnotes": footnotes,
        "obligations": store.count_obligations(),
        "passages": bundle.dense.size,
        "indexed": bundle.lexical.size,
        "glosses": len(bundle.glosses.vectors),
    }


def _check_files(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file():
            yield name, "missing"
        elif sha256_of(file) != expected:
            yield name, "its content changed (sha256 differs)"
    known = {*manifest.files, MANIFEST_JSON}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (name := file.relative_to(folder).as_posix()) not in known:
            yield name, "not in the manifest"


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def workplace(path: Path) -> Iterator[Path]:
    """A fresh folder beside ``path`` to build in, with the lock that keeps other builds out.

    What builds killed before have left is cleared; on an error so is this one. Raises :class:`BundleBusy`, and
    :class:`BundleError` where ``path`` is something that a build did not make.
    """
    import fcntl

    if path.exists() and not path.is_symlink():
        raise BundleError(f"{path} is not an index made by this program; move it away or name another with --bundle")
    versions = path.with_name(f"{path.name}.d")
    versions.mkdir(parents=True, exist_ok=True)
    with (versions / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise BundleBusy(f"another build is at work on {path}; wait for it to end") from exc
        for left in versions.glob("partial-*"):
            left.unlink() if left.is_symlink() else shutil.rmtree(left)
        partial = versions / f"partial-{os.getpid()}"
        partial.mkdir()
        try:
            yield partial
        finally:
            if partial.exists():
                shutil.rmtree(partial, ignore_errors=True)


def publish(partial: Path, path: Path, name: str) -> Path:
    """Make the finished folder ``partial`` the bundle at ``path``; returns where it lies now.

    The one step that others see is the replacement of the link, which is atomic.
    """
    versions = partial.parent
    taken = [int(p.name.rpartition("-")[2]) for p in versions.glob(f"{name}-*")]
    target = versions / f"{name}-{max(taken, default=0) + 1}"
    for file in partial.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
    # A link is resolved from the folder it lies in, so it is made with the text that fits its final place; and first,
    # since it takes space: what a full disk refuses here leaves nothing behind.
    link = versions / "partial-link"
    link.symlink_to(Path(versions.name) / target.name)
    before = path.resolve() if path.is_symlink() else None
    partial.rename(target)
    os.replace(link, path)
    built = sorted((p for p in versions.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for old in [p for p in built if p not in (target, before)][_KEPT - 2 :]:
        shutil.rmtree(old, ignore_errors=True)
    return target
