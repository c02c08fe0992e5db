"""The layers import in one direction only: eval -> qa -> index -> corpus; foreign libraries live in one file each."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("corpus", "index", "qa", "eval")
# What trains weights, to be kept with the product, runs torch as what makes the encoder does.
ONE_FILE: dict[str, str | tuple[str, ...]] = {
    "faiss": "index/dense.py",
    "sqlite3": "index/store.py",
    "onnxruntime": "index/encoder.py",
    "torch": ("index/model_source.py", "index/reader_source.py", "eval/train_classifier.py", "eval/train_reader.py"),
    "sentence_transformers": "index/model_source.py",
    "Stemmer": "index/text.py",
    "rapidfuzz": "qa/spelling.py",
    "langchain_text_splitters": "corpus/chunks.py",
    "uvicorn": "qa/serving.py",
    "lxml": "corpus/readers/html.py",
    "pdfplumber": "corpus/readers/pdf.py",
    "xlsxwriter": "qa/sheets.py",
    "jinja2": "qa/web/render.py",
    "ir_measures": "eval/metrics.py",
    "mcp": "qa/mcp.py",
    "httpx2": "qa/endpoint.py",
    "opentelemetry": "qa/api/tracing.py",
    "prometheus_client": "qa/api/metrics.py",
    "mcp_types": "qa/mcp.py",
}


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_layers_below_it(layer: str) -> None:
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    wrong = {str(f.relative_to(ROOT)): found for f in (ROOT / layer).rglob("*.py") if (found := imports(f) & above)}
    assert wrong == {}


@pytest.mark.parametrize(("library", "home"), ONE_FILE.items())
def test_a_foreign_library_is_imported_by_one_file(library: str, home: str | tuple[str, ...]) -> None:
    files = [f for layer in LAYERS for f in (ROOT / layer).rglob("*.py") if "bench" not in f.parts]
    users = {str(f.relative_to(ROOT)) for f in files if library in imports(f)}
    assert users == ({home} if isinstance(home, str) else {*home})


def test_serving_imports_no_torch(real: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from qa.api.app import build_app
from qa.service import Service
from qa.settings import Settings
service = Service(Settings(bundle=Path({str(real)!r})))
client = TestClient(build_app(service))
answer = client.post("/v1/ask", json={{"question": "who reports annually to TSAG?"}}).json()
assert answer["answered"], answer
heavy = {{"torch", "transformers", "sentence_transformers", "onnx", "langchain_text_splitters", "sklearn"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
