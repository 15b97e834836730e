"""The public names: one list, and for each name the module that it comes from."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import cdk_ecr_public_pull
from cdk_ecr_public_pull import _MODULE_OF


def imports_for_type_checkers() -> dict[str, str]:
    """Each name that a type checker sees, and the module that it comes from."""
    tree = ast.parse(inspect.getsource(cdk_ecr_public_pull))
    return {
        alias.name: str(node.module).removeprefix("cdk_ecr_public_pull.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("cdk_ecr_public_pull.")
        for alias in node.names
    }


def test_type_checkers_see_what_is_loaded() -> None:
    """The imports for type checkers and the table of modules say the same."""
    assert imports_for_type_checkers() == _MODULE_OF


def test_all_lists_every_name() -> None:
    """The list of public names is the table's, in order."""
    assert sorted(_MODULE_OF) == cdk_ecr_public_pull.__all__


@pytest.mark.parametrize("name", cdk_ecr_public_pull.__all__)
def test_a_name_is_that_of_its_module(name: str) -> None:
    """A public name is the very object that its module defines."""
    module = importlib.import_module(f"cdk_ecr_public_pull.{_MODULE_OF[name]}")
    assert getattr(cdk_ecr_public_pull, name) is getattr(module, name)


def test_dir_lists_names_that_were_not_loaded_yet() -> None:
    """Completion in an interactive session offers every public name."""
    assert set(dir(cdk_ecr_public_pull)) >= set(cdk_ecr_public_pull.__all__)


def test_typed_uses_are_of_every_name() -> None:
    """The file of typed uses, which the type checker reads, leaves no public name out."""
    path = Path(__file__).parent / "typing" / "public_api.py"
    tree = ast.parse(path.read_text("utf-8"))
    (names,) = (
        [alias.name for alias in node.names]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "cdk_ecr_public_pull"
    )
    assert sorted(names) == sorted(cdk_ecr_public_pull.__all__)
