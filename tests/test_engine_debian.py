"""Where the tests with a Docker engine cannot run, one line says why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engine.debian import CannotRun, debian_folder

TOOLS = ("apt-get", "chroot", "mmdebstrap", "mount", "nsenter", "unshare")


@pytest.mark.parametrize(
    ("user", "tools", "reason"),
    [
        (1000, TOOLS, "it mounts and changes its root folder, which only root may"),
        (0, ("apt-get", "chroot", "mount", "unshare"), "it needs mmdebstrap, nsenter"),
        (0, TOOLS, "it mounts, which is refused here: unshare: Operation not permitted"),
    ],
)
def test_says_why_it_cannot_run(
    user: int,
    tools: Sequence[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything is made, the first thing that is missing is named."""
    for tool in tools:
        program = tmp_path / tool
        program.write_text("#!/bin/sh\necho 'unshare: Operation not permitted' >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun) as refused:
        debian_folder()

    assert str(refused.value) == reason
