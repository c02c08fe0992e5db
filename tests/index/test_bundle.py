"""A bundle is whole or it is not there: what it says of itself, what is checked, and what survives a failure."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import (
    BundleBusy,
    BundleDamaged,
    BundleError,
    BundleMismatch,
    EncoderError,
    NoBundle,
    NoSpace,
    SourceError,
)
from corpus.model import Corpus, Obligation, Phrase
from corpus.parse import default_source
from index import store_writer as writer
from index.build import build, is_current
from index.bundle import ENCODER, Bundle, Manifest, sha256_of, verify, workplace
from index.classifier import Classifier
from index.encoder import Encoded, HashingEncoder, Vectors, read_identity
from index.late import LateIndex
from index.model_source import DEFAULT_MODEL
from index.reader import weights_for

Copy = Callable[[Path], Path]
MEND = "clauseqa index build"
QUICK_FILES = [
    "classifier.npz",
    "clauses.db",
    "documents/compilation.txt.txt",
    "encoder/encoder.json",
    "glosses.npy",
    "glosses.npz",
    "pieces.npz",
    "prototypes.npz",
    "silent.faiss",
    "tokens.npy",
    "vectors.faiss",
    "words.npz",
]
REAL_FILES = [
    *QUICK_FILES,
    "encoder/embeddings.npy",
    "encoder/model.data",
    "encoder/model.onnx",
    "encoder/reader.data",
    "encoder/reader.onnx",
    "encoder/tokenizer.json",
]


def put(file: Path, content: bytes) -> None:
    """A new file in the place of ``file``."""
    file.unlink(missing_ok=True)
    file.write_bytes(content)


def flip(file: Path) -> None:
    """Change one bit in the middle of ``file``."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    put(file, bytes(content))


def edit_manifest(bundle: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads((bundle / "manifest.json").read_text("utf-8"))
    change(data)
    put(bundle / "manifest.json", json.dumps(data).encode())


def renew_checksum(bundle: Path, name: str) -> None:
    def renew(data: dict[str, Any]) -> None:
        data["files"][name] = sha256_of(bundle / name)
        data["sizes"][name] = (bundle / name).stat().st_size

    edit_manifest(bundle, renew)


def beside(path: Path) -> list[str]:
    """What lies in the folder of versions, the lock aside."""
    return sorted(p.name for p in path.with_name(f"{path.name}.d").iterdir() if p.name != "lock")


class TestManifest:
    def test_it_says_what_the_bundle_is_made_of(self, real: Path) -> None:
        data = json.loads((real / "manifest.json").read_text("utf-8"))
        assert data["format_version"] == 8
        assert data["encoder"] == {
            "kind": "onnx",
            "name": DEFAULT_MODEL,
            "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "dimension": 384,
            "max_tokens": 256,
            "pooling": "mean_tokens",
            "normalized": True,
            "reader": weights_for("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        }
        assert data["counts"] == {
            "documents": 1,
            "instruments": 4,
            "clauses": 268,
            "footnotes": 3,
            "obligations": data["counts"]["obligations"],
            "passages": 278,
            "indexed": 278,
            "glosses": data["counts"]["glosses"],
        }
        assert data["sources"] == ["compilation.txt"]
        assert re.fullmatch(r"[0-9a-f]{12}", data["id"])
        assert re.fullmatch(r"[0-9a-f]{64}", data["corpus_digest"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", data["built_at"])

    @pytest.mark.parametrize(("fixture", "names"), [("hashed", QUICK_FILES), ("real", REAL_FILES)])
    def test_it_lists_every_file_with_digest_and_size(
        self, request: pytest.FixtureRequest, fixture: str, names: list[str]
    ) -> None:
        path: Path = request.getfixturevalue(fixture)
        manifest = Manifest.read(path)
        lying = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()}
        assert sorted(manifest.files) == sorted(manifest.sizes) == sorted(names)
        assert lying == {*names, "manifest.json"}

    def test_it_is_self_contained(self, hashed: Path, corpus: Corpus) -> None:
        bundle = Bundle.open(hashed)
        assert bundle.document("compilation.txt") == corpus.document.text

    def test_it_may_be_moved_whole(self, hashed: Path, tmp_path: Path) -> None:
        shutil.copytree(hashed.resolve(), tmp_path / "moved")
        assert verify(tmp_path / "moved") == []

    def test_the_published_place_is_a_relative_link(self, hashed: Path) -> None:
        assert not os.path.isabs(os.readlink(hashed))


class TestRebuild:
    def test_the_same_sources_make_the_same_index_and_nothing_is_encoded(
        self, hashed: Path, copy_of: Copy, counting: Any
    ) -> None:
        path = copy_of(hashed)
        report = build([default_source()], path, counting)
        assert report.manifest.id == Manifest.read(hashed).id
        assert (report.encoded, counting.texts) == (0, [])
        assert verify(path) == []
        np.testing.assert_array_equal(vectors_of(path), vectors_of(hashed))
        assert tokens_of(path) == tokens_of(hashed)

    def test_one_changed_clause_is_one_passage_encoded(
        self, hashed: Path, copy_of: Copy, counting: Any, tmp_path: Path
    ) -> None:
        path, changed = copy_of(hashed), tmp_path / "compilation.txt"
        text = default_source().read_text("utf-8")
        assert text.count("report annually to TSAG") == 1
        changed.write_text(text.replace("report annually to TSAG", "report monthly to TSAG"), "utf-8")
        report = build([changed], path, counting)
        assert report.encoded == 1
        (passage,) = counting.texts
        assert "report monthly to" in passage
        assert report.manifest.id != Manifest.read(hashed).id
        assert verify(path) == []
        build([changed], tmp_path / "anew", HashingEncoder())
        np.testing.assert_array_equal(vectors_of(path), vectors_of(tmp_path / "anew"))
        assert tokens_of(path) == tokens_of(tmp_path / "anew") != tokens_of(hashed)

    def test_obligations_read_otherwise_make_another_index_and_nothing_is_encoded(
        self, lighthouses: Path, tmp_path: Path, counting: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none(_: Corpus) -> tuple[Obligation, ...]:
            return ()

        def one(corpus: Corpus) -> tuple[Obligation, ...]:
            clause = corpus.clauses[-1]
            action = Phrase(clause.text, clause.span)
            return (
                Obligation(
                    clause=clause.id,
                    version="in_force",
                    modality="obligation",
                    bearer=("sg",),
                    bearer_phrase=None,
                    action=action,
                    quote=clause.span,
                ),
            )

        reports = []
        for find in (none, one):
            monkeypatch.setattr("index.build.find_obligations", find)
            reports.append(build([lighthouses], tmp_path / "bundle", counting))
        first, second = (report.manifest for report in reports)
        assert (first.counts["obligations"], second.counts["obligations"]) == (0, 1)
        assert first.corpus_digest != second.corpus_digest
        assert first.id != second.id
        assert reports[1].encoded == 0
        assert verify(tmp_path / "bundle") == []

    def test_another_reader_changes_no_vector(self, hashed: Path, copy_of: Copy, counting: Any) -> None:
        path = copy_of(hashed)
        counting.inner._identity = replace(counting.identity, reader="1" * 64)
        report = build([default_source()], path, counting)
        assert (report.encoded, counting.texts) == (0, [])
        assert report.manifest.encoder == read_identity(path / ENCODER) == counting.identity

    def test_another_encoder_encodes_everything(self, hashed: Path, copy_of: Copy, counting: Any) -> None:
        path = copy_of(hashed)
        counting.inner = HashingEncoder(32)
        report = build([default_source()], path, counting)
        assert report.encoded == len(counting.texts) == len(set(counting.texts)) > 200
        assert Bundle.open(path).dense.dimension == 32
        assert report.manifest.id != Manifest.read(hashed).id

    @pytest.mark.parametrize("name", ["vectors.faiss", "tokens.npy", "clauses.db", "encoder/encoder.json"])
    def test_nothing_is_taken_over_from_a_damaged_index(
        self, hashed: Path, copy_of: Copy, counting: Any, name: str
    ) -> None:
        path = copy_of(hashed)
        flip(path / name)
        assert build([default_source()], path, counting).encoded > 200
        assert verify(path) == []

    def test_a_passage_that_stands_twice_is_encoded_once(self, tmp_path: Path, counting: Any) -> None:
        report = build([default_source()], tmp_path / "bundle", counting)
        assert report.encoded == len(counting.texts) == len(set(counting.texts)) < 271

    def test_progress_is_told(self, lighthouses: Path, tmp_path: Path) -> None:
        told: list[tuple[str, int, int]] = []
        build([lighthouses], tmp_path / "bundle", HashingEncoder(), lambda *step: told.append(step))
        assert told[0] == ("reading", 0, 0)
        assert ("encoding", 4, 4) in told

    def test_at_most_the_newest_and_the_one_before_are_kept(self, lighthouses: Path, tmp_path: Path) -> None:
        path, text = tmp_path / "bundle", lighthouses.read_text("utf-8")
        published: list[str] = []
        for when in ("dusk", "dawn", "noon", "night", "night"):
            lighthouses.write_text(text.replace("dusk", when), "utf-8")
            published.append(build([lighthouses], path, HashingEncoder()).folder.name)
            assert beside(path) == sorted(published[-2:])
            assert path.resolve().name == published[-1]

    def test_a_relative_place_works_from_where_one_stands(
        self, lighthouses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        build([lighthouses], Path("deep/down/bundle"), HashingEncoder())
        monkeypatch.chdir("/")
        assert verify(tmp_path / "deep/down/bundle") == []


def vectors_of(path: Path) -> Vectors:
    dense = Bundle.open(path).dense
    return np.array([dense.vector(n) for n in range(dense.size)])


def tokens_of(path: Path) -> tuple[bytes, list[str], list[list[int]]]:
    """The file of the token vectors, and what is said of them."""
    with np.load(path / "pieces.npz") as about:
        return (path / "tokens.npy").read_bytes(), list(about), [about[name].tolist() for name in about]


class TestIsCurrent:
    def test_only_the_same_sources_and_encoder(self, hashed: Path, lighthouses: Path, tmp_path: Path) -> None:
        assert is_current([default_source()], hashed, HashingEncoder())
        assert not is_current([lighthouses], hashed, HashingEncoder())
        assert not is_current([default_source()], hashed, HashingEncoder(32))
        assert not is_current([default_source()], tmp_path / "none", HashingEncoder())

    @pytest.mark.parametrize("name", ["manifest.json", "encoder/encoder.json"])
    def test_a_damaged_index_is_not(self, hashed: Path, copy_of: Copy, name: str) -> None:
        path = copy_of(hashed)
        put(path / name, b"x" * (path / name).stat().st_size)
        assert not is_current([default_source()], path, HashingEncoder())


class TestSources:
    def test_a_folder_stands_for_the_text_files_in_it(self, lighthouses: Path, tmp_path: Path) -> None:
        (lighthouses.parent / "notes.md").write_text("not a source", "utf-8")
        shutil.copy(default_source(), lighthouses.parent)
        report = build([lighthouses.parent], tmp_path / "bundle", HashingEncoder())
        assert (report.manifest.counts["documents"], report.manifest.counts["clauses"]) == (2, 272)
        assert verify(tmp_path / "bundle") == []

    @pytest.mark.parametrize("other", ["lighthouses.txt", "copy.txt"])
    def test_the_same_document_or_resolution_twice_is_refused(
        self, lighthouses: Path, tmp_path: Path, other: str
    ) -> None:
        (tmp_path / "more").mkdir()
        shutil.copy(lighthouses, tmp_path / "more" / other)
        with pytest.raises(SourceError, match="leave one out"):
            build([lighthouses, tmp_path / "more" / other], tmp_path / "bundle", HashingEncoder())

    def test_an_empty_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="holds no document"):
            build([tmp_path], tmp_path / "bundle", HashingEncoder())
        assert list(tmp_path.iterdir()) == []


class TestVerify:
    @pytest.mark.parametrize("fixture", ["hashed", "real"])
    def test_a_fresh_bundle_is_sound(self, request: pytest.FixtureRequest, fixture: str) -> None:
        assert verify(request.getfixturevalue(fixture)) == []

    @pytest.mark.parametrize("name", REAL_FILES)
    def test_one_changed_bit_is_found(self, real: Path, copy_of: Copy, name: str) -> None:
        path = copy_of(real)
        flip(path / name)
        assert verify(path) == [f"{name}: its content changed (sha256 differs)"]

    @pytest.mark.parametrize("name", REAL_FILES)
    def test_a_missing_file_is_found(self, real: Path, copy_of: Copy, name: str) -> None:
        path = copy_of(real)
        (path / name).unlink()
        assert verify(path) == [f"{name}: missing"]

    @pytest.mark.parametrize("name", ["extra", "documents/other.txt", "encoder/model.bin"])
    def test_a_file_too_many_is_found(self, hashed: Path, copy_of: Copy, name: str) -> None:
        path = copy_of(hashed)
        (path / name).write_text("x", "utf-8")
        assert verify(path) == [f"{name}: not in the manifest"]

    @pytest.mark.parametrize("change", ["char_start = char_start + 1", "char_end = char_end - 1", "text = 'other'"])
    def test_a_span_that_does_not_hold_its_clause_is_found(self, hashed: Path, copy_of: Copy, change: str) -> None:
        path = copy_of(hashed)
        put(path / "clauses.db", (path / "clauses.db").read_bytes())
        db = sqlite3.connect(path / "clauses.db")
        with db:
            ((clause_id,),) = db.execute("SELECT id FROM clauses WHERE n = 42").fetchall()
            db.execute(f"UPDATE clauses SET {change} WHERE n = 42")
        db.close()
        renew_checksum(path, "clauses.db")
        (wrong,) = verify(path)
        assert wrong.startswith(clause_id)
        assert "are not its words" in wrong

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ("quote = 'other'", "are not the quote of its obligation"),
            ("quote = quote || ' '", "are not the quote of its obligation"),
            ("record = json_set(record, '$.quote', json('[0, 5]'))", "characters 0-5 are not the quote"),
            ("record = json_set(record, '$.action[1]', json('[5, 99999999]'))", "lies outside the document"),
            ("record = json_set(record, '$.action[1]', json('[-5, 10]'))", "lies outside the document"),
        ],
    )
    def test_an_obligation_that_is_not_in_the_document_is_found(
        self, hashed: Path, copy_of: Copy, change: str, fault: str
    ) -> None:
        path = copy_of(hashed)
        put(path / "clauses.db", (path / "clauses.db").read_bytes())
        db = sqlite3.connect(path / "clauses.db")
        with db:
            db.execute(f"UPDATE obligations SET {change} WHERE n = 7")
        db.close()
        renew_checksum(path, "clauses.db")
        (wrong,) = verify(path)
        assert wrong.startswith("itu-")
        assert fault in wrong

    @pytest.mark.parametrize("name", ["documents", "instruments", "clauses", "footnotes"])
    def test_a_count_that_differs_is_found(self, hashed: Path, copy_of: Copy, name: str) -> None:
        path = copy_of(hashed)
        edit_manifest(path, lambda data: data["counts"].update({name: 1000}))
        (wrong,) = verify(path)
        assert wrong.startswith("counts: ")
        assert name in wrong
        assert "1000" in wrong


def other_format(path: Path) -> None:
    edit_manifest(path, lambda data: data.update(format_version=1))


def other_encoder(path: Path) -> None:
    put(path / "encoder" / "encoder.json", (path / "encoder" / "encoder.json").read_bytes().replace(b"64", b"32"))


def other_tokens(path: Path) -> None:
    late = LateIndex.load(path / "tokens.npy", path / "pieces.npz")
    fewer = LateIndex.of([late.rows(n) for n in range(late.size - 1)], late.dimension)
    for name in ("tokens.npy", "pieces.npz"):
        (path / name).unlink()
    fewer.save(path / "tokens.npy", path / "pieces.npz")
    for name in ("tokens.npy", "pieces.npz"):
        renew_checksum(path, name)


def other_vectors(path: Path) -> None:
    edit_manifest(path, lambda data: data["counts"].update(passages=277))


def other_classifier(path: Path) -> None:
    (path / "classifier.npz").unlink()
    Classifier.of_none(32).save(path / "classifier.npz")
    renew_checksum(path, "classifier.npz")


def more_classified(path: Path) -> None:
    none = Classifier.of_none(64)
    columns = {name: np.repeat(getattr(none, name), 2, axis=-1) for name in ("by_vector", "by_feature", "offsets")}
    (path / "classifier.npz").unlink()
    replace(none, **columns, texts=np.array([278])).save(path / "classifier.npz")
    renew_checksum(path, "classifier.npz")


class TestOpening:
    @pytest.mark.parametrize(
        "change", [other_format, other_encoder, other_tokens, other_vectors, other_classifier, more_classified]
    )
    def test_parts_that_do_not_belong_together_are_refused(
        self, hashed: Path, copy_of: Copy, change: Callable[[Path], None]
    ) -> None:
        path = copy_of(hashed)
        change(path)
        with pytest.raises(BundleMismatch, match=MEND):
            Bundle.open(path)

    def test_another_encoder_than_expected_is_refused(self, hashed: Path) -> None:
        with pytest.raises(BundleMismatch, match=f"{MEND} --encoder {DEFAULT_MODEL}"):
            Bundle.open(hashed, encoder_name=DEFAULT_MODEL)
        assert Bundle.open(hashed, encoder_name="hashing").manifest.encoder.dimension == 64

    @pytest.mark.parametrize("name", REAL_FILES)
    @pytest.mark.parametrize("size", [0, -1])
    def test_a_file_cut_short_is_refused(self, real: Path, copy_of: Copy, name: str, size: int) -> None:
        path = copy_of(real)
        put(path / name, (path / name).read_bytes()[:size])
        with pytest.raises(BundleDamaged, match=MEND) as caught:
            Bundle.open(path)
        assert name in str(caught.value)

    @pytest.mark.parametrize("name", REAL_FILES)
    def test_a_missing_file_is_refused(self, real: Path, copy_of: Copy, name: str) -> None:
        path = copy_of(real)
        (path / name).unlink()
        with pytest.raises(BundleDamaged, match=MEND):
            Bundle.open(path)

    @pytest.mark.parametrize("name", QUICK_FILES)
    @pytest.mark.parametrize("content", [b"\0", b"\xff", b"x"])
    def test_rubbish_of_the_right_size_is_refused_by_name_or_found_by_verify(
        self, hashed: Path, copy_of: Copy, name: str, content: bytes
    ) -> None:
        path = copy_of(hashed)
        put(path / name, content * (path / name).stat().st_size)
        assert verify(path) == [f"{name}: its content changed (sha256 differs)"]
        if not name.startswith("documents/"):  # opening does not read them
            with pytest.raises((BundleError, EncoderError), match="index"):
                Bundle.open(path)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff", b"{}", b'{"format_version": 8}', b"null"])
    def test_a_manifest_that_is_none_is_refused(self, hashed: Path, copy_of: Copy, content: bytes) -> None:
        path = copy_of(hashed)
        put(path / "manifest.json", content)
        with pytest.raises(BundleDamaged, match=MEND):
            Bundle.open(path)
        with pytest.raises(BundleDamaged, match=MEND):
            verify(path)

    @pytest.mark.parametrize("key", ["id", "encoder", "counts", "files", "sizes", "sources", "built_at"])
    def test_a_manifest_with_a_gap_is_refused(self, hashed: Path, copy_of: Copy, key: str) -> None:
        path = copy_of(hashed)
        edit_manifest(path, lambda data: data.pop(key))
        with pytest.raises(BundleDamaged, match=MEND):
            Bundle.open(path)

    @pytest.mark.parametrize("what", ["nothing", "an empty folder", "a link to nowhere"])
    def test_where_nothing_was_built_the_command_is_named(self, tmp_path: Path, what: str) -> None:
        path = tmp_path / "bundle"
        if what == "an empty folder":
            path.mkdir()
        elif what == "a link to nowhere":
            path.symlink_to("bundle.d/gone")
        for use in (Bundle.open, verify):
            with pytest.raises(NoBundle, match=MEND):
                use(path)


class Failing(HashingEncoder):
    """An encoder that fails."""

    def encode_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        raise RuntimeError("the encoder broke")


class TestFailure:
    def test_an_error_leaves_the_old_index_and_no_remains(self, hashed: Path, copy_of: Copy, lighthouses: Path) -> None:
        path = copy_of(hashed)
        before = beside(path)
        with pytest.raises(RuntimeError, match="the encoder broke"):
            build([lighthouses], path, Failing())
        assert (verify(path), beside(path)) == ([], before)
        assert Manifest.read(path).id == Manifest.read(hashed).id

    def test_a_bad_source_leaves_the_old_index(self, hashed: Path, copy_of: Copy, tmp_path: Path) -> None:
        path = copy_of(hashed)
        with pytest.raises(SourceError):
            build([tmp_path / "none.txt"], path, HashingEncoder())
        assert verify(path) == []

    def test_while_one_builds_a_second_is_refused(self, lighthouses: Path, tmp_path: Path) -> None:
        path = tmp_path / "bundle"
        with workplace(path), pytest.raises(BundleBusy, match="wait for it to end"):
            build([lighthouses], path, HashingEncoder())
        assert build([lighthouses], path, HashingEncoder()).encoded == 4

    @pytest.mark.parametrize("what", ["file", "folder"])
    def test_what_is_no_index_is_left_alone(self, lighthouses: Path, tmp_path: Path, what: str) -> None:
        path = tmp_path / "precious"
        keep = path if what == "file" else path / "thesis.txt"
        keep.parent.mkdir(exist_ok=True)
        keep.write_text("years of work", "utf-8")
        with pytest.raises(BundleError, match="move it away or name another with --bundle"):
            build([lighthouses], path, HashingEncoder())
        assert keep.read_text("utf-8") == "years of work"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["lighthouses.txt", "precious"]

    def test_a_place_that_cannot_be_written_is_named(self, lighthouses: Path) -> None:
        with pytest.raises(BundleError, match="name another place"):
            build([lighthouses], lighthouses / "bundle", HashingEncoder())

    def test_a_database_that_does_not_fit_the_disk(
        self, hashed: Path, copy_of: Copy, lighthouses: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = copy_of(hashed)
        before = beside(path)
        monkeypatch.setattr(writer, "_SCHEMA", f"PRAGMA max_page_count = 12; {writer._SCHEMA}")
        with pytest.raises(NoSpace, match="the old index is untouched"):
            build([default_source(), lighthouses], path, HashingEncoder())
        assert (verify(path), beside(path)) == ([], before)

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
    def test_an_encoder_that_does_not_fit_the_disk(
        self, lighthouses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(HashingEncoder, "save", full)
        with pytest.raises(NoSpace, match="no space to build"):
            build([lighthouses], tmp_path / "bundle", HashingEncoder())
        assert beside(tmp_path / "bundle") == []


# Builds again and again in child processes. Each is stopped at its n-th change of the file system (a file opened to be
# written, a folder made, a rename ...): killed, or told that the disk is full. Prints what became of the index.
STOPPED_BUILDS = """
import errno, json, os, shutil, signal, sys
from pathlib import Path
from corpus.errors import NoSpace
from index.build import build
from index.bundle import Manifest, verify
from index.encoder import HashingEncoder

how, place, oldest, old, new = sys.argv[1], *map(Path, sys.argv[2:])
path, versions = place / "bundle", place / "bundle.d"
STEPS = {"open", "os.mkdir", "os.symlink", "os.link", "sqlite3.connect"}  # these take space
if how == "kill":
    STEPS |= {"os.rename", "os.remove", "os.rmdir"}

def in_child(job):
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        os.close(receive)
        try:
            result = job()
        except BaseException as exc:
            result = f"{type(exc).__name__}: {exc}"
        os.write(send, json.dumps(result).encode())
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told) if told else "killed"

def stopped(at):
    seen = 0
    def step(event, arguments):
        nonlocal seen
        reads = event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)
        in_rmtree = event in ("os.remove", "os.rmdir") and "/" not in str(arguments[0])
        if event in STEPS and not reads and (in_rmtree or str(arguments[0]).startswith(str(place))):
            seen += 1
            if seen == at and how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if seen == at:
                raise OSError(errno.ENOSPC, "No space left on device")
    def job():
        sys.addaudithook(step)
        try:
            build([new], path, HashingEncoder())
        except NoSpace:
            return "no space"
        return "built" if seen < at else "built all the same"
    return job

def state():
    return [Manifest.read(path).sources[0], verify(path), sorted(p.name for p in versions.iterdir())]

def again():
    build([new], path, HashingEncoder())
    return state()

def before():
    build([oldest], path, HashingEncoder())
    build([old], path, HashingEncoder())

in_child(before)
shutil.copytree(place, kept := place.with_name("kept"), symlinks=True)
at, results = 0, []
while at < 200 and not (results and results[-1]["outcome"] == "built"):
    at += 1
    shutil.rmtree(place)
    shutil.copytree(kept, place, symlinks=True)
    results.append({"outcome": in_child(stopped(at)), "after": in_child(state), "again": in_child(again)})
print(json.dumps(results))
"""


@pytest.fixture
def stopped_builds(lighthouses: Path, tmp_path: Path) -> Callable[[str], list[dict[str, Any]]]:
    """What became of the index of an old source when building a new one was stopped, at one step after another."""

    def run(how: str) -> list[dict[str, Any]]:
        sources = [tmp_path / "oldest.txt", tmp_path / "old.txt", tmp_path / "new.txt"]
        for source in sources:
            source.write_text(lighthouses.read_text("utf-8").replace("dusk", source.stem), "utf-8")
        (tmp_path / "place").mkdir()
        command = [sys.executable, "-c", STOPPED_BUILDS, how, *map(str, (tmp_path / "place", *sources))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        *stopped, whole = json.loads(done.stdout)
        assert whole["outcome"] == "built"
        assert len(stopped) > 10
        results: list[dict[str, Any]] = stopped
        return results

    return run


class TestStoppedAnywhere:
    def test_killed(self, stopped_builds: Callable[[str], list[dict[str, Any]]]) -> None:
        """The old index or the new one is there, whole; the next build succeeds and clears the remains."""
        results = stopped_builds("kill")
        assert {r["outcome"] for r in results} == {"killed"}
        assert {r["after"][0] for r in results} == {"old.txt", "new.txt"}
        for result in results:
            assert result["after"][1] == []
            source, wrong, left = result["again"]
            assert (source, wrong, len(left)) == ("new.txt", [], 3)  # the lock, the new one and the one before
            assert not any(name.startswith("partial") for name in left)

    def test_the_disk_is_full(self, stopped_builds: Callable[[str], list[dict[str, Any]]]) -> None:
        """The build says so, the old index is there, whole, and nothing is left to fill the disk further."""
        results = stopped_builds("full")
        # What there is another way for, such as a copy for a link, is no failure.
        assert {r["outcome"] for r in results} == {"no space", "built all the same"}
        for result in results:
            source, wrong, left = result["after"]
            assert (source, wrong) == ("old.txt" if result["outcome"] == "no space" else "new.txt", [])
            assert len(left) == 3
            assert not any(name.startswith("partial") for name in left)
            assert result["again"][:2] == ["new.txt", []]
