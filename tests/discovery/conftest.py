"""The fixture of the tests of what is found below folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line in this process, in an empty folder."""
    return Cli(tmp_path, capsys, monkeypatch)
