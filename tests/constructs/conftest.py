"""What several tests of constructs need."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new working folder, for Python alone: Node stays where it was started."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
