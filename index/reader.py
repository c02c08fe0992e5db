"""Question and text read together: does the text answer, and does it say yes? (serving: ONNX Runtime, no torch)

The encoder makes a vector of each by itself; here its transformer, with a small addition to each of its linear maps
(:mod:`index.reader_source`), reads both as one sequence, so that their words meet in all its layers. That is a forward
pass more for each text, some milliseconds, and therefore for those that are in doubt. ``python -m eval.train_reader``
makes the weights, from questions that were written for the clauses of the default corpus by hands that had seen no
labelled question.
"""

from __future__ import annotations

import hashlib
import io
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from index.encoder import ATTENDED, EMBEDDED, Encoder, OnnxEncoder, open_session

READER_ONNX = "reader.onnx"
READER_DATA = "reader.data"
WEIGHTS_NPZ = "reader.npz"
MADE_FOR = "encoder"  # the name under which the weights keep the sha256 of the encoder that they add to
SIDES = "token_type_ids"
LOG_ODDS = "log_odds"
_BRACKETS = str.maketrans("[]", "()")  # "[SEP]" in a text is no mark of where it ends


class Reading(NamedTuple):
    """The log-odds that a text answers a question, and that it says yes to it, supposing that it answers."""

    answers: float
    affirms: float


class Reader:
    """Reads a question and a text. It is loaded when it first reads, and safe to use from several threads."""

    def __init__(self, folder: Path, encoder: OnnxEncoder, *, threads: int = 0) -> None:
        self._folder, self._encoder, self._threads = folder, encoder, threads

    @classmethod
    def of(cls, folder: Path, encoder: Encoder, *, threads: int = 0) -> Reader | None:
        """The reader that was saved in ``folder`` with the ``encoder``, whose tokenizer and embeddings it shares; None
        where there is none."""
        if isinstance(encoder, OnnxEncoder) and encoder.identity.reader:
            return cls(folder, encoder, threads=threads)
        return None

    def read(self, question: str, text: str) -> Reading:
        """What is read in ``text``; what is too long for the encoder is cut. Raises :class:`EncoderError` where the
        reader cannot be loaded."""
        encoding = self._encoder.tokenizer.encode(*(words.translate(_BRACKETS) for words in (question, text)))
        rows = (encoding.ids, encoding.attention_mask, encoding.type_ids)
        pieces, attended, sides = (np.array([row], np.int64) for row in rows)
        feed = {EMBEDDED: self._encoder.embedded(pieces), ATTENDED: attended, SIDES: sides}
        odds = self._session.run([LOG_ODDS], feed)[0]
        return Reading(*odds[0].tolist())

    @cached_property
    def _session(self) -> Any:
        return open_session(self._folder / READER_ONNX, self._threads)


def weights_for(encoder_sha256: str) -> str:
    """The SHA-256, in hex, of the reader's weights that come with the product; empty if they are not for an encoder of
    these weights."""
    content = (resources.files("index") / WEIGHTS_NPZ).read_bytes()
    with np.load(io.BytesIO(content)) as stored:
        fits = str(stored[MADE_FOR]) == encoder_sha256
    return hashlib.sha256(content).hexdigest() if fits else ""
