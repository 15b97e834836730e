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


def test_the_usual_file_takes_the_quick_way(tmp_path: Path) -> None:
    """Its check loads neither the long way nor what only that needs."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_bytes(b"FROM node:21.7.0-alpine3.19\nCOPY . .\n")
    modules = imported("-m", PACKAGE, "check", str(dockerfile))
    assert modules & {"dockerfile_parse", f"{PACKAGE}.dockerfile.long_way"} == set()


def test_the_contexts_of_a_usual_file_take_the_quick_way() -> None:
    """Planning them loads nothing that reads files the long way, and no report."""
    plan = "plan_contexts(b'FROM node:21 AS a\\nFROM nginx\\nCOPY --from=a /a /\\n')"
    modules = imported("-c", f"from {PACKAGE}.dockerfile.contexts import plan_contexts; {plan}")
    assert f"{PACKAGE}.dockerfile.usual" in modules
    long = {f"{PACKAGE}.dockerfile.{name}" for name in ("analysis", "long_contexts", "reporting")}
    assert modules & long == set()


def test_a_file_without_findings_needs_no_report(tmp_path: Path) -> None:
    """Its check loads nothing that writes findings."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_bytes(b"FROM public.ecr.aws/docker/library/node:21\n")
    modules = imported("-m", PACKAGE, "check", str(dockerfile))
    assert f"{PACKAGE}.dockerfile.usual" in modules
    reports = {f"{PACKAGE}.dockerfile.{name}" for name in ("positions", "rendering", "reporting")}
    assert modules & reports == set()


def test_importing_the_package_imports_almost_nothing() -> None:
    """The package alone brings no module of its own, and nothing from outside of Python."""
    modules = imported("-c", f"import {PACKAGE}") - imported("-c", "pass")
    names = {module for module in modules if module.split(".")[0] not in sys.stdlib_module_names}
    assert names == {PACKAGE}
