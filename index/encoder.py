"""Text -> unit vectors, as serving does it: ONNX Runtime and tokenizers, no torch.

An encoder lives in a folder of its own, ``encoder.json`` beside what its kind needs, and knows its identity; vectors
of different identities never meet (see :mod:`index.bundle`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import EncoderError
from index.stored import Stored

Vectors = NDArray[np.float32]
_KEPT = 2048  # embeddings, of 1.5 kB each with the default encoder

ENCODER_JSON = "encoder.json"
MODEL_ONNX = "model.onnx"
MODEL_DATA = "model.data"
EMBEDDINGS_NPY = "embeddings.npy"
TOKENIZER_JSON = "tokenizer.json"
EMBEDDED, ATTENDED = "inputs_embeds", "attention_mask"
OUTPUT = "unit_vector"
TOKENS_OUTPUT = "token_vectors"


@dataclass(frozen=True, slots=True)
class Identity:
    """What made a vector: two encoders of one identity give the same vectors to some 1e-6.

    ``sha256`` is that of the weights; ``max_tokens`` counts the special tokens too; longer text is cut there.
    ``reader`` is the sha256 of the weights by which it also reads a question and a text together
    (:mod:`index.reader`), empty where it does not.
    """

    kind: str
    name: str
    sha256: str
    dimension: int
    max_tokens: int
    pooling: str
    normalized: bool = True
    reader: str = ""

    def makes_vectors_of(self, other: Identity) -> bool:
        """Does it make the same vectors, however it reads?"""
        return replace(self, reader="") == replace(other, reader="")


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one forward pass makes of a text: a vector of length one for the whole, shape ``(dimension,)``, one for each
    of its tokens in the company of the others, shape ``(tokens, dimension)``, and the numbers of their word pieces.

    Tokens that are no piece of a word (those that the encoder adds, and what it does not know) are left out.
    """

    vector: Vectors
    tokens: Vectors
    pieces: NDArray[np.int32]


class Encoder(Protocol):
    """Gives each text a vector of length one, and where it is asked one to each token."""

    @property
    def identity(self) -> Identity: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """``texts`` as a float32 array of shape ``(len(texts), dimension)`` with unit rows."""
        ...

    def encode_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """``texts`` with their tokens; the same vectors as :meth:`encode` gives, from the same pass."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` takes, special tokens included."""
        ...

    def save(self, folder: Path) -> None:
        """Write what :func:`open_encoder` needs into the existing ``folder``."""
        ...


def open_encoder(folder: Path, *, threads: int = 0) -> Encoder:
    """The encoder saved in ``folder``; ``threads`` 0 means one per core. Raises :class:`EncoderError`."""
    identity = read_identity(folder)
    if identity.kind == HashingEncoder.KIND:
        return HashingEncoder(identity.dimension)
    return OnnxEncoder(folder, identity, threads=threads)


def is_word(encoder: Encoder, word: str) -> bool:
    """Has the encoder learned ``word`` (lower case) as one token? Words of the language mostly are, misspelled ones are
    not."""
    return encoder.count_tokens(word) == encoder.count_tokens("the")


def read_identity(folder: Path) -> Identity:
    """The identity of the encoder saved in ``folder``. Raises :class:`EncoderError`."""
    try:
        return Identity(**json.loads((folder / ENCODER_JSON).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as exc:
        raise EncoderError(f"{folder}: no usable encoder ({exc}); build the index again") from exc


def write_identity(folder: Path, identity: Identity) -> None:
    """The counterpart of :func:`read_identity`."""
    (folder / ENCODER_JSON).write_text(json.dumps(asdict(identity), indent=1) + "\n", "utf-8")


class OnnxEncoder:
    """Transformer, pooling and normalisation in one ONNX graph: ``inputs_embeds, attention_mask -> unit_vector,
    token_vectors``. The embeddings of word pieces, half of all weights, stay in a file of their own: a text needs few
    of them."""

    KIND = "onnx"

    def __init__(self, folder: Path, identity: Identity, *, threads: int = 0) -> None:
        self._folder, self._identity = folder, identity
        self.tokenizer: Any = open_tokenizer(folder / TOKENIZER_JSON)
        self._embedding = _embedding_in(folder / EMBEDDINGS_NPY)
        self._session: Any = open_session(folder / MODEL_ONNX, threads)
        self.tokenizer.enable_truncation(identity.max_tokens)
        self.tokenizer.enable_padding()
        self._special = special_pieces(self.tokenizer)

    @property
    def identity(self) -> Identity:
        """What made the vectors."""
        return self._identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Encoder`."""
        if not texts:
            return np.zeros((0, self._identity.dimension), np.float32)
        return self.forward(self.prepare(texts))

    def encode_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """See :class:`Encoder`."""
        if not texts:
            return []
        pieces, attended = self._tokenized(texts)
        vectors, tokens = self._session.run([OUTPUT, TOKENS_OUTPUT], self._feed(pieces, attended))
        return told_apart(vectors, tokens, pieces, attended, self._special)

    def prepare(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The graph's inputs for ``texts``, padded to the longest."""
        return self._feed(*self._tokenized(texts))

    def _feed(self, pieces: NDArray[np.int64], attended: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        return {EMBEDDED: self.embedded(pieces), ATTENDED: attended}

    def embedded(self, pieces: NDArray[np.int64]) -> Vectors:
        """The embeddings of ``pieces``, shape ``(*pieces.shape, dimension)``."""
        rows = [self._embedding(number) for number in pieces.ravel().tolist()]
        return np.concatenate(rows).reshape(*pieces.shape, -1)

    def _tokenized(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the pieces of ``texts``, padded to the longest, and 1 where one stands."""
        # One text keeps the interpreter, which others wait for until the forward pass leaves it to them.
        one = len(texts) == 1
        encodings = [self.tokenizer.encode(texts[0])] if one else self.tokenizer.encode_batch(list(texts))
        ids, masks = [e.ids for e in encodings], [e.attention_mask for e in encodings]
        return np.array(ids, np.int64), np.array(masks, np.int64)

    def forward(self, inputs: dict[str, NDArray[Any]]) -> Vectors:
        """The bare forward pass."""
        vectors: Vectors = self._session.run([OUTPUT], inputs)[0]
        return vectors

    def count_tokens(self, text: str) -> int:
        """See :class:`Encoder`."""
        encoding = self.tokenizer.encode(text)
        own: int = sum(e.special_tokens_mask.count(0) for e in (encoding, *encoding.overflowing))
        return own + int(self.tokenizer.num_special_tokens_to_add(is_pair=False))

    def save(self, folder: Path) -> None:
        """Copies itself by hard links where the file system allows."""
        for file in self._folder.iterdir():
            link_or_copy(file, folder / file.name)


def open_session(model: Path, threads: int) -> Any:
    """The graph in the file ``model``, ready to run on so many ``threads`` (0: one per core). Raises
    :class:`EncoderError`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False  # the arena doubles the process's memory and saves nothing here
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # done by optimize()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    options.inter_op_num_threads = 1
    # Threads that wait by spinning win a millisecond for the next pass and take it from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # the library raises bare Exceptions
        raise EncoderError(f"{model} cannot be loaded ({exc}); build the index again") from exc


def _embedding_in(file: Path) -> Callable[[int], Vectors]:
    """What reads the embedding of a word piece from ``file``, by its number; those that were read last are kept. Raises
    :class:`EncoderError`."""
    try:
        stored = Stored(file)
        if len(stored.shape) != 2 or stored.dtype != np.dtype(np.float32):
            raise ValueError("not the embeddings of word pieces")
    except (OSError, ValueError) as exc:
        raise EncoderError(f"{file} cannot be loaded ({exc}); build the index again") from exc
    return lru_cache(maxsize=_KEPT)(lambda number: stored[number : number + 1])


def open_tokenizer(file: Path) -> Any:
    """The tokenizer in ``file``. Raises :class:`EncoderError`."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(file))
    except Exception as exc:  # the library raises bare Exceptions
        raise EncoderError(f"{file} cannot be loaded ({exc}); build the index again") from exc


def special_pieces(tokenizer: Any) -> NDArray[np.int64]:
    """The numbers of the pieces that are no part of a word, by a tokenizer of the library ``tokenizers``."""
    added = tokenizer.get_added_tokens_decoder()
    return np.array([number for number, token in added.items() if token.special], np.int64)


def told_apart(
    vectors: Vectors,
    tokens: Vectors,
    pieces: NDArray[np.int64],
    attended: NDArray[np.int64],
    special: NDArray[np.int64],
) -> list[Encoded]:
    """A batch, padded to its longest text, as one :class:`Encoded` for each text."""
    kept = (attended > 0) & (pieces[:, :, None] != special).all(axis=2)
    return [
        Encoded(vector, own[keep], numbers[keep].astype(np.int32))
        for vector, own, numbers, keep in zip(vectors, tokens, pieces, kept, strict=True)
    ]


def optimize(source: Path, target: Path, data: str) -> None:
    """Fuse the graph's operations once, when it is exported, so that no server has to when it starts; and put the
    weights into a file of their own beside ``target``, called ``data``, which is mapped into memory and not read."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    for name, value in (("file_name", data), ("min_size_in_bytes", "1024")):
        options.add_session_config_entry(f"session.optimized_model_external_initializers_{name}", value)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def quantized(source: Path) -> Path:
    """The graph in the file ``source`` with the weights of its multiplications in 7 bits each, so that products of
    8-bit numbers fit the sums of every processor; they take a quarter of the memory."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = source.with_suffix(".quantized")
    quantize_dynamic(
        source, target, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, reduce_range=True,
        weight_type=QuantType.QInt8,
    )  # fmt: skip
    return target


class HashingEncoder:
    """A deterministic stand-in without a model: words and their stems hashed to signs in a vector.

    Texts that share words come out near each other. For tests, and for trying the machinery without a model.
    """

    KIND = "hashing"

    def __init__(self, dimension: int = 64) -> None:
        self._identity = Identity(self.KIND, self.KIND, "0" * 64, dimension, 256, "sum")

    @property
    def identity(self) -> Identity:
        """What made the vectors."""
        return self._identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Encoder`."""
        whole = [encoded.vector for encoded in self.encode_tokens(texts)]
        return np.array(whole, np.float32).reshape(len(texts), self._identity.dimension)

    def encode_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """A token is a word, and its vector one of nothing but its sign."""
        return [self._encoded(text.lower().split()[: self._identity.max_tokens - 2]) for text in texts]

    def _encoded(self, words: Sequence[str]) -> Encoded:
        tokens = np.zeros((len(words), self._identity.dimension), np.float32)
        pieces = np.zeros(len(words), np.int32)
        for n, word in enumerate(words):
            digest = hashlib.sha256(word[:5].encode()).digest()
            number = int.from_bytes(digest[:4], "big")
            tokens[n, number % self._identity.dimension] = 1 if digest[4] % 2 else -1
            pieces[n] = number >> 1
        vector = tokens.sum(axis=0)
        if not vector.any():
            vector[0] = 1
        return Encoded(vector / np.linalg.norm(vector), tokens, pieces)

    def count_tokens(self, text: str) -> int:
        """One token a word, and two at the ends."""
        return len(text.split()) + 2

    def save(self, folder: Path) -> None:
        """Its identity is all there is."""
        write_identity(folder, self._identity)


def link_or_copy(source: Path, target: Path) -> None:
    """A hard link where the file system allows one, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        import shutil

        shutil.copyfile(source, target)
