"""Neither importing the package nor its command line loads what starts Node."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = "cdk_ecr_public_pull"
STARTS_NODE = {"aws_cdk", "constructs", "jsii"}


def imported(*arguments: str) -> set[str]:
    """The full names of the modules that a run of Python imports.

    Args:
        arguments: What to run, as after ``python``.
    """
    errors = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    lines = [line for line in errors.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("command", ["check", "fix", "pulls"])
def test_the_command_line_never_starts_node(command: str, tmp_path: Path) -> None:
    """A command on a Dockerfile runs to its end without the CDK."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_bytes(b"FROM node:21.7.0-alpine3.19\n")
    modules = imported("-m", PACKAGE, command, str(dockerfile))
    assert f"{PACKAGE}.report.locations" in modules
    assert {module.split(".")[0] for module in modules} & STARTS_NODE == set()


WITNESS = "dockerfile_parse"
# What reads the rarer forms of instructions, and what judges them.
RARER = {
    f"{PACKAGE}.dockerfile.{name}"
    for name in ("expansion.lexer", "instructions.validate", "stages.unbuildable")
}
# What writes findings, and what proves a change.
REPORTS = {
    *(f"{PACKAGE}.dockerfile.{name}" for name in ("edits.verify", "findings")),
    f"{PACKAGE}.report.formats.text",
}


def test_only_a_changed_file_needs_the_witness(tmp_path: Path) -> None:
    """A check does without dockerfile-parse, and so does a fix that changes nothing."""
    moved, kept = tmp_path / "Dockerfile", tmp_path / "kept.Dockerfile"
    moved.write_bytes(b"FROM node:21\nCOPY . .\n")
    kept.write_bytes(b"FROM grafana/grafana:1\n")
    runs = {
        "check": imported("-m", PACKAGE, "check", str(moved)),
        "pulls": imported("-m", PACKAGE, "pulls", str(moved)),
        "fix --diff": imported("-m", PACKAGE, "fix", "--diff", str(moved)),
        "fix, unchanged": imported("-m", PACKAGE, "fix", str(kept)),
        "fix": imported("-m", PACKAGE, "fix", str(moved)),
    }
    assert {name for name, modules in runs.items() if WITNESS in modules} == {"fix --diff", "fix"}


def test_the_usual_file_needs_no_rarer_forms(tmp_path: Path) -> None:
    """Its check loads nothing that only other files need."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_bytes(b"FROM node:21.7.0-alpine3.19\nCOPY . .\n")
    modules = imported("-m", PACKAGE, "check", str(dockerfile))
    assert f"{PACKAGE}.dockerfile.stages.analyze" in modules
    assert modules & {WITNESS, *RARER} == set()


def test_contexts_need_no_report() -> None:
    """Planning the contexts of a usual file loads nothing that writes findings."""
    plan = "plan_contexts(b'FROM node:21 AS a\\nFROM nginx\\n')"
    run = f"from {PACKAGE}.dockerfile.named_contexts import plan_contexts; {plan}"
    modules = imported("-c", run)
    assert f"{PACKAGE}.dockerfile.stages.analyze" in modules
    assert modules & {WITNESS, *RARER, *REPORTS} == set()


def test_a_file_without_findings_needs_no_report(tmp_path: Path) -> None:
    """Its check loads nothing that writes findings."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_bytes(b"FROM public.ecr.aws/docker/library/node:21\n")
    modules = imported("-m", PACKAGE, "check", str(dockerfile))
    assert f"{PACKAGE}.dockerfile.stages.analyze" in modules
    assert modules & {WITNESS, *RARER, *REPORTS} == set()


def test_importing_the_package_imports_almost_nothing() -> None:
    """The package alone brings no module of its own, and nothing from outside of Python."""
    modules = imported("-c", f"import {PACKAGE}") - imported("-c", "pass")
    names = {module for module in modules if module.split(".")[0] not in sys.stdlib_module_names}
    assert names == {PACKAGE}
