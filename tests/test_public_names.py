"""The public names: one list, and for each name the module that it comes from."""

from __future__ import annotations

import ast
import gc
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


@pytest.mark.parametrize("is_on", [True, False])
def test_the_garbage_collector_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch, *, is_on: bool
) -> None:
    """It rests while a module is imported, and no longer; one that is off stays off."""
    was_on = gc.isenabled()
    during: list[bool] = []

    def imported(name: str) -> object:
        during.append(gc.isenabled())
        return importlib.import_module(name)

    monkeypatch.setattr(cdk_ecr_public_pull, "import_module", imported)
    monkeypatch.delitem(vars(cdk_ecr_public_pull), "Verdict", raising=False)
    try:
        (gc.enable if is_on else gc.disable)()
        loaded = cdk_ecr_public_pull.Verdict
        assert (loaded.__name__, during, gc.isenabled()) == ("Verdict", [False], is_on)
    finally:
        (gc.enable if was_on else gc.disable)()


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does in any module."""
    name = "EcrPublicPul"
    with pytest.raises(AttributeError) as caught:
        getattr(cdk_ecr_public_pull, name)
    assert str(caught.value) == "module 'cdk_ecr_public_pull' has no attribute 'EcrPublicPul'"


def test_typed_uses_are_of_every_name() -> None:
    """The file of typed uses, which the type checker reads, leaves no public name out."""
    path = Path(__file__).parent / "typing" / "public_api.py"
    tree = ast.parse(path.read_text("utf-8"))
    (names,) = (
        [alias.name for alias in node.names]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "cdk_ecr_public_pull"
    )
    assert names == cdk_ecr_public_pull.__all__
