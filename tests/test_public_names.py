"""The public names: one list, and for each name the module that it comes from."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Unpack, get_args, get_origin, get_type_hints

import pytest

import cdk_ecr_public_pull
from cdk_ecr_public_pull import _MODULE_OF, errors


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


def members(public: object) -> Iterator[object]:
    """A public name's object, and what it has that users reach: methods and properties."""
    yield public
    for name, member in vars(public).items() if inspect.isclass(public) else ():
        if name == "__init__" or not name.startswith("_"):
            yield member.fget if isinstance(member, property) else inspect.unwrap(member)


def resolved_types(member: object) -> Iterator[object]:
    """The types that a function or a class names in its annotations, and those that it raises."""
    module = sys.modules[getattr(member, "__module__", __name__)]
    names = {**vars(builtins), **vars(errors), **typing_names(module), **vars(module)}
    hints = get_type_hints(member, localns=names)
    yield from (hint for name, hint in hints.items() if not name.startswith("_"))
    raised = (inspect.getdoc(member) or "").partition("Raises:\n")[2]
    yield from (names[name] for name in re.findall(r"^    (\w+): ", raised, re.MULTILINE))


@cache
def typing_names(module: ModuleType) -> dict[str, object]:
    """What a module imports, or sets, for type checkers alone, and does not have at run time."""
    found: dict[str, object] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module:
            source = importlib.import_module(node.module)
            found |= {it.asname or it.name: getattr(source, it.name) for it in node.names}
        if isinstance(node, ast.Assign):
            # Such are names of unions of the CDK's types, none of which are ours.
            found |= {it.id: object for it in node.targets if isinstance(it, ast.Name)}
    return found


def own_classes(found: object) -> Iterator[str]:
    """The names of the package's classes that a type is made of."""
    if isinstance(found, type) and found.__module__.startswith("cdk_ecr_public_pull."):
        yield found.__name__
    # The shape of keywords is no type that anybody names.
    for part in get_args(found) if get_origin(found) is not Unpack else ():
        yield from own_classes(part)


@pytest.mark.parametrize("name", cdk_ecr_public_pull.__all__)
def test_what_a_name_speaks_of_is_public(name: str) -> None:
    """Each class that a public name takes, returns, holds or raises has a public name, too."""
    public = getattr(cdk_ecr_public_pull, name)
    is_ours = (it for it in members(public) if inspect.isfunction(it) or it is public)
    types = (found for it in is_ours for found in resolved_types(it))
    spoken_of = {each for found in types for each in own_classes(found)}
    assert sorted(spoken_of - set(cdk_ecr_public_pull.__all__)) == []
