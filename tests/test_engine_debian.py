"""Where the tests with a Docker engine cannot run, one line says why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engine.debian import REQUIRED_SUITE, CannotRun, debian_folder

TOOLS = ("apt-get", "mmdebstrap", "mount", "nsenter", "pivot_root", "unshare")
REFUSAL = "echo 'unshare: Operation not permitted' >&2; exit 1"


@pytest.mark.parametrize(
    ("user", "tools", "answer", "reason"),
    [
        (1000, TOOLS[2:], "", "it needs apt-get, mmdebstrap"),
        (1000, TOOLS, "", "it mounts and changes its root folder, which only root may"),
        (0, TOOLS, REFUSAL, "it mounts, which is refused here: unshare: Operation not permitted"),
        (0, TOOLS, "exit 32", "it mounts, which is refused here: status 32"),
    ],
)
def test_says_why_it_cannot_run(
    user: int,
    tools: Sequence[str],
    *,
    answer: str,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything is made, the first thing that is missing is named."""
    for tool in tools:
        program = tmp_path / tool
        program.write_text(f"#!/bin/sh\n{answer}\n")
        program.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun) as refused:
        debian_folder(REQUIRED_SUITE)

    assert str(refused.value) == reason
