"""The arrows between the rooms of the package point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "cdk_ecr_public_pull"

# Each room, and the rooms that it may import beside itself. A room is a folder or a module
# of the package; the package's own __init__.py is the empty name.
ARROWS = {
    # For type checkers only: what it imports at run time, tests/test_import_cost.py says.
    "": {"builds", "constructs", "dockerfile", "errors", "images", "report"},
    "__main__": {"cli"},
    "builds": {"errors", "images"},
    "cli": {
        *("builds", "config", "discovery", "dockerfile", "errors", "images"),
        *("printable", "report"),
    },
    "config": {"errors", "images", "printable", "report"},
    "constructs": {
        *("builds", "config", "discovery", "dockerfile", "errors", "images", "printable"),
        "report",
    },
    "discovery": {"printable"},
    "dockerfile": {"errors", "images", "report"},
    "errors": set(),
    "images": {"errors"},
    "printable": set(),
    "report": {"errors", "images", "printable"},
}

# The same within rooms: each of their folders and modules, and which others of the room it may
# import. The room's own __init__.py is the empty name.
INSIDE = {
    "builds": {
        "": set(),
        "buildspec": {"commands", "plain_data", "shell", "source_policy"},
        "commands": {"plain_data", "registry_mirrors", "source_policy"},
        "login": {"commands"},
        "plain_data": set(),
        "registry_mirrors": set(),
        "shell": set(),
        "source_policy": set(),
    },
    "cli": {
        "": set(),
        "command_line": set(),
        "commands": {
            *("console", "diff", "file_result", "files", "pulls_json", "statuses", "workers"),
        },
        "console": set(),
        "diff": set(),
        "file_result": {"console", "statuses"},
        "files": set(),
        "main": {"console", "statuses"},
        "pulls_json": set(),
        "statuses": set(),
        "workers": {"file_result", "statuses"},
    },
    "constructs": {
        "": set(),
        "build_context": set(),
        "build_contexts": {"build_context", "codebuild", "configuration", "shown_path"},
        "codebuild": {"shown_path", "sure_copies"},
        "configuration": set(),
        "docker_image": {"build_context", "codebuild", "configuration"},
        "image_places": set(),
        "images": {"codebuild", "configuration", "image_places", "sure_copies"},
        "project": {"build_context", "codebuild", "configuration", "pull"},
        "pull": {"codebuild", "configuration", "sure_copies"},
        "rewritten_build_context": {"build_context", "codebuild", "configuration"},
        "shown_path": set(),
        "sure_copies": set(),
        "synth_check": {"build_context", "codebuild", "image_places", "shown_path"},
        "validation": {"build_context", "synth_check"},
    },
    # Each room of the text core may name those behind it.
    "dockerfile": {
        "": set(),
        "parser": set(),
        "expansion": {"parser"},
        "instructions": {"expansion", "parser"},
        "stages": {"expansion", "instructions", "parser"},
        "edits": {"expansion", "instructions", "parser", "stages"},
        "pulls": {"edits", "instructions", "parser", "stages"},
        "findings": {"edits", "instructions", "parser", "pulls", "stages"},
        "named_contexts": {
            *("edits", "findings", "instructions", "parser", "pulls", "stages"),
        },
        "rewrite": {"edits", "findings", "instructions", "parser", "pulls", "stages"},
    },
    "report": {
        "": set(),
        "edit": set(),
        "finding": {"edit", "rules"},
        "formats": {"edit", "finding", "locations"},
        "locations": set(),
        "reporter": {"edit", "finding", "locations", "rules"},
        "rules": set(),
        "verdicts": {"rules"},
    },
    "discovery": {
        "": set(),
        "dockerfiles": {"git"},
        "git": set(),
    },
}

# A constant of the package's own __init__.py, which any room may name.
VERSION = "__version__"

# What starts Node or belongs to it, and who may import it.
CDK = {"aws_cdk", "constructs", "jsii"}
CDK_ROOMS = {"constructs"}


def source_files() -> list[Path]:
    """The package's modules and the scripts, which keep to the same rule about the CDK."""
    return sorted([*(ROOT / PACKAGE).rglob("*.py"), *(ROOT / "scripts").glob("*.py")])


def module_name(path: Path) -> str:
    """The dotted name of a file below the project's folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, package: str) -> Iterator[str]:
    """The full names of all that a source imports, also inside functions or for type checkers.

    Args:
        source: The text of a module.
        package: The package that its relative imports start from.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                prefix = start_of(node, package.split("."))
                yield from (f"{prefix}.{alias.name}" for alias in node.names)


def start_of(node: ast.ImportFrom, package: list[str]) -> str:
    """The full name of the module that a ``from`` import names, with or without dots."""
    start = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*start, *filter(None, [node.module])])


def room_of(name: str) -> str:
    """The room that a dotted name of the package lies in."""
    return name.split(".")[1] if "." in name else ""


def part_of(name: str) -> str:
    """The folder or module of its room that a dotted name of the package lies in."""
    return name.split(".")[2] if name.count(".") > 1 else ""


def wrong_imports(source: str, module: str, package: str) -> list[str]:
    """The imports of a module that its room must not have."""
    room = room_of(module) if module.startswith(PACKAGE) else module
    wrong = []
    for name in imports(source, package):
        top = name.split(".")[0]
        if top in CDK and room not in CDK_ROOMS:
            wrong.append(name)
        allowed = {room, VERSION, *ARROWS.get(room, ())}
        if top == PACKAGE and room in ARROWS and room_of(name) not in allowed:
            wrong.append(name)
        if top == PACKAGE and room in INSIDE and room_of(name) == room:
            part = part_of(module)
            if part_of(name) not in {part, *INSIDE[room].get(part, ())}:
                wrong.append(name)
    return wrong


@pytest.mark.parametrize("path", source_files(), ids=module_name)
def test_imports_follow_the_arrows(path: Path) -> None:
    """No module imports a room that the arrows do not lead to, or the CDK outside constructs/."""
    module = module_name(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    assert wrong_imports(path.read_text("utf-8"), module, package) == []


def test_every_room_has_its_arrows() -> None:
    """A new room or part of one is in its table, and no table names one that is gone."""
    names = [module_name(path) for path in source_files()]
    assert {room_of(name) for name in names if name.startswith(PACKAGE)} == set(ARROWS)
    parts: dict[str, set[str]] = {room: set() for room in INSIDE}
    for name in names:
        if name.startswith(PACKAGE) and room_of(name) in INSIDE:
            parts[room_of(name)].add(part_of(name))
    assert parts == {room: set(arrows) for room, arrows in INSIDE.items()}


@pytest.mark.parametrize("arrows", [ARROWS, *INSIDE.values()], ids=["rooms", *INSIDE])
def test_the_arrows_lead_one_way(arrows: Mapping[str, set[str]]) -> None:
    """No way along the arrows of a table leads back to where it began."""
    TopologicalSorter(arrows).prepare()


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("import aws_cdk", "images.mirrors", ["aws_cdk"]),
        ("import aws_cdk", "constructs.pull", []),
        ("from constructs import Construct", "builds.login", ["constructs.Construct"]),
        ("def f():\n    import jsii.errors", "cli.main", ["jsii.errors"]),
        ("from ..constructs import pull", "cli.main", [f"{PACKAGE}.constructs.pull"]),
        ("from .. import cli", "constructs.pull", [f"{PACKAGE}.cli"]),
        ("from . import findings", "dockerfile.rewrite", []),
        (f"from {PACKAGE} import find_pulls", "cli.main", [f"{PACKAGE}.find_pulls"]),
        (f"import {PACKAGE}.dockerfile.pulls", "images.mirrors", [f"{PACKAGE}.dockerfile.pulls"]),
        ("if TYPE_CHECKING:\n    import aws_cdk", "images.mirrors", ["aws_cdk"]),
        ("from ..shell import words", "builds.buildspec.merge", []),
        ("from .. import buildspec", "builds.shell.words", [f"{PACKAGE}.builds.buildspec"]),
        (
            f"from {PACKAGE}.constructs import pull",
            "constructs.codebuild.facts",
            [f"{PACKAGE}.constructs.pull"],
        ),
    ],
)
def test_the_check_sees_a_wrong_import(source: str, module: str, expected: list[str]) -> None:
    """Each way to write an import is seen, and only what is wrong is reported."""
    name = f"{PACKAGE}.{module}"
    assert wrong_imports(source, name, name.rpartition(".")[0]) == expected
