"""Every command of the README runs, and prints what the README shows.

After a change of output: ``python tests/test_readme.py`` writes what the commands print now into the README; review it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
SERVE = "scripts/serve"
ELSEWHERE = {SERVE, "scripts/test"}  # the first has a test of its own, the second runs this one
BUILDING = ("index build",)  # their output tells times and counts that differ from run to run
# What differs between machines and runs.
VARYING = re.compile(
    r"\d+ ms|\"took_ms\":[\d.]+|\"id\":\"[0-9a-f]{12}\"|index [0-9a-f]{12}|(?:confidence|score)\"?:? ?[\d.]+"
)
LONG = 16  # lines of output that the README shows of a longer listing


def commands(block: str) -> list[tuple[str, str]]:
    """The commands of a block with the output shown below each."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def every_command() -> list[tuple[str, str]]:
    return [pair for block in BLOCK.findall(README.read_text("utf-8")) for pair in commands(block)]


def environment(bundle: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CLAUSEQA_BUNDLE": str(bundle), "COLUMNS": "100"}


@contextmanager
def serving(command: list[str], env: dict[str, str]) -> Iterator[str]:
    """The address of a server started by ``command``, which is ended with its children afterwards."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=env, start_new_session=True)
    try:
        assert process.stderr is not None
        address = next(found[0] for line in process.stderr if (found := re.search(r"http://[\d.]+:\d+", line)))
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def run(command: str, env: dict[str, str], address: str, work: Path) -> str:
    """What ``command`` prints; index builds and run files go to ``work``."""
    if any(verb in command for verb in BUILDING):
        command = f"{command} --bundle {work / Path(env['CLAUSEQA_BUNDLE']).name}"
    if "eval run" in command:
        command = f"{command} --out {work}/runs"
    command = command.replace("http://127.0.0.1:8000", address)
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**env, "CLAUSEQA_KEYS": f"{work}/keys.json"},
        timeout=300,
    )
    assert done.returncode in (0, 3), done.stderr
    printed = done.stdout.replace(env["CLAUSEQA_BUNDLE"], ".clauseqa/bundle")
    return printed.replace(address, "http://127.0.0.1:8000") if address else printed


def shown(command: str, output: str) -> str:
    """What the README shows of ``output``."""
    if any(verb in command for verb in (*BUILDING, "index info", "eval run", "keys create")):
        return ""
    lines = output.strip().splitlines()
    return "\n".join(lines if len(lines) <= 2 * LONG else [*lines[:LONG], "..."])


@pytest.mark.parametrize(("command", "output"), [pair for pair in every_command() if pair[0] not in ELSEWHERE])
def test_a_command_prints_what_the_readme_shows(command: str, output: str, real: Path, tmp_path: Path) -> None:
    env = environment(real)
    if any(verb in command for verb in BUILDING):  # beside an index whose vectors it takes over
        shutil.copytree(real.parent, tmp_path, dirs_exist_ok=True, symlinks=True)
    if "http://" in command:
        with serving([sys.executable, "-m", "qa.cli", "serve", "--port", "0"], env) as address:
            printed = run(command, env, address, tmp_path)
    else:
        printed = run(command, env, "", tmp_path)
    assert VARYING.sub("~", shown(command, printed)) == VARYING.sub("~", output.strip())


def test_the_first_command_brings_the_index_up_to_date_and_serves_an_answer(real: Path, tmp_path: Path) -> None:
    """It builds beside an index that is out of date and takes its vectors over; ``scripts/smoke`` builds from nothing,
    which takes a minute and more."""
    assert SERVE in {command for command, _ in every_command()}
    shutil.copytree(real.parent, tmp_path, dirs_exist_ok=True, symlinks=True)
    bundle = tmp_path / real.name
    manifest = bundle / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "id": "0" * 12}), "utf-8")
    with serving([SERVE, "--port", "0"], {**os.environ, "CLAUSEQA_BUNDLE": str(bundle)}) as address:
        answer = httpx.post(f"{address}/v1/ask", json={"question": "who reports annually to TSAG?"}).json()
    assert answer["index"]["id"] == json.loads((real / "manifest.json").read_text("utf-8"))["id"]
    assert answer["citations"][0]["reference"] == "instructs 2 of Resolution 18 (Rev. New Delhi, 2024)"


def renew(bundle: Path, work: Path) -> None:
    """Write what the commands print now into the README."""
    env = environment(bundle)
    with serving([sys.executable, "-m", "qa.cli", "serve", "--port", "0"], env) as address:

        def renewed(block: re.Match[str]) -> str:
            lines = []
            for command, _ in commands(block[1]):
                lines.append(f"$ {command}")
                if command not in ELSEWHERE and (output := shown(command, run(command, env, address, work))):
                    lines.append(output)
            return "```console\n" + "\n".join(lines) + "\n```"

        README.write_text(BLOCK.sub(renewed, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    renew(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
