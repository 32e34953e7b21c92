"""Every snippet of the documents is run, and what they print is compared.

In a Markdown file, ```python blocks run in order in one process, with the repository's root as
working directory; a ```text block right after one is what it must print. Lines of ```console
blocks that start with ``$ `` are commands; lines after them are their output (none: not compared).
A block after the comment ``<!-- not run: reason -->`` is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md")
    for path in ROOT.glob(pattern)
    if ".venv" not in path.parts
)
BLOCK = re.compile(
    r"(?P<skip><!-- not run:[^>]*-->\s*)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.S | re.M
)


def blocks(path: Path) -> list[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    return [
        ("skipped" if match["skip"] else match["kind"], match["body"])
        for match in BLOCK.finditer(text)
    ]


def environment() -> dict[str, str]:
    bin_folder = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": bin_folder + os.pathsep + os.environ["PATH"],
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "160",
    }


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_python_snippets_run_and_print_what_they_say(path: Path) -> None:
    marker = "=== end of snippet ==="
    found = blocks(path)
    source, expected = "", []
    for i, (kind, body) in enumerate(found):
        if kind != "python":
            continue
        follows = found[i + 1] if i + 1 < len(found) else ("", "")
        expected.append(follows[1] if follows[0] == "text" else None)
        source += body + f"\nprint({marker!r})\n"
    if not source:
        pytest.skip("no python snippets")
    result = subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    for printed, wanted in zip(result.stdout.split(marker), expected, strict=False):
        if wanted is not None:
            assert tidy(printed) == tidy(wanted)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_run_and_print_what_they_say(path: Path) -> None:
    ran = 0
    for kind, body in blocks(path):
        if kind != "console":
            continue
        for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
            command, _, wanted = part.partition("\n")
            if command.startswith("make "):
                assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.M)
                continue
            ran += 1
            result = subprocess.run(
                command,
                shell=True,
                cwd=ROOT,
                env=environment(),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            output = tidy(result.stdout + result.stderr)
            if wanted.strip():
                assert output == tidy(wanted), command
            else:
                assert result.returncode == 0, f"{command}: {result.stderr}"
    if not ran:
        pytest.skip("no commands")
