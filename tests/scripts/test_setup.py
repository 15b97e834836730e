"""What `make setup` and `make synth` do on machines that lack something."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.ensure_cdk import what_node_lacks
from scripts.synth import BIN, without_credentials

SETUP = Path(__file__).parent.parent.parent / "scripts" / "setup.sh"


def program(path: Path, text: str) -> None:
    """Writes a shell script that may be run."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def running_as(*version: int) -> str:
    """The script of a Python that believes to be of another version."""
    return f'exec "{sys.executable}" -c "import sys; sys.version_info = {version}; $2"'


@pytest.mark.parametrize(
    ("python", "errors"),
    [
        pytest.param(
            None,
            "make setup: there is no {python} on PATH.\n"
            "make setup: Install Python 3.11 or newer, or name the one to use: "
            "make setup PYTHON=python3.12\n",
            id="missing",
        ),
        pytest.param(
            "echo no such library >&2; exit 1",
            "no such library\n"
            "make setup: {python} does not run; its own words are above.\n"
            "make setup: Name another: make setup PYTHON=python3.12\n",
            id="broken",
        ),
        pytest.param(
            running_as(3, 10),
            "make setup: {python} is Python 3.10; this project needs 3.11 or newer.\n"
            "make setup: Install a newer one, or name the one to use: "
            "make setup PYTHON=python3.12\n",
            id="old",
        ),
        pytest.param(
            f'case "$2" in *ensurepip*) exit 1 ;; esac; {running_as(3, 11)}',
            "make setup: {python} (Python 3.11) cannot make a virtual environment: "
            "its venv or ensurepip is missing.\n"
            "make setup: On Debian and Ubuntu: apt-get install python3.11-venv\n",
            id="no ensurepip",
        ),
    ],
)
def test_a_python_that_will_not_do_is_named(
    python: str | None, errors: str, tmp_path: Path
) -> None:
    """Setup says what is wrong with the Python it was given, and makes nothing."""
    path = tmp_path / "a python"
    if python is not None:
        program(path, python)
    before = sorted(tmp_path.iterdir())
    done = subprocess.run(
        ["sh", str(SETUP), str(path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", errors.format(python=path))
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("programs", "lack"),
    [
        ({"node": "echo v22.11.0", "npm": ""}, None),
        ({"node": "echo v24.19.0", "npm": ""}, None),
        ({"node": "echo v24.19.0"}, "There is a Node on PATH, but no npm"),
        (
            {"node": "echo v20.20.2", "npm": ""},
            "Node on PATH is v20.20.2, and jsii supports 22 and 24",
        ),
        ({"node": "exit 127", "npm": ""}, "Node on PATH is broken, and jsii supports 22 and 24"),
        ({"npm": ""}, "There is no Node on PATH"),
    ],
)
def test_a_node_that_will_not_do_is_told_from_one_that_will(
    programs: dict[str, str], lack: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setup uses the machine's Node only where jsii supports it and npm is there."""
    for name, text in programs.items():
        program(tmp_path / name, text)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert what_node_lacks() == lack


def test_synth_sees_no_credentials() -> None:
    """Whatever AWS settings the shell has, cdk synth gets none of them."""
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_PROFILE": "production",
        "HOME": "/home/me",
        "PATH": "/usr/bin",
    }
    assert without_credentials(environment) == {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "HOME": "/home/me",
        "PATH": f"{BIN}:/usr/bin",
    }
