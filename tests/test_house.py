"""What the project promises about itself: pinned versions, named licences, a container that serves without torch."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BINARY = (".onnx", ".pdf", ".docx", ".npz")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DIRECT = [*PROJECT["dependencies"], *(d for extra in PROJECT["optional-dependencies"].values() for d in extra)]
LOCK = (ROOT / "requirements" / "lock.txt").read_text("utf-8").splitlines()


def name_of(requirement: str) -> str:
    return re.split(r"[=<>!~ ]", requirement)[0].lower().replace("_", "-")


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("requirement", DIRECT)
def test_a_direct_dependency_is_pinned_here_and_in_the_lock_alike(requirement: str) -> None:
    assert re.fullmatch(r"[\w-]+==[\d.]+", requirement)
    pinned = {name_of(line): line.partition("==")[2] for line in LOCK}
    assert pinned[name_of(requirement)] == requirement.partition("==")[2]


@pytest.mark.parametrize("line", LOCK)
def test_the_lock_pins_exact_versions_without_addresses(line: str) -> None:
    assert re.fullmatch(r"[\w.-]+==[\w.!+]+", line)


@pytest.mark.parametrize("requirement", DIRECT)
def test_the_licence_of_a_direct_dependency_is_named(requirement: str) -> None:
    assert name_of(requirement) in (ROOT / "NOTICE").read_text("utf-8").lower().replace("_", "-")


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    unwanted = re.compile(r"pypi\.org|files\.pythonhosted|/work/|\.\./shared|/opt/pypi")
    text = (file for file in committed() if file != Path(__file__) and file.suffix not in BINARY)
    assert [str(f.relative_to(ROOT)) for f in text if unwanted.search(f.read_text("utf-8"))] == []


def dockerfile_stages() -> list[str]:
    return re.split(r"^FROM ", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.M)[1:]


def test_the_container_builds_in_one_stage_and_serves_from_another_without_torch() -> None:
    build, serve = dockerfile_stages()
    assert '".[build]"' in build
    assert "clauseqa index verify" in build
    assert "pip install" not in serve
    assert "/opt/build" not in serve


def test_the_container_does_not_run_as_root_and_checks_its_health() -> None:
    serve = dockerfile_stages()[-1]
    assert re.search(r"^USER (?!root|0\b)\w+", serve, re.M)
    assert re.search(r"^HEALTHCHECK .*\n.*readyz", serve, re.M)
    assert 'CMD ["clauseqa", "serve"]' in serve


def test_everything_the_container_copies_is_there_and_let_through() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    build = dockerfile_stages()[0]
    copied = {name for line in re.findall(r"^COPY (.+)$", build, re.M) for name in line.split()[:-1]}
    assert copied <= let_through
    assert all((ROOT / name).exists() for name in copied)


def test_the_smoke_script_takes_the_steps_of_the_container() -> None:
    smoke, build = (ROOT / "scripts" / "smoke").read_text(), dockerfile_stages()[0]
    for step in ("clauseqa index build --bundle", "-c requirements/lock.txt ."):
        assert step in smoke
        assert step in build


def test_settings_of_the_container_are_known() -> None:
    from qa.settings import read_settings

    given = dict(re.findall(r"(CLAUSEQA_\w+)=(\S+)", dockerfile_stages()[-1]))
    assert read_settings(given).port == 8000
